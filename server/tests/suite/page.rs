//! What a browser gets at the server's address.

use crate::common::TestServer;

#[tokio::test]
async fn a_browser_gets_a_page_and_a_program_that_wants_json_none() {
    let server = TestServer::start().await;
    let browser = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
    let page = server.api().send("GET", "/", browser, &[]).await;
    assert_eq!(page.status, 200);
    let kind = page.header("content-type").unwrap();
    assert!(kind.starts_with("text/html"), "{kind}");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("script-src 'sha256-"), "{policy}");
    let text = String::from_utf8(page.body).unwrap();
    assert!(text.contains("This is a Dialtone server"));
    let json = "Accept: application/json\r\n";
    assert_eq!(server.api().send("GET", "/", json, &[]).await.status, 404);
}
