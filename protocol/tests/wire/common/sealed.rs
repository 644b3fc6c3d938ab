//! Sealed containers, contents, statements: filled with fixed bytes where a key would have sealed them.

use dialtone_protocol::content::{
    Attachment, EventBody, EventContent, HeardStream, MissedFrame, PictureSize, SealedWhisper,
    SignalContent,
};
use dialtone_protocol::group_rules::{LeafIdentity, commit_aad};
use dialtone_protocol::identity::{IdentityStatement, SessionProof, SignedIdentity};
use dialtone_protocol::sealed::{
    EventHeader, GrantBody, GrantedKey, KeyRequest, KeyRequestBody, PackBody, SealedEvent,
    SealedGrant, SealedPack, SealedSignal, SignalHeader, SignalScope, SignedGrant, StreamPosition,
    WantedKey,
};
use dialtone_protocol::signing::{Purpose, signing_input};
use dialtone_protocol::{
    AccountId, BlobId, CallId, ChannelId, ClientEventId, CommunityId, DeviceId, Hash, KeyId,
    Signature, StreamId, strict,
};
use ed25519_dalek::Signer as _;

use super::entries::lobby;
use super::{Sample, community, key, position, public, signature};

pub(crate) fn header() -> EventHeader {
    EventHeader {
        version: 1,
        community: community(),
        group: lobby(),
        channel: ChannelId([7; 16]),
        epoch: 12,
        key_id: KeyId([8; 16]),
        device: DeviceId([9; 32]),
        device_sequence: 1_000,
        previous: Hash([10; 32]),
        client_id: ClientEventId([11; 16]),
        roster: position(),
        seen: StreamPosition {
            sequence: 70_000,
            hash: Hash([12; 32]),
        },
    }
}

fn signal_header(scope: SignalScope, to: Option<DeviceId>) -> SignalHeader {
    SignalHeader {
        version: 1,
        community: community(),
        group: lobby(),
        epoch: 12,
        key_id: KeyId([8; 16]),
        scope,
        device: DeviceId([9; 32]),
        to,
        stream: StreamId([13; 16]),
        counter: 3,
        roster: position(),
    }
}

pub(crate) fn event() -> Vec<u8> {
    strict::encode(&SealedEvent {
        header: strict::encode(&header()).into(),
        nonce: vec![14; 24].into(),
        body: vec![15; 48].into(),
    })
}

pub(crate) fn signal() -> Vec<u8> {
    let scope = SignalScope::Call {
        channel: ChannelId([7; 16]),
        call: CallId([16; 16]),
    };
    let header = signal_header(scope, Some(DeviceId([17; 32])));
    strict::encode(&SealedSignal {
        header: strict::encode(&header).into(),
        nonce: vec![14; 24].into(),
        body: vec![15; 32].into(),
    })
}

pub(crate) fn grant() -> Vec<u8> {
    strict::encode(&SealedGrant {
        encapsulated: vec![18; 64].into(),
        body: vec![19; 48].into(),
    })
}

pub(crate) fn key_request() -> Vec<u8> {
    let body = strict::encode(&KeyRequestBody {
        version: 1,
        device: DeviceId::of(&public(11)),
        roster: position(),
        wanted: vec![WantedKey {
            group: lobby(),
            epoch: 3,
            channel: ChannelId([7; 16]),
        }],
    });
    let signature = signature(11, Purpose::KeyRequest, &body);
    strict::encode(&KeyRequest {
        body: body.into(),
        signature,
    })
}

fn granted() -> GrantedKey {
    GrantedKey {
        group: lobby(),
        epoch: 3,
        channel: ChannelId([7; 16]),
        key: vec![20; 32].into(),
    }
}

pub(crate) fn statement(nonce: Option<Hash>, tls_key: Option<Hash>) -> IdentityStatement {
    IdentityStatement {
        version: 1,
        tls_key,
        not_after_s: 1_900_000_000,
        nonce,
    }
}

pub(crate) fn signed_statement(statement: &IdentityStatement) -> Vec<u8> {
    let body = strict::encode(statement);
    let input = signing_input(Purpose::ServerIdentity, &CommunityId::NONE, &body);
    strict::encode(&SignedIdentity {
        body: body.into(),
        signature: Signature(key(2).sign(&input).to_bytes()),
    })
}

pub(crate) fn all() -> Vec<Sample> {
    let mut samples = containers();
    samples.extend(contents());
    samples.extend(signals());
    samples.extend(statements());
    samples
}

fn containers() -> Vec<Sample> {
    let typing = SignalScope::Typing {
        channel: ChannelId([7; 16]),
    };
    let body = strict::encode(&GrantBody {
        version: 1,
        grantor: DeviceId::of(&public(11)),
        grantee: DeviceId([21; 32]),
        roster: position(),
        keys: vec![granted()],
    });
    let signature = signature(11, Purpose::Grant, &body);
    let pack = SealedPack {
        nonce: vec![14; 24].into(),
        body: vec![15; 48].into(),
    };
    let pack_body = PackBody {
        version: 1,
        keys: vec![granted()],
    };
    let signed_grant = SignedGrant {
        body: body.into(),
        signature,
    };
    vec![
        ("event-header", strict::encode(&header())),
        ("sealed-event", event()),
        ("sealed-signal", signal()),
        (
            "signal-header-typing",
            strict::encode(&signal_header(typing, None)),
        ),
        ("signed-grant", strict::encode(&signed_grant)),
        ("sealed-grant", grant()),
        ("key-request", key_request()),
        ("pack-body", strict::encode(&pack_body)),
        ("sealed-pack", strict::encode(&pack)),
    ]
}

fn attachment() -> Attachment {
    Attachment {
        blob: BlobId([26; 16]),
        key: [27; 32].into(),
        size: 1_234_567,
        hash: Hash([28; 32]),
        name: "Möwe.jpg".into(),
        media_type: "image/jpeg".into(),
        picture: Some(PictureSize {
            width: 4_000,
            height: 3_000,
        }),
    }
}

fn vanishing() -> Vec<u8> {
    strict::encode(&EventContent {
        time_ms: 1_800_000_000_123,
        lifetime_s: Some(3_600),
        body: EventBody::Text {
            text: "Grüß dich".into(),
            reply_to: None,
        },
    })
}

fn contents() -> Vec<Sample> {
    let target = Hash([22; 32]);
    let event = |body| {
        strict::encode(&EventContent {
            time_ms: 1_800_000_000_123,
            lifetime_s: None,
            body,
        })
    };
    let text = |reply_to| EventBody::Text {
        text: "Grüß dich".into(),
        reply_to,
    };
    let edit = EventBody::Edit {
        target,
        text: "better".into(),
    };
    let reaction = EventBody::Reaction {
        target,
        emoji: "👍".into(),
        set: true,
    };
    let info = EventBody::ChannelInfo {
        channel: ChannelId([7; 16]),
        name: "general".into(),
        topic: "everything".into(),
        voice: false,
    };
    let profile = |picture| EventBody::Profile {
        name: "Anna".into(),
        picture,
    };
    let files = EventBody::Files {
        text: "from the sea".into(),
        reply_to: None,
        files: vec![attachment()],
    };
    let community = EventBody::CommunityInfo {
        name: "Café".into(),
    };
    let place = EventBody::ChannelPlace {
        channel: ChannelId([7; 16]),
        category: "Boats".into(),
        place: 1 << 32,
    };
    let removal = EventBody::Removal {
        account: AccountId([23; 32]),
        reason: "Sold the mooring.".into(),
        length: 12,
    };
    let checkpoint = EventBody::RecoveryCheckpoint {
        counter: 7,
        file: target,
    };
    let device = EventBody::Device {
        name: "Linux".into(),
    };
    let lifetime = EventBody::Lifetime { seconds: 86_400 };
    vec![
        ("content-text", event(text(None))),
        ("content-reply", event(text(Some(target)))),
        ("content-edit", event(edit)),
        ("content-delete", event(EventBody::Delete { target })),
        ("content-reaction", event(reaction)),
        ("content-pin", event(EventBody::Pin { target, set: false })),
        ("content-channel-info", event(info)),
        ("content-profile", event(profile(None))),
        (
            "content-profile-picture",
            event(profile(Some(attachment()))),
        ),
        ("content-files", event(files)),
        ("content-community-info", event(community)),
        ("content-recovery-checkpoint", event(checkpoint)),
        ("content-device", event(device)),
        ("content-channel-place", event(place)),
        ("content-removal", event(removal)),
        ("content-lifetime", event(lifetime)),
        ("content-vanishing", vanishing()),
    ]
}

fn signals() -> Vec<Sample> {
    let announce = SignalContent::Announce {
        muted: true,
        deafened: false,
        needs_relay: None,
    };
    let hidden = SignalContent::Announce {
        muted: false,
        deafened: false,
        needs_relay: Some(true),
    };
    let transport = SignalContent::Transport {
        message: vec![1, 2, 3].into(),
    };
    let heard = SignalContent::Heard {
        streams: vec![HeardStream {
            stream: StreamId([13; 16]),
            lost_permille: 125,
            burst_tenths: 35,
        }],
    };
    let whisper = SignalContent::Whisper {
        key: SealedWhisper {
            number: 3,
            encapsulated: vec![14; 1_120].into(),
            body: vec![15; 48].into(),
        },
    };
    let missed = SignalContent::Missed {
        frames: vec![MissedFrame {
            key_id: 7,
            counter: 300,
        }],
    };
    vec![
        ("signal-missed", strict::encode(&missed)),
        ("signal-whisper", strict::encode(&whisper)),
        ("signal-announce", strict::encode(&announce)),
        ("signal-announce-relay", strict::encode(&hidden)),
        ("signal-transport", strict::encode(&transport)),
        ("signal-leave", strict::encode(&SignalContent::Leave)),
        ("signal-typing", strict::encode(&SignalContent::Typing)),
        ("signal-heard", strict::encode(&heard)),
    ]
}

fn statements() -> Vec<Sample> {
    let direct = statement(Some(Hash([23; 32])), Some(Hash([24; 32])));
    let proxied = statement(Some(Hash([23; 32])), None);
    let proof = SessionProof {
        version: 1,
        nonce: Hash([25; 32]),
        server_key: public(2),
        tls_key: Some(Hash([24; 32])),
    };
    let leaf = LeafIdentity {
        account: AccountId::of(&public(10)),
        device: DeviceId::of(&public(11)),
    };
    vec![
        ("identity-direct", signed_statement(&direct)),
        ("identity-behind-proxy", signed_statement(&proxied)),
        ("session-proof", strict::encode(&proof)),
        ("commit-aad", commit_aad(&position())),
        ("leaf-identity", leaf.to_bytes()),
    ]
}
