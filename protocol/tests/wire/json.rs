//! The shape of HTTP bodies: names and values as other programs write and read them.

use std::fmt::Debug;

use dialtone_protocol::http::{
    ApprovalPost, ApprovalState, Bytes, ChannelHead, ChannelHeads, CommitPublish, ErrorBody,
    ErrorCode, EventInfo, EventPage, EventQuery, GroupState, Health, IdentityBody, InviteFound,
    InvitePublish, RegisterEntry, RegisterFinish, RosterAppend, RosterHead, RosterPage,
    RosterQuery, ServerInvite, ServerInviteMade, SessionOpened, SessionRequest,
};
use dialtone_protocol::revision::REVISION;
use dialtone_protocol::roster::RosterPosition;
use dialtone_protocol::{ChannelId, CommunityId, DeviceId, Hash, Signature};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const POSITION: RosterPosition = RosterPosition {
    length: 3,
    head: Hash::ZERO,
};

/// Written as `shape`, and read from it.
fn has_shape<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, shape: &Value) {
    assert_eq!(&serde_json::to_value(value).unwrap(), shape);
    assert_eq!(&serde_json::from_value::<T>(shape.clone()).unwrap(), value);
}

fn position() -> Value {
    json!({"length": 3, "head": ZEROS})
}

#[test]
fn ids_and_bytes_are_unpadded_base64url() {
    has_shape(&Bytes(vec![0xfb, 0xff]), &json!("-_8"));
    has_shape(&Hash::ZERO, &json!(ZEROS));
    for wrong in ["-_8=", "+/8", "-_9", "\u{e9}"] {
        assert!(
            serde_json::from_value::<Bytes>(json!(wrong)).is_err(),
            "{wrong}"
        );
    }
    assert!(serde_json::from_value::<Hash>(json!("AAAA")).is_err());
    assert!(serde_json::from_value::<Hash>(json!([0])).is_err());
}

#[test]
fn the_server() {
    let health = |version: &str, relay_port| Health {
        status: "ok".to_owned(),
        version: version.to_owned(),
        relay_port,
    };
    has_shape(
        &health("1.2.3", Some(7440)),
        &json!({"status": "ok", "version": "1.2.3", "relay_port": 7440}),
    );
    assert_eq!(
        serde_json::from_str::<Health>(r#"{"status": "ok"}"#).unwrap(),
        health("", None)
    );
    let identity = IdentityBody {
        statement: Bytes(vec![1]),
        community: None,
    };
    has_shape(&identity, &json!({"statement": "AQ", "community": null}));
    has_shape(
        &ServerInvite::default(),
        &json!({"uses": null, "valid_for_s": null}),
    );
    assert_eq!(
        serde_json::from_str::<ServerInvite>("{}").unwrap(),
        ServerInvite::default()
    );
    let link = "dialtone://x/#y".to_owned();
    has_shape(
        &ServerInviteMade { link },
        &json!({"link": "dialtone://x/#y"}),
    );
}

#[test]
fn registering() {
    let finish = RegisterFinish {
        password_copy: None,
        recovery: None,
        token: Hash::ZERO,
        username: "anna".into(),
        upload: Bytes(vec![1]),
        entry: RegisterEntry::Roster(Bytes(vec![2])),
    };
    let shape =
        json!({"token": ZEROS, "username": "anna", "upload": "AQ", "entry": {"roster": "Ag"}});
    has_shape(&finish, &shape);
    has_shape(
        &RegisterEntry::Knock(Bytes(vec![2])),
        &json!({"knock": "Ag"}),
    );
}

#[test]
fn approvals() {
    let message = || Bytes(vec![1]);
    has_shape(
        &ApprovalPost { message: message() },
        &json!({"message": "AQ"}),
    );
    let mut state = ApprovalState {
        online: true,
        message: Some(message()),
    };
    has_shape(&state, &json!({"online": true, "message": "AQ"}));
    state.message = None;
    has_shape(&state, &json!({"online": true}));
}

#[test]
fn sessions() {
    let request = SessionRequest {
        device: DeviceId([0; 32]),
        nonce: Hash::ZERO,
        proof: Bytes(vec![1]),
        signature: Signature([0; 64]),
        revision: REVISION,
    };
    let zeros = "A".repeat(86);
    has_shape(
        &request,
        &json!({"device": ZEROS, "nonce": ZEROS, "proof": "AQ", "signature": zeros, "revision": 1}),
    );
    let opened = SessionOpened {
        token: Hash::ZERO,
        expires_ms: 5,
        member: true,
        revision: REVISION,
    };
    assert_eq!(
        serde_json::to_value(&opened).unwrap(),
        json!({"token": ZEROS, "expires_ms": 5, "member": true, "revision": 1})
    );
}

#[test]
fn invites() {
    let found = InviteFound {
        community: Some(CommunityId([0; 32])),
        position: POSITION,
        pack: None,
        expires_s: 9,
    };
    has_shape(
        &found,
        &json!({"community": ZEROS, "position": position(), "pack": null, "expires_s": 9}),
    );
    let publish = InvitePublish {
        entry: Bytes(vec![1]),
        token_hash: Hash::ZERO,
        pack: Some(Bytes(vec![2])),
    };
    has_shape(
        &publish,
        &json!({"entry": "AQ", "token_hash": ZEROS, "pack": "Ag"}),
    );
}

#[test]
fn the_roster() {
    let entry = Bytes(vec![1]);
    has_shape(&RosterAppend { entry }, &json!({"entry": "AQ"}));
    has_shape(
        &RosterHead { position: POSITION },
        &json!({"position": position()}),
    );
    let page = RosterPage {
        entries: vec![Bytes(vec![1])],
        position: POSITION,
    };
    has_shape(&page, &json!({"entries": ["AQ"], "position": position()}));
    let query: RosterQuery = serde_json::from_str("{}").unwrap();
    assert_eq!((query.from, query.limit), (0, None));
}

#[test]
fn groups() {
    let bytes = || Bytes(vec![1]);
    let state = GroupState {
        epoch: 2,
        group_info: bytes(),
        tree: bytes(),
    };
    has_shape(
        &state,
        &json!({"epoch": 2, "group_info": "AQ", "tree": "AQ"}),
    );
    let publish = CommitPublish {
        epoch: 2,
        commit: bytes(),
        group_info: bytes(),
        welcome: None,
    };
    has_shape(
        &publish,
        &json!({"epoch": 2, "commit": "AQ", "group_info": "AQ"}),
    );
}

#[test]
fn channels_and_events() {
    let channel = ChannelId([0; 16]);
    let head = || ChannelHead {
        channel,
        sequence: 4,
        stream: Hash::ZERO,
    };
    let shape = json!({"channel": "A".repeat(22), "sequence": 4, "stream": ZEROS});
    has_shape(
        &ChannelHeads {
            channels: vec![head()],
        },
        &json!({"channels": [shape]}),
    );
    let page = EventPage {
        events: vec![EventInfo {
            sequence: 4,
            time_ms: 5,
            stream: Hash::ZERO,
            event: Bytes(vec![1]),
            gone: false,
        }],
        head: head(),
    };
    has_shape(
        &page,
        &json!({
            "events": [{"sequence": 4, "time_ms": 5, "stream": ZEROS, "event": "AQ"}],
            "head": shape,
        }),
    );
    assert_eq!(
        serde_json::from_str::<EventQuery>("{}").unwrap(),
        EventQuery::default()
    );
}

#[test]
fn errors() {
    let mut body = ErrorBody {
        code: ErrorCode::RosterMoved,
        message: "m".into(),
        position: Some(POSITION),
        epoch: None,
    };
    has_shape(
        &body,
        &json!({"code": "roster-moved", "message": "m", "position": position()}),
    );
    body.position = None;
    body.code = ErrorCode::StaleEpoch;
    body.epoch = Some(7);
    has_shape(
        &body,
        &json!({"code": "stale-epoch", "message": "m", "epoch": 7}),
    );
}
