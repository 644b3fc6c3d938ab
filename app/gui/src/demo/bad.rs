//! States that nobody wants and every screen must survive.

use std::sync::Arc;

use dialtone_engine::ptt::{BackendKind, Listening};
use dialtone_engine::settings::{BackendChoice, TalkMode};
use dialtone_engine::snapshot::{
    Approval, ApprovalStage, Asking, CallState, Channel, CheckResult, CheckStep, Code, Community,
    Connection, Grade, InvitationKind, ItemBody, JoinProgress, LinkCheck, Notice, ProfileState,
    Role, Sending, Severity, Timeline, Verdict, VoiceStanding, Who, Withheld,
};
use dialtone_engine::{ApprovalId, Secret, Snapshot};
use dialtone_words::say;

use super::community::{
    ANNA, JO, MIKAEL, account, clock, harbour, invitation, item, knock, say_how,
};
use super::{files, messages, quality};

/// The names of all of them.
pub const BAD_STATES: [&str; 45] = [
    "nothing",
    "locked",
    "unlocking",
    "asking-keyring",
    "no-keyring",
    "checking",
    "refused",
    "founding",
    "failed-join",
    "empty",
    "loading",
    "offline",
    "held-up",
    "announcements",
    "paused",
    "vanishing",
    "waiting",
    "unsaved-key",
    "removed",
    "alarm",
    "put-back",
    "long",
    "short",
    "right-to-left",
    "broken",
    "asked",
    "comparing",
    "confirmed",
    "asking",
    "asking-alone",
    "codes",
    "ask-failed",
    "files",
    "marks",
    "sound-checked",
    "sound-checking",
    "key-asks-first",
    "key-falls-back",
    "poor-call",
    "silenced",
    "unheard",
    "unheard-deafened",
    "moving",
    "whispering",
    "withheld",
];

/// The keys are not open.
fn closed(snapshot: &mut Snapshot, name: &str) {
    let wrong = "This password does not open the keys on this computer; try again.";
    snapshot.profile = match name {
        "unlocking" => ProfileState::Unlocking,
        "asking-keyring" => ProfileState::AskingKeyring,
        "no-keyring" => ProfileState::Locked { error: None },
        _ => ProfileState::Locked {
            error: Some(wrong.to_owned()),
        },
    };
    if name == "no-keyring" {
        let why = "Dialtone needs your password this time: the keyring is locked.";
        snapshot.keyring.problem = Some(why.to_owned());
    }
}

/// The state called `name`; `None` for a name that is not in [`BAD_STATES`].
pub fn bad_state(name: &str) -> Option<Snapshot> {
    let mut snapshot = harbour();
    match name {
        "nothing" => snapshot = Snapshot::default(),
        "sound-checked" | "sound-checking" => sound_check(&mut snapshot, name),
        "key-asks-first" | "key-falls-back" => talk_key(&mut snapshot, name),
        "files" => snapshot = files::with_files(snapshot),
        "marks" => community(&mut snapshot, messages::with_marks),
        "poor-call" => community(&mut snapshot, quality::poor_call),
        "whispering" => community(&mut snapshot, whispering),
        "withheld" => community(&mut snapshot, withheld),
        "silenced" => community(&mut snapshot, silenced),
        "unheard" | "unheard-deafened" => community(&mut snapshot, |one| unheard(one, name)),
        "moving" => community(&mut snapshot, moving),
        "locked" | "unlocking" | "asking-keyring" | "no-keyring" => closed(&mut snapshot, name),
        "checking" | "refused" | "founding" | "failed-join" => return Some(joining(name)),
        "empty" => community(&mut snapshot, |one| {
            one.channels.clear();
            one.members.clear();
            one.call = None;
            one.open = None;
        }),
        "loading" => community(&mut snapshot, |one| {
            one.connection = Connection::CatchingUp;
            with_timeline(
                one,
                Timeline {
                    loading: true,
                    ..Timeline::default()
                },
            );
        }),
        "offline" => community(&mut snapshot, offline),
        "held-up" => community(&mut snapshot, held_up),
        "announcements" => community(&mut snapshot, announcements),
        "paused" => community(&mut snapshot, paused),
        "vanishing" => community(&mut snapshot, vanishing),
        "waiting" => community(&mut snapshot, |one| {
            one.connection = Connection::WaitingForAdmission;
            one.me.role = Role::Member;
            one.channels.clear();
            one.open = None;
            one.call = None;
        }),
        "unsaved-key" => community(&mut snapshot, |one| {
            let words =
                "roast enter night rain pink foster purse figure emerge canvas online siege";
            one.recovery.words = Some(Secret::new(words));
        }),
        "removed" => community(&mut snapshot, |one| {
            one.call = None;
            one.connection = Connection::Removed {
                reason: "Mikael has removed you from this community. What is on this computer stays readable; nothing new comes."
                    .to_owned(),
            };
        }),
        "alarm" => community(&mut snapshot, |one| {
            one.alarm = Some("the server shows a different member list than it did. Ask the others, in person, whether they see the same.".to_owned());
            let mut another = knock();
            another.account = account(77);
            "9PX2 0RRT 7C4M".clone_into(&mut another.fingerprint);
            one.knocking = vec![knock(), another];
        }),
        "put-back" => community(&mut snapshot, |one| {
            let what = say!("notice-lacks-messages", count = 12);
            one.alarm = Some(say!("notice-server-lacks", what = what));
            one.server_lacks = true;
        }),
        "asked" => community(&mut snapshot, |one| approval(one, ApprovalStage::Asked)),
        "comparing" => community(&mut snapshot, |one| {
            approval(one, ApprovalStage::Compare(code()));
        }),
        "confirmed" => community(&mut snapshot, |one| approval(one, ApprovalStage::Confirmed)),
        "asking" | "asking-alone" | "codes" | "ask-failed" => return Some(asking(name)),
        "long" => long(&mut snapshot),
        "short" => short(&mut snapshot),
        "right-to-left" => right_to_left(&mut snapshot),
        "broken" => broken(&mut snapshot),
        _ => return None,
    }
    Some(snapshot)
}

/// Into the first channel.
fn moving(one: &mut Community) {
    let goal = one.channels.first().map(|channel| channel.id);
    if let Some(call) = &mut one.call {
        call.moving_to = goal;
    }
}

/// One whispers to Jo, and Mikael whispers to oneself.
fn whispering(one: &mut Community) {
    if let Some(call) = &mut one.call {
        call.whispering_to = vec![account(JO)];
    }
    let talkers = one
        .channels
        .iter_mut()
        .flat_map(|one| &mut std::sync::Arc::make_mut(one).talkers);
    for talker in talkers.filter(|talker| talker.account == account(MIKAEL)) {
        (talker.speaking, talker.whispers) = (true, true);
    }
}

/// Somebody has spoken as Jo, and nothing shows that Mikael is himself.
fn withheld(one: &mut Community) {
    let talkers = one
        .channels
        .iter_mut()
        .flat_map(|one| &mut std::sync::Arc::make_mut(one).talkers);
    for talker in talkers {
        let why = [(JO, Withheld::Forged), (MIKAEL, Withheld::Unverified)];
        let why = why.into_iter().find(|why| account(why.0) == talker.account);
        if let Some((_, why)) = why {
            (talker.speaking, talker.muted, talker.withheld) = (false, false, Some(why));
        }
    }
}

/// An admin has muted oneself and another, and one of them speaks before all.
fn silenced(one: &mut Community) {
    one.me.role = Role::Member;
    if let Some(member) = one.members.first_mut() {
        member.role = Role::Member;
    }
    for (number, standing) in [
        (ANNA, VoiceStanding::Muted),
        (JO, VoiceStanding::Muted),
        (MIKAEL, VoiceStanding::Priority),
    ] {
        say_how(one, account(number), standing);
    }
    if let Some(call) = &mut one.call {
        call.speaking = false;
    }
}

/// Anna speaks and is muted, or deafened; the others speak meanwhile.
fn unheard(one: &mut Community, name: &str) {
    if let Some(call) = &mut one.call {
        call.muted = true;
        call.deafened = name == "unheard-deafened";
        (call.speaking, call.unheard) = (false, true);
        call.speakers = vec![account(MIKAEL), account(JO)];
    }
}

/// A new device asks Anna's.
fn approval(one: &mut Community, stage: ApprovalStage) {
    one.approval = Some(Approval {
        id: ApprovalId([1; 16]),
        name: "Linux computer".to_owned(),
        asked_ms: clock().now_ms,
        stage,
    });
}

fn code() -> Code {
    Code {
        digits: "204718".to_owned(),
        whole: "h3vJb0cQ8mXo5t2ZkYwP1dRrLqA7uGfNs6iTeCxKj4U".to_owned(),
    }
}

/// This computer asks another one.
fn asking(name: &str) -> Snapshot {
    let asking = match name {
        "asking" => Asking::Waiting { online: true },
        "asking-alone" => Asking::Waiting { online: false },
        "codes" => Asking::Compare(code()),
        _ => Asking::Failed("Your other device has refused; nothing was added.".to_owned()),
    };
    Snapshot {
        asking: Some(asking),
        ..Snapshot::default()
    }
}

fn community(snapshot: &mut Snapshot, how: impl FnOnce(&mut Community)) {
    if let Some(first) = snapshot.communities.first_mut() {
        how(Arc::make_mut(first));
    }
}

fn open_channel(community: &mut Community, how: impl FnOnce(&mut Channel)) {
    if let Some(first) = community.channels.first_mut() {
        how(Arc::make_mut(first));
    }
}

fn with_timeline(community: &mut Community, timeline: Timeline) {
    open_channel(community, |channel| channel.timeline = timeline);
}

fn joining(name: &str) -> Snapshot {
    let mut invitation = invitation();
    match name {
        "checking" => invitation.checked = LinkCheck::Checking,
        "refused" => {
            invitation.checked = LinkCheck::Refused(
                "The server has another key than the link names. Somebody may be in between: ask for a new link."
                    .to_owned(),
            );
        }
        "founding" => {
            invitation.kind = InvitationKind::Founding;
            invitation.community_name = None;
            invitation.inviter_name = None;
            invitation.progress = JoinProgress::Working("Making your keys".to_owned());
        }
        _ => {
            invitation.progress = JoinProgress::Failed(
                "The invite has been used up. Ask Anna for another one.".to_owned(),
            );
        }
    }
    Snapshot {
        invitation: Some(invitation),
        ..Snapshot::default()
    }
}

/// Anna's last message is still on its way; when she wrote it.
fn on_its_way(channel: &mut Channel) -> u64 {
    let items = &mut channel.timeline.items;
    let now = items.last().map_or(0, |last| last.time_ms) + 60_000;
    let mut pending = item(90, 1, "Anna", now, ItemBody::Text("On my way.".to_owned()));
    pending.sequence = None;
    pending.sending = Sending::Pending;
    items.push(Arc::new(pending));
    now
}

fn offline(one: &mut Community) {
    one.connection = Connection::Offline {
        reason: "The server does not answer.".to_owned(),
        retry_in_s: 8,
    };
    open_channel(one, |channel| {
        let now = on_its_way(channel);
        let words = ItemBody::Text("Shall I bring the thermos?".to_owned());
        let mut failed = item(91, 1, "Anna", now + 1000, words);
        failed.sequence = None;
        failed.sending = Sending::Failed("the channel is gone".to_owned());
        channel.timeline.items.push(Arc::new(failed));
    });
}

fn held_up(one: &mut Community) {
    open_channel(one, |channel| {
        let words = "The server cannot keep messages just now. What you wrote waits here and is sent by itself.";
        channel.held_up = Some(words.to_owned());
        on_its_way(channel);
    });
}

/// Only admins write and speak here, and one is none.
fn announcements(one: &mut Community) {
    one.me.role = Role::Member;
    open_channel(one, |channel| {
        channel.rules.writing = Who::Admins;
        channel.rules.speaking = Who::Admins;
        channel.may_write = false;
        channel.may_speak = false;
    });
}

/// Messages stay for a day, those from the last hour on.
fn vanishing(one: &mut Community) {
    open_channel(one, |channel| {
        channel.lifetime_s = 86_400;
        channel.typing.clear();
        let items = channel.timeline.items.iter_mut().rev();
        for item in items.take(4).map(Arc::make_mut) {
            item.marks.vanishes_ms = Some(item.time_ms + 86_400_000);
        }
    });
}

/// One has just written where there is a pause.
fn paused(one: &mut Community) {
    one.me.role = Role::Member;
    open_channel(one, |channel| {
        channel.rules.pause_s = 30;
        channel.paused_until_ms = Some(clock().now_ms + 25_000);
    });
}

fn long(snapshot: &mut Snapshot) {
    let name =
        "Anna-Friederike von und zu Hinterobermaiselstein-Donaudampfschifffahrtsgesellschaft";
    let words = "supercalifragilistic".repeat(60);
    snapshot.notices = (0..6)
        .map(|id| Notice {
            id,
            severity: Severity::Error,
            text: format!("The device {words} is busy. Close the other program that uses it."),
        })
        .collect();
    community(snapshot, |one| {
        name.clone_into(&mut one.name);
        name.clone_into(&mut one.me.name);
        for member in &mut one.members {
            name.clone_into(&mut member.name);
        }
        if let Some(call) = &mut one.call {
            call.sound_problem = Some(
                "The microphone Harbour mic is not plugged in. Plug it in or choose another one in the settings."
                    .to_owned(),
            );
            call.loss_percent = 31.0;
            call.verdict = Verdict {
                grade: Grade::Poor,
                why: Some("31 % of the packets are lost".to_owned()),
            };
        }
        for channel in &mut one.channels {
            let channel = Arc::make_mut(channel);
            channel.name = Some(name.to_owned());
            channel.topic.clone_from(&words);
            channel.unread = u32::MAX;
            for talker in &mut channel.talkers {
                name.clone_into(&mut talker.name);
            }
        }
        open_channel(one, |channel| {
            for item in &mut channel.timeline.items {
                let item = Arc::make_mut(item);
                name.clone_into(&mut item.from_name);
                item.body = ItemBody::Text(format!("{words}\n```\n{words}\n```"));
            }
        });
    });
}

fn short(snapshot: &mut Snapshot) {
    community(snapshot, |one| {
        "H".clone_into(&mut one.name);
        "A".clone_into(&mut one.me.name);
        for member in &mut one.members {
            member.name.truncate(1);
        }
        for channel in &mut one.channels {
            let channel = Arc::make_mut(channel);
            channel.name = channel.name.as_deref().map(|name| name[..1].to_owned());
            channel.topic.clear();
        }
        open_channel(one, |channel| {
            for item in &mut channel.timeline.items {
                let item = Arc::make_mut(item);
                item.from_name.truncate(1);
                item.body = ItemBody::Text(".".to_owned());
            }
        });
    });
}

/// Hebrew and Arabic, by themselves and among English words.
fn right_to_left(snapshot: &mut Snapshot) {
    const WORDS: [&str; 6] = [
        "החבלים הוחלפו. הישנים במחסן, ליד ה־committee boat, אם מישהו צריך.",
        "לקחתי 2 לערב הקשרים, תודה!",
        "الريح غدًا من الجنوب الغربي: 6 أمتار في الثانية، ثم 12 عند الظهر (NW مساءً).",
        "מה נשאר:\n- דגלים **אדומים**\n- ה־`mooring` הישן\n> من يأخذ القارب؟",
        "I can, if somebody brings the flags. @טומי are they still with you, or with שרה?",
        "כן. ||בבית|| https://example.org/flags",
    ];
    let named = |name: &str| {
        match name {
            "Anna" => "אנה",
            "Jo" => "ليلى",
            "Mikael" => "מיכאל",
            "Saga" => "שרה",
            "Tomas" => "טומי",
            other => other,
        }
        .to_owned()
    };
    community(snapshot, |one| {
        "צוות הנמל".clone_into(&mut one.name);
        one.me.name = named(&one.me.name);
        for member in &mut one.members {
            member.name = named(&member.name);
        }
        open_channel(one, |channel| {
            channel.name = Some("كل شيء".to_owned());
            "كل ما يطفو".clone_into(&mut channel.topic);
            for (item, words) in channel.timeline.items.iter_mut().zip(WORDS) {
                let item = Arc::make_mut(item);
                item.from_name = named(&item.from_name);
                item.body = ItemBody::Text(words.to_owned());
            }
        });
    });
}

/// The key that is held to talk is not heard everywhere.
fn talk_key(snapshot: &mut Snapshot, name: &str) {
    let push = &mut snapshot.audio.push;
    snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
    if name == "key-asks-first" {
        push.listening = Listening::AskFirst;
        return;
    }
    snapshot.settings.audio.push_to_talk_backend = BackendChoice::Evdev;
    push.listening = Listening::Running {
        backend: BackendKind::DeviceQuery,
        trigger: None,
        caveat: Some(
            "The side buttons of the mouse and some keys are not heard this way; xinput hears them.",
        ),
    };
    push.passed_over = vec![
        "evdev: the input devices may not be read. Whoever is in the group \"input\" may."
            .to_owned(),
        "xinput: the X server has no XInput 2.1; choose another way to hear the key.".to_owned(),
    ];
}

/// Values that no engine should send.
fn broken(snapshot: &mut Snapshot) {
    snapshot.audio.input_dbfs = Some(f32::NAN);
    snapshot.audio.gate_dbfs = Some(f32::NAN);
    snapshot.audio.inputs.clear();
    snapshot.audio.outputs.clear();
    snapshot.audio.problem =
        Some("No sound server answers. Start one, then look again.".to_owned());
    snapshot.settings.audio.threshold_dbfs = f32::NAN;
    snapshot.settings.audio.input_gain_db = f32::INFINITY;
    snapshot.settings.audio.packet_ms = 0;
    snapshot.settings.audio.talk_mode = TalkMode::PushToTalk;
    "no such key".clone_into(&mut snapshot.settings.audio.push_to_talk_key);
    community(snapshot, |one| {
        one.name.clear();
        one.me.name.clear();
        one.members.retain(|member| member.account != account(1));
        if let Some(call) = &mut one.call {
            call.round_trip_ms = Some(f32::INFINITY);
            call.loss_percent = f32::NAN;
            call.state = CallState::Failed("No path to anybody was found.".to_owned());
        }
        open_channel(one, |channel| {
            channel.name = None;
            let items = &mut channel.timeline.items;
            let twin = items.first().cloned();
            items.extend(twin);
            for (index, item) in items.iter_mut().enumerate() {
                let item = Arc::make_mut(item);
                item.from_name.clear();
                item.time_ms = u64::MAX - index as u64;
                item.server_time_ms = Some(0);
                item.body = match index % 4 {
                    0 => ItemBody::Waiting(String::new()),
                    1 => ItemBody::Refused("its signature is wrong".to_owned()),
                    2 => ItemBody::Notice("\n\n/help\n".to_owned()),
                    _ => ItemBody::Text("\u{202e}```\0`\u{200b}".to_owned()),
                };
            }
        });
    });
}

/// Somebody listens to how they sound, or is being recorded.
fn sound_check(snapshot: &mut Snapshot, name: &str) {
    community(snapshot, |one| one.call = None);
    let check = &mut snapshot.audio.check;
    if name == "sound-checking" {
        (check.step, check.left_s) = (CheckStep::Speech, 3.2);
        return;
    }
    check.step = CheckStep::Ready;
    check.stages = ["high-pass", "echo-cancel", "denoise", "gate", "limiter"]
        .map(str::to_owned)
        .into();
    check.result = Some(CheckResult {
        threshold_dbfs: -46.0,
        room_dbfs: -63.0,
        voice_dbfs: -24.0,
        good: true,
        words: "Your microphone is fine.",
    });
}
