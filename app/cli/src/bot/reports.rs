//! What a bot reports: snapshots and events -> JSON lines, each only when it differs from the last.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use dialtone_engine::snapshot::{
    AudioState, CallState, Channel, Community, Connection, FileView, ItemBody, JoinProgress,
    LinkCheck, ProfileState, Role, Sending, TimelineItem, Who,
};
use dialtone_engine::{ClientEventId, Event, Snapshot};
use serde::{Deserialize, Serialize};

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub(crate) enum Report {
    /// The state is another one.
    State(Box<StateReport>),
    /// A message of the open channel.
    Message {
        channel: String,
        from: String,
        text: String,
        /// Names of the files that it brings.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<String>,
        sequence: u64,
    },
    /// What was done to a message of the open channel, each time that it is something else.
    Marks(MarksReport),
    /// An invite link.
    Invite { link: String },
    /// Something the user should read.
    Notice { text: String },
    /// An order could not be done.
    Error { message: String },
}

/// What was done to a message since it was written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct MarksReport {
    /// Of which message.
    pub(crate) sequence: u64,
    /// What it says now; nothing once it was taken back.
    pub(crate) text: Option<String>,
    /// What it answers, by its author's name.
    pub(crate) answers: Option<String>,
    /// How often it was edited.
    pub(crate) edits: usize,
    /// The emojis that were set to it.
    pub(crate) reactions: Vec<String>,
    pub(crate) pinned: bool,
    /// It vanishes at some time.
    pub(crate) vanishes: bool,
}

/// The state in short.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct StateReport {
    /// `empty`, `locked`, `unlocking`, `unlocked`; with the reason after a colon.
    pub(crate) profile: String,
    /// `checking`, `genuine`, `refused: …`
    pub(crate) link: Option<String>,
    /// `ready`, `working: …`, `failed: …`
    pub(crate) join: Option<String>,
    /// `connecting`, `catching-up`, `online`, `waiting`, `removed: …`, `offline: …`
    pub(crate) connection: String,
    /// The community's name.
    pub(crate) community: String,
    /// Trust is broken: why.
    pub(crate) alarm: Option<String>,
    /// Channels whose names are known.
    pub(crate) channels: Vec<ChannelReport>,
    /// Members' names.
    pub(crate) members: Vec<String>,
    /// Names of those who are admins, or the founder.
    #[serde(default)]
    pub(crate) admins: Vec<String>,
    /// Messages of one's own that are not on the server yet.
    pub(crate) pending: usize,
    /// Why they are not on their way, in the open channel.
    pub(crate) held_up: Option<String>,
    /// The call.
    pub(crate) call: Option<CallReport>,
    /// The key of push-to-talk or push-to-mute.
    pub(crate) key: KeyReport,
}

/// The key in short.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeyReport {
    /// It counts as held.
    pub(crate) held: bool,
    /// What hears it, in a sentence.
    pub(crate) words: String,
    /// What else is to be said about that.
    pub(crate) remarks: Vec<String>,
}

/// One channel in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ChannelReport {
    pub(crate) name: String,
    pub(crate) unread: u32,
    pub(crate) talkers: Vec<String>,
    /// What it is about.
    #[serde(default)]
    pub(crate) topic: String,
    /// The heading over it in the list.
    #[serde(default)]
    pub(crate) category: String,
    /// Not only admins write in it.
    #[serde(default)]
    pub(crate) everybody_writes: bool,
}

/// The call in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CallReport {
    /// `connecting`, `connected`, `failed: …`
    pub(crate) state: String,
    /// Names of those whose media flows.
    pub(crate) connected: Vec<String>,
    /// Names of those who speak.
    pub(crate) speaking: Vec<String>,
    /// Percent, rounded.
    pub(crate) loss_percent: u32,
    /// ms, rounded.
    pub(crate) round_trip_ms: Option<u32>,
    /// What is wrong with the microphone, the loudspeaker or what is done to the sound.
    pub(crate) sound_problem: Option<String>,
    /// What the sound engine counts.
    pub(crate) stats: Option<SoundStats>,
}

/// What the sound engine counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SoundStats {
    /// What each stage adds, in ms.
    pub(crate) delays_ms: BTreeMap<String, f32>,
    /// How often the loudspeaker found too little.
    pub(crate) underruns: u32,
}

/// Writes a line to standard output, at once.
pub(super) fn say(report: &Report) {
    if let Ok(line) = serde_json::to_string(report) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
    }
}

/// Remembers what was reported.
#[derive(Default)]
pub(super) struct Reporter {
    last: Option<StateReport>,
    /// By id and place: a message that is there twice is reported twice.
    messages: BTreeSet<(ClientEventId, u64)>,
    marks: BTreeMap<u64, MarksReport>,
    notices: BTreeSet<u64>,
}

/// Reports what happens once.
pub(super) fn happened(event: &Event) {
    if let Event::InviteReady { link, .. } = event {
        say(&Report::Invite { link: link.clone() });
    }
}

impl Reporter {
    pub(super) fn snapshot(&mut self, snapshot: &Snapshot) {
        for notice in &snapshot.notices {
            if self.notices.insert(notice.id) {
                say(&Report::Notice {
                    text: notice.text.clone(),
                });
            }
        }
        if let Some(community) = snapshot.communities.first() {
            self.messages(community);
        }
        let state = state(snapshot);
        if self.last.as_ref() != Some(&state) {
            say(&Report::State(Box::new(state.clone())));
            self.last = Some(state);
        }
    }

    /// Says what was done to a message, if that is news: of one to which nothing was done it never was.
    fn marks(&mut self, item: &TimelineItem) {
        let Some(now) = marks(item) else { return };
        let untouched = MarksReport {
            sequence: now.sequence,
            text: now.text.clone(),
            ..MarksReport::default()
        };
        let touched = now.text.is_none() || now != untouched;
        if self.marks.get(&now.sequence) != Some(&now)
            && (touched || self.marks.contains_key(&now.sequence))
        {
            say(&Report::Marks(now.clone()));
            self.marks.insert(now.sequence, now);
        }
    }

    fn messages(&mut self, community: &Community) {
        if let Some(channel) = open_channel(community) {
            for item in &channel.timeline.items {
                self.marks(item);
                let (Some(sequence), Some((text, files))) = (item.sequence, said(&item.body))
                else {
                    continue;
                };
                if self.messages.insert((item.client_id, sequence)) {
                    say(&Report::Message {
                        channel: channel.name.clone().unwrap_or_default(),
                        from: item.from_name.clone(),
                        text: text.to_owned(),
                        files: files.iter().map(|file| file.name.clone()).collect(),
                        sequence,
                    });
                }
            }
        }
    }
}

/// What was done to a message that is on the server.
fn marks(item: &TimelineItem) -> Option<MarksReport> {
    let reply = item.marks.reply.as_ref();
    let reactions = item.marks.reactions.iter();
    Some(MarksReport {
        sequence: item.sequence?,
        text: item.body.text().map(str::to_owned),
        answers: reply.map(|quote| quote.from_name.clone()),
        edits: item.marks.versions.len(),
        reactions: reactions.map(|one| one.emoji.clone()).collect(),
        pinned: item.marks.pinned,
        vanishes: item.marks.vanishes_ms.is_some(),
    })
}

/// The text and the files of a message.
fn said(body: &ItemBody) -> Option<(&str, &[FileView])> {
    match body {
        ItemBody::Text(text) => Some((text, &[])),
        ItemBody::Files { text, files } => Some((text, files)),
        _ => None,
    }
}

fn state(snapshot: &Snapshot) -> StateReport {
    let profile = match &snapshot.profile {
        ProfileState::Empty => "empty".into(),
        ProfileState::Locked { error: None } => "locked".into(),
        ProfileState::Locked { error: Some(error) } => format!("locked: {error}"),
        ProfileState::AskingKeyring => "asking the keyring".into(),
        ProfileState::Unlocking => "unlocking".into(),
        ProfileState::Unlocked => "unlocked".into(),
        ProfileState::Moved => "moved".into(),
    };
    let link = snapshot
        .invitation
        .as_ref()
        .map(|invitation| match &invitation.checked {
            LinkCheck::Checking => "checking".into(),
            LinkCheck::Genuine => "genuine".into(),
            LinkCheck::Refused(reason) => format!("refused: {reason}"),
        });
    let join = snapshot
        .invitation
        .as_ref()
        .map(|invitation| match &invitation.progress {
            JoinProgress::Ready => "ready".into(),
            JoinProgress::Working(step) => format!("working: {step}"),
            JoinProgress::Failed(reason) => format!("failed: {reason}"),
        });
    let push = &snapshot.audio.push;
    let key = KeyReport {
        held: push.held,
        words: push.words(),
        remarks: push.remarks().map(str::to_owned).collect(),
    };
    let empty = StateReport {
        profile,
        link,
        join,
        key,
        ..StateReport::default()
    };
    let Some(community) = snapshot.communities.first() else {
        return empty;
    };
    StateReport {
        connection: connection(&community.connection),
        community: community.name.clone(),
        alarm: community.alarm.clone(),
        channels: community
            .channels
            .iter()
            .filter_map(|channel| channel_report(channel))
            .collect(),
        members: community
            .members
            .iter()
            .map(|member| member.name.clone())
            .collect(),
        admins: community
            .members
            .iter()
            .filter(|member| member.role >= Role::Admin)
            .map(|member| member.name.clone())
            .collect(),
        pending: pending(community),
        held_up: open_channel(community).and_then(|channel| channel.held_up.clone()),
        call: call(community, &snapshot.audio),
        ..empty
    }
}

fn connection(connection: &Connection) -> String {
    match connection {
        Connection::Opening => "opening".into(),
        Connection::Unusable { reason } => format!("unusable: {reason}"),
        Connection::Connecting => "connecting".into(),
        Connection::CatchingUp => "catching-up".into(),
        Connection::Online => "online".into(),
        Connection::Offline { reason, .. } => format!("offline: {reason}"),
        Connection::WaitingForAdmission => "waiting".into(),
        Connection::Removed { reason } => format!("removed: {reason}"),
    }
}

fn channel_report(channel: &Channel) -> Option<ChannelReport> {
    Some(ChannelReport {
        name: channel.name.clone()?,
        unread: channel.unread,
        topic: channel.topic.clone(),
        category: channel.category.clone(),
        everybody_writes: channel.rules.writing == Who::Everyone,
        talkers: channel
            .talkers
            .iter()
            .map(|talker| talker.name.clone())
            .collect(),
    })
}

fn open_channel(community: &Community) -> Option<&Channel> {
    let mut channels = community.channels.iter();
    let found = channels.find(|channel| Some(channel.id) == community.open);
    found.map(|channel| &**channel)
}

fn pending(community: &Community) -> usize {
    let items = community
        .channels
        .iter()
        .flat_map(|channel| &channel.timeline.items);
    items.filter(|item| item.sending != Sending::Sent).count()
}

fn call(community: &Community, audio: &AudioState) -> Option<CallReport> {
    let call = community.call.as_ref()?;
    let talkers = community
        .call_channel()
        .into_iter()
        .flat_map(|channel| &channel.talkers);
    let connected = community.others_in_call().filter(|talker| talker.connected);
    let speaking = talkers.filter(|talker| talker.speaking);
    Some(CallReport {
        state: match &call.state {
            CallState::Connecting => "connecting".into(),
            CallState::Connected => "connected".into(),
            CallState::Reconnecting(reason) => format!("reconnecting: {reason}"),
            CallState::Failed(reason) => format!("failed: {reason}"),
        },
        connected: connected.map(|talker| talker.name.clone()).collect(),
        speaking: speaking.map(|talker| talker.name.clone()).collect(),
        loss_percent: call.loss_percent.round() as u32,
        round_trip_ms: call.round_trip_ms.map(|ms| ms.round() as u32),
        sound_problem: call.sound_problem.clone(),
        stats: Some(SoundStats {
            delays_ms: audio
                .stages_ms
                .iter()
                .map(|(name, ms)| ((*name).to_owned(), *ms))
                .collect(),
            underruns: audio.underruns,
        }),
    })
}
