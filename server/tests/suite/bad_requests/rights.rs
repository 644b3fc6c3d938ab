//! Everybody who may ask for something, each by a right that holds.

use std::cell::Cell;

use dialtone_protocol::http::{
    ADMIN_TOKEN_HEADER, ENROLMENT_TOKEN_HEADER, ErrorCode, INVITE_TOKEN_HEADER, SessionOpened,
};
use dialtone_protocol::link::Link;
use dialtone_server::config::GivenSecret;
use serde_json::Value;

use crate::common::{Answer, Api, Person, TestServer, log_in, open_session};

const METRICS_TOKEN: &str = "a token for the numbers";
/// Of what may be asked by nobody in particular.
const NONE: &str = "none";

/// Somebody with one right.
pub(super) struct Asker {
    pub(super) who: &'static str,
    /// As the description names it.
    pub(super) right: &'static str,
    headers: String,
}

/// All of them.
pub(super) struct Rights {
    api: Api,
    link: Link,
    pub(super) founder: Person,
    member: Person,
    askers: Vec<Asker>,
    asked: Cell<u32>,
}

/// The rights by which the description lets an operation be asked for.
pub(super) fn rights_of(operation: &Value) -> Vec<&str> {
    let Some(any_of) = operation["security"].as_array() else {
        return vec![NONE];
    };
    let each = any_of
        .iter()
        .flat_map(|one| one.as_object().unwrap().keys());
    each.map(String::as_str).collect()
}

/// Whether the right did not do. What is wrong otherwise is not looked at then.
pub(super) fn is_held_back(answer: &Answer) -> bool {
    let codes = [
        ErrorCode::NotSignedIn,
        ErrorCode::NotAllowed,
        ErrorCode::WrongCredentials,
    ];
    answer.status >= 400 && codes.contains(&answer.code())
}

fn bearer(token: impl std::fmt::Display) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

impl Rights {
    /// A server on which nobody asks too often, with all who may ask it.
    pub(super) async fn set_up() -> (TestServer, Self) {
        let server = TestServer::start_set(|settings| {
            settings.limits.account = None;
            settings.limits.device = None;
            settings.limits.address = None;
            settings.observe.metrics_token = Some(GivenSecret::new(METRICS_TOKEN));
        })
        .await;
        let api = server.api();
        let mut founder = Person::found(&server, "anna").await;
        let member = founder.bring(&server, "bernd").await;
        let link = founder.invite(&server, 1, u64::MAX / 2000).await;
        let enrolment = log_in(&api, "bernd").await.enrolment;
        let session = |person: &Person| bearer(person.api.token.unwrap());
        let header = |name: &str, token: &str| format!("{name}: {token}\r\n");
        let askers = [
            ("anybody", NONE, String::new()),
            ("a member", "session", session(&member)),
            ("an admin", "session", session(&founder)),
            (
                "who proved a password",
                "enrolment",
                header(ENROLMENT_TOKEN_HEADER, &enrolment.to_string()),
            ),
            (
                "who holds a link",
                "invite",
                header(INVITE_TOKEN_HEADER, &link.data.token.to_string()),
            ),
            (
                "the operator",
                "admin",
                header(ADMIN_TOKEN_HEADER, &server.admin_token()),
            ),
            ("who watches", "metrics", bearer(METRICS_TOKEN)),
        ];
        let askers = askers.into_iter().map(|(who, right, headers)| Asker {
            who,
            right,
            headers,
        });
        let rights = Self {
            api,
            link,
            founder,
            member,
            askers: askers.collect(),
            asked: Cell::new(0),
        };
        (server, rights)
    }

    /// Who may ask for an operation, by its description.
    pub(super) fn askers(&self, operation: &Value) -> Vec<&Asker> {
        let named = rights_of(operation);
        let all = self.askers.iter();
        all.filter(|asker| named.contains(&asker.right)).collect()
    }

    /// Each from another address, since no address may try as often as it is done here.
    pub(super) async fn ask(&self, asker: &Asker, request: (&str, &str), body: &[u8]) -> Answer {
        let (method, path) = request;
        self.asked.set(self.asked.get() + 1);
        let [_, a, b, c] = self.asked.get().to_be_bytes();
        // It ends what the others are asked with.
        let ends = method == "DELETE" && path.starts_with("/auth/session");
        let right = if ends {
            self.another_session(asker).await
        } else {
            asker.headers.clone()
        };
        let headers = format!("{right}X-Forwarded-For: 10.{a}.{b}.{c}\r\n");
        let answer = self.api.send(method, path, &headers, body).await;
        assert_ne!(answer.status, 429, "{method} {path}");
        answer
    }

    async fn another_session(&self, asker: &Asker) -> String {
        let person = if asker.who == "an admin" {
            &self.founder
        } else {
            &self.member
        };
        let community = person.roster.community();
        let opened = open_session(&self.api, &person.device, &community, &self.link).await;
        bearer(opened.read::<SessionOpened>().token)
    }

    /// How often somebody was asked.
    pub(super) fn asked(&self) -> u32 {
        self.asked.get()
    }
}
