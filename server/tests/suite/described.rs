//! The description of the API and what is there are the same.

use std::collections::BTreeSet;
use std::path::Path;

use dialtone_protocol::http::ErrorCode;
use serde_json::Value;

use crate::common::{Api, TestServer};

/// What is at this server, by its own word: method in small letters, and path.
pub(crate) async fn described(api: &Api) -> Value {
    api.get("/openapi.json").await.read()
}

/// Each operation: method, path, and what is said of it.
pub(crate) fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    let each = paths.iter().flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter();
        methods.map(move |(method, one)| (method.clone(), path.clone(), one.clone()))
    });
    each.collect()
}

/// A path with an id of the right form in each place for one.
pub(crate) fn filled(path: &str) -> String {
    let length = |name: &str| match name {
        "groups" => 17,
        "packages" | "devices" | "sessions" => 32,
        _ => 16,
    };
    let mut parts = path.split('/').skip(1);
    let named = parts.find(|part| *part != "server").unwrap_or_default();
    let id = vec![1_u8; length(named)];
    let id = {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(id)
    };
    path.replace("{id}", &id).replace("{account}", &id)
}

#[tokio::test]
async fn every_described_request_is_routed_and_no_other_method() {
    let server = TestServer::start().await;
    let api = server.api();
    let document = described(&api).await;
    assert_eq!(document["openapi"], "3.1.0");
    let all = operations(&document);
    assert!(all.len() > 40, "{}", all.len());
    for (method, path, said) in &all {
        let answer = api
            .send(&method.to_uppercase(), &filled(path), "", b"")
            .await;
        let nothing = answer.status == 404 && answer.error().message.contains("this address");
        assert!(
            path == "/metrics" || (answer.status != 405 && !nothing),
            "{method} {path}"
        );
        for needed in ["operationId", "summary", "tags", "responses"] {
            assert!(said.get(needed).is_some(), "{method} {path}: {needed}");
        }
        assert!(said["responses"].get("default").is_some());
    }
    let paths: BTreeSet<_> = all.iter().map(|(_, path, _)| path).collect();
    for path in paths {
        let answer = api.send("PATCH", &filled(path), "", b"").await;
        assert_eq!(
            (answer.status, answer.code()),
            (405, ErrorCode::NotFound),
            "{path}"
        );
    }
    let names: BTreeSet<_> = all
        .iter()
        .map(|(.., said)| said["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), all.len(), "each has a name of its own");
}

/// Whatever is routed is described, since one call does both; so no other way may be taken.
#[test]
fn nothing_is_routed_without_a_description() {
    fn look(folder: &Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, found);
            } else {
                let text = std::fs::read_to_string(&path).unwrap_or_default();
                let lines = text.lines().filter(|line| line.contains(".route(\""));
                found.extend(lines.map(|line| format!("{}: {}", path.display(), line.trim())));
            }
        }
    }
    let mut found = Vec::new();
    look(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut found,
    );
    // The metrics' own port, where the description is not.
    found.retain(|line| !line.contains("metrics/routes.rs"));
    assert_eq!(found, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_for_a_session_is_refused_without_one() {
    let server = TestServer::start().await;
    let api = server.api();
    let document = described(&api).await;
    let mut asked = 0;
    for (method, path, said) in operations(&document) {
        let Some(needed) = said["security"].as_array() else {
            continue;
        };
        if needed.iter().any(|one| one.get("metrics").is_some()) {
            continue;
        }
        let path = match path.as_str() {
            "/relay" => "/relay?call=AQEBAQEBAQEBAQEBAQEBAQ".to_owned(),
            "/roster" => "/roster?from=0".to_owned(),
            _ => filled(&path),
        };
        let answer = api.send(&method.to_uppercase(), &path, "", b"{}").await;
        let code = answer.code();
        let expected = if path.starts_with("/server/") {
            ErrorCode::NotAllowed
        } else {
            ErrorCode::NotSignedIn
        };
        assert_eq!(code, expected, "{method} {path}");
        asked += 1;
    }
    assert!(asked > 25, "{asked}");
}
