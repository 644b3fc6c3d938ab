//! Whatever bytes come, nothing panics.

use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dialtone_crypto::group::{DevicePackage, ExternalJoin, Group, OwnPackage};
use dialtone_crypto::keystore::{ProfileSecrets, Work, open_profile, seal_profile};
use dialtone_crypto::recovery::{
    HistoryFile, RecoveryKey, open_account, open_history, seal_account, seal_history,
};
use dialtone_crypto::rows::RowKey;
use dialtone_crypto::{
    AccountKey, DeviceKey, KeyRing, Login, MediaOpener, OsRng, Registration, SignalDraft,
    SignalOpener, StreamChecker, invite, open_event, open_grant, read_key_request, seal_grant,
    seal_signal, sign_key_request,
};
use dialtone_protocol::content::SignalContent;
use dialtone_protocol::sealed::{SEALED_VERSION, SealedEvent, SealedGrant, SignalScope};
use dialtone_protocol::{AccountId, CallId, DeviceId, StreamId, strict};
use proptest::prelude::*;

use crate::common::World;

struct Fixture {
    world: World,
    link: dialtone_protocol::link::Link,
    event: Vec<u8>,
    signal: Vec<u8>,
    grant: Vec<u8>,
    request: Vec<u8>,
    pack: Vec<u8>,
    entry: Vec<u8>,
    keystore: Vec<u8>,
    package: Vec<u8>,
    recovery: RecoveryKey,
    account_file: Vec<u8>,
    history_file: Vec<u8>,
    commit: Vec<u8>,
    /// The second member's group, before the commit.
    group: Mutex<Group>,
}

fn fixture() -> &'static Fixture {
    static FIXTURE: OnceLock<Fixture> = OnceLock::new();
    FIXTURE.get_or_init(|| {
        let mut world = World::with(1);
        let keys = world.members[0].ring.all_for(world.lobby(), world.channel);
        let terms = crate::common::terms(1);
        let founder = &world.members[0].device;
        let issued = invite::issue(founder, world.roster(), terms, &keys, &mut OsRng).unwrap();
        world.append(issued.entry);
        let roster = world.server.roster.clone();
        let event = world.seal(0, &world.stream(), "text").bytes;
        let founder = &world.members[0].device;
        let reader = world.members[1].device.id();
        let draft = SignalDraft {
            community: world.community(),
            scope: SignalScope::Typing {
                channel: world.channel,
            },
            to: None,
            stream: StreamId([1; 16]),
            counter: 1,
            roster: roster.position(),
            content: &SignalContent::Typing,
        };
        let secret = world.members[0].group.signal_secret().unwrap();
        let signal = seal_signal(&secret, founder, &draft, &mut OsRng).unwrap();
        let grant = seal_grant(founder, &roster, reader, keys).unwrap();
        let request = sign_key_request(founder, &roster, Vec::new()).unwrap();
        let entry = world.issue(1).entry;
        let profile = ProfileSecrets::new(&mut OsRng);
        let keystore = seal_profile(&profile, &"x".into(), Work::ForTests).unwrap();
        let founder = &world.members[0];
        let package = package(&founder.device, founder.account);
        let recovery = RecoveryKey::generate(&mut OsRng);
        let files = recovery_files(&recovery, &world);
        let rows = world.members[1].group.drain_changes().into_iter();
        let rows = rows.filter_map(|row| Some((row.key, row.value?.to_vec())));
        let group = Mutex::new(Group::load(world.lobby(), rows).unwrap());
        let founder = &mut world.members[0];
        let made = founder.group.make_commit(&founder.device, &roster).unwrap();
        Fixture {
            link: issued.link,
            event,
            signal,
            grant,
            request,
            pack: issued.pack.unwrap(),
            entry,
            keystore,
            package,
            recovery,
            account_file: files.0,
            history_file: files.1,
            commit: made.commit,
            group,
            world,
        }
    })
}

fn package(device: &DeviceKey, account: AccountId) -> Vec<u8> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let made = OwnPackage::generate(device, account, since.as_secs());
    made.unwrap().public
}

/// What the recovery key opens: the account file and the history file.
fn recovery_files(key: &RecoveryKey, world: &World) -> (Vec<u8>, Vec<u8>) {
    let community = world.community();
    let account = AccountKey::generate(&mut OsRng);
    let file = HistoryFile {
        version: SEALED_VERSION,
        community,
        counter: 1,
        server_key: *world.roster().view().server_key(),
        roster: world.roster().position(),
        keys: Vec::new(),
    };
    let history = key.history_key().unwrap();
    let id = world.members[0].account;
    (
        seal_account(key, community, account.account(), &account).unwrap(),
        seal_history(&history, &id, &file).unwrap(),
    )
}

impl Fixture {
    fn signals(&self) -> SignalOpener {
        let member = &self.world.members[1];
        let mut signals = SignalOpener::new(self.world.community(), member.device.id());
        signals.add(member.group.signal_secret().unwrap(), Instant::now());
        signals
    }

    fn opens_event(&self, bytes: &[u8]) -> bool {
        let (ring, roster) = (&self.world.members[1].ring, self.world.roster());
        let checked = self.world.stream().check(bytes, roster);
        checked.is_ok_and(|checked| open_event(&checked, ring, roster).is_ok())
    }

    fn opens_grant(&self, bytes: &[u8]) -> bool {
        let member = &self.world.members[1];
        open_grant(bytes, &member.device, self.world.roster()).is_ok()
    }

    fn processes(&self, bytes: &[u8]) -> bool {
        let mut group = self.group.lock().unwrap();
        let processed = group.process_commit(1, bytes, self.world.roster());
        processed.is_ok()
    }

    /// Whether one of the openers takes the bytes of its kind for what they should be.
    fn accepts(&self, kind: usize, bytes: &[u8]) -> bool {
        let roster = self.world.roster();
        match kind {
            0 => self.opens_event(bytes),
            1 => self.signals().open(bytes, roster).is_ok(),
            2 => self.opens_grant(bytes),
            3 => read_key_request(bytes, roster).is_ok(),
            4 => invite::open_pack(&self.link, bytes).is_ok(),
            5 => roster.clone().append(bytes.to_vec()).is_ok(),
            6 => open_profile(bytes, &"x".into()).is_ok(),
            7 => DevicePackage::read(bytes).is_ok(),
            8 => open_account(&self.recovery, bytes).is_ok(),
            9 => {
                let (community, account) = (self.world.community(), self.world.members[0].account);
                open_history(&self.recovery, &community, &account, bytes).is_ok()
            }
            _ => self.processes(bytes),
        }
    }

    fn right(&self) -> [&Vec<u8>; 11] {
        [
            &self.event,
            &self.signal,
            &self.grant,
            &self.request,
            &self.pack,
            &self.entry,
            &self.keystore,
            &self.package,
            &self.account_file,
            &self.history_file,
            &self.commit,
        ]
    }
}

fn feed(bytes: &[u8]) {
    let fixture = fixture();
    let world = &fixture.world;
    let roster = world.roster();
    let member = &world.members[1];
    for kind in 0..fixture.right().len() {
        let _ = fixture.accepts(kind, bytes);
    }
    let _ = StreamChecker::from_bytes(bytes);
    let _ = KeyRing::load([(bytes.to_vec(), bytes.to_vec())]);
    let _ = Group::load(world.lobby(), [(bytes.to_vec(), bytes.to_vec())]);
    let mut media = MediaOpener::new(DeviceId([0; 32]), StreamId([0; 16]));
    let secret = member.group.call_secret(CallId([0; 16])).unwrap();
    media.add_key(&secret, Duration::ZERO).unwrap();
    let _ = media.open(bytes, &mut Vec::new());
    let rows = RowKey::new(&ProfileSecrets::new(&mut OsRng).database_key);
    let _ = rows.open("table", b"row", bytes);
    for (info, tree) in [
        (bytes, world.server.tree().as_slice()),
        (world.server.group_info.as_slice(), bytes),
    ] {
        let (device, account) = (&member.device, member.account);
        let _ = ExternalJoin::prepare(world.lobby(), info, tree, roster, device, account, 1);
    }
}

/// 64 cases, because each feeds every parser there is; more where `PROPTEST_CASES` asks for them.
fn cases() -> ProptestConfig {
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => ProptestConfig::default(),
        None => ProptestConfig::with_cases(64),
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn garbage(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        feed(&bytes);
    }

    #[test]
    fn almost_right(index in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let Fixture { world, .. } = fixture();
        let info = &world.server.group_info;
        let tree = world.server.tree();
        for right in fixture().right().into_iter().chain([info, &tree]) {
            let mut bytes = right.clone();
            let at = index.index(bytes.len());
            bytes[at] = byte;
            bytes.truncate(cut.index(bytes.len()) + 1);
            feed(&bytes);
        }
    }

    #[test]
    fn one_changed_byte_is_refused_by_every_opener(index in any::<prop::sample::Index>(), change in 1u8..) {
        let fixture = fixture();
        for (kind, right) in fixture.right().into_iter().enumerate() {
            let mut bytes = right.clone();
            bytes[index.index(right.len())] ^= change;
            prop_assert!(!fixture.accepts(kind, &bytes), "kind {kind}");
        }
    }

    #[test]
    fn parts_of_other_lengths_inside_whole_containers(
        header in proptest::collection::vec(any::<u8>(), 0..200),
        short in proptest::collection::vec(any::<u8>(), 0..2_000),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let fixture = fixture();
        let grant = strict::encode(&SealedGrant {
            encapsulated: short.into(),
            body: body.clone().into(),
        });
        prop_assert!(!fixture.opens_grant(&grant));
        let (event, _) = SealedEvent::read(&fixture.event).unwrap();
        let other_body = SealedEvent { body: body.into(), ..event.clone() };
        let other_header = SealedEvent { header: header.into(), ..event };
        for bytes in [other_body, other_header] {
            prop_assert!(!fixture.opens_event(&strict::encode(&bytes)));
        }
    }

    #[test]
    fn answers_to_passwords(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let (registration, _) = Registration::start(b"p", &mut OsRng).unwrap();
        let _ = registration.finish(&bytes, &mut OsRng);
        let (login, _) = Login::start(b"p", &mut OsRng).unwrap();
        prop_assert!(login.finish(&bytes, &mut OsRng).is_err());
    }
}

/// Else the others would prove nothing.
#[test]
fn every_opener_takes_what_is_right() {
    let fixture = fixture();
    // Not the commit, which would move the group on for the other tests; `hostile_groups` takes one after changing its bytes.
    for (kind, right) in fixture.right().into_iter().enumerate().take(10) {
        assert!(fixture.accepts(kind, right), "kind {kind}");
    }
}
