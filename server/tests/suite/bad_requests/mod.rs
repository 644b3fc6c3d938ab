//! Every request that there is, badly made, by everybody who has a right to make it: it is refused in words and for programs, and the
//! server serves on.
//!
//! What is asked is taken from the server's own description, and so is who may: what is added later is asked badly, too.

mod bodies;
mod rights;

use std::collections::BTreeSet;

use dialtone_protocol::frame::ServerFrame;
use dialtone_protocol::http::ErrorCode;
use serde_json::Value;

use self::bodies::{Body, Expected, Query};
use self::rights::{Asker, Rights, is_held_back, rights_of};
use crate::common::{Answer, Socket};
use crate::described::{described, filled, operations};

/// The status, and where it is a refusal why.
type Said = (u16, Option<ErrorCode>);

/// No fault, and where it is refused in the form of all refusals. Gives what was said, in short.
fn judge(answer: &Answer, what: &str) -> Said {
    assert!(answer.status < 500, "{what}: {answer:?}");
    if answer.status < 400 {
        return (answer.status, None);
    }
    let error = answer.error();
    assert_ne!(error.code, ErrorCode::Unknown, "{what}");
    assert_ne!(error.code, ErrorCode::Internal, "{what}");
    assert!(!error.message.is_empty(), "{what}");
    (answer.status, Some(error.code))
}

/// One operation, asked for by one who may.
struct Asked<'a> {
    rights: &'a Rights,
    asker: &'a Asker,
    document: &'a Value,
    operation: &'a Value,
    method: String,
    path: &'a str,
    /// They are refused whatever they send: of those with this right some may and others may not.
    held_back: Option<Said>,
}

impl Asked<'_> {
    async fn ask(&self, path: &str, body: &[u8], what: &str) -> Said {
        let asked = (self.method.as_str(), path);
        let answer = self.rights.ask(self.asker, asked, body).await;
        judge(&answer, &self.named(what))
    }

    fn named(&self, what: &str) -> String {
        let shown: String = what.chars().take(200).collect();
        format!(
            "{} {} by {}: {shown}",
            self.method, self.path, self.asker.who
        )
    }

    fn check(&self, said: Said, (expected, whole): (Expected, Said), what: &str) {
        let what = self.named(what);
        if let Some(held_back) = self.held_back {
            assert_eq!(said, held_back, "{what}");
            return;
        }
        match expected {
            Expected::Malformed => assert_eq!(said.1, Some(ErrorCode::Malformed), "{what}"),
            Expected::Refused => assert!(said.0 >= 400, "{what}: {said:?}"),
            Expected::AsWhole => assert_eq!(said, whole, "{what}"),
            Expected::Any => {}
        }
    }

    /// Whether the right does: without a query and with half a body nothing else is wrong that could be refused for the right.
    async fn try_right(&mut self) {
        let address = filled(self.path);
        let asked = (self.method.as_str(), address.as_str());
        let answer = self.rights.ask(self.asker, asked, b"{").await;
        let said = judge(&answer, &self.named("half a body"));
        self.held_back = is_held_back(&answer).then_some(said);
    }

    async fn bodies(&self) {
        let address = self.address();
        let body = Body::of(self.document, self.operation);
        let whole = match &body {
            Some(body) => self.ask(&address, &body.whole_text(), "whole").await,
            None => self.ask(&address, b"", "whole").await,
        };
        let takes_bytes = !self.operation["requestBody"].is_null();
        let cases = match &body {
            Some(body) => body.shapeless().into_iter().chain(body.cases()).collect(),
            None => bodies::bytes(takes_bytes),
        };
        for case in cases {
            let said = self.ask(&address, &case.body, &case.what).await;
            self.check(said, (case.expected, whole), &case.what);
        }
    }

    fn address(&self) -> String {
        let query = Query::of(self.document, self.operation);
        format!("{}{}", filled(self.path), query.whole())
    }

    async fn queries(&self) {
        let query = Query::of(self.document, self.operation);
        let whole = self.ask(&self.address(), b"", "no body").await;
        for (text, expected) in query.cases() {
            let address = format!("{}{text}", filled(self.path));
            let said = self.ask(&address, b"", &text).await;
            self.check(said, (expected, whole), &text);
        }
    }

    async fn ids(&self) {
        if !self.path.contains('{') {
            return;
        }
        let long = "A".repeat(5000);
        for id in ["", "x", "AAAA", "%00", "..", "%2e%2e%2f", &long] {
            let wrong = self.path.replace("{id}", id).replace("{account}", id);
            let said = self.ask(&wrong, b"{}", &wrong).await;
            assert!(said.0 >= 400, "{}: {said:?}", self.named(&wrong));
        }
    }
}

/// What is added later is asked badly, too: a body of no described form would not be.
fn check_description(document: &Value, (method, path, operation): &(String, String, Value)) {
    let body = &operation["requestBody"];
    let json = &body["content"]["application/json"];
    assert!(
        json.is_null() || Body::of(document, operation).is_some(),
        "{method} {path}: what its body is made of is not described"
    );
    assert_eq!(
        body.is_null(),
        !matches!(method.as_str(), "post" | "put"),
        "{method} {path}: whether it takes a body"
    );
}

#[tokio::test]
async fn a_badly_made_request_is_refused_to_everybody_who_may_ask_and_the_server_serves_on() {
    let (server, mut rights) = Box::pin(Rights::set_up()).await;
    let document = described(&server.api()).await;
    for operation in operations(&document) {
        check_description(&document, &operation);
        let (method, path, operation) = &operation;
        let mut reached = BTreeSet::new();
        for asker in rights.askers(operation) {
            let mut asked = Asked {
                rights: &rights,
                asker,
                document: &document,
                operation,
                method: method.to_uppercase(),
                path,
                held_back: None,
            };
            asked.try_right().await;
            if asked.held_back.is_none() {
                reached.insert(asker.right);
            }
            asked.bodies().await;
            asked.queries().await;
            asked.ids().await;
        }
        for right in rights_of(operation) {
            assert!(
                reached.contains(right),
                "{method} {path}: nobody with the right `{right}` gets at it"
            );
        }
    }
    assert!(rights.asked() > 1500, "{}", rights.asked());
    let anna = &mut rights.founder;
    anna.fetch_commits().await;
    let channel = anna.directory();
    let (mut socket, _) = Socket::connect(&anna.api).await;
    let frame = anna.send_frame(channel, "still here");
    let answer = socket.ask(&frame).await;
    assert!(matches!(answer, ServerFrame::Stored { .. }), "{answer:?}");
}
