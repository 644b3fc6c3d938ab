//! The numbers: what they count, who may read them, and that no id is in them.

use std::collections::BTreeSet;
use std::path::Path;

use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::ErrorCode;
use dialtone_server::config::{GivenSecret, Rate};

use crate::auth::log_in;
use crate::blobs::{content, path, put};
use crate::common::{Answer, Api, Person, Process, Socket, TestServer, program};

const TOKEN: &str = "a token for the numbers";

async fn scrape(api: &Api) -> Answer {
    let header = format!("Authorization: Bearer {TOKEN}\r\n");
    let anonymous = Api {
        token: None,
        ..api.clone()
    };
    anonymous.send("GET", "/metrics", &header, &[]).await
}

async fn numbers(api: &Api) -> String {
    let answer = scrape(api).await;
    assert_eq!(answer.status, 200);
    String::from_utf8(answer.body).unwrap()
}

fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| {
        let (found, value) = line.rsplit_once(' ')?;
        (found == series).then_some(value)
    });
    line.unwrap_or_else(|| panic!("no {series} in\n{text}"))
        .parse()
        .unwrap()
}

async fn with_token() -> TestServer {
    TestServer::start_set(|settings| {
        settings.observe.metrics_token = Some(GivenSecret::new(TOKEN));
    })
    .await
}

#[tokio::test]
async fn the_numbers_are_for_whoever_carries_their_token() {
    let closed = TestServer::start().await;
    let nothing = scrape(&closed.api()).await;
    assert_eq!((nothing.status, nothing.code()), (404, ErrorCode::NotFound));
    let server = with_token().await;
    for headers in [
        "",
        "Authorization: Bearer another token for it\r\n",
        "Authorization: Bearer \r\n",
        "Authorization: a token for the numbers\r\n",
    ] {
        let refused = server.api().send("GET", "/metrics", headers, &[]).await;
        assert_eq!(
            (refused.status, refused.code()),
            (401, ErrorCode::WrongCredentials),
            "{headers}"
        );
    }
    let anna = Person::found(&server, "anna").await;
    assert_eq!(anna.api.get("/metrics").await.status, 401, "a member");
    let read = scrape(&server.api()).await;
    assert_eq!(read.status, 200);
    let kind = read.header("content-type").unwrap();
    assert!(kind.starts_with("application/openmetrics-text"), "{kind}");
}

#[tokio::test]
async fn what_happens_is_counted_and_no_id_is_in_it() {
    let server = with_token().await;
    let mut anna = Person::found(&server, "anna").await;
    let channel = anna.create_channel().await;
    let bernd = anna.bring(&server, "bernd").await;
    anna.fetch_commits().await;
    let (mut a, _) = Socket::connect(&anna.api).await;
    let (mut b, _) = Socket::connect(&bernd.api).await;
    b.send(&bernd.resume(&[(channel, 0)])).await;
    b.wait_for(|frame| matches!(frame, ServerFrame::CaughtUp).then_some(()))
        .await;
    for text in ["one", "two"] {
        let frame = anna.send_frame(channel, text);
        assert!(matches!(a.ask(&frame).await, ServerFrame::Stored { .. }));
    }
    assert_eq!(put(&anna.api, 1, &content(5000)).await.status, 204);
    assert_eq!(bernd.api.get(&path(1)).await.body.len(), 5000);
    assert!(log_in(&server.api(), "anna", b"wrong").await.is_none());
    let no_proof = server.api().send("POST", "/auth/session", "", b"{}").await;
    assert_eq!(no_proof.code(), ErrorCode::Malformed);
    let finish = dialtone_protocol::http::LoginFinish {
        attempt: dialtone_protocol::Hash([1; 32]),
        finalization: vec![0; 64].into(),
    };
    server.api().post("/auth/login/finish", &finish).await;
    let text = numbers(&server.api()).await;
    for (series, least) in [
        ("dialtone_messages_acknowledged_total", 2.0),
        ("dialtone_deliveries_total", 2.0),
        ("dialtone_frames_received_total", 3.0),
        ("dialtone_commit_group_size_sum", 2.0),
        ("dialtone_commit_group_duration_seconds_count", 1.0),
        ("dialtone_process_resident_memory_bytes", 1e6),
        ("dialtone_process_open_fds", 3.0),
        ("dialtone_process_cpu_seconds_total", 0.001),
        ("dialtone_connections", 2.0),
        ("dialtone_limit_entries", 3.0),
        (
            "dialtone_http_requests_total{route=\"/blobs/{id}\",method=\"PUT\",status=\"204\"}",
            1.0,
        ),
        (
            "dialtone_http_request_duration_seconds_count{route=\"/blobs/{id}\"}",
            2.0,
        ),
        ("dialtone_sign_in_failures_total{step=\"Login\"}", 1.0),
    ] {
        assert!(value(&text, series) >= least, "{series} in\n{text}");
    }
    for (series, exactly) in [
        ("dialtone_devices_live", 2.0),
        ("dialtone_blob_received_bytes_total", 5000.0),
        ("dialtone_blob_sent_bytes_total", 5000.0),
        ("dialtone_slow_readers_cut_total", 0.0),
        ("dialtone_relay_rooms", 0.0),
    ] {
        assert!((value(&text, series) - exactly).abs() < 0.5, "{series}");
    }
    assert!(text.contains("dialtone_build_info{version="));
    for id in [
        anna.account_id().to_string(),
        bernd.device.id().to_string(),
        channel.to_string(),
        "127.0.0.1".to_owned(),
        "anna".to_owned(),
    ] {
        assert!(!text.contains(&id), "{id}");
    }
}

#[tokio::test]
async fn made_up_requests_make_no_new_series() {
    let server = with_token().await;
    for n in 0..20 {
        let path = format!("/nothing/{n}");
        server.api().get(&path).await;
        server
            .api()
            .send(&format!("MADEUP{n}"), "/health", "", &[])
            .await;
    }
    let text = numbers(&server.api()).await;
    let series: BTreeSet<_> = text
        .lines()
        .filter(|line| line.starts_with("dialtone_http_requests_total"))
        .collect();
    assert_eq!(series.len(), 2, "{series:?}");
}

#[tokio::test]
async fn what_a_limit_refused_is_counted() {
    let server = TestServer::start_set(|settings| {
        settings.observe.metrics_token = Some(GivenSecret::new(TOKEN));
        settings.limits.device = Rate::new(1, 5);
    })
    .await;
    let anna = Person::found(&server, "anna").await;
    while anna.api.get("/channels").await.status != 429 {}
    let text = numbers(&server.api()).await;
    assert!(value(&text, "dialtone_refused_requests_total{by=\"Device\"}") >= 1.0);
}

/// A server with a port of its own for the numbers, and that port.
fn with_port(folder: &Path, token: Option<&str>) -> (Process, Api) {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = port.local_addr().unwrap();
    drop(port);
    let mut command = program(folder, "");
    command
        .args(["--tls", "none"])
        .env("DIALTONE_METRICS_ADDR", address.port().to_string());
    if let Some(token) = token {
        command.env("DIALTONE_METRICS_TOKEN", token);
    }
    let api = Api {
        address,
        token: None,
        tls_key: None,
    };
    (Process::run(command), api)
}

#[tokio::test]
async fn a_port_of_its_own_has_the_numbers_and_nothing_else() {
    let folder = tempfile::TempDir::new().unwrap();
    let (process, api) = with_port(folder.path(), None);
    let answer = api.get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert!(String::from_utf8(answer.body).unwrap().contains("# EOF"));
    assert_eq!(api.get("/health").await.status, 404);
    assert_eq!(process.api.get("/metrics").await.status, 404);
    assert_eq!(process.api.get("/health").await.status, 200);
}

/// Whatever stands in front of it may have looked at the other one.
#[tokio::test]
async fn of_two_tokens_none_counts_on_the_numbers_own_port_either() {
    let folder = tempfile::TempDir::new().unwrap();
    let (_process, api) = with_port(folder.path(), Some(TOKEN));
    let header = |token: &str| format!("Authorization: Bearer {token}\r\n");
    assert_eq!(api.get("/metrics").await.status, 401);
    assert_eq!(scrape(&api).await.status, 200);
    for (one, other) in [(TOKEN, TOKEN), (TOKEN, "x"), ("x", TOKEN)] {
        let both = header(one) + &header(other);
        let refused = api.send("GET", "/metrics", &both, &[]).await;
        let said = (refused.status, refused.code());
        assert_eq!(said, (400, ErrorCode::Malformed), "{both}");
    }
}

/// Grafana shows nothing, without a word, for a name that is none.
#[tokio::test]
async fn every_number_that_the_dashboard_shows_is_told() {
    let dashboard = include_str!("../../../docs/grafana/dialtone.json");
    let dashboard: serde_json::Value = serde_json::from_str(dashboard).unwrap();
    let server = with_token().await;
    // Routes are told once they were asked for.
    server.api().get("/health").await;
    let text = numbers(&server.api()).await;
    let known: BTreeSet<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .flat_map(|line| {
            let (name, kind) = line.split_once(' ').unwrap();
            let endings: &[&str] = match kind {
                "counter" => &["_total"],
                "histogram" => &["_bucket", "_sum", "_count"],
                "info" => &["_info"],
                _ => &[""],
            };
            endings.iter().map(move |ending| format!("{name}{ending}"))
        })
        .collect();
    let mut named = BTreeSet::new();
    let panels = dashboard["panels"].as_array().unwrap();
    for target in panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().into_iter().flatten())
    {
        let query = target["expr"].as_str().unwrap();
        let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        named.extend(words.filter(|word| word.starts_with("dialtone_")));
    }
    assert!(named.len() > 20, "{named:?}");
    for name in named {
        assert!(known.contains(name), "{name}");
    }
}
