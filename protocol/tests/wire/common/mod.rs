//! One value of each kind, from fixed keys: what the vectors, the parsers' tests and the document are checked with.

pub(crate) mod approval;
pub(crate) mod entries;
pub(crate) mod frames;
pub(crate) mod hex;
pub(crate) mod packets;
pub(crate) mod sealed;

use std::collections::BTreeSet;

use dialtone_protocol::frame::FrameKind;
use dialtone_protocol::link::{Entrance, Link, LinkData};
use dialtone_protocol::roster::RosterPosition;
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::{CommunityId, Hash, InviteId, PublicKey, Signature, strict};
use ed25519_dalek::{Signer as _, SigningKey};

/// A named value, as it travels.
pub(crate) type Sample = (&'static str, Vec<u8>);

/// Every sample.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = entries::all();
    samples.extend(sealed::all());
    samples.extend(frames::all());
    samples.extend(approval::all());
    samples.extend(packets::all());
    let links = links()
        .into_iter()
        .map(|(name, link)| (name, link.to_string().into_bytes()));
    samples.extend(links);
    let input = signing_input(Purpose::Event, &community(), b"bytes");
    samples.push(("signing-input", input));
    samples
}

/// The kinds that the code has in one direction: those of which it does not say that there is no such one.
pub(crate) fn kinds<T: FrameKind>() -> BTreeSet<u32> {
    let is_known = |kind: &u32| {
        let bytes = strict::encode(&(*kind, [0_u8; 0]));
        !minicbor::decode::<T>(&bytes).is_err_and(|error| error.is_unknown_variant())
    };
    (0..1_000).filter(is_known).collect()
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(crate) fn public(seed: u8) -> PublicKey {
    PublicKey(key(seed).verifying_key().to_bytes())
}

pub(crate) fn community() -> CommunityId {
    CommunityId([0xc0; 32])
}

pub(crate) fn position() -> RosterPosition {
    RosterPosition {
        length: 300,
        head: Hash([0xaa; 32]),
    }
}

pub(crate) fn signature(seed: u8, purpose: Purpose, bytes: &[u8]) -> Signature {
    let input = signing_input(purpose, &community(), bytes);
    Signature(key(seed).sign(&input).to_bytes())
}

/// A link of each kind.
pub(crate) fn links() -> Vec<(&'static str, Link)> {
    let link = |entrance| Link {
        server: "chat.example.org:7440".into(),
        data: LinkData {
            version: 1,
            token: Hash([1; 32]),
            server_key: public(2),
            entrance,
        },
    };
    let member = Entrance::Member {
        seed: Hash([3; 32]),
        invite: InviteId([4; 16]),
        community: community(),
        position: position(),
        community_name: "Café".into(),
        inviter_name: "Anna".into(),
    };
    let knock = Entrance::Knock {
        community: community(),
    };
    vec![
        ("link-founding", link(Entrance::Founding)),
        ("link-member", link(member)),
        ("link-knock", link(knock)),
    ]
}
