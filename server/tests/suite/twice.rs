//! What is asked twice: the same request is answered as it was, or told in words that it was done; a right is sent once.

use std::collections::BTreeSet;

use dialtone_crypto::approval::NewDevice;
use dialtone_crypto::group::OwnPackage;
use dialtone_crypto::invite::{self, InviteTerms};
use dialtone_crypto::{AccountKey, DeviceKey, Login, OsRng, Registration as Opaque, entries};
use dialtone_protocol::Hash;
use dialtone_protocol::approval::ApprovalMessage;
use dialtone_protocol::http::{
    ApprovalPost, Bytes, Challenge, ChallengeRequest, CommitPublish, ErrorCode, HistoryPut,
    InviteLookup, InvitePublish, LoggedIn, LoginFinish, LoginStart, LoginStarted, PackagePut,
    PasswordFinish, PasswordStart, RegisterEntry, RegisterStart, RegisterStarted, Registered,
    RosterAppend, SessionOpened, SessionRequest,
};
use dialtone_protocol::identity::SessionProof;
use dialtone_protocol::link::Link;
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::{HistoryPolicy, Role};
use dialtone_protocol::strict;
use serde::Serialize;
use serde_json::json;

use self::Again::{Refused, Same};
use crate::blobs::{content, path as blob};
use crate::common::{
    Answer, Api, PASSWORD, Person, Registration, TestServer, enrol, log_in, open_session,
};
use crate::described::{described, operations};
use crate::foreign::{PRIVATE, now_s, private_group};

/// What the second request is answered.
enum Again {
    /// What the first was.
    Same,
    Refused(ErrorCode),
}

/// Who asks everything twice.
struct Twice {
    server: TestServer,
    anna: Person,
    /// As the description names them.
    asked: BTreeSet<String>,
}

fn bytes(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).unwrap()
}

impl Twice {
    /// `operation`: as it is described, and the path after it where that has an id in it. Gives the first answer.
    async fn ask(
        &mut self,
        (api, headers): (&Api, &str),
        operation: &str,
        body: Vec<u8>,
        again: Again,
    ) -> Answer {
        let mut words = operation.split(' ');
        let (method, described) = (words.next().unwrap(), words.next().unwrap());
        let path = words.next().unwrap_or(described);
        let first = api.send(method, path, headers, &body).await;
        assert!(first.status < 300, "{operation}: {first:?}");
        let second = api.send(method, path, headers, &body).await;
        match again {
            Same => assert_eq!(second.status, first.status, "{operation}: {second:?}"),
            Refused(code) => {
                assert_eq!(second.code(), code, "{operation}");
                assert_ne!(second.error().message, "", "{operation}");
            }
        }
        self.asked.insert(format!("{method} {described}"));
        first
    }

    async fn plainly(&mut self, operation: &str, body: &impl Serialize, again: Again) -> Answer {
        let api = self.server.api();
        self.ask((&api, ""), operation, bytes(body), again).await
    }

    async fn by_anna(&mut self, operation: &str, body: &impl Serialize, again: Again) -> Answer {
        let api = self.anna.api.clone();
        self.ask((&api, ""), operation, bytes(body), again).await
    }

    /// Another session of Anna's device.
    async fn session(&self, link: &Link) -> SessionOpened {
        let (api, community) = (self.server.api(), self.anna.roster.community());
        let opened = open_session(&api, &self.anna.device, &community, link).await;
        opened.read()
    }

    async fn invites(&mut self) -> Link {
        let terms = InviteTerms {
            server: self.server.address.to_string(),
            uses: 5,
            expires_s: u64::MAX / 2000,
            role: Role::Member,
            community_name: "Home".into(),
            inviter_name: "Anna".into(),
        };
        let Person { device, roster, .. } = &self.anna;
        let issued = invite::issue(device, roster, terms, &[], &mut OsRng).unwrap();
        let publish = InvitePublish {
            entry: Bytes(issued.entry.clone()),
            token_hash: issued.token_hash,
            pack: None,
        };
        let moved = Refused(ErrorCode::RosterMoved);
        self.by_anna("POST /invites", &publish, moved).await;
        self.anna.roster.append(issued.entry).unwrap();
        let lookup = InviteLookup {
            token: issued.link.data.token,
        };
        self.plainly("POST /invites/lookup", &lookup, Same).await;
        issued.link
    }

    /// Bo registers, and opens a session.
    async fn coming_in(&mut self, link: &Link) -> (AccountKey, DeviceKey, Api) {
        let account = AccountKey::generate(&mut OsRng);
        let device = DeviceKey::generate(&mut OsRng).unwrap();
        let entry = invite::join(link, &self.anna.roster, &account, &device).unwrap();
        let (_, request) = Opaque::start(PASSWORD, &mut OsRng).unwrap();
        let start = RegisterStart {
            token: link.data.token,
            username: "bo".into(),
            request: Bytes(request),
        };
        self.plainly("POST /auth/register/start", &start, Same)
            .await;
        let mut api = self.server.api();
        let entry = RegisterEntry::Roster(Bytes(entry));
        let started = Registration::start(&api, link.data.token, "bo", entry).await;
        let registration = started.unwrap().with_recovery(vec![7; 100]);
        let finish = "POST /auth/register/finish";
        let registered = self.plainly(finish, &registration.finish, Same).await;
        assert_eq!(registered.read::<Registered>().device, device.id());

        let request = ChallengeRequest {
            device: device.id(),
        };
        let challenge = self.plainly("POST /auth/challenge", &request, Same).await;
        let nonce = challenge.read::<Challenge>().nonce;
        let proof = SessionProof {
            version: 1,
            nonce,
            server_key: link.data.server_key,
            tls_key: None,
        };
        let (proof, signature) = device.sign_session(&self.anna.roster.community(), &proof);
        let request = SessionRequest {
            device: device.id(),
            nonce,
            proof: Bytes(proof),
            signature,
            revision: REVISION,
        };
        let wrong = Refused(ErrorCode::WrongCredentials);
        let opened = self.plainly("POST /auth/session", &request, wrong).await;
        api.token = Some(opened.read::<SessionOpened>().token);
        (account, device, api)
    }

    /// Bo proves the password on a bare machine.
    async fn machine(&mut self, account: &AccountKey) {
        let (login, request) = Login::start(PASSWORD, &mut OsRng).unwrap();
        let start = LoginStart {
            username: "bo".into(),
            request: Bytes(request),
        };
        self.plainly("POST /auth/login/start", &start, Same).await;
        let started = self.server.api().post("/auth/login/start", &start).await;
        let started: LoginStarted = started.read();
        let (last, _) = login.finish(&started.response.0, &mut OsRng).unwrap();
        let finish = LoginFinish {
            attempt: started.attempt,
            finalization: Bytes(last),
        };
        let wrong = Refused(ErrorCode::WrongCredentials);
        let proved = self.plainly("POST /auth/login/finish", &finish, wrong);
        let proved: LoggedIn = proved.await.read();
        let header = format!("X-Enrolment-Token: {}\r\n", proved.enrolment);
        let api = self.server.api();
        let by = (&api, header.as_str());

        let new = NewDevice::draw("Mac", &mut OsRng).unwrap();
        let ask = ApprovalPost {
            message: strict::encode(&ApprovalMessage::Ask(new.ask().to_vec().into())).into(),
        };
        self.ask(by, "POST /approvals", bytes(&ask), Same).await;

        let (registration, request) = Opaque::start(PASSWORD, &mut OsRng).unwrap();
        let start = bytes(&PasswordStart {
            request: Bytes(request),
        });
        let started = self.ask(by, "POST /auth/password/start", start, Same).await;
        let response = started.read::<RegisterStarted>().response;
        let (upload, _) = registration.finish(&response.0, &mut OsRng).unwrap();
        let finish = bytes(&PasswordFinish {
            upload: Bytes(upload),
            password_copy: None,
        });
        self.ask(by, "POST /auth/password/finish", finish, Same)
            .await;

        self.anna.fetch_roster().await;
        let keys = DeviceKey::generate(&mut OsRng).unwrap().public_keys();
        let roster = &self.anna.roster;
        let entry = entries::recover_device(account, account.account(), roster, keys).unwrap();
        let moved = Refused(ErrorCode::RosterMoved);
        let entry = bytes(&enrol(entry));
        self.ask(by, "POST /devices", entry, moved).await;
    }

    /// What Bo keeps at the server.
    async fn keeping(&mut self, account: &AccountKey, device: &DeviceKey, api: &Api) {
        let by = (api, "");
        let history = bytes(&HistoryPut {
            counter: 1,
            file: Bytes(vec![1; 100]),
        });
        let newer = Refused(ErrorCode::Exists);
        self.ask(by, "PUT /recovery/history", history, newer).await;
        self.ask(by, "DELETE /recovery/password", Vec::new(), Same)
            .await;
        let own = OwnPackage::generate(device, account.account(), now_s()).unwrap();
        let package = bytes(&PackagePut {
            package: Bytes(own.public),
        });
        self.ask(by, "PUT /packages", package, Same).await;
        let put = format!("PUT /blobs/{{id}} {}", blob(1));
        self.ask(by, &put, content(9_000), Same).await;
        let delete = format!("DELETE /blobs/{{id}} {}", blob(1));
        self.ask(by, &delete, Vec::new(), Same).await;
        let sessions = "DELETE /devices/{id}/sessions";
        let ended = format!("{sessions} /devices/{}/sessions", device.id());
        let over = Refused(ErrorCode::NotSignedIn);
        self.ask(by, &ended, Vec::new(), over).await;
    }

    async fn groups(&mut self) {
        self.anna.fetch_roster().await;
        let lobby = self.anna.roster.view().lobby();
        let Person { device, roster, .. } = &self.anna;
        let history = HistoryPolicy::All;
        let made = entries::create_channel(device, roster, lobby, history, &mut OsRng);
        let entry = RosterAppend {
            entry: Bytes(made.unwrap().1),
        };
        let moved = Refused(ErrorCode::RosterMoved);
        self.by_anna("POST /roster", &entry, moved).await;

        self.anna.fetch_roster().await;
        let group = self.anna.group.as_mut().unwrap();
        let made = group.make_commit(&self.anna.device, &self.anna.roster);
        let made = made.unwrap();
        let commit = CommitPublish {
            epoch: made.epoch,
            commit: Bytes(made.commit),
            group_info: Bytes(made.group_info),
            welcome: None,
        };
        let commits = format!("POST /groups/{{id}}/commits /groups/{lobby}/commits");
        let stale = Refused(ErrorCode::StaleEpoch);
        self.by_anna(&commits, &commit, stale).await;

        let (_, body) = private_group(&mut self.anna).await;
        let put = format!("PUT /groups/{{id}} /groups/{PRIVATE}");
        let there = Refused(ErrorCode::Exists);
        self.by_anna(&put, &body, there).await;
        let welcome = format!("DELETE /groups/{{id}}/welcome /groups/{PRIVATE}/welcome");
        self.by_anna(&welcome, &json!(null), Same).await;
    }

    /// Sessions that are ended, by their own device and by the operator.
    async fn sessions(&mut self, link: &Link) {
        let mut api = self.server.api();
        api.token = Some(self.session(link).await.token);
        let over = Refused(ErrorCode::NotSignedIn);
        self.ask((&api, ""), "DELETE /auth/session", Vec::new(), over)
            .await;
        let header = format!("X-Admin-Token: {}\r\n", self.server.admin_token());
        let api = self.server.api();
        let by = (&api, header.as_str());
        self.ask(by, "POST /server/invites", Vec::new(), Same).await;
        let channel = self.anna.create_channel().await;
        let path = format!("/server/channels/{channel}/retention");
        let retain = format!("PUT /server/channels/{{id}}/retention {path}");
        let days = br#"{"days":30}"#.to_vec();
        self.ask(by, &retain, days, Same).await;
        let id = Hash::of(&self.session(link).await.token.0);
        let end = format!("DELETE /server/sessions/{{id}} /server/sessions/{id}");
        let gone = Refused(ErrorCode::NotFound);
        self.ask(by, &end, Vec::new(), gone).await;
    }
}

#[tokio::test]
async fn whatever_changes_something_is_asked_twice_and_done_once() {
    let server = TestServer::start().await;
    let anna = Person::found(&server, "anna").await;
    let asked = BTreeSet::new();
    let mut twice = Twice {
        server,
        anna,
        asked,
    };
    let link = twice.invites().await;
    let (account, device, bo) = twice.coming_in(&link).await;
    twice.machine(&account).await;
    twice.keeping(&account, &device, &bo).await;
    twice.groups().await;
    twice.sessions(&link).await;
    let document = described(&twice.server.api()).await;
    let all = operations(&document).into_iter();
    let changing = all.filter(|(method, ..)| method != "get");
    let changing: BTreeSet<_> = changing
        .map(|(method, path, _)| format!("{} {path}", method.to_uppercase()))
        .collect();
    assert_eq!(twice.asked, changing, "each is asked twice here");
}

/// Which of two counts nobody can know: a proxy in front may have looked at the other one.
#[tokio::test]
async fn a_right_that_is_sent_twice_is_refused_whichever_of_the_two_holds() {
    let server = TestServer::start().await;
    let mut anna = Person::found(&server, "anna").await;
    let api = server.api();
    let enrolment = log_in(&api, "anna").await.enrolment;
    let link = anna.invite(&server, 1, u64::MAX / 2000).await;
    let session = format!("Bearer {}", anna.api.token.unwrap());
    for (header, good, path) in [
        ("Authorization", session, "/devices"),
        ("X-Admin-Token", server.admin_token(), "/server/stats"),
        ("X-Enrolment-Token", enrolment.to_string(), "/roster"),
        ("X-Invite-Token", link.data.token.to_string(), "/roster"),
    ] {
        let header_of = |value: &str| format!("{header}: {}\r\n", value.trim());
        let answer = api.send("GET", path, &header_of(&good), b"").await;
        assert_eq!(answer.status, 200, "{header}: {answer:?}");
        for (one, other) in [(&*good, &*good), (&*good, "x"), ("x", &*good)] {
            let both = header_of(one) + &header_of(other);
            let answer = api.send("GET", path, &both, b"").await;
            let said = (answer.status, answer.code());
            assert_eq!(said, (400, ErrorCode::Malformed), "{header}");
        }
    }
}
