#![no_main]
//! What others have sealed or signed, with some bytes of it changed on its way: it opens as it was, and no other way.
use std::sync::LazyLock;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use dialtone_crypto::approval::{Answered, Approver, NewDevice};
use dialtone_crypto::group::{DevicePackage, OwnPackage, SignalSecret};
use dialtone_crypto::recovery::{
    HistoryFile, RecoveryKey, open_account, open_history, seal_account, seal_history,
};
use dialtone_crypto::{
    AccountKey, DeviceKey, KeyRing, OsRng, SignalDraft, SignalOpener, StreamChecker, WhisperKey,
    WhisperScope, entries, invite, open_event, open_grant, read_key_request, seal_grant,
    seal_signal, sign_key_request,
};
use dialtone_protocol::content::{SealedWhisper, SignalContent};
use dialtone_protocol::link::Link;
use dialtone_protocol::roster::{Change, Roster};
use dialtone_protocol::sealed::{SEALED_VERSION, SignalScope};
use dialtone_protocol::{AccountId, CallId, ChannelId, CommunityId, StreamId, strict};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;

#[expect(dead_code, reason = "other targets use the rest")]
#[path = "../../tests/suite/common.rs"]
mod common;
mod edits;

use common::World;
use edits::Edits;

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Kind {
    Event,
    Signal,
    Whisper,
    Grant,
    Request,
    Pack,
    Entry,
    Package,
    AccountFile,
    HistoryFile,
    Welcome,
}

/// The reader, a member of Ada's community, and what they were sent.
struct Scene {
    community: CommunityId,
    channel: ChannelId,
    /// With the entry.
    roster: Roster,
    /// Before the entry.
    earlier: Roster,
    ada: AccountId,
    reader: DeviceKey,
    ring: KeyRing,
    signals: SignalSecret,
    whisper: WhisperScope,
    link: Link,
    recovery: RecoveryKey,
    new: Answered,
    /// In the order of the kinds.
    right: [Vec<u8>; 11],
}

static SCENE: LazyLock<Scene> = LazyLock::new(|| scene().expect("a community"));

fn scene() -> Result<Scene, Box<dyn std::error::Error>> {
    let mut world = World::with(1);
    let (lobby, channel, community) = (world.lobby(), world.channel, world.community());
    let keys = world.members[0].ring.all_for(lobby, channel);
    let terms = common::terms(1);
    let (ada, roster) = (&world.members[0], world.roster());
    let issued = invite::issue(&ada.device, roster, terms, &keys, &mut OsRng)?;
    world.append(issued.entry);
    let ada = &world.members[0];
    let new = NewDevice::draw("Mac", &mut OsRng)?;
    let approver = Approver::new(
        new.ask(),
        &ada.device,
        ada.account,
        world.roster(),
        &mut OsRng,
    )?;
    let new = new.answer(approver.challenge())?;
    let compared = approver.compare(new.reveal())?;
    let added = entries::add_device(&ada.device, world.roster(), compared.device().clone())?;
    world.append(added);
    let earlier = world.roster().clone();
    let change = Change::ChannelClosed { id: channel };
    let entry = entries::sign_change(&world.members[0].device, &earlier, change)?;
    let event = world.seal(0, &world.stream(), "text").bytes;
    world.append(entry.clone());
    let (roster, reader) = (world.roster().clone(), world.members.remove(1));
    let ada = &world.members[0];
    let (keys_of, scope) = (
        reader.device.public_keys(),
        whisper_scope(&world, &reader.device),
    );
    let whisper = WhisperKey::draw(1, &mut OsRng).seal_to(&scope, &keys_of.box_key)?;
    let recovery = RecoveryKey::generate(&mut OsRng);
    let history_key = recovery.history_key()?;
    let account = AccountKey::generate(&mut OsRng);
    let file = HistoryFile {
        version: SEALED_VERSION,
        community,
        counter: 1,
        server_key: *roster.view().server_key(),
        roster: roster.position(),
        keys: keys.clone(),
    };
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let right = [
        event,
        signal(&world)?,
        strict::encode(&whisper),
        seal_grant(&ada.device, &roster, reader.device.id(), keys)?,
        sign_key_request(&ada.device, &roster, Vec::new())?,
        issued.pack.ok_or("no pack")?,
        entry,
        OwnPackage::generate(&ada.device, ada.account, now_s)?.public,
        seal_account(&recovery, community, account.account(), &account)?,
        seal_history(&history_key, &ada.account, &file)?,
        compared.welcome(&ada.device, &roster, Some(&history_key), 7)?,
    ];
    Ok(Scene {
        community,
        channel,
        earlier,
        ada: ada.account,
        signals: reader.group.signal_secret()?,
        reader: reader.device,
        ring: reader.ring,
        whisper: scope,
        link: issued.link,
        recovery,
        new,
        right,
        roster,
    })
}

fn whisper_scope(world: &World, listener: &DeviceKey) -> WhisperScope {
    WhisperScope {
        community: world.community(),
        call: CallId([3; 16]),
        talker: world.members[0].device.id(),
        stream: StreamId([2; 16]),
        listener: listener.id(),
    }
}

fn signal(world: &World) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let draft = SignalDraft {
        community: world.community(),
        scope: SignalScope::Typing {
            channel: world.channel,
        },
        to: None,
        stream: StreamId([1; 16]),
        counter: 1,
        roster: world.roster().position(),
        content: &SignalContent::Typing,
    };
    let ada = &world.members[0];
    let secret = ada.group.signal_secret()?;
    Ok(seal_signal(&secret, &ada.device, &draft, &mut OsRng)?)
}

impl Scene {
    fn opens(&self, kind: Kind, bytes: &[u8]) -> bool {
        let roster = &self.roster;
        match kind {
            Kind::Event => {
                let checker = StreamChecker::new(self.community, self.channel);
                let checked = checker.check(1, bytes, roster, |_| None);
                checked.is_ok_and(|checked| open_event(&checked, &self.ring, roster).is_ok())
            }
            Kind::Signal => {
                let mut signals = SignalOpener::new(self.community, self.reader.id());
                signals.add(self.signals.clone(), Instant::now());
                signals.open(bytes, roster).is_ok()
            }
            Kind::Whisper => strict::decode::<SealedWhisper>(bytes, 4096)
                .is_ok_and(|sealed| WhisperKey::open(&sealed, &self.whisper, &self.reader).is_ok()),
            Kind::Grant => open_grant(bytes, &self.reader, roster).is_ok(),
            Kind::Request => read_key_request(bytes, roster).is_ok(),
            Kind::Pack => invite::open_pack(&self.link, bytes).is_ok(),
            Kind::Entry => self.earlier.clone().append(bytes.to_vec()).is_ok(),
            Kind::Package => DevicePackage::read(bytes).is_ok(),
            Kind::AccountFile => open_account(&self.recovery, bytes).is_ok(),
            Kind::HistoryFile => {
                open_history(&self.recovery, &self.community, &self.ada, bytes).is_ok()
            }
            Kind::Welcome => self.new.open_welcome(bytes, roster).is_ok(),
        }
    }
}

fuzz_target!(|given: (Kind, Edits)| {
    let (kind, edits) = given;
    let right = &SCENE.right[kind as usize];
    let bytes = edits.of(right);
    assert_eq!(SCENE.opens(kind, &bytes), bytes == *right, "{kind:?}");
});
