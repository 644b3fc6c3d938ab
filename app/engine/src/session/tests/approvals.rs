//! A new device asks Mikael's, over a server that may be as hostile as it likes.

use dialtone_crypto::OsRng;
use dialtone_crypto::approval::{Answered, NewDevice};
use dialtone_protocol::approval::{APPROVAL_LASTS_MS, ApprovalEnd, ApprovalMessage};
use dialtone_protocol::frame::ClientFrame;
use dialtone_protocol::{ApprovalId, strict};

use super::scene::{Scene, wait};
use crate::session::state::Job;
use crate::session::view;
use crate::snapshot::ApprovalStage;

const ID: ApprovalId = ApprovalId([1; 16]);
const NOW: u64 = 1_800_000_000_000;
const HOUR: u64 = 60 * 60 * 1000;

fn draw() -> NewDevice {
    NewDevice::draw("Mac", &mut OsRng).unwrap()
}

impl Scene {
    fn says(&mut self, id: ApprovalId, message: &ApprovalMessage, now_ms: u64) {
        let bytes = strict::encode(message);
        wait(self.session.approval_said(id, &bytes, now_ms)).unwrap();
    }

    fn asks(&mut self, new: &NewDevice, id: ApprovalId, now_ms: u64) {
        self.says(id, &ApprovalMessage::Ask(new.ask().to_vec().into()), now_ms);
    }

    /// What goes out to new devices.
    fn answers(&mut self) -> Vec<ApprovalMessage> {
        let out = self.session.state.out.drain(..);
        out.filter_map(|(frame, _)| match frame {
            ClientFrame::Approval { message, .. } => Some(ApprovalMessage::read(&message).unwrap()),
            _ => None,
        })
        .collect()
    }

    fn goes_on(&mut self, now_ms: u64) -> Vec<ApprovalMessage> {
        wait(self.session.approve_at(true, now_ms)).unwrap();
        self.answers()
    }

    fn stage(&self) -> Option<ApprovalStage> {
        Some(self.session.state.approvals.view()?.stage)
    }

    /// Up to the code.
    fn compares(&mut self) -> Answered {
        let new = draw();
        self.asks(&new, ID, NOW);
        let sent = self.goes_on(NOW);
        let [ApprovalMessage::Challenge(challenge)] = &sent[..] else {
            unreachable!("{sent:?}")
        };
        let answered = new.answer(challenge).unwrap();
        let reveal = ApprovalMessage::Reveal(answered.reveal().to_vec().into());
        self.says(ID, &reveal, NOW);
        answered
    }

    fn adds(&self) -> bool {
        self.session.state.jobs.contains(&Job::AddDevice(ID))
    }
}

#[test]
fn nonces_are_few_within_an_hour_and_a_restart_forgets_none() {
    let mut scene = Scene::new();
    for number in 0..5 {
        let id = ApprovalId([number; 16]);
        scene.asks(&draw(), id, NOW);
        let sent = scene.goes_on(NOW);
        assert!(matches!(&sent[..], [ApprovalMessage::Challenge(_)]));
        // The server does not like the code that would come of it, and breaks off.
        scene.says(id, &ApprovalMessage::End(ApprovalEnd::Cancelled), NOW);
        assert_eq!(scene.stage(), None);
    }
    let refused = [ApprovalMessage::End(ApprovalEnd::Refused)];
    scene.asks(&draw(), ID, NOW + HOUR - 1);
    assert_eq!(scene.answers(), refused);
    assert!(
        scene
            .notices
            .lock()
            .iter()
            .any(|one| one.contains("too often"))
    );
    scene.restart();
    scene.asks(&draw(), ID, NOW + HOUR - 1);
    assert_eq!(scene.answers(), refused);
    scene.asks(&draw(), ID, NOW + HOUR);
    assert_eq!(scene.stage(), Some(ApprovalStage::Asked));
}

#[test]
fn the_question_is_put_a_few_times_within_an_hour() {
    let mut scene = Scene::new();
    let refuse = |scene: &mut Scene| wait(scene.session.approve_at(false, NOW)).unwrap();
    for number in 0..10 {
        scene.asks(&draw(), ApprovalId([number; 16]), NOW);
        assert_eq!(scene.stage(), Some(ApprovalStage::Asked), "{number}");
        refuse(&mut scene);
    }
    scene.answers();
    scene.asks(&draw(), ID, NOW + HOUR - 1);
    assert_eq!(scene.stage(), None);
    let refused = [ApprovalMessage::End(ApprovalEnd::Refused)];
    assert_eq!(scene.answers(), refused);
    scene.asks(&draw(), ID, NOW + HOUR);
    assert_eq!(scene.stage(), Some(ApprovalStage::Asked));
}

#[test]
fn an_approval_ends_after_nine_minutes_whatever_the_server_says() {
    let mut scene = Scene::new();
    let answered = scene.compares();
    scene.session.mind_approval(NOW + APPROVAL_LASTS_MS - 1);
    assert!(matches!(scene.stage(), Some(ApprovalStage::Compare(_))));
    scene.session.mind_approval(NOW + APPROVAL_LASTS_MS);
    assert_eq!(scene.stage(), None);
    let over = [ApprovalMessage::End(ApprovalEnd::TimedOut)];
    assert_eq!(scene.answers(), over);
    // What comes after it adds nothing.
    scene.says(ID, &ApprovalMessage::Confirm(answered.confirm()), NOW);
    wait(scene.session.compare_code(true)).unwrap();
    assert!(!scene.adds());
}

#[test]
fn nothing_is_added_before_both_people_have_said_so() {
    for here_first in [true, false] {
        let mut scene = Scene::new();
        let answered = scene.compares();
        let Some(ApprovalStage::Compare(code)) = scene.stage() else {
            unreachable!()
        };
        assert_eq!(code.digits, answered.code());
        let there = ApprovalMessage::Confirm(answered.confirm());
        if here_first {
            wait(scene.session.compare_code(true)).unwrap();
            assert_eq!(scene.stage(), Some(ApprovalStage::Confirmed));
        } else {
            scene.says(ID, &there, NOW);
            assert!(matches!(scene.stage(), Some(ApprovalStage::Compare(_))));
        }
        assert!(!scene.adds());
        if here_first {
            scene.says(ID, &there, NOW);
        } else {
            wait(scene.session.compare_code(true)).unwrap();
        }
        assert!(scene.adds());
    }
}

#[test]
fn a_confirmation_by_another_device_ends_it() {
    let mut scene = Scene::new();
    scene.compares();
    wait(scene.session.compare_code(true)).unwrap();
    let stranger = Scene::new().compares();
    scene.says(ID, &ApprovalMessage::Confirm(stranger.confirm()), NOW);
    assert_eq!(scene.stage(), None);
    assert_eq!(scene.answers(), [ApprovalMessage::End(ApprovalEnd::Failed)]);
    assert!(!scene.adds());
    let notices = scene.notices.lock();
    assert!(notices.iter().any(|one| one.contains("not signed by it")));
}

#[test]
fn a_second_reveal_or_request_changes_nothing() {
    let mut scene = Scene::new();
    let answered = scene.compares();
    let shown = scene.stage();
    let reveal = ApprovalMessage::Reveal(answered.reveal().to_vec().into());
    scene.says(ID, &reveal, NOW);
    scene.says(ApprovalId([2; 16]), &reveal, NOW);
    scene.asks(&draw(), ApprovalId([2; 16]), NOW);
    scene.asks(&draw(), ID, NOW);
    scene.says(
        ApprovalId([2; 16]),
        &ApprovalMessage::End(ApprovalEnd::Cancelled),
        NOW,
    );
    assert!(scene.goes_on(NOW).is_empty());
    assert_eq!(scene.stage(), shown);
    // A reveal before any nonce is none either.
    let mut scene = Scene::new();
    let new = draw();
    scene.asks(&new, ID, NOW);
    scene.says(ID, &reveal, NOW);
    assert_eq!(scene.stage(), Some(ApprovalStage::Asked));
}

#[test]
fn under_a_warning_no_device_is_gone_on_with() {
    let mut scene = Scene::new();
    scene.session.raise_alarm("two lists".into()).unwrap();
    scene.asks(&draw(), ID, NOW);
    assert!(scene.goes_on(NOW).is_empty());
    assert_eq!(scene.stage(), Some(ApprovalStage::Asked));
}

#[test]
fn a_question_is_shown_once_it_can_be_answered() {
    let mut scene = Scene::new();
    scene.session.state.caught_up = false;
    scene.asks(&draw(), ID, NOW);
    assert_eq!(view::community(&scene.session.state).approval, None);
    scene.session.state.caught_up = true;
    let shown = view::community(&scene.session.state).approval;
    assert_eq!(shown.map(|one| one.stage), Some(ApprovalStage::Asked));
    assert_eq!(scene.goes_on(NOW).len(), 1);
}
