//! A frame of each kind, in both directions.

use dialtone_protocol::frame::{
    CallState, ClientFrame, Cursor, GroupCursor, RefusalCode, ServerFrame, write_frame,
};
use dialtone_protocol::relay::RelayTalker;
use dialtone_protocol::strict;
use dialtone_protocol::turn::TurnServers;
use dialtone_protocol::{AccountId, ApprovalId, CallId, ChannelId, DeviceId, Hash};

use super::Sample;
use super::approval;
use super::entries::{knock, lobby};
use super::sealed::{event, grant, key_request, signal};

const CHANNEL: ChannelId = ChannelId([7; 16]);
const CALL: CallId = CallId([16; 16]);
const DEVICE: DeviceId = DeviceId([9; 32]);

pub(crate) fn all() -> Vec<Sample> {
    let mut samples = client();
    samples.extend(server_streams());
    samples.extend(server_answers());
    samples.extend(server_calls());
    samples
}

fn client() -> Vec<Sample> {
    let resume = ClientFrame::Resume {
        roster_length: 300,
        channels: vec![Cursor {
            channel: CHANNEL,
            after: 70_000,
        }],
        groups: vec![GroupCursor {
            group: lobby(),
            epoch: 12,
        }],
    };
    let send = ClientFrame::Send {
        channel: CHANNEL,
        event: event().into(),
        mark: None,
        keep_s: None,
    };
    let mark = ClientFrame::Send {
        channel: CHANNEL,
        event: event().into(),
        mark: Some(true),
        keep_s: None,
    };
    let vanishing = ClientFrame::Send {
        channel: CHANNEL,
        event: event().into(),
        mark: None,
        keep_s: Some(3_600),
    };
    let signal = ClientFrame::Signal {
        signal: signal().into(),
    };
    let request = ClientFrame::RequestKeys {
        request: key_request().into(),
    };
    let grant = ClientFrame::Grant {
        to: DEVICE,
        grant: grant().into(),
    };
    let taken = ClientFrame::GrantsTaken { ids: vec![1, 300] };
    let approval = ClientFrame::Approval {
        id: ApprovalId([28; 16]),
        message: approval::refusal().into(),
    };
    let offer = ClientFrame::RelayOffer {
        call: CALL,
        sdp: "v=0\r\n".into(),
    };
    let pins = ClientFrame::RelayPins {
        call: CALL,
        devices: vec![DEVICE],
    };
    let leave = ClientFrame::RelayLeave { call: CALL };
    vec![
        ("client-resume", write_frame(1, &resume)),
        ("client-send", write_frame(2, &send)),
        ("client-send--mark", write_frame(2, &mark)),
        ("client-send--vanishing", write_frame(2, &vanishing)),
        ("client-signal", write_frame(0, &signal)),
        ("client-request-keys", write_frame(0, &request)),
        ("client-grant", write_frame(3, &grant)),
        ("client-grants-taken", write_frame(0, &taken)),
        (
            "client-join-call",
            write_frame(4, &ClientFrame::JoinCall { channel: CHANNEL }),
        ),
        (
            "client-leave-call",
            write_frame(5, &ClientFrame::LeaveCall { call: CALL }),
        ),
        ("client-approval", write_frame(6, &approval)),
        ("client-relay-offer", write_frame(7, &offer)),
        ("client-relay-pins", write_frame(0, &pins)),
        ("client-relay-leave", write_frame(0, &leave)),
        ("client-ask-turn", write_frame(8, &ClientFrame::AskTurn)),
        (
            "client-away",
            write_frame(0, &ClientFrame::Away { away: true }),
        ),
    ]
}

fn call() -> CallState {
    CallState {
        channel: CHANNEL,
        call: CALL,
        devices: vec![DEVICE],
    }
}

fn server_streams() -> Vec<Sample> {
    let welcome = ServerFrame::Welcome {
        time_ms: 1_800_000_000_123,
        online: vec![DEVICE],
        calls: vec![call()],
    };
    let event = ServerFrame::Event {
        channel: CHANNEL,
        sequence: 70_001,
        time_ms: 1_800_000_000_123,
        event: event().into(),
    };
    let entry = ServerFrame::RosterEntry {
        index: 299,
        entry: vec![1, 2, 3].into(),
    };
    let commit = ServerFrame::Commit {
        group: lobby(),
        epoch: 12,
        commit: vec![1, 2, 3].into(),
    };
    let gone = ServerFrame::Gone {
        channel: CHANNEL,
        sequence: 70_001,
        time_ms: 1_800_000_000_123,
        event: Hash([26; 32]),
        header: strict::encode(&crate::common::sealed::header()).into(),
    };
    vec![
        ("server-gone", write_frame(0, &gone)),
        ("server-welcome", write_frame(0, &welcome)),
        ("server-event", write_frame(0, &event)),
        ("server-roster-entry", write_frame(0, &entry)),
        ("server-commit", write_frame(0, &commit)),
        ("server-caught-up", write_frame(0, &ServerFrame::CaughtUp)),
    ]
}

fn server_answers() -> Vec<Sample> {
    let stored = ServerFrame::Stored {
        sequence: 70_001,
        stream: Hash([26; 32]),
        time_ms: 1_800_000_000_123,
    };
    let refused = ServerFrame::Refused {
        code: RefusalCode::StaleEpoch,
        message: "epoch 12 is over".into(),
        wait_s: None,
        at: None,
    };
    let paused = ServerFrame::Refused {
        code: RefusalCode::SlowMode,
        message: "the channel has a pause between messages".into(),
        wait_s: Some(25),
        at: None,
    };
    let elsewhere = ServerFrame::Refused {
        code: RefusalCode::Unavailable,
        message: "another of the server's machines does this: connect there".into(),
        wait_s: None,
        at: Some("two.example.org:7440".into()),
    };
    let error = ServerFrame::Error {
        message: "not a frame".into(),
    };
    vec![
        ("server-stored", write_frame(2, &stored)),
        ("server-refused", write_frame(2, &refused)),
        ("server-refused--pause", write_frame(2, &paused)),
        ("server-refused--elsewhere", write_frame(2, &elsewhere)),
        ("server-done", write_frame(3, &ServerFrame::Done)),
        ("server-error", write_frame(0, &error)),
    ]
}

fn turn_servers() -> ServerFrame {
    ServerFrame::TurnServers(TurnServers {
        urls: vec![
            "stun:turn.example.org".into(),
            "turns:turn.example.org:443?transport=tcp".into(),
        ],
        user: "1800003600:00112233445566778899aabb".into(),
        password: "katss0WpC2Q7FqAPF8YduuTqgtM=".into(),
        lifetime_s: 3600,
    })
}

fn server_calls() -> Vec<Sample> {
    let presence = ServerFrame::Presence {
        device: DEVICE,
        online: true,
    };
    let away = ServerFrame::Away {
        devices: vec![DEVICE],
        away: true,
    };
    let presences = ServerFrame::Presences {
        online: vec![DEVICE, DeviceId([8; 32])],
        offline: vec![DeviceId([9; 32])],
    };
    let signal = ServerFrame::Signal {
        signal: signal().into(),
    };
    let requested = ServerFrame::KeysRequested {
        request: key_request().into(),
    };
    let grant = ServerFrame::Grant {
        id: 300,
        grant: grant().into(),
    };
    let knocked = ServerFrame::Knock {
        account: AccountId([27; 32]),
        knock: knock().into(),
    };
    let asked = ServerFrame::Approval {
        id: ApprovalId([28; 16]),
        message: approval::ask().into(),
    };
    let relay = ServerFrame::RelayAnswer {
        call: CALL,
        sdp: "v=0\r\n".into(),
        port: 7440,
    };
    let talkers = vec![RelayTalker {
        number: 300,
        device: DEVICE,
    }];
    let reached = ServerFrame::RelayRoll {
        call: CALL,
        talkers,
    };
    vec![
        ("server-presence", write_frame(0, &presence)),
        ("server-away", write_frame(0, &away)),
        ("server-presences", write_frame(0, &presences)),
        ("server-signal", write_frame(0, &signal)),
        ("server-keys-requested", write_frame(0, &requested)),
        ("server-grant", write_frame(0, &grant)),
        ("server-call", write_frame(0, &ServerFrame::Call(call()))),
        (
            "server-joined",
            write_frame(4, &ServerFrame::Joined(call())),
        ),
        ("server-knock", write_frame(0, &knocked)),
        ("server-approval", write_frame(0, &asked)),
        ("server-relay-answer", write_frame(7, &relay)),
        ("server-relay-roll", write_frame(0, &reached)),
        ("server-turn-servers", write_frame(8, &turn_servers())),
    ]
}
