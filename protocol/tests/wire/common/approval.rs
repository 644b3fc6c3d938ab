//! The messages of an approval, and what is within.

use dialtone_protocol::approval::{
    ApprovalAsk, ApprovalChallenge, ApprovalEnd, ApprovalMessage, ApprovalReveal, SealedWelcome,
    SignedWelcome, WelcomeBody, commitment, transcript,
};
use dialtone_protocol::roster::{BOX_KEY_BYTES, DeviceKeys};
use dialtone_protocol::signing::Purpose;
use dialtone_protocol::{AccountId, DeviceId, Hash, strict};

use super::{Sample, community, position, public, signature};

fn reveal_bytes() -> Vec<u8> {
    strict::encode(&ApprovalReveal {
        version: 1,
        device: DeviceKeys {
            signature_key: public(30),
            box_key: vec![31; BOX_KEY_BYTES].into(),
        },
        random: Hash([32; 32]),
    })
}

fn ask_bytes() -> Vec<u8> {
    strict::encode(&ApprovalAsk {
        version: 1,
        commitment: commitment(&reveal_bytes()),
        name: "Linux computer".into(),
    })
}

fn challenge_bytes() -> Vec<u8> {
    strict::encode(&ApprovalChallenge {
        version: 1,
        nonce: Hash([33; 32]),
        community: community(),
        account: AccountId([34; 32]),
        approver: DeviceId([9; 32]),
        roster: position(),
        server_key: public(2),
    })
}

fn transcript_hash() -> Hash {
    transcript(&ask_bytes(), &challenge_bytes(), &reveal_bytes())
}

/// A new device asks.
pub(crate) fn ask() -> Vec<u8> {
    strict::encode(&ApprovalMessage::Ask(ask_bytes().into()))
}

/// The user refuses.
pub(crate) fn refusal() -> Vec<u8> {
    strict::encode(&ApprovalMessage::End(ApprovalEnd::Refused))
}

pub(crate) fn all() -> Vec<Sample> {
    let hash = transcript_hash();
    let welcome = strict::encode(&WelcomeBody {
        version: 1,
        transcript: hash,
        roster: position(),
        history_key: Some(vec![35; BOX_KEY_BYTES].into()),
        counter: 7,
    });
    let signed = SignedWelcome {
        signature: signature(36, Purpose::ApprovalWelcome, &welcome),
        body: welcome.clone().into(),
    };
    let sealed = strict::encode(&SealedWelcome {
        encapsulated: vec![37; 40].into(),
        body: vec![38; 40].into(),
    });
    let message = |message: &ApprovalMessage| strict::encode(message);
    let confirmation = signature(30, Purpose::ApprovalConfirm, &hash.0);
    vec![
        ("approval-ask", ask()),
        (
            "approval-challenge",
            message(&ApprovalMessage::Challenge(challenge_bytes().into())),
        ),
        (
            "approval-reveal",
            message(&ApprovalMessage::Reveal(reveal_bytes().into())),
        ),
        (
            "approval-confirm",
            message(&ApprovalMessage::Confirm(confirmation)),
        ),
        (
            "approval-welcome",
            message(&ApprovalMessage::Welcome(sealed.into())),
        ),
        ("approval-end", refusal()),
        ("transcript", hash.0.to_vec()),
        ("welcome-body", welcome),
        ("signed-welcome", strict::encode(&signed)),
    ]
}
