//! What a browser, and whoever would use one against the server, gets.

use dialtone_protocol::http::ErrorCode;

use crate::common::{Person, TestServer};

const UPGRADE: &str = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                       Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

#[tokio::test]
async fn pages_of_other_sites_ask_nothing_and_open_no_socket() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    for origin in [
        "https://evil.example",
        "http://test.evil.example",
        "https://evil.example/test",
        "null",
        "",
    ] {
        for (method, path, more) in [
            ("GET", "/ws", UPGRADE),
            ("GET", "/relay?call=x", UPGRADE),
            ("GET", "/channels", ""),
            ("POST", "/auth/login/start", ""),
            (
                "OPTIONS",
                "/channels",
                "Access-Control-Request-Method: GET\r\n",
            ),
        ] {
            let headers = format!("Origin: {origin}\r\n{more}");
            let answer = anna.api.send(method, path, &headers, &[]).await;
            assert_eq!(
                (answer.status, answer.code()),
                (403, ErrorCode::NotAllowed),
                "{origin} {path}"
            );
            assert_eq!(answer.header("access-control-allow-origin"), None);
        }
    }
    // The server's own page, and who is no browser.
    let own = "Origin: https://test\r\n";
    assert_eq!(
        anna.api.send("GET", "/channels", own, &[]).await.status,
        200
    );
    assert_eq!(anna.api.get("/channels").await.status, 200);
}

#[tokio::test]
async fn every_answer_says_that_it_is_nothing_to_run_frame_or_keep() {
    let server = TestServer::start().await;
    for path in ["/", "/health", "/nothing", "/channels", "/ws", "/metrics"] {
        let answer = server.api().get(path).await;
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(answer.header("cache-control").is_some(), "{path}");
        // It has no certificate of an authority.
        assert_eq!(answer.header("strict-transport-security"), None);
    }
}

#[tokio::test]
async fn compressed_bodies_are_not_looked_at() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    // A gzip file that would unfold to a gigabyte begins like every other one.
    let bomb = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3, 0xed, 0xc1];
    for (method, path) in [
        ("POST", "/auth/login/start"),
        ("POST", "/roster"),
        ("PUT", "/blobs/AQEBAQEBAQEBAQEBAQEBAQ"),
    ] {
        for encoding in ["gzip", "br", "zstd", "identity, gzip"] {
            let header = format!("Content-Encoding: {encoding}\r\n");
            let answer = anna.api.send(method, path, &header, &bomb).await;
            assert_eq!(
                (answer.status, answer.code()),
                (415, ErrorCode::Malformed),
                "{path}"
            );
        }
    }
}
