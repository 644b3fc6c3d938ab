//! Parsers never panic, and what they take they write again as the same bytes: for any bytes, and for samples that were
//! damaged a little, which get deeper.

use dialtone_protocol::approval::{
    ApprovalAsk, ApprovalChallenge, ApprovalMessage, ApprovalReveal, SealedWelcome, SignedWelcome,
    WelcomeBody, commitment,
};
use dialtone_protocol::content::{EventContent, SignalContent};
use dialtone_protocol::frame::{ClientFrame, ServerFrame, read_frame, write_frame};
use dialtone_protocol::group_rules::PrivateGroup;
use dialtone_protocol::identity::{IdentityStatement, SignedIdentity};
use dialtone_protocol::link::Link;
use dialtone_protocol::roster::{Entry, SignedEntry, SignedKnock};
use dialtone_protocol::sealed::{SealedEvent, SealedSignal, SignedGrant};
use dialtone_protocol::turn::IceUrl;
use dialtone_protocol::{Hash, strict};
use minicbor::{Decode, Encode};
use proptest::prelude::*;

fn identity<T: Encode<()> + for<'b> Decode<'b, ()>>(bytes: &[u8]) {
    if let Ok(value) = strict::decode::<T>(bytes, 1 << 20) {
        assert_eq!(strict::encode(&value), bytes);
    }
}

fn read_as_everything(bytes: &[u8]) {
    identity::<SignedEntry>(bytes);
    identity::<Entry>(bytes);
    identity::<EventContent>(bytes);
    identity::<SignalContent>(bytes);
    identity::<IdentityStatement>(bytes);
    identity::<SignedIdentity>(bytes);
    identity::<SignedGrant>(bytes);
    identity::<ApprovalMessage>(bytes);
    identity::<WelcomeBody>(bytes);
    identity::<SignedWelcome>(bytes);
    identity::<SealedWelcome>(bytes);
    if let Ok(private) = PrivateGroup::read(bytes) {
        assert_eq!(private.to_bytes(), bytes);
    }
    let _ = PrivateGroup::of_context(bytes);
    if let Ok(ask) = ApprovalAsk::read(bytes) {
        assert_eq!(strict::encode(&ask), bytes);
    }
    if let Ok(challenge) = ApprovalChallenge::read(bytes) {
        assert_eq!(strict::encode(&challenge), bytes);
    }
    if let Ok(reveal) = ApprovalReveal::read(bytes, &commitment(bytes)) {
        assert_eq!(strict::encode(&reveal), bytes);
    }
    if let Ok((signed, entry)) = SignedEntry::read(bytes) {
        assert_eq!(strict::encode(&signed), bytes);
        assert_eq!(strict::encode(&entry), signed.body.as_slice());
    }
    if let Ok((sealed, header)) = SealedEvent::read(bytes) {
        assert_eq!(strict::encode(&sealed), bytes);
        assert_eq!(strict::encode(&header), sealed.header.as_slice());
    }
    if let Ok((sealed, _)) = SealedSignal::read(bytes) {
        assert_eq!(strict::encode(&sealed), bytes);
    }
    let _ = SignedKnock::read(bytes, &crate::common::community());
    // Frames may be written in other ways, but they mean the same when written again.
    if let Ok(framed) = read_frame::<ClientFrame>(bytes) {
        let again = write_frame(framed.request, &framed.frame);
        assert_eq!(read_frame(&again), Ok(framed));
    }
    if let Ok(framed) = read_frame::<ServerFrame>(bytes) {
        let again = write_frame(framed.request, &framed.frame);
        assert_eq!(read_frame(&again), Ok(framed));
    }
    if let Ok(link) = String::from_utf8_lossy(bytes).parse::<Link>() {
        assert_eq!(link.to_string().parse::<Link>(), Ok(link));
    }
    if let Ok(url) = String::from_utf8_lossy(bytes).parse::<IceUrl>() {
        assert_eq!(url.to_string().parse(), Ok(url));
    }
}

#[derive(Debug, Clone)]
enum Damage {
    Flip(prop::sample::Index, u8),
    Cut(prop::sample::Index),
    Repeat(prop::sample::Index),
    Append(Vec<u8>),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        (any::<prop::sample::Index>(), 1..=255u8).prop_map(|(at, with)| Damage::Flip(at, with)),
        any::<prop::sample::Index>().prop_map(Damage::Cut),
        any::<prop::sample::Index>().prop_map(Damage::Repeat),
        prop::collection::vec(any::<u8>(), 1..9).prop_map(Damage::Append),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: Damage) {
    if bytes.is_empty() {
        return;
    }
    match damage {
        Damage::Flip(at, with) => {
            let at = at.index(bytes.len());
            bytes[at] ^= with;
        }
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Repeat(at) => {
            let at = at.index(bytes.len());
            bytes.insert(at, bytes[at]);
        }
        Damage::Append(more) => bytes.extend(more),
    }
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn damaged_samples(
        which in any::<prop::sample::Index>(),
        damages in prop::collection::vec(damage(), 0..4),
    ) {
        let samples = crate::common::all();
        let mut bytes = which.get(&samples).1.clone();
        for damage in damages {
            apply(&mut bytes, damage);
        }
        read_as_everything(&bytes);
    }

    #[test]
    fn links_of_any_text(text in "(dialtone://)?[a-z0-9.:/@ -]{0,20}(#[A-Za-z0-9_-]{0,120})?") {
        let _ = text.parse::<Link>();
    }

    #[test]
    fn statements_of_any_values(
        tls_key in any::<Option<[u8; 32]>>(),
        nonce in any::<Option<[u8; 32]>>(),
        not_after_s in any::<u64>(),
    ) {
        let statement = IdentityStatement {
            version: 1,
            tls_key: tls_key.map(Hash),
            not_after_s,
            nonce: nonce.map(Hash),
        };
        let bytes = strict::encode(&statement);
        prop_assert_eq!(strict::decode::<IdentityStatement>(&bytes, 512), Ok(statement));
    }
}
