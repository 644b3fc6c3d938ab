//! The bytes on the wire do not drift: each file of `vectors/` is what this version writes, and reads.
//!
//! A new kind gets its file with `DIALTONE_WRITE_VECTORS=1 cargo test -p dialtone-protocol --test wire`; files that exist are
//! never written over.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::common::packets::{ASKED, CALL, STREAM};
use crate::common::{Sample, community, hex, kinds, public};
use dialtone_protocol::approval::{ApprovalMessage, SignedWelcome, WelcomeBody, code};
use dialtone_protocol::content::{EventContent, SignalContent};
use dialtone_protocol::datagram::{Datagram, TRANSACTION, classify};
use dialtone_protocol::digest::VoiceDigest;
use dialtone_protocol::frame::{ClientFrame, FrameKind, ServerFrame, read_frame, write_frame};
use dialtone_protocol::group_rules::{LeafIdentity, read_commit_aad};
use dialtone_protocol::identity::{SessionProof, SignedIdentity};
use dialtone_protocol::link::Link;
use dialtone_protocol::relay::{DownHeader, UpHeader};
use dialtone_protocol::resend::{ASKS, read_asks, read_feedback};
use dialtone_protocol::roster::{SignedEntry, SignedKnock};
use dialtone_protocol::sealed::{
    EventHeader, KeyRequest, PackBody, SealedEvent, SealedGrant, SealedPack, SealedSignal,
    SignalHeader, SignedGrant,
};
use dialtone_protocol::signing::{Purpose, verify};
use dialtone_protocol::{Hash, strict};
use minicbor::{Decode, Encode};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire/vectors")
}

#[test]
fn what_is_written_is_what_the_files_say() {
    let write = std::env::var_os("DIALTONE_WRITE_VECTORS").is_some();
    for (name, bytes) in crate::common::all() {
        let path = folder().join(format!("{name}.hex"));
        if write && !path.exists() {
            std::fs::write(&path, hex::write(&bytes)).unwrap();
        }
        let file = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(hex::read(&file), bytes, "{name} is written differently now");
    }
}

#[test]
fn every_file_belongs_to_a_sample() {
    let names: BTreeSet<String> = crate::common::all()
        .into_iter()
        .map(|(name, _)| format!("{name}.hex"))
        .collect();
    for file in std::fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "{name}");
    }
    assert_eq!(
        names.len(),
        crate::common::all().len(),
        "a name is used twice"
    );
}

fn same<T: Encode<()> + for<'b> Decode<'b, ()>>(name: &str, bytes: &[u8]) {
    let value: T = strict::decode(bytes, 1 << 20).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(strict::encode(&value), bytes, "{name}");
}

fn same_frame<T: FrameKind>(name: &str, bytes: &[u8]) {
    let framed = read_frame::<T>(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert_eq!(write_frame(framed.request, &framed.frame), bytes, "{name}");
}

/// Reads a sample as what its name says, and writes it again.
fn read_again((name, bytes): &Sample) {
    let head = name.split('-').next().unwrap();
    match (head, *name) {
        ("entry", _) => {
            SignedEntry::read(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
            same::<SignedEntry>(name, bytes);
        }
        ("client", _) => same_frame::<ClientFrame>(name, bytes),
        ("server", _) => same_frame::<ServerFrame>(name, bytes),
        ("packet", _) => packet_again(name, bytes),
        ("approval", _) => same::<ApprovalMessage>(name, bytes),
        (_, "transcript") => assert_eq!(code(&Hash::from_slice(bytes).unwrap()).len(), 6),
        (_, "welcome-body") => same::<WelcomeBody>(name, bytes),
        (_, "signed-welcome") => same::<SignedWelcome>(name, bytes),
        ("content", _) => same::<EventContent>(name, bytes),
        ("identity", _) => same::<SignedIdentity>(name, bytes),
        ("link", _) => {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert_eq!(text.parse::<Link>().unwrap().to_string(), text);
        }
        (_, "signal-header-typing") => same::<SignalHeader>(name, bytes),
        ("signal", _) => same::<SignalContent>(name, bytes),
        (_, "knock") => {
            SignedKnock::read(bytes, &community()).unwrap();
        }
        (_, "event-header") => same::<EventHeader>(name, bytes),
        (_, "sealed-event") => {
            assert_eq!(
                SealedEvent::read(bytes).unwrap().1,
                crate::common::sealed::header()
            );
        }
        (_, "sealed-signal") => {
            SealedSignal::read(bytes).unwrap();
        }
        (_, "signed-grant") => same::<SignedGrant>(name, bytes),
        (_, "sealed-grant") => same::<SealedGrant>(name, bytes),
        (_, "key-request") => same::<KeyRequest>(name, bytes),
        (_, "pack-body") => same::<PackBody>(name, bytes),
        (_, "sealed-pack") => same::<SealedPack>(name, bytes),
        (_, "session-proof") => same::<SessionProof>(name, bytes),
        (_, "leaf-identity") => same::<LeafIdentity>(name, bytes),
        (_, "commit-aad") => {
            assert_eq!(read_commit_aad(bytes), Ok(crate::common::position()));
        }
        (_, "digest") => {
            let (sound, digest) = VoiceDigest::split(bytes).unwrap();
            let digest = digest.unwrap();
            assert_eq!((sound.len(), digest.frames()), (8, 2));
            let (key, signed) = (public(11), digest.signed(&CALL, &STREAM));
            let purpose = Purpose::VoiceDigest;
            verify(&key, purpose, &community(), &signed, &digest.signature).unwrap();
        }
        (_, "signing-input") => assert!(bytes.starts_with(b"dialtone/v1/event\0")),
        _ => panic!("{name} is read by nobody"),
    }
}

fn packet_again(name: &str, bytes: &[u8]) {
    match name {
        "packet-up" => {
            let (header, sealed) = UpHeader::read(bytes).unwrap();
            assert_eq!([&header.bytes()[..], sealed].concat(), bytes);
        }
        "packet-down" => {
            let (header, sealed) = DownHeader::read(bytes).unwrap();
            assert_eq!([&header.bytes()[..], sealed].concat(), bytes);
        }
        "packet-asks" => {
            let (header, list) = DownHeader::read(bytes).unwrap();
            assert_eq!(header.talker, ASKS);
            assert_eq!(read_asks(list).unwrap(), ASKED);
        }
        // Behind the header and the two sources of RTCP.
        "packet-feedback" => assert_eq!(read_feedback(&bytes[12..]).unwrap(), ASKED),
        "packet-binding" => {
            let transaction = [29; TRANSACTION];
            assert_eq!(classify(bytes), Datagram::Binding { transaction });
        }
        "packet-binding-answer" => assert_eq!(classify(bytes), Datagram::Unknown),
        _ => panic!("{name} is read by nobody"),
    }
}

#[test]
fn what_is_written_is_read_as_the_same() {
    crate::common::all().iter().for_each(read_again);
}

/// Of a kind above that number readers would skip what they could read.
#[test]
fn the_number_of_kinds_is_that_of_the_code() {
    fn counted<T: FrameKind>() {
        assert_eq!(kinds::<T>(), (0..T::KINDS).collect());
    }
    counted::<ClientFrame>();
    counted::<ServerFrame>();
}

#[test]
fn every_kind_of_entry_and_frame_has_a_sample() {
    let samples = crate::common::all();
    // What stands after two hyphens tells samples of one kind apart.
    let alone = samples.iter().filter(|(name, _)| !name.contains("--"));
    let count = |head: &str| alone.clone().filter(|(n, _)| n.starts_with(head)).count();
    assert_eq!(count("entry-"), 17);
    assert_eq!(count("client-"), kinds::<ClientFrame>().len());
    assert_eq!(count("server-"), kinds::<ServerFrame>().len());
}
