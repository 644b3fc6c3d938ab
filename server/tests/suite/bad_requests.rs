//! Every request that there is, badly made: it is refused in words and for programs, and the server serves on.

use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::ErrorCode;
use serde_json::{Map, Value, json};

use crate::common::{Answer, Person, Socket, TestServer};
use crate::described::{described, filled, operations};

/// No fault, and where it is refused in the form of all refusals.
fn judge(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {answer:?}");
    if answer.status >= 400 {
        let error = answer.error();
        assert_ne!(error.code, ErrorCode::Unknown, "{what}");
        assert_ne!(error.code, ErrorCode::Internal, "{what}");
        assert!(!error.message.is_empty(), "{what}");
    }
}

/// The body's properties by the description.
fn properties<'a>(document: &'a Value, said: &'a Value) -> Option<&'a Map<String, Value>> {
    let schema = &said["requestBody"]["content"]["application/json"]["schema"];
    let named = |schema: &'a Value| {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?;
        document["components"]["schemas"][name]["properties"].as_object()
    };
    let alternatives = schema["oneOf"].as_array().into_iter().flatten();
    std::iter::once(schema).chain(alternatives).find_map(named)
}

/// A value of the described form.
fn sample(schema: &Value) -> Value {
    match schema["$ref"]
        .as_str()
        .and_then(|name| name.rsplit('/').next())
    {
        Some("Hash" | "DeviceId" | "AccountId" | "CommunityId") => json!("A".repeat(43)),
        Some("Signature") => json!("A".repeat(86)),
        Some("RegisterEntry") => json!({"roster": "AAAA"}),
        Some(_) => json!("AAAA"),
        None => match &schema["type"] {
            Value::String(kind) if kind == "integer" => json!(1),
            Value::String(kind) if kind == "boolean" => json!(true),
            Value::String(kind) if kind == "array" => json!([]),
            _ => json!("x"),
        },
    }
}

/// One body for each way in which a body can be wrong.
fn bodies(properties: &Map<String, Value>) -> Vec<(String, Vec<u8>)> {
    let whole: Map<_, _> = properties
        .iter()
        .map(|(name, schema)| (name.clone(), sample(schema)))
        .collect();
    let text = |value: &Map<String, Value>| serde_json::to_vec(value).unwrap();
    let mut bodies = vec![("whole, and nothing in it true".to_owned(), text(&whole))];
    let mut extra = whole.clone();
    extra.insert("nobody-knows-this".to_owned(), json!([[[{}]]]));
    bodies.push(("an extra one".to_owned(), text(&extra)));
    for name in properties.keys() {
        let mut missing = whole.clone();
        missing.remove(name);
        bodies.push((format!("without {name}"), text(&missing)));
        for wrong in [
            json!(null),
            json!(-1),
            json!(1e300),
            json!([]),
            json!({"a": 1}),
            json!("\u{0}\u{202e}é="),
            json!("A".repeat(50_000)),
        ] {
            let mut other = whole.clone();
            other.insert(name.clone(), wrong.clone());
            let shown: String = wrong.to_string().chars().take(20).collect();
            bodies.push((format!("{name}: {shown}"), text(&other)));
        }
    }
    bodies
}

fn shapeless() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("nothing", Vec::new()),
        ("no JSON", b"\x00\xff{".to_vec()),
        ("null", b"null".to_vec()),
        ("a list", b"[]".to_vec()),
        ("a number", b"7".to_vec()),
        ("deep", b"[".repeat(60_000)),
        ("deep objects", b"{\"a\":".repeat(10_000)),
        ("large", vec![b' '; 9 * 1024 * 1024]),
    ]
}

#[tokio::test]
async fn a_badly_made_request_is_refused_and_the_server_serves_on() {
    let server = TestServer::start_set(|settings| {
        settings.limits.account = None;
        settings.limits.device = None;
        settings.limits.address = None;
    })
    .await;
    let mut anna = Person::found(&server, "anna").await;
    let bernd = anna.bring(&server, "bernd").await;
    let document = described(&server.api()).await;
    let mut asked = 0;
    for (method, path, said) in operations(&document) {
        // It would end what the others are asked with.
        if path == "/auth/session" && method == "delete" {
            continue;
        }
        let (upper, address) = (method.to_uppercase(), filled(&path));
        let mut all: Vec<_> = shapeless()
            .into_iter()
            .map(|(what, body)| (what.to_owned(), body))
            .collect();
        if method == "get" || method == "delete" {
            all.truncate(2);
        }
        let said_of_body = properties(&document, &said);
        // What is added later is asked badly, too: a body of no described form would not be.
        assert!(
            said_of_body.is_some() || said["requestBody"]["content"]["application/json"].is_null(),
            "{method} {path}: what its body is made of is not described"
        );
        assert_eq!(
            said["requestBody"].is_null(),
            !matches!(method.as_str(), "post" | "put"),
            "{method} {path}: whether it takes a body"
        );
        all.extend(said_of_body.into_iter().flat_map(bodies));
        for (what, body) in &all {
            let what = format!("{method} {path}, {what}");
            judge(&bernd.api.send(&upper, &address, "", body).await, &what);
            asked += 1;
        }
        // Repeated, as it was the first time.
        let (_, first) = &all[0];
        judge(&bernd.api.send(&upper, &address, "", first).await, &path);
        if path.contains('{') {
            for id in [
                "",
                "x",
                "AAAA",
                "%00",
                "..",
                "%2e%2e%2f",
                "A".repeat(5000).as_str(),
            ] {
                let wrong = path.replace("{id}", id).replace("{account}", id);
                let answer = bernd.api.send(&upper, &wrong, "", b"{}").await;
                judge(&answer, &wrong);
                assert!(answer.status >= 400, "{method} {wrong}");
            }
        }
        for query in [
            "?from=-1",
            "?from=x&limit=99999999999999999999",
            "?%ff=%00",
            "?call=&nonce=",
        ] {
            let asked = format!("{address}{query}");
            judge(&bernd.api.send(&upper, &asked, "", b"").await, &asked);
        }
    }
    assert!(asked > 500, "{asked}");
    anna.fetch_commits().await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "still here");
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
}

#[tokio::test]
async fn nothing_of_another_community_or_account_is_reached() {
    let (server, elsewhere) = (TestServer::start().await, TestServer::start().await);
    let mut anna = Person::found(&server, "anna").await;
    let mut far = Person::found(&elsewhere, "anna").await;
    let (channel, theirs) = (anna.create_channel().await, far.create_channel().await);
    let bernd = anna.bring(&server, "bernd").await;
    // A session of one server is none at the other.
    let mut foreign = far.api.clone();
    foreign.address = server.address;
    let answer = foreign.get("/channels").await;
    assert_eq!(answer.code(), ErrorCode::NotSignedIn);
    for path in [
        format!("/channels/{theirs}/events"),
        format!("/groups/{}", far.group.as_ref().unwrap().id()),
    ] {
        assert_eq!(
            anna.api.get(&path).await.code(),
            ErrorCode::NotFound,
            "{path}"
        );
    }
    let path = format!("/devices/{}/sessions", anna.device.id());
    assert_eq!(bernd.api.delete(&path).await.code(), ErrorCode::NotFound);
    let path = format!("/channels/{channel}/events");
    assert_eq!(bernd.api.get(&path).await.status, 200);
    // An entry of another community's list.
    let entry = json!({"entry": "AAAA"});
    assert_eq!(bernd.api.post("/roster", &entry).await.status / 100, 4);
}
