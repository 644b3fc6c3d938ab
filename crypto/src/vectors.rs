//! Fixed vectors: formats that may never drift. The files in `tests/vectors` hold hex; everything here is made from fixed secrets and
//! a counting generator, so that it must come out the same for ever.
//!
//! `DIALTONE_WRITE_VECTORS=1` writes files that are missing; it never changes one that is there.

use std::path::PathBuf;

use dialtone_protocol::content::{EventBody, EventContent, SignalContent};
use dialtone_protocol::roster::RosterPosition;
use dialtone_protocol::sealed::{SignalScope, StreamPosition};
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::{
    CallId, ChannelId, ClientEventId, CommunityId, GroupId, Hash, InviteId, PublicKey, StreamId,
};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::group::{CallSecret, EpochSecret, SignalSecret};
use crate::keystore::DatabaseKey;
use crate::message::{EventDraft, SenderChain, seal_event};
use crate::signal::{SignalDraft, seal_signal};
use crate::{
    AccountKey, DeviceKey, DeviceSecrets, MediaSealer, entries, invite, primitives, rows, scene,
};

/// Counts bytes: 0, 1, 2, …
struct Counting(u8);

impl RngCore for Counting {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.0;
            self.0 = self.0.wrapping_add(1);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Counting {}

fn device() -> DeviceKey {
    DeviceKey::from_secrets(&DeviceSecrets {
        signing_seed: Zeroizing::new([1; 32]),
        box_seed: Zeroizing::new([2; 32]),
    })
    .unwrap()
}

fn epoch_secret() -> EpochSecret {
    EpochSecret {
        group: GroupId::new([3; 16]),
        epoch: 7,
        length: None,
        secret: Zeroizing::new([4; 32]),
    }
}

const COMMUNITY: CommunityId = CommunityId([5; 32]);
const CHANNEL: ChannelId = ChannelId([6; 16]);
const ROSTER: RosterPosition = RosterPosition {
    length: 12,
    head: Hash([7; 32]),
};

/// Compares with the file of this name.
fn check(name: &str, bytes: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors");
    let path = folder.join(format!("{name}.hex"));
    if !path.exists() && std::env::var_os("DIALTONE_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(&path, format!("{}\n", hex::encode(bytes))).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(
        expected.trim() == hex::encode(bytes),
        "{name} is not what it was: the format has changed"
    );
}

#[test]
fn signing_input_and_signature() {
    let input = signing_input(Purpose::Event, &COMMUNITY, b"bytes");
    check("signing-input", &input);
    let signature = device().sign(Purpose::Event, &COMMUNITY, b"bytes");
    check("signature", &signature.0);
}

#[test]
fn device_keys() {
    let keys = device().public_keys();
    check("device-id", &keys.id().0);
    check("box-key-hash", &Hash::of(&keys.box_key).0);
}

#[test]
fn derived_keys() {
    let key = epoch_secret().channel_key(CHANNEL);
    check("channel-key", &*key.secret);
    check("channel-key-id", &key.id().0);
    let (seed, id) = (Hash([8; 32]), InviteId([9; 16]));
    let invite_key = invite::invite_key(&seed, &id).verifying_key();
    check("invite-key", invite_key.as_bytes());
    check("pack-key", &*invite::pack_key(&seed, &id));
    let rows = rows::RowKey::new(&DatabaseKey(Zeroizing::new([10; 32])));
    let row = rows.seal("events", b"row", b"plain", &mut Counting(0));
    check("row", &row.unwrap());
}

#[test]
fn sealed_event() {
    let content = EventContent {
        time_ms: 1_700_000_000_000,
        lifetime_s: None,
        body: EventBody::Text {
            text: "Hello".into(),
            reply_to: None,
        },
    };
    let draft = EventDraft {
        community: COMMUNITY,
        client_id: ClientEventId([11; 16]),
        chain: SenderChain::START,
        roster: ROSTER,
        seen: StreamPosition::START,
        content: &content,
    };
    let key = epoch_secret().channel_key(CHANNEL);
    let sealed = seal_event(&key, &device(), &draft, &mut Counting(0)).unwrap();
    check("sealed-event", &sealed.bytes);
}

#[test]
fn sealed_signal() {
    let secret = SignalSecret {
        group: GroupId::new([3; 16]),
        epoch: 7,
        secret: Zeroizing::new([12; 32]),
    };
    let draft = SignalDraft {
        community: COMMUNITY,
        scope: SignalScope::Call {
            channel: CHANNEL,
            call: CallId([13; 16]),
        },
        to: None,
        stream: StreamId([14; 16]),
        counter: 1,
        roster: ROSTER,
        content: &SignalContent::Announce {
            muted: true,
            deafened: false,
            needs_relay: None,
        },
    };
    let sealed = seal_signal(&secret, &device(), &draft, &mut Counting(0)).unwrap();
    check("sealed-signal", &sealed);
}

#[test]
fn voice_frame() {
    let secret = CallSecret {
        call: CallId([13; 16]),
        epoch: 7,
        secret: Zeroizing::new([15; 32]),
    };
    let signer = device().voice_signer(COMMUNITY);
    let mut sealer = MediaSealer::new(&secret, &signer, StreamId([14; 16])).unwrap();
    let mut out = Vec::new();
    // So much sound that the next frame brings a digest of this one.
    sealer.seal(b"voice", 24_000, &mut out).unwrap();
    check("voice-frame", &out);
    sealer.seal(b"voice", 960, &mut out).unwrap();
    check("voice-frame-with-digest", &out);
}

#[test]
fn roster_entries_and_link() {
    let mut rng = Counting(0);
    let account = AccountKey::generate(&mut rng);
    let device = device();
    let founding = entries::found(&account, &device, PublicKey([17; 32]), &mut rng).unwrap();
    check("founding", &founding.entry);
    let keys = [founding_key()];
    let issued = invite::issue(&device, &founding.roster, scene::terms(), &keys, &mut rng).unwrap();
    check("invite-issued", &issued.entry);
    check("link", issued.link.to_string().as_bytes());
    check("pack", &issued.pack.unwrap());
    let knock = entries::knock(&COMMUNITY, &account, &device);
    check("knock", &knock);
}

fn founding_key() -> dialtone_protocol::sealed::GrantedKey {
    dialtone_protocol::sealed::GrantedKey {
        group: GroupId::new([3; 16]),
        epoch: 7,
        channel: CHANNEL,
        key: primitives::hkdf::<32>(&[18; 32], &[]).to_vec().into(),
    }
}
