//! What the operator sees and ends, over HTTP and from the shell.

use std::process::Stdio;

use dialtone_protocol::Hash;
use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::{ChannelPage, ErrorCode, MemberPage, ServerStats, SessionPage};
use dialtone_protocol::link::{Entrance, Link};
use serde_json::Value;

use crate::blobs::{content, put};
use crate::common::{
    Answer, Database, Person, Process, Socket, TestServer, on_both_stores, program,
};

async fn ask(server: &TestServer, method: &str, path: &str) -> Answer {
    ask_with(server, method, path, &[]).await
}

/// As the operator, with a body of JSON.
pub(crate) async fn ask_with(server: &TestServer, method: &str, path: &str, body: &[u8]) -> Answer {
    let header = format!("X-Admin-Token: {}\r\n", server.admin_token());
    server.api().send(method, path, &header, body).await
}

async fn the_operator_sees_what_there_is(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "hello");
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    assert_eq!(put(&bernd.api, 1, &content(9000)).await.status, 204);
    for path in ["members", "sessions", "channels", "stats"] {
        let path = format!("/server/{path}");
        let refused = server.api().get(&path).await;
        assert_eq!(refused.code(), ErrorCode::NotAllowed);
        let theirs = anna.api.get(&path).await;
        assert_eq!(theirs.code(), ErrorCode::NotAllowed);
    }
    let page: MemberPage = ask(&server, "GET", "/server/members").await.read();
    assert_eq!(page.next, None);
    let row = |person: &Person| {
        let id = person.account_id();
        let row = page.members.iter().find(|row| row.account == id);
        row.unwrap().clone()
    };
    assert_eq!(row(&anna).role, "founder");
    assert_eq!(row(&bernd).role, "member");
    assert_eq!(row(&bernd).devices, [bernd.device.id()]);
    assert_eq!((row(&anna).file_bytes, row(&bernd).file_bytes), (0, 9000));
    assert!(row(&anna).last_seen_ms >= row(&anna).created_ms);
    // Page by page.
    let first: MemberPage = ask(&server, "GET", "/server/members?limit=1").await.read();
    let next = format!("/server/members?limit=1&after={}", first.next.unwrap());
    let second: MemberPage = ask(&server, "GET", &next).await.read();
    assert_eq!(
        [&first.members[..], &second.members[..]].concat(),
        page.members
    );
    let wrong = ask(&server, "GET", "/server/members?after=x").await;
    assert_eq!(wrong.code(), ErrorCode::Malformed);
    let channels: ChannelPage = ask(&server, "GET", "/server/channels").await.read();
    let open = channels.channels.iter().find(|row| row.channel == channel);
    let open = open.unwrap();
    assert_eq!((open.kind.as_str(), open.events), ("open", 1));
    assert!(open.bytes > 100);
    let directory = anna.directory();
    let directory = channels
        .channels
        .iter()
        .find(|row| row.channel == directory);
    assert_eq!(directory.unwrap().kind, "directory");
    let stats: ServerStats = ask(&server, "GET", "/server/stats").await.read();
    assert_eq!((stats.accounts, stats.channels, stats.events), (2, 2, 1));
    assert_eq!((stats.files, stats.file_bytes), (1, 9000));
    assert_eq!(stats.online, Some(1));
    server.stop().await;
}

async fn a_session_that_the_operator_ends_is_cut_at_once(server: TestServer) {
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let (mut socket, _) = Socket::connect(&bernd.api).await;
    let (mut hers, _) = Socket::connect(&anna.api).await;
    let page: SessionPage = ask(&server, "GET", "/server/sessions").await.read();
    let theirs = |row: &&dialtone_protocol::http::SessionRow| row.device == bernd.device.id();
    let row = page.sessions.iter().find(theirs).unwrap();
    assert_eq!(row.online, Some(true));
    assert_eq!(row.id, Hash::of(&bernd.api.token.unwrap().0));
    let path = format!("/server/sessions/{}", row.id);
    let refused = anna.api.delete(&path).await;
    assert_eq!(refused.code(), ErrorCode::NotAllowed);
    assert_eq!(ask(&server, "DELETE", &path).await.status, 204);
    assert!(socket.close_code().await.is_some());
    assert_eq!(bernd.api.get("/blobs").await.status, 401);
    let again = ask(&server, "DELETE", &path).await;
    assert_eq!(again.code(), ErrorCode::NotFound);
    // Nobody else's is.
    anna.fetch_commits().await;
    let directory = anna.directory();
    let frame = anna.send_frame(directory, "still here");
    let answer = hers.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    server.stop().await;
}

on_both_stores!(
    the_operator_sees_what_there_is,
    a_session_that_the_operator_ends_is_cut_at_once,
);

/// What a command of the program says; where it fails, on standard error.
pub(crate) fn run(
    folder: &std::path::Path,
    database: &str,
    arguments: &[&str],
) -> Result<String, String> {
    let output = program(folder, database)
        .args(arguments)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() {
        Ok(text(output.stdout))
    } else {
        Err(text(output.stderr))
    }
}

#[tokio::test]
async fn the_commands_run_beside_a_server_on_sqlite() {
    commands("").await;
}

#[tokio::test]
async fn the_commands_run_beside_a_server_on_postgres() {
    let Some(database) = Database::create().await else {
        return;
    };
    commands(&database.url()).await;
    database.drop().await;
}

/// What the server answers to the operator over HTTP, by its own description, and the command that does the same.
const SAME: [(&str, &str, &[&str]); 7] = [
    ("POST", "/server/invites", &["admin", "link"]),
    ("GET", "/server/members", &["admin", "members"]),
    ("GET", "/server/sessions", &["admin", "sessions"]),
    (
        "DELETE",
        "/server/sessions/{id}",
        &["admin", "sessions", "--end"],
    ),
    ("GET", "/server/channels", &["admin", "channels"]),
    (
        "PUT",
        "/server/channels/{id}/retention",
        &["admin", "retain"],
    ),
    ("GET", "/server/stats", &["admin", "stats"]),
];

/// Without what only the server that runs knows.
fn beside(mut answer: Value) -> Value {
    let forget = |row: &mut Value| {
        if let Some(online) = row.get_mut("online") {
            assert!(!online.is_null());
            *online = Value::Null;
        }
    };
    match answer.get_mut("sessions").and_then(Value::as_array_mut) {
        Some(rows) => rows.iter_mut().for_each(forget),
        None => forget(&mut answer),
    }
    answer
}

#[tokio::test]
async fn the_shell_and_http_have_the_same_and_say_the_same() {
    let folder = tempfile::TempDir::new().unwrap();
    let home = folder.path().join("data");
    let process = Process::start(&home, "");
    let link = process.founding.clone().unwrap();
    let mut anna = Person::found_by(process.api.clone(), &link, "anna").await;
    let bernd = anna.bring_by(&process.api, "bernd").await.0;
    anna.fetch_commits().await;
    let channel = anna.create_channel().await;
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "hello");
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
    assert_eq!(put(&bernd.api, 1, &content(9000)).await.status, 204);

    let described: Value = process.api.get("/openapi.json").await.read();
    let paths = described["paths"].as_object().unwrap();
    let ours = paths
        .iter()
        .filter(|(path, _)| path.starts_with("/server/"));
    let mut found: Vec<_> = ours
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    let mut known: Vec<_> = SAME
        .map(|(method, path, _)| (method.to_owned(), path.to_owned()))
        .into();
    found.sort();
    known.sort();
    assert_eq!(found, known);

    let token = std::fs::read_to_string(home.join("admin-token")).unwrap();
    let header = format!("X-Admin-Token: {token}\r\n");
    let over_http = async |path: &str| -> Value {
        let answer = process.api.send("GET", path, &header, &[]).await;
        beside(answer.read())
    };
    let by_shell = |command: &[&str], more: &[&str]| -> Value {
        let arguments = [command, &["--json"], more].concat();
        serde_json::from_str(&run(&home, "", &arguments).unwrap()).unwrap()
    };
    let channel = channel.to_string();
    run(&home, "", &["admin", "retain", &channel, "30", "--yes"]).unwrap();
    for (_, path, command) in SAME.iter().filter(|(method, ..)| *method == "GET") {
        let whole = over_http(path).await;
        assert_eq!(by_shell(command, &[]), whole, "{path}");
        if command.contains(&"stats") {
            continue;
        }
        // Page by page, too.
        let first = over_http(&format!("{path}?limit=1")).await;
        assert_eq!(by_shell(command, &["--limit", "1"]), first, "{path}");
        let next = first["next"].as_str().unwrap();
        let rest = over_http(&format!("{path}?after={next}")).await;
        assert_eq!(by_shell(command, &["--after", next]), rest, "{path}");
    }
    let made = by_shell(&["admin", "link"], &["--uses", "2", "--hours", "1"]);
    let made = made["link"].as_str().unwrap().parse::<Link>().unwrap();
    assert!(matches!(made.data.entrance, Entrance::Knock { .. }));
}

/// Everything from the shell while the server runs: looking, ending a session, a backup, a check, the schema.
async fn commands(database: &str) {
    let folder = tempfile::TempDir::new().unwrap();
    let home = folder.path().join("data");
    let run = |arguments: &[&str]| run(&home, database, arguments);
    if database.is_empty() {
        assert!(run(&["migrate"]).unwrap().contains("no database yet"));
    }
    let process = Process::start(&home, database);
    let link = process.founding.clone().unwrap();
    let mut anna = Person::found_by(process.api.clone(), &link, "anna").await;
    let members = run(&["admin", "members"]).unwrap();
    assert!(
        members.contains(&anna.account_id().to_string()),
        "{members}"
    );
    assert!(members.contains("founder") && members.contains("Names are sealed"));
    let stats = run(&["admin", "stats", "--json"]).unwrap();
    let stats: ServerStats = serde_json::from_str(&stats).unwrap();
    assert_eq!((stats.accounts, stats.online), (1, None));
    assert!(run(&["admin", "channels"]).unwrap().contains("directory"));
    let channel = anna.create_channel().await.to_string();
    let asked = run(&["admin", "retain", &channel, "7"]).unwrap_err();
    assert!(
        asked.contains("7 days ago") && asked.contains("--yes"),
        "{asked}"
    );
    assert!(!run(&["admin", "channels"]).unwrap().contains("7 days"));
    let set = run(&["admin", "retain", &channel, "7", "--yes"]).unwrap();
    assert!(set.contains("7 days"), "{set}");
    assert!(run(&["admin", "channels"]).unwrap().contains("7 days"));
    let ever = run(&["admin", "retain", &channel, "ever"]).unwrap();
    assert!(ever.contains("for good"), "{ever}");
    let directory = anna.directory().to_string();
    let names = run(&["admin", "retain", &directory, "7", "--yes"]).unwrap_err();
    assert!(names.contains("directory"), "{names}");
    assert!(run(&["admin", "retain", &channel, "soon"]).is_err());
    assert!(run(&["admin", "link"]).unwrap().starts_with("dialtone://"));
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let sessions = run(&["admin", "sessions", "--json"]).unwrap();
    let sessions: SessionPage = serde_json::from_str(&sessions).unwrap();
    let id = sessions.sessions[0].id.to_string();
    run(&["admin", "sessions", "--end", &id]).unwrap();
    assert!(socket.close_code().await.is_some());
    assert!(run(&["admin", "sessions", "--end", &id]).is_err());
    assert!(
        run(&["migrate", "--dry-run"])
            .unwrap()
            .contains("Up to date")
    );
    assert!(
        run(&["check", "--deep"])
            .unwrap()
            .contains("as it should be")
    );
    let to = folder.path().join("one.backup");
    let to = to.to_str().unwrap();
    assert!(run(&["backup", to]).unwrap().contains(to));
    let twice = run(&["backup", to]).unwrap_err();
    assert!(twice.contains("already"), "{twice}");
    std::fs::remove_file(home.join("identity-key")).unwrap();
    let broken = run(&["check"]).unwrap_err();
    assert!(broken.contains("something is wrong"), "{broken}");
}
