//! What the log says, and what it never says.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use dialtone_protocol::BlobId;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use dialtone_protocol::link::Link;
use serde_json::Value;

use crate::auth::log_in;
use crate::blobs::{content, path, put};
use crate::common::{Api, PASSWORD, Person, Process, Socket, log_in as prove_password, program};

/// The program with its data in `folder`, which writes all its lines into `log`.
pub(crate) fn logging(folder: &Path, database: &str, log: &Path, format: &str) -> Command {
    let mut command = program(folder, database);
    command
        .env("DIALTONE_LOG", "debug")
        .env("DIALTONE_LOG_FORMAT", format)
        .stderr(std::fs::File::create(log).unwrap());
    command
}

fn logging_without_tls(folder: &Path, log: &Path, format: &str) -> Command {
    let mut command = logging(folder, "", log, format);
    command.args(["--tls", "none"]);
    command
}

/// What a run made that no line may name.
#[derive(Default)]
pub(crate) struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    pub(crate) fn add(&mut self, what: &'static str, secret: impl std::fmt::Display) {
        self.0.push((what, secret.to_string()));
    }

    /// As text, and as ids are shown for debugging.
    pub(crate) fn id(&mut self, what: &'static str, bytes: &[u8], text: impl std::fmt::Display) {
        self.add(what, text);
        let mut start = String::new();
        for byte in &bytes[..4] {
            write!(start, "{byte:02x}").unwrap();
        }
        self.add(what, start);
    }

    pub(crate) fn person(&mut self, person: &Person) {
        let (account, device) = (person.account_id(), person.device.id());
        self.id("account", &account.0, account);
        self.id("device", &device.0, device);
        let token = person.api.token.unwrap();
        self.id("session", &token.0, token);
    }

    pub(crate) fn link(&mut self, link: &Link) {
        self.add("link", link.to_string().split_once('#').unwrap().1);
        self.id("token of a link", &link.data.token.0, link.data.token);
    }

    /// Enough was written, and nothing of this.
    pub(crate) fn assert_not_in(&self, log: &str) {
        assert!(log.lines().count() > 20, "{log}");
        for (what, secret) in &self.0 {
            assert!(!secret.is_empty(), "{what}");
            let line = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(line, None, "{what} {secret}");
        }
    }
}

/// Everything that people do: founding, inviting, joining, signing in well and badly, writing, files, leaving.
pub(crate) async fn live(api: &Api, link: &Link, folder: &Path) -> Secrets {
    let mut secrets = Secrets::default();
    secrets.link(link);
    let mut anna = Person::found_by(api.clone(), link, "annamaria").await;
    secrets.person(&anna);
    let invite = {
        let header = std::fs::read_to_string(folder.join("admin-token")).unwrap();
        secrets.add("admin token", &header);
        let header = format!("X-Admin-Token: {header}\r\n");
        api.send("POST", "/server/invites", &header, b"{}").await
    };
    assert_eq!(invite.status, 200);
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    socket.send(&anna.resume(&[(channel, 0)])).await;
    let frame = anna.send_frame(channel, "a secret text");
    assert!(matches!(
        socket.ask(&frame).await,
        ServerFrame::Stored { .. }
    ));
    // Refused: a repetition under another number of its device, and bytes that are nothing.
    let again = anna.send_frame(anna.directory(), "another");
    socket.ask(&again).await;
    assert_eq!(put(&anna.api, 1, &content(5000)).await.status, 204);
    assert_eq!(anna.api.get(&path(1)).await.status, 200);
    assert_eq!(anna.api.get(&path(2)).await.status, 404);
    let events = format!("/channels/{channel}/events");
    assert_eq!(anna.api.get(&events).await.status, 200);
    assert!(log_in(api, "annamaria", b"wrong").await.is_none());
    let machine = prove_password(api, "annamaria").await;
    let foreign = Api {
        token: Some(dialtone_protocol::Hash([9; 32])),
        ..api.clone()
    };
    assert_eq!(
        foreign.get("/channels").await.code(),
        ErrorCode::NotSignedIn
    );
    assert_eq!(anna.api.delete("/auth/session").await.status, 204);
    socket.close_code().await;
    secrets.id("enrolment", &machine.enrolment.0, machine.enrolment);
    secrets.id("channel", &channel.0, channel);
    let community = anna.roster.community();
    secrets.id("community", &community.0, community);
    let blob = BlobId([1; 16]);
    secrets.id("file", &blob.0, blob);
    secrets.add("name", "annamaria");
    secrets.add("password", String::from_utf8_lossy(PASSWORD));
    secrets.add("text", "a secret text");
    secrets.add("address", "127.0.0.1");
    secrets
}

#[cfg(unix)]
async fn log_of(format: &str) -> (String, Secrets) {
    let folder = tempfile::TempDir::new().unwrap();
    let log = folder.path().join("log");
    let data = folder.path().join("data");
    let mut process = Process::run(logging_without_tls(&data, &log, format));
    let link = process.founding.clone().unwrap();
    let secrets = live(&process.api, &link, &data).await;
    process.terminate();
    assert!(process.wait().success());
    (std::fs::read_to_string(log).unwrap(), secrets)
}

#[cfg(unix)]
#[tokio::test]
async fn no_line_names_anybody_or_anything_secret() {
    for format in ["text", "json"] {
        let (log, secrets) = log_of(format).await;
        secrets.assert_not_in(&log);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn each_line_is_json_with_its_request_and_its_route() {
    let (log, _) = log_of("json").await;
    let lines = log.lines().map(|line| {
        serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    });
    let requests: Vec<_> = lines
        .filter(|line| line["fields"]["message"] == "request")
        .collect();
    assert!(requests.len() > 10);
    for line in &requests {
        let span = &line["span"];
        assert_eq!(span["name"], "request", "{line}");
        assert_eq!(span["request"].as_str().unwrap().len(), 16, "{line}");
        assert!(span["route"].is_string() && span["method"].is_string());
    }
    let routes: Vec<_> = requests.iter().map(|line| &line["span"]["route"]).collect();
    assert!(routes.contains(&&Value::from("/channels/{id}/events")));
}

#[tokio::test]
async fn a_request_has_one_name_in_its_answer_its_refusal_and_the_log() {
    let folder = tempfile::TempDir::new().unwrap();
    let log = folder.path().join("log");
    let process = Process::run(logging_without_tls(
        &folder.path().join("data"),
        &log,
        "json",
    ));
    let ask = async |said: &str| {
        let header = format!("x-request-id: {said}\r\n");
        process.api.send("GET", "/nothing", &header, &[]).await
    };
    let taken = ask("proxy-7.a_B").await;
    assert_eq!(taken.header("x-request-id"), Some("proxy-7.a_B"));
    let body: Value = serde_json::from_slice(&taken.body).unwrap();
    assert_eq!(body["request"], "proxy-7.a_B");
    assert_eq!(taken.error().code, ErrorCode::NotFound, "clients read it");
    let _: ErrorBody = taken.error();
    for strange in ["a b", "a\"b", &"x".repeat(65)] {
        let answer = ask(strange).await;
        let own = answer.header("x-request-id").unwrap();
        assert!(own.len() == 16 && own != strange, "{own}");
    }
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("\"request\":\"proxy-7.a_B\""), "{log}");
}

#[test]
fn a_wrong_setting_of_the_log_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    for (variable, value) in [
        ("DIALTONE_LOG_FORMAT", "xml"),
        ("DIALTONE_LOG", "info=info=info"),
    ] {
        let mut command = program(folder.path(), "");
        command
            .env(variable, value)
            .stderr(std::process::Stdio::piped());
        let output = command.output().unwrap();
        assert!(!output.status.success());
        let words = String::from_utf8(output.stderr).unwrap();
        assert!(words.contains(variable), "{words}");
    }
}
