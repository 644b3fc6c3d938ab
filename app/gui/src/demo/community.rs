//! The Harbour crew on a Sunday evening.

use std::sync::Arc;

use dialtone_engine::snapshot::{
    Ages, AudioDevice, AudioState, Call, CallState, Channel, ChannelRules, ChannelSetting,
    Community, Connection, Files, Grade, Invitation, InvitationKind, ItemBody, JoinProgress,
    KeyringView, Knock, LinkCheck, Marks, Me, Member, OwnDevice, Presence, Private, ProfileState,
    Quote, Quoted, Reaction, RecoveryView, Role, Sending, Talker, Timeline, TimelineItem, Verdict,
    VoiceStanding, Who,
};
use dialtone_engine::{
    AccountId, CallId, ChannelId, ClientEventId, CommunityId, DeviceId, Hash, Settings, Snapshot,
};
use jiff::tz::TimeZone;

use super::quality;
use crate::time::Clock;

/// 2026-11-22 18:45 UTC.
const NOW: u64 = 1_795_373_100_000;
const MINUTE: u64 = 60_000;

pub(super) const ANNA: u8 = 1;
pub(super) const MIKAEL: u8 = 2;
pub(super) const JO: u8 = 3;
const TOMAS: u8 = 4;
const SAGA: u8 = 5;
const RUNE: u8 = 6;

/// The moment of the demonstration, in UTC.
pub fn clock() -> Clock {
    Clock {
        zone: TimeZone::UTC,
        now_ms: NOW,
        twelve_hours: false,
    }
}

pub(super) fn account(number: u8) -> AccountId {
    let mut id = [0; 32];
    // Chosen so that the six people have six colours.
    id[31] = match number {
        ANNA => 0,
        MIKAEL => 1,
        JO => 2,
        TOMAS => 3,
        SAGA => 4,
        RUNE => 5,
        other => other,
    };
    AccountId(id)
}

pub(super) fn channel_id(number: u8) -> ChannelId {
    ChannelId([number; 16])
}

fn device(number: u8) -> DeviceId {
    DeviceId([number; 32])
}

/// The state of the drawings: Anna, in a call, in *general*.
pub fn harbour() -> Snapshot {
    let mut settings = Settings::default();
    settings.audio.threshold_dbfs = -37.0;
    settings.audio.auto_threshold = false;
    Snapshot {
        revision: 1,
        profile: ProfileState::Unlocked,
        keyring: KeyringView::default(),
        invitation: None,
        recovering: None,
        asking: None,
        communities: vec![
            Arc::new(crew()),
            Arc::new(other(2, "Kiln street", 3)),
            Arc::new(other(3, "≈", 0)),
        ],
        settings,
        audio: audio(),
        moving: None,
        diagnostics: None,
        notices: Vec::new(),
    }
}

fn audio() -> AudioState {
    let device = |id: &str, name: &str, is_default| AudioDevice {
        id: id.to_owned(),
        name: name.to_owned(),
        is_default,
    };
    AudioState {
        inputs: vec![
            device("pulse:harbour", "Harbour mic", true),
            device("pulse:headset", "Headset", false),
        ],
        outputs: vec![
            device("pulse:speakers", "Speakers", true),
            device("pulse:headset", "Headset", false),
        ],
        input_dbfs: Some(-22.0),
        gate_dbfs: Some(-25.0),
        speech: 0.97,
        gate_open: true,
        ..AudioState::default()
    }
}

fn crew() -> Community {
    Community {
        id: CommunityId([1; 32]),
        name: "Harbour crew".to_owned(),
        server: "harbour.example:7443".to_owned(),
        connection: Connection::Online,
        server_age: Ages::Same,
        server_version: None,
        me: crew_me(),
        channels: channels(),
        open: Some(channel_id(1)),
        members: members(),
        knocking: Vec::new(),
        admits_automatically: false,
        call: Some(Call {
            id: CallId([1; 16]),
            channel: channel_id(5),
            state: CallState::Connected,
            moving_to: None,
            muted: false,
            deafened: false,
            speaking: true,
            path: "direct".to_owned(),
            round_trip_ms: Some(24.0),
            loss_percent: 0.0,
            verdict: good(),
            sound_problem: None,
            unheard: false,
            speakers: Vec::new(),
            whispering_to: Vec::new(),
        }),
        safety: None,
        recovery: RecoveryView::default(),
        devices: devices(),
        approval: None,
        files: Files::default(),
        pins: None,
        search: None,
        chronicle: None,
        invites: None,
        export: None,
        ignored: Vec::new(),
        emojis: Arc::default(),
        alarm: None,
        server_lacks: false,
    }
}

fn other(number: u8, name: &str, unread: u32) -> Community {
    let mut hall = channel(number * 16, "hall", "", false);
    hall.unread = unread;
    hall.timeline = Timeline::default();
    Community {
        id: CommunityId([number; 32]),
        name: name.to_owned(),
        server: "kiln.example:7443".to_owned(),
        channels: vec![Arc::new(hall)],
        open: None,
        call: None,
        members: vec![member(ANNA, "Anna", Role::Member, true, "invited by Kim")],
        me: Me {
            role: Role::Member,
            ..crew_me()
        },
        connection: Connection::Online,
        server_age: Ages::Same,
        server_version: None,
        knocking: Vec::new(),
        admits_automatically: false,
        safety: None,
        recovery: RecoveryView::default(),
        devices: Vec::new(),
        approval: None,
        files: Files::default(),
        pins: None,
        search: None,
        chronicle: None,
        invites: None,
        export: None,
        ignored: Vec::new(),
        emojis: Arc::default(),
        alarm: None,
        server_lacks: false,
    }
}

fn crew_me() -> Me {
    Me {
        account: account(ANNA),
        device: device(ANNA),
        name: "Anna".to_owned(),
        role: Role::Founder,
        fingerprint: "4f1c 09ab 77e2 d810 5c3e".to_owned(),
        voice: VoiceStanding::Ordinary,
        voice_by: None,
    }
}

pub(super) fn channel(number: u8, name: &str, topic: &str, voice: bool) -> Channel {
    Channel {
        id: channel_id(number),
        name: Some(name.to_owned()),
        topic: topic.to_owned(),
        voice,
        category: String::new(),
        unread: 0,
        mentions: 0,
        draft: None,
        talkers: Vec::new(),
        timeline: Timeline::default(),
        typing: Vec::new(),
        held_up: None,
        from_joining: false,
        rules: ChannelRules::default(),
        lifetime_s: 0,
        may_write: true,
        may_speak: true,
        paused_until_ms: None,
        private: None,
    }
}

/// What an admin sets for a channel.
pub(super) fn set_rule(one: &mut Community, id: ChannelId, setting: ChannelSetting) {
    let is_admin = one.me.role >= Role::Admin;
    let found = one.channels.iter_mut().find(|channel| channel.id == id);
    let Some(channel) = found.map(Arc::make_mut) else {
        return;
    };
    match setting {
        ChannelSetting::Writing(who) => {
            channel.rules.writing = who;
            channel.may_write = is_admin || who == Who::Everyone;
        }
        ChannelSetting::Speaking(who) => {
            channel.rules.speaking = who;
            channel.may_speak = is_admin || who == Who::Everyone;
        }
        ChannelSetting::Pause(seconds) => channel.rules.pause_s = seconds,
        ChannelSetting::Lifetime(seconds) => channel.lifetime_s = seconds,
        _ => {}
    }
}

/// Of these people; a conversation where it has no admins.
pub(super) fn private(people: &[u8], admins: &[u8]) -> Private {
    let accounts = |numbers: &[u8]| numbers.iter().map(|number| account(*number)).collect();
    Private {
        direct: admins.is_empty(),
        accounts: accounts(people),
        admins: accounts(admins),
        may_change: admins.contains(&ANNA),
        may_delete: true,
    }
}

fn channels() -> Vec<Arc<Channel>> {
    let mut general = channel(1, "general", "everything that floats", false);
    general.timeline = timeline();
    general.typing = vec![account(MIKAEL)];
    let mut planning = channel(2, "race-planning", "", false);
    planning.unread = 4;
    let mut water = channel(5, "on the water", "", true);
    water.talkers = vec![
        talker(ANNA, "Anna", true, false),
        talker(MIKAEL, "Mikael", false, false),
        talker(JO, "Jo", false, true),
    ];
    let mut committee = channel(4, "committee", "", false);
    committee.private = Some(private(&[ANNA, MIKAEL, SAGA], &[ANNA]));
    let mut mikael = channel(7, "Mikael", "", false);
    mikael.private = Some(private(&[ANNA, MIKAEL], &[]));
    mikael.unread = 1;
    let mut flags = channel(8, "Jo, Tomas", "", false);
    flags.private = Some(private(&[ANNA, JO, TOMAS], &[]));
    [
        general,
        planning,
        channel(3, "boat-yard", "", false),
        committee,
        water,
        channel(6, "workshop", "", true),
        mikael,
        flags,
    ]
    .into_iter()
    .map(Arc::new)
    .collect()
}

fn talker(number: u8, name: &str, speaking: bool, muted: bool) -> Talker {
    Talker {
        account: account(number),
        device: device(number),
        name: name.to_owned(),
        speaking,
        muted,
        deafened: false,
        level_dbfs: if speaking { -20.0 } else { -60.0 },
        connected: true,
        volume_percent: 100,
        pinned: false,
        whispers: false,
        withheld: None,
        voice: VoiceStanding::Ordinary,
        quality: quality::of(number),
    }
}

/// Lets somebody be heard so by everybody.
pub(super) fn say_how(one: &mut Community, account: AccountId, standing: VoiceStanding) {
    let members = one.members.iter_mut();
    for member in members.filter(|member| member.account == account) {
        member.voice = standing;
    }
    if one.me.account == account {
        one.me.voice = standing;
        one.me.voice_by = Some("Mikael".to_owned());
    }
    for channel in &mut one.channels {
        let talkers = &mut Arc::make_mut(channel).talkers;
        for talker in talkers.iter_mut().filter(|one| one.account == account) {
            talker.voice = standing;
            talker.muted |= standing == VoiceStanding::Muted;
            talker.speaking &= standing != VoiceStanding::Muted;
        }
    }
}

/// What is said of a call in which nothing is to be noticed.
pub(super) fn good() -> Verdict {
    Verdict {
        grade: Grade::Good,
        why: None,
    }
}

/// Anna's own.
fn devices() -> Vec<OwnDevice> {
    let device = |number: u8, name: &str, this, online, last_seen_ms| OwnDevice {
        id: DeviceId([number; 32]),
        name: name.to_owned(),
        this,
        online,
        last_seen_ms,
    };
    vec![
        device(61, "Linux computer", true, true, Some(NOW)),
        device(62, "Mac", false, false, Some(NOW - 40 * 24 * 3_600_000)),
    ]
}

fn member(number: u8, name: &str, role: Role, online: bool, trust: &str) -> Member {
    Member {
        account: account(number),
        name: name.to_owned(),
        role,
        presence: if online {
            Presence::Online
        } else {
            Presence::Offline
        },
        trust: trust.to_owned(),
        verified: false,
        picture: None,
        voice: VoiceStanding::Ordinary,
        since: u64::from(number) * 9,
        devices: vec![u64::from(number) * 9],
        ignored: false,
        looks_like: None,
    }
}

fn members() -> Vec<Member> {
    vec![
        member(ANNA, "Anna", Role::Founder, true, "founded the community"),
        member(JO, "Jo", Role::Member, true, "invited by Mikael"),
        member(MIKAEL, "Mikael", Role::Admin, true, "invited by Anna"),
        member(
            RUNE,
            "Rune",
            Role::Member,
            false,
            "let in on the server's word",
        ),
        member(SAGA, "Saga", Role::Member, false, "invited by Anna"),
        Member {
            presence: Presence::Away,
            ..member(TOMAS, "Tomas", Role::Member, true, "invited by Anna")
        },
    ]
}

fn timeline() -> Timeline {
    let wind = "Wind for tomorrow, from the buoy:\n```\n06:00  SW  6 m/s   gusts  9\n12:00  W   8 m/s   gusts 12\n18:00  NW  5 m/s   gusts  7\n```";
    // Minutes before now.
    let said: [(u8, &str, u64, &str); 6] = [
        (
            MIKAEL,
            "Mikael",
            1265,
            "Mooring lines are replaced. The old ones are in the shed if anyone needs practice material.",
        ),
        (
            SAGA,
            "Saga",
            1253,
            "I took two for the knots evening, thank you!",
        ),
        (ANNA, "Anna", 42, wind),
        (
            ANNA,
            "Anna",
            42,
            "So the morning start stands. Who takes the committee boat?",
        ),
        (
            JO,
            "Jo",
            21,
            "I can, if somebody brings the flags. @Tomas are they still with you?",
        ),
        (
            TOMAS,
            "Tomas",
            14,
            "They are. I drop them at the club at eight.",
        ),
    ];
    let items: Vec<Arc<TimelineItem>> = said
        .into_iter()
        .enumerate()
        .map(|(index, (who, name, minutes, words))| {
            let body = ItemBody::Text(words.to_owned());
            Arc::new(item(
                index as u64 + 40,
                who,
                name,
                NOW - minutes * MINUTE,
                body,
            ))
        })
        .collect();
    Timeline {
        items: marked(items),
        has_earlier: true,
        has_later: false,
        loading: false,
        first_unread: Some(44),
        jumped: None,
    }
}

pub(super) fn item(
    sequence: u64,
    who: u8,
    name: &str,
    time_ms: u64,
    body: ItemBody,
) -> TimelineItem {
    let mut client_id = [0; 16];
    client_id[..8].copy_from_slice(&sequence.to_be_bytes());
    TimelineItem {
        sequence: Some(sequence),
        hash: Some(hash(sequence)),
        client_id: ClientEventId(client_id),
        from: account(who),
        from_name: name.to_owned(),
        time_ms,
        server_time_ms: None,
        body,
        sending: Sending::Sent,
        confirmed: true,
        marks: Marks {
            may_edit: who == ANNA,
            // Anna is the founder.
            may_delete: true,
            ..Marks::default()
        },
    }
}

/// A hash that no other sequence has.
pub(super) fn hash(sequence: u64) -> Hash {
    let mut hash = [sequence as u8; 32];
    hash[..8].copy_from_slice(&sequence.to_be_bytes());
    Hash(hash)
}

/// Saga answers Mikael, and people like it.
fn marked(mut items: Vec<Arc<TimelineItem>>) -> Vec<Arc<TimelineItem>> {
    let reaction = |emoji: &str, who: &[u8]| Reaction {
        emoji: emoji.to_owned(),
        accounts: who.iter().map(|number| account(*number)).collect(),
        mine: who.contains(&ANNA),
    };
    let quote = Quote {
        target: hash(40),
        from: Some(account(MIKAEL)),
        from_name: "Mikael".to_owned(),
        said: Quoted::Text("Mooring lines are replaced.".to_owned()),
    };
    let answer = &mut Arc::make_mut(&mut items[1]).marks;
    answer.reply = Some(Arc::new(quote));
    answer.reactions = vec![
        reaction("⚓", &[MIKAEL, ANNA, JO]),
        reaction("⭐", &[TOMAS, RUNE]),
    ];
    items
}

/// A genuine link of a member.
pub fn invitation() -> Invitation {
    Invitation {
        link: "dialtone://harbour.example:7443/join#AbCdEf".to_owned(),
        kind: InvitationKind::Member,
        community_name: Some("Harbour crew".to_owned()),
        inviter_name: Some("Anna".to_owned()),
        server: "harbour.example:7443".to_owned(),
        checked: LinkCheck::Genuine,
        here: None,
        progress: JoinProgress::Ready,
    }
}

/// Somebody at the door.
pub fn knock() -> Knock {
    Knock {
        account: account(9),
        fingerprint: "4K7Q 9ZT2 M3XC".to_owned(),
    }
}
