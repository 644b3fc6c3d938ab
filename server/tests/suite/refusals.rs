//! Requests that are none of ours are refused in the form of all refusals.

use dialtone_protocol::http::ErrorCode;

use crate::common::{Person, TestServer, on_both_stores};

async fn whatever_is_refused_is_refused_in_json(server: TestServer) {
    let anna = Person::found(&server, "anna").await;
    let api = server.api();
    let nothing = api.get("/nothing/here").await;
    assert_eq!((nothing.status, nothing.code()), (404, ErrorCode::NotFound));
    let method = api.delete("/health").await;
    assert_eq!((method.status, method.code()), (405, ErrorCode::NotFound));
    let large = vec![b' '; 100 * 1024];
    let admin = format!("X-Admin-Token: {}\r\n", server.admin_token());
    for (path, header) in [("/auth/login/start", ""), ("/server/invites", &admin)] {
        let answer = api.send("POST", path, header, &large).await;
        assert_eq!(
            (answer.status, answer.code()),
            (413, ErrorCode::TooLarge),
            "{path}"
        );
    }
    for body in ["", "{", "[]", "{\"username\": 7}", "null"] {
        let answer = api.send("POST", "/auth/login/start", "", body.as_bytes());
        assert_eq!(answer.await.code(), ErrorCode::Malformed, "{body}");
    }
    // No upgrade in it.
    let plain = anna.api.get("/ws").await;
    assert_eq!((plain.status, plain.code()), (400, ErrorCode::Malformed));
    for path in ["/channels/%FF/events", "/groups/AAAA", "/roster?from=-1"] {
        assert_eq!(
            anna.api.get(path).await.code(),
            ErrorCode::Malformed,
            "{path}"
        );
    }
    assert_eq!(api.get("/health").await.status, 200);
}

on_both_stores! {
    whatever_is_refused_is_refused_in_json,
}
