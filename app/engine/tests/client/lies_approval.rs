//! A server that lies while one device approves another: what it puts in between shows, and adds nothing.

use dialtone_crypto::OsRng;
use dialtone_crypto::approval::NewDevice;
use dialtone_engine::snapshot::Code;
use dialtone_engine::{Command, Secret};
use dialtone_protocol::approval::{
    ApprovalChallenge, ApprovalEnd, ApprovalMessage, ApprovalReveal,
};
use dialtone_protocol::frame::{ServerFrame, write_frame};
use dialtone_protocol::http::{ApprovalPost, ApprovalState, RosterPage};
use dialtone_protocol::{CommunityId, Hash, PublicKey, strict};

use crate::approval::{answers, asks, code_here, code_there, devices, failed, says_same, told};
use crate::house::{Client, House, PASSWORD, is_online, through};
use crate::liar::{Liar, truth};

/// What a new device posts, changed.
fn posted(body: &[u8], lie: impl FnOnce(ApprovalMessage) -> ApprovalMessage) -> Vec<u8> {
    let post: ApprovalPost = serde_json::from_slice(body).unwrap();
    let message = lie(ApprovalMessage::read(&post.message.0).unwrap());
    let message = strict::encode(&message).into();
    serde_json::to_vec(&ApprovalPost { message }).unwrap()
}

/// What a new device is told, changed.
fn shown(body: &[u8], lie: impl FnOnce(ApprovalMessage) -> ApprovalMessage) -> Vec<u8> {
    let Ok(mut state) = serde_json::from_slice::<ApprovalState>(body) else {
        return body.to_vec();
    };
    state.message = state.message.map(|bytes| {
        let message = lie(ApprovalMessage::read(&bytes.0).unwrap());
        strict::encode(&message).into()
    });
    serde_json::to_vec(&state).unwrap()
}

/// Anna at the true server, and a new machine that has only the liar.
struct Scene {
    anna: Client,
    new: Client,
    liar: Liar,
    house: House,
}

impl Scene {
    fn new() -> Self {
        let house = House::new();
        let liar = Liar::before(&house);
        let anna = house.founder();
        let new = house.client("new machine");
        Self {
            anna,
            new,
            liar,
            house,
        }
    }

    /// The two codes.
    fn codes(&self) -> (Code, Code) {
        asks(&self.new, &self.liar.address, "anna", PASSWORD);
        answers(&self.anna, true);
        (code_here(&self.anna), code_there(&self.new))
    }

    /// Another answer to what is asked of an approval.
    fn shows(&self, lie: impl Fn(ApprovalMessage) -> ApprovalMessage + Send + 'static) {
        self.liar.answers(move |asked, body| {
            let of_approval = asked.ends_with(" /approvals");
            Some(if of_approval {
                shown(&body, &lie)
            } else {
                body
            })
        });
    }
}

/// The approver's challenge, changed.
fn challenge(
    message: ApprovalMessage,
    lie: impl FnOnce(&mut ApprovalChallenge),
) -> ApprovalMessage {
    let ApprovalMessage::Challenge(bytes) = message else {
        return message;
    };
    let mut challenge = ApprovalChallenge::read(&bytes).unwrap();
    lie(&mut challenge);
    ApprovalMessage::Challenge(strict::encode(&challenge).into())
}

#[test]
fn keys_exchanged_in_the_middle_show_two_codes_and_are_not_added() {
    let scene = Scene::new();
    // The server asks with keys of its own, and reveals them.
    let own = NewDevice::draw("Mac", &mut OsRng).unwrap();
    let ask = own.ask().to_vec();
    let blank = strict::encode(&ApprovalChallenge {
        version: 1,
        nonce: Hash::ZERO,
        community: CommunityId::NONE,
        account: dialtone_protocol::AccountId([0; 32]),
        approver: dialtone_protocol::DeviceId([0; 32]),
        roster: dialtone_protocol::roster::RosterPosition::START,
        server_key: PublicKey([0; 32]),
    });
    let reveal = own.answer(&blank).unwrap().reveal().to_vec();
    scene.liar.requests(move |asked, body| {
        if asked != "POST /approvals" {
            return body;
        }
        posted(&body, |message| match message {
            ApprovalMessage::Ask(_) => ApprovalMessage::Ask(ask.clone().into()),
            ApprovalMessage::Reveal(_) => ApprovalMessage::Reveal(reveal.clone().into()),
            other => other,
        })
    });
    let (here, there) = scene.codes();
    assert_ne!(here.digits, there.digits);
    assert_ne!(here.whole, there.whole);
    // Two careless people are not enough: what the new device confirms is not what Anna's was shown.
    says_same(&scene.anna, &scene.new);
    told(&scene.anna, "is not signed by it");
    let words = failed(&scene.new);
    assert!(words.contains("could not add"), "{words}");
    assert_eq!(devices(&scene.anna), 1);
}

#[test]
fn another_reveal_than_was_committed_to_is_refused_by_the_approver() {
    let house = House::new();
    let liar = Liar::before(&house);
    let anna = house.client("anna");
    anna.join(&through(&liar.address, &house.link), Some("Harbour crew"));
    anna.wait("it is online", is_online);
    // The server has seen the reveal, and hands on one under which the code would be another.
    liar.frames(|framed| {
        let ServerFrame::Approval { id, message } = &framed.frame else {
            return vec![truth(&framed)];
        };
        let Ok(ApprovalMessage::Reveal(reveal)) = ApprovalMessage::read(message) else {
            return vec![truth(&framed)];
        };
        let mut reveal: ApprovalReveal = strict::decode(&reveal, 8192).unwrap();
        reveal.random = Hash([1; 32]);
        let other = ApprovalMessage::Reveal(strict::encode(&reveal).into());
        let frame = ServerFrame::Approval {
            id: *id,
            message: strict::encode(&other).into(),
        };
        vec![write_frame(framed.request, &frame)]
    });
    let new = house.client("new machine");
    asks(&new, &house.address, "anna", PASSWORD);
    answers(&anna, true);
    told(&anna, "tried to choose the code");
    let words = failed(&new);
    assert!(words.contains("could not add"), "{words}");
    assert_eq!(devices(&anna), 1);
}

#[test]
fn another_community_position_or_nonce_told_to_the_new_device_shows_another_code() {
    let scene = Scene::new();
    let lies: [fn(&mut ApprovalChallenge); 3] = [
        |challenge| challenge.community = CommunityId([1; 32]),
        |challenge| challenge.roster.head = Hash([1; 32]),
        |challenge| challenge.nonce = Hash([1; 32]),
    ];
    for lie in lies {
        scene.shows(move |message| challenge(message, lie));
        let (here, there) = scene.codes();
        assert_ne!(here.whole, there.whole);
        says_same(&scene.anna, &scene.new);
        told(&scene.anna, "is not signed by it");
        scene.anna.send(Command::DismissNotice(
            scene.anna.engine.handle.snapshot().notices[0].id,
        ));
        failed(&scene.new);
        assert_eq!(devices(&scene.anna), 1);
    }
}

#[test]
fn another_server_key_told_to_the_new_device_is_not_met() {
    let scene = Scene::new();
    scene.shows(|message| challenge(message, |told| told.server_key = PublicKey([1; 32])));
    asks(&scene.new, &scene.liar.address, "anna", PASSWORD);
    answers(&scene.anna, true);
    let words = failed(&scene.new);
    assert!(words.contains("does not hold the key"), "{words}");
    told(&scene.anna, "did not believe");
    assert_eq!(devices(&scene.anna), 1);
}

#[test]
fn another_account_told_to_the_new_device_is_not_believed() {
    let scene = Scene::new();
    scene.shows(|message| challenge(message, |told| told.account.0 = [1; 32]));
    asks(&scene.new, &scene.liar.address, "anna", PASSWORD);
    answers(&scene.anna, true);
    let words = failed(&scene.new);
    assert!(words.contains("another account"), "{words}");
    told(&scene.anna, "did not believe");
}

#[test]
fn a_shorter_member_list_is_not_believed_by_a_device_that_was_approved() {
    let scene = Scene::new();
    let (here, there) = scene.codes();
    assert_eq!(here, there);
    scene.liar.answers(|asked, body| {
        if !asked.starts_with("GET /roster") {
            return Some(body);
        }
        let mut page: RosterPage = serde_json::from_slice(&body).unwrap();
        page.entries.truncate(1);
        page.position.length = 1;
        Some(serde_json::to_vec(&page).unwrap())
    });
    says_same(&scene.anna, &scene.new);
    let words = failed(&scene.new);
    assert!(words.contains("another member list"), "{words}");
    // Its keys are nowhere: only an empty keystore is left.
    let profile = scene.house.folder.path().join("new machine");
    scene.new.close();
    let new = Client::open_once_free("new machine", &profile);
    new.send(Command::Unlock(Secret::new(PASSWORD)));
    new.wait("it is open", |snapshot| {
        snapshot.profile == dialtone_engine::snapshot::ProfileState::Unlocked
    });
    assert!(new.engine.handle.snapshot().communities.is_empty());
}

#[test]
fn a_welcome_that_is_not_the_approvers_is_refused() {
    let scene = Scene::new();
    scene.codes();
    scene.shows(|message| match message {
        ApprovalMessage::Welcome(sealed) => {
            let mut sealed: Vec<u8> = sealed.into();
            *sealed.last_mut().unwrap() ^= 1;
            ApprovalMessage::Welcome(sealed.into())
        }
        other => other,
    });
    says_same(&scene.anna, &scene.new);
    let words = failed(&scene.new);
    assert!(words.contains("damaged"), "{words}");
}

#[test]
fn a_welcome_that_is_held_back_keeps_nobody_out() {
    let scene = Scene::new();
    scene.codes();
    scene.shows(|message| match message {
        ApprovalMessage::Welcome(_) => ApprovalMessage::End(ApprovalEnd::Gone),
        other => other,
    });
    says_same(&scene.anna, &scene.new);
    // The member list says that it is in.
    scene.new.wait("it is in", is_online);
}

#[test]
fn a_device_that_the_member_list_does_not_show_is_not_in() {
    let scene = Scene::new();
    scene.codes();
    // Neither the welcome nor the entry is let through.
    scene.liar.answers(|asked, body| {
        if asked.ends_with(" /approvals") {
            return Some(shown(&body, |message| match message {
                ApprovalMessage::Welcome(_) => ApprovalMessage::End(ApprovalEnd::Gone),
                other => other,
            }));
        }
        if !asked.starts_with("GET /roster") {
            return Some(body);
        }
        let mut page: RosterPage = serde_json::from_slice(&body).unwrap();
        page.entries.pop();
        Some(serde_json::to_vec(&page).unwrap())
    });
    says_same(&scene.anna, &scene.new);
    let words = failed(&scene.new);
    assert!(words.contains("take it out there"), "{words}");
    scene
        .anna
        .wait("it was added all the same", |_| devices(&scene.anna) == 2);
}

#[test]
fn an_end_that_the_server_invents_is_told_and_adds_nothing() {
    let scene = Scene::new();
    scene.codes();
    scene.shows(|_| ApprovalMessage::End(ApprovalEnd::TimedOut));
    let words = failed(&scene.new);
    assert!(words.contains("took too long"), "{words}");
    assert_eq!(devices(&scene.anna), 1);
}
