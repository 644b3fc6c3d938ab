use dialtone_protocol::roster::Change;
use proptest::prelude::*;
use rand_core::OsRng;

use super::*;
use crate::entries;
use crate::recovery::RecoveryKey;
use crate::scene::{self, Person};

struct Scene {
    ada: Person,
    roster: Roster,
}

impl Scene {
    fn new() -> Self {
        let (ada, founding) = scene::found();
        let roster = founding.roster;
        Self { ada, roster }
    }

    fn approver(&self, ask: &[u8]) -> Approver {
        let (device, account) = (&self.ada.device, self.ada.account);
        Approver::new(ask, device, account, &self.roster, &mut OsRng).unwrap()
    }

    /// Everything up to the two codes, with nobody in between.
    fn honest(&self) -> (Answered, Compared) {
        let new = draw();
        let approver = self.approver(new.ask());
        let answered = new.answer(approver.challenge()).unwrap();
        let compared = approver.compare(answered.reveal()).unwrap();
        (answered, compared)
    }

    fn add(&mut self, keys: DeviceKeys) {
        let entry = entries::add_device(&self.ada.device, &self.roster, keys).unwrap();
        self.roster.append(entry).unwrap();
    }
}

fn draw() -> NewDevice {
    NewDevice::draw("Mac", &mut OsRng).unwrap()
}

#[test]
fn with_nobody_in_between_both_have_one_code_and_the_new_device_is_welcomed() {
    let mut scene = Scene::new();
    let (answered, compared) = scene.honest();
    assert_eq!(answered.code(), compared.code());
    assert_eq!(answered.transcript(), compared.transcript());
    assert_eq!(compared.check_confirmation(&answered.confirm()), Ok(()));
    assert_eq!(
        answered.check_added(&scene.roster),
        Err(ApprovalError::NotAdded)
    );
    scene.add(compared.device().clone());
    assert_eq!(answered.check_added(&scene.roster), Ok(()));
    let history_key = RecoveryKey::generate(&mut OsRng).history_key().unwrap();
    for key in [Some(&history_key), None] {
        let sealed = compared
            .welcome(&scene.ada.device, &scene.roster, key, 7)
            .unwrap();
        let welcome = answered.open_welcome(&sealed, &scene.roster).unwrap();
        assert_eq!(welcome.roster, scene.roster.position());
        assert_eq!((welcome.history_key.as_ref(), welcome.counter), (key, 7));
    }
}

#[test]
fn keys_exchanged_in_the_middle_give_two_codes() {
    let scene = Scene::new();
    // Mallory asks Ada with keys of their own, and answers the new device with a nonce of their own.
    let (new, mallory) = (draw(), draw());
    let ada = scene.approver(mallory.ask());
    let to_new = scene.approver(new.ask());
    let at_new = new.answer(to_new.challenge()).unwrap();
    let mallory = mallory.answer(ada.challenge()).unwrap();
    let at_ada = ada.compare(mallory.reveal()).unwrap();
    assert_ne!(at_new.transcript(), at_ada.transcript());
    // What the new device confirms is not what Ada's device waits for.
    let refused = at_ada.check_confirmation(&at_new.confirm());
    assert_eq!(refused, Err(ApprovalError::Confirmation));
    // Nor is the new device's reveal taken for Mallory's, or the other way round.
    let ada = scene.approver(draw().ask());
    let other = ada.compare(at_new.reveal());
    assert_eq!(other.err(), Some(ApprovalError::Commitment));
}

#[test]
fn a_welcome_is_by_the_approver_for_this_approval_alone() {
    let mut scene = Scene::new();
    let (answered, compared) = scene.honest();
    let (other, other_compared) = scene.honest();
    scene.add(compared.device().clone());
    scene.add(other_compared.device().clone());
    let (ada, roster) = (&scene.ada.device, &scene.roster);
    let sealed = |compared: &Compared, by: &DeviceKey| compared.welcome(by, roster, None, 1);
    let open = |sealed: &[u8]| answered.open_welcome(sealed, roster).err();
    // Of another approval, and by another device.
    let others = sealed(&other_compared, ada).unwrap();
    assert_eq!(open(&others), Some(NotApproved::Welcome));
    assert!(other.open_welcome(&others, roster).is_ok());
    let mallory = DeviceKey::generate(&mut OsRng).unwrap();
    let forged = sealed(&compared, &mallory).unwrap();
    assert_eq!(open(&forged), Some(NotApproved::Welcome));
    let mut damaged = sealed(&compared, ada).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    assert_eq!(open(&damaged), Some(NotApproved::Welcome));
    // With a member list that is not here.
    let mut longer = roster.clone();
    let change = Change::ChannelCreated {
        id: dialtone_protocol::ChannelId([1; 16]),
        group: longer.view().lobby(),
        history: dialtone_protocol::roster::HistoryPolicy::All,
    };
    let entry = entries::sign_change(ada, &longer, change).unwrap();
    longer.append(entry).unwrap();
    let ahead = compared.welcome(ada, &longer, None, 1).unwrap();
    assert_eq!(open(&ahead), Some(ApprovalError::OtherRoster.into()));
}

#[test]
fn a_welcome_that_opens_elsewhere_is_none() {
    let scene = Scene::new();
    let (answered, compared) = scene.honest();
    let sealed = compared
        .welcome(&scene.ada.device, &scene.roster, None, 1)
        .unwrap();
    let sealed: SealedWelcome = strict::decode(&sealed, APPROVAL_LIMIT).unwrap();
    let open = |community: &CommunityId, transcript: &Hash| {
        let (info, private) = (info(community, transcript), answered.device.box_private());
        primitives::hpke_open(private, &info, &sealed.encapsulated, &sealed.body).is_ok()
    };
    let (home, hash) = (scene.roster.community(), compared.transcript());
    assert!(open(&home, &hash));
    assert!(!open(&CommunityId([1; 32]), &hash));
    assert!(!open(&home, &Hash([1; 32])));
}

#[test]
fn a_signed_welcome_of_another_transcript_is_refused_though_it_opens() {
    let mut scene = Scene::new();
    let (answered, compared) = scene.honest();
    scene.add(compared.device().clone());
    let community = scene.roster.community();
    let seal = |version, transcript, key: Option<Vec<u8>>| {
        let body = strict::encode(&WelcomeBody {
            version,
            transcript,
            roster: scene.roster.position(),
            history_key: key.map(Into::into),
            counter: 1,
        });
        let signature = scene
            .ada
            .device
            .sign(Purpose::ApprovalWelcome, &community, &body);
        let plain = strict::encode(&SignedWelcome {
            body: body.into(),
            signature,
        });
        let info = info(&community, &compared.transcript());
        let to = &compared.device().box_key;
        let (encapsulated, body) = primitives::hpke_seal(to, &info, &plain).unwrap();
        strict::encode(&SealedWelcome {
            encapsulated: encapsulated.into(),
            body: body.into(),
        })
    };
    let open = |sealed: Vec<u8>| answered.open_welcome(&sealed, &scene.roster).err();
    let hash = compared.transcript();
    assert_eq!(open(seal(APPROVAL_VERSION, hash, None)), None);
    let refused = Some(NotApproved::Welcome);
    assert_eq!(open(seal(APPROVAL_VERSION, Hash([1; 32]), None)), refused);
    assert_eq!(open(seal(APPROVAL_VERSION + 1, hash, None)), refused);
    let short = Some(vec![1; 32]);
    assert_eq!(open(seal(APPROVAL_VERSION, hash, short)), refused);
}

proptest! {
    #[test]
    fn whatever_comes_nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        use std::sync::OnceLock;
        static SCENE: OnceLock<(Scene, Answered)> = OnceLock::new();
        let (scene, answered) = SCENE.get_or_init(|| {
            let scene = Scene::new();
            let (answered, _) = scene.honest();
            (scene, answered)
        });
        prop_assert!(answered.open_welcome(&bytes, &scene.roster).is_err());
        let (device, account) = (&scene.ada.device, scene.ada.account);
        let asked = Approver::new(&bytes, device, account, &scene.roster, &mut OsRng);
        prop_assert!(asked.is_err());
        prop_assert!(scene.approver(draw().ask()).compare(&bytes).is_err());
    }
}
