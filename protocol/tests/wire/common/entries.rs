//! A signed entry of each kind.

use dialtone_protocol::roster::{
    BOX_KEY_BYTES, Change, DeviceKeys, Entry, EntrySignature, HistoryPolicy, KnockRequest, Role,
    SignedEntry, SignedKnock, Signer, VoiceStanding,
};
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::{
    AccountId, ChannelId, CommunityId, DeviceId, GroupId, Hash, InviteId, Signature, strict,
};
use ed25519_dalek::Signer as _;

use super::{Sample, community, key, public, signature};

pub(crate) fn device(seed: u8) -> DeviceKeys {
    DeviceKeys {
        signature_key: public(seed),
        box_key: vec![seed; BOX_KEY_BYTES].into(),
    }
}

pub(crate) fn lobby() -> GroupId {
    GroupId::new([5; 16])
}

pub(crate) fn knock() -> Vec<u8> {
    let body = strict::encode(&KnockRequest {
        account_key: public(30),
        device: device(31),
    });
    let signature = signature(30, Purpose::Knock, &body);
    strict::encode(&SignedKnock {
        body: body.into(),
        signature,
    })
}

fn sign(change: Change, signers: &[(Signer, u8)]) -> Vec<u8> {
    let founding = matches!(change, Change::Founded { .. });
    let (previous, over) = if founding {
        (Hash::ZERO, CommunityId::NONE)
    } else {
        (Hash([0xab; 32]), community())
    };
    let body = strict::encode(&Entry {
        version: 1,
        previous,
        change,
    });
    let input = signing_input(Purpose::Roster, &over, &body);
    let signatures = signers.iter().map(|(signer, seed)| EntrySignature {
        signer: *signer,
        signature: Signature(key(*seed).sign(&input).to_bytes()),
    });
    let signatures = signatures.collect();
    strict::encode(&SignedEntry {
        body: body.into(),
        signatures,
    })
}

pub(crate) fn all() -> Vec<Sample> {
    let mut samples = coming();
    samples.extend(changing());
    samples.push(("knock", knock()));
    samples
}

fn by_device() -> [(Signer, u8); 1] {
    [(Signer::Device(DeviceId::of(&public(11))), 11)]
}

fn by_account() -> (Signer, u8) {
    (Signer::Account(AccountId::of(&public(10))), 10)
}

fn coming() -> Vec<Sample> {
    let founded = Change::Founded {
        account_key: public(10),
        device: device(11),
        server_key: public(2),
        lobby: lobby(),
        salt: Hash([6; 32]),
    };
    let invite = InviteId([4; 16]);
    let issued = Change::InviteIssued {
        id: invite,
        key: public(12),
        issuer: AccountId::of(&public(10)),
        uses: 25,
        expires_s: 1_900_000_000,
        role: Role::Member,
    };
    let joined = Change::Joined {
        invite,
        account_key: public(20),
        device: device(21),
    };
    let newcomer = (Signer::Account(AccountId::of(&public(20))), 20);
    let admitted = Change::Admitted {
        knock: knock().into(),
    };
    let by_device = by_device();
    vec![
        ("entry-founded", sign(founded, &[by_account()])),
        ("entry-invite-issued", sign(issued, &by_device)),
        (
            "entry-invite-revoked",
            sign(Change::InviteRevoked { id: invite }, &by_device),
        ),
        (
            "entry-joined",
            sign(joined, &[(Signer::Invite(invite), 12), newcomer]),
        ),
        ("entry-admitted", sign(admitted, &by_device)),
    ]
}

fn changing() -> Vec<Sample> {
    let account = AccountId::of(&public(10));
    let id = ChannelId([7; 16]);
    let history = HistoryPolicy::FromJoining;
    let role = Role::Admin;
    let by_device = by_device();
    let device_key = DeviceId::of(&public(13));
    let (added, new_key) = (device(13), public(14));
    let group = lobby();
    let new_group = GroupId::new([8; 16]);
    let server_key = public(3);
    let signed = |change| sign(change, &by_device);
    vec![
        (
            "entry-device-added",
            signed(Change::DeviceAdded {
                account,
                device: added,
            }),
        ),
        (
            "entry-device-revoked",
            signed(Change::DeviceRevoked { device: device_key }),
        ),
        (
            "entry-account-key-rotated",
            sign(
                Change::AccountKeyRotated { account, new_key },
                &[by_account()],
            ),
        ),
        (
            "entry-role-changed",
            signed(Change::RoleChanged { account, role }),
        ),
        (
            "entry-member-removed",
            signed(Change::MemberRemoved { account, ban: true }),
        ),
        (
            "entry-channel-created",
            signed(Change::ChannelCreated { id, group, history }),
        ),
        (
            "entry-channel-policy",
            signed(Change::ChannelPolicy { id, history }),
        ),
        ("entry-channel-closed", signed(Change::ChannelClosed { id })),
        (
            "entry-group-reset",
            signed(Change::GroupReset { group, new_group }),
        ),
        (
            "entry-server-key-changed",
            signed(Change::ServerKeyChanged { server_key }),
        ),
        (
            "entry-voice-standing-changed",
            signed(Change::VoiceStandingChanged {
                account,
                standing: VoiceStanding::Priority,
            }),
        ),
        (
            "entry-channel-set",
            signed(Change::ChannelSet {
                id,
                setting: 2,
                value: 30,
            }),
        ),
    ]
}
