//! The whole state that a window draws, as one immutable value.
//!
//! The engine publishes a new snapshot whenever something changed; whoever draws holds an `Arc` of one and never waits.

mod administration;
mod audio;
mod chain;
mod files;
mod people;
mod quality;
mod span;
mod timeline;
mod voice_meter;

use std::path::PathBuf;
use std::sync::Arc;

pub use dialtone_protocol::revision::Ages;
pub use dialtone_protocol::roster::{ChannelRules, ChannelSetting, Who};
use dialtone_protocol::{AccountId, ApprovalId, CallId, ChannelId, CommunityId, DeviceId};

use crate::journal::Bundle;
use crate::settings::Settings;

pub use administration::{
    Chronicle, ChronicleEntry, ChronicleFilter, ChronicleKind, ExportState, ExportView,
    InviteState, InviteView,
};
pub use audio::{AudioDevice, AudioState, CheckResult, CheckStep, SoundCheck};
pub use chain::{ChainSource, ChainView, OwnChain, ParamView, PluginView, PluginsView, StageView};
pub use files::{FileId, FileState, FileView, Files, Picture, size_in_words};
pub use people::{
    Knock, Me, Member, OwnDevice, Presence, RecoveryView, Role, Safety, VoiceStanding,
};
pub use quality::{Grade, Path, Quality, Reading, Verdict};
pub use span::{rest, span};
pub use timeline::{
    Draft, Found, ItemBody, Jumped, Marks, Pins, Quote, Quoted, Reaction, Search, Sending,
    Timeline, TimelineItem, Version,
};
pub use voice_meter::{Cost, Moment, PacketReading, StageReading, VoiceMeter};

/// Everything there is to see.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// Rises by one with every snapshot.
    pub revision: u64,
    /// Whether the keystore is there, and open.
    pub profile: ProfileState,
    /// Whether the keys open by the system's keyring.
    pub keyring: KeyringView,
    /// The link last inspected.
    pub invitation: Option<Invitation>,
    /// Somebody comes back with a recovery key.
    pub recovering: Option<Recovering>,
    /// This device asks to be approved by another one of the account.
    pub asking: Option<Asking>,
    /// Every remembered community, in the order they were joined.
    pub communities: Vec<Arc<Community>>,
    /// What the user chose.
    pub settings: Settings,
    /// Sound devices and the microphone's level.
    pub audio: AudioState,
    /// What went wrong or deserves a word, newest last.
    pub notices: Vec<Notice>,
    /// The profile goes to another computer or comes from one, or just has.
    pub moving: Option<Moving>,
    /// The bundle for whoever looks for a mistake, while it is wanted.
    pub diagnostics: Option<Arc<Diagnostics>>,
}

/// A profile that goes to another computer, or comes from one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moving {
    /// It goes.
    pub export: bool,
    /// How far it has come.
    pub progress: MoveProgress,
}

/// How far a profile has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MoveProgress {
    /// So many bytes, of so many; none of none while the files are being closed, or the passphrase is checked.
    Working {
        /// Bytes that are done.
        done: u64,
        /// All.
        total: u64,
    },
    /// It is in this file.
    Done(PathBuf),
    /// Why not.
    Failed(String),
}

/// A bundle for whoever looks for a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics {
    /// What is in it so far.
    pub bundle: Bundle,
    /// The checks are not over.
    pub checking: bool,
    /// The folder into which it is written unless another one is chosen; none where the system names none.
    pub folder: Option<PathBuf>,
    /// It was written: where, or why not.
    pub saved: Option<Result<PathBuf, String>>,
}

/// Whether the keys can be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ProfileState {
    /// Nothing was ever joined here.
    #[default]
    Empty,
    /// There is a keystore, closed; `error` says why the last try failed.
    Locked {
        /// In words, with what to do.
        error: Option<String>,
    },
    /// The system's keyring is being asked for what opens the keystore; it may ask the user in turn.
    AskingKeyring,
    /// The passphrase is being checked (this takes about a second by design).
    Unlocking,
    /// Open.
    Unlocked,
    /// It was, or is being, taken to another computer, and does not open here.
    Moved,
}

/// How it stands with the system's keyring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyringView {
    /// Whether the keys open by it at the start.
    pub at_once: AtOnce,
    /// Why they did not this time: in words, with what to do.
    pub problem: Option<String>,
}

/// Whether the keys open at the start without the password.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AtOnce {
    /// There is no keyring to keep what opens them.
    #[default]
    Unavailable,
    /// They do not.
    Off,
    /// It is being switched on.
    Changing,
    /// They do.
    On,
}

/// A link that was looked at.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The link itself, to put into the field.
    pub link: String,
    /// What kind of entrance it is.
    pub kind: InvitationKind,
    /// As the link says; not verified before `checked` is [`LinkCheck::Genuine`].
    pub community_name: Option<String>,
    /// As the link says.
    pub inviter_name: Option<String>,
    /// The server's host and port.
    pub server: String,
    /// How far it was checked.
    pub checked: LinkCheck,
    /// What this computer has already of the community that it leads into.
    pub here: Option<Here>,
    /// How far joining has come.
    pub progress: JoinProgress,
}

/// The link opens the community for whoever reads it, so it is not printed.
impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation")
            .field("kind", &self.kind)
            .field("server", &self.server)
            .field("checked", &self.checked)
            .field("progress", &self.progress)
            .finish_non_exhaustive()
    }
}

/// What this computer has already of the community that a link leads into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// One is in it: the link is not needed, and does not replace it.
    In(CommunityId),
    /// One was removed or has left: what is here is replaced once one is in again.
    Out,
    /// One's account is in, this device was taken out: what is here is replaced once one is in again.
    DeviceOut,
    /// One waits to be let in, or it is not known whether one is in: likewise.
    Waiting,
}

/// What a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationKind {
    /// One becomes the founder of a new community.
    Founding,
    /// A member invited.
    Member,
    /// The server's own: one waits until an admin lets one in.
    Knock,
}

/// What is known of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkCheck {
    /// Asking the server.
    Checking,
    /// The server has the pinned key, and the member list is the one that the link names.
    Genuine,
    /// It cannot be used: why, and what to do.
    Refused(String),
}

/// How far joining has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JoinProgress {
    /// Waiting for name and password.
    Ready,
    /// In the words of the step that runs.
    Working(String),
    /// It failed: why, and what to do.
    Failed(String),
}

/// Somebody comes back to a bare machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovering {
    /// How far it has come.
    pub progress: JoinProgress,
}

/// This device asks to be approved by another one of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asking {
    /// In the words of the step that runs.
    Working(String),
    /// Waiting until somebody goes on at another device.
    Waiting {
        /// One of the account's devices is connected.
        online: bool,
    },
    /// Both devices show a code, to be compared.
    Compare(Code),
    /// The person here has said that the codes are the same; the other device adds this one once the person there says so too.
    Confirmed,
    /// It failed: why, and what to do.
    Failed(String),
}

/// What two devices show while one approves the other: the same at both, if nobody stands in between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Six digits.
    pub digits: String,
    /// The whole of what the digits are taken from: to be compared by a program, a camera, or a patient person.
    pub whole: String,
}

/// A new device asks to be added to one's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Which request.
    pub id: ApprovalId,
    /// What it calls itself.
    pub name: String,
    /// When it asked: ms since 1970.
    pub asked_ms: u64,
    /// How far it has come.
    pub stage: ApprovalStage,
}

/// How far an approval has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApprovalStage {
    /// One decides whether to go on.
    Asked,
    /// The new device is to answer.
    Waiting,
    /// Both show a code, to be compared.
    Compare(Code),
    /// The person here has said that the codes are the same; the new device is added once the person there says so too.
    Confirmed,
}

/// One community.
#[derive(Debug, Clone, PartialEq)]
pub struct Community {
    /// Which.
    pub id: CommunityId,
    /// Its name, or the server's host while no name is known.
    pub name: String,
    /// The server's host and port.
    pub server: String,
    /// Which version it says to run, empty if it does not say; none before it was asked.
    pub server_version: Option<String>,
    /// The link to the server.
    pub connection: Connection,
    /// Whether the server is newer or older than this program.
    pub server_age: Ages,
    /// Oneself.
    pub me: Me,
    /// All channels, in order.
    pub channels: Vec<Arc<Channel>>,
    /// The channel that is shown.
    pub open: Option<ChannelId>,
    /// All members, in the order of their names.
    pub members: Vec<Member>,
    /// Who knocked and waits (admins see it).
    pub knocking: Vec<Knock>,
    /// This client lets them in without a question (admins; off unless they want it).
    pub admits_automatically: bool,
    /// The call one is in.
    pub call: Option<Call>,
    /// The safety words with the member that one compares with now.
    pub safety: Option<Safety>,
    /// Whether one could come back without this device.
    pub recovery: RecoveryView,
    /// One's own devices that may open this community, this one first.
    pub devices: Vec<OwnDevice>,
    /// A new device asks to be added to one's account.
    pub approval: Option<Approval>,
    /// Files of messages, and pictures of people.
    pub files: Files,
    /// The pinned messages of a channel, while they are wanted.
    pub pins: Option<Arc<Pins>>,
    /// What one looks for.
    pub search: Option<Arc<Search>>,
    /// What the member list says, in words, while it is wanted.
    pub chronicle: Option<Arc<Chronicle>>,
    /// The invites that were made, while they are wanted: the latest first.
    pub invites: Option<Arc<Vec<InviteView>>>,
    /// One's history that is being taken along, or was.
    pub export: Option<Arc<ExportView>>,
    /// Whom one ignores, members or not: their names.
    pub ignored: Vec<(AccountId, String)>,
    /// Which emojis one used last, the newest first.
    pub emojis: Arc<Vec<String>>,
    /// Set when trust is broken (another member list, a forged event): nothing is sent until it is settled.
    pub alarm: Option<String>,
    /// The server has less than is here, as after an older backup was put back: one comes in anew once that is settled.
    pub server_lacks: bool,
}

impl Community {
    /// The channel of the call that one is in.
    pub fn call_channel(&self) -> Option<&Channel> {
        let call = self.call.as_ref()?;
        let mut channels = self.channels.iter();
        channels
            .find(|channel| channel.id == call.channel)
            .map(|channel| &**channel)
    }

    /// Who is in that call besides this device.
    pub fn others_in_call(&self) -> impl Iterator<Item = &Talker> {
        let talkers = self
            .call_channel()
            .into_iter()
            .flat_map(|channel| &channel.talkers);
        talkers.filter(|talker| talker.device != self.me.device)
    }
}

/// The state of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Connection {
    /// What this device keeps of the community is being read; nothing of it is known yet but the server.
    Opening,
    /// What this device keeps of the community cannot be used: why, and what to do. Reconnecting tries again.
    Unusable {
        /// In words.
        reason: String,
    },
    /// Trying.
    Connecting,
    /// Connected, fetching what was missed.
    CatchingUp,
    /// All is here and live.
    Online,
    /// Not reachable: why, and the next try in so many seconds.
    Offline {
        /// In words.
        reason: String,
        /// Seconds.
        retry_in_s: u32,
    },
    /// Waiting until an admin lets one in.
    WaitingForAdmission,
    /// One is no member any more: by whom, in words. Nothing is sent or fetched; what is here stays readable.
    Removed {
        /// In words.
        reason: String,
    },
}

/// One channel.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is shown by a mark of its own"
)]
pub struct Channel {
    /// Which.
    pub id: ChannelId,
    /// The name, once its key is here.
    pub name: Option<String>,
    /// The topic.
    pub topic: String,
    /// Listed under *Voice*.
    pub voice: bool,
    /// The heading under which it stands; empty: none.
    pub category: String,
    /// Messages that one has not seen.
    pub unread: u32,
    /// Those among them in which one's name is.
    pub mentions: u32,
    /// What one had begun to write here when the program ended last; filled for the open channel only.
    pub draft: Option<Arc<Draft>>,
    /// Who is in its call.
    pub talkers: Vec<Talker>,
    /// The events that are loaded; filled for the open channel only.
    pub timeline: Timeline,
    /// Who is writing.
    pub typing: Vec<AccountId>,
    /// Why what one wrote here is not on its way although the server is there, in words.
    pub held_up: Option<String>,
    /// Who joins later does not read what was written before.
    pub from_joining: bool,
    /// Who writes and speaks there, and how fast.
    pub rules: ChannelRules,
    /// Seconds that what is written there stays; 0: for good.
    pub lifetime_s: u32,
    /// One may write there oneself.
    pub may_write: bool,
    /// One may speak there oneself.
    pub may_speak: bool,
    /// The channel has a pause between messages, and one's own next one is sent then: ms since 1970.
    pub paused_until_ms: Option<u64>,
    /// Who belongs to it, where that is not everybody.
    pub private: Option<Private>,
}

/// Who belongs to a private channel or a direct conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Private {
    /// A conversation between the same people for ever.
    pub direct: bool,
    /// Whose devices read it, one's own account among them.
    pub accounts: Vec<AccountId>,
    /// Who of them may change that.
    pub admins: Vec<AccountId>,
    /// One may change it oneself.
    pub may_change: bool,
    /// One may delete it.
    pub may_delete: bool,
}

/// Somebody in a call.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is shown by a mark of its own"
)]
pub struct Talker {
    /// Who.
    pub account: AccountId,
    /// The device.
    pub device: DeviceId,
    /// The name.
    pub name: String,
    /// Sound comes from them now.
    pub speaking: bool,
    /// Their voice is not sent: they say so themselves.
    pub muted: bool,
    /// They hear nobody.
    pub deafened: bool,
    /// Their level in dBFS as one hears it.
    pub level_dbfs: f32,
    /// Media flows between them and oneself.
    pub connected: bool,
    /// How loud one hears them, in percent.
    pub volume_percent: u16,
    /// One hears them also when many others are louder.
    pub pinned: bool,
    /// What one hears of them just now is whispered: sealed for oneself and whom else they chose.
    pub whispers: bool,
    /// Why their voice is not heard, though it comes.
    pub withheld: Option<Withheld>,
    /// How everybody is to hear them, by the member list.
    pub voice: VoiceStanding,
    /// How well one hears them, once there is a call with them.
    pub quality: Option<Arc<Quality>>,
}

/// Why a voice is not heard that opens with a talker's key, which everybody in the call can derive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// More than two seconds of it are not signed by the talker's device.
    Unverified,
    /// Some of it was not the talker's, as their device has signed: nothing is heard before they join anew.
    Forged,
}

/// The call one is in.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is shown by a mark of its own"
)]
pub struct Call {
    /// Which.
    pub id: CallId,
    /// Where.
    pub channel: ChannelId,
    /// How far it has come.
    pub state: CallState,
    /// The channel into whose call one is moving; until that stands, this one is heard.
    pub moving_to: Option<ChannelId>,
    /// One's voice is not sent, by one's own wish; whether an admin forbids it is in [`Me::voice`].
    pub muted: bool,
    /// One hears nobody.
    pub deafened: bool,
    /// The gate is open: others hear one now.
    pub speaking: bool,
    /// Path in words: "direct"; while one is alone, that.
    pub path: String,
    /// Worst round trip to a talker, in ms.
    pub round_trip_ms: Option<f32>,
    /// Share of packets lost, in percent.
    pub loss_percent: f32,
    /// How well one hears whom one hears worst; not known while one is alone.
    pub verdict: Verdict,
    /// What is wrong with the microphone, the loudspeaker or what is done to the sound: why, and what to do.
    pub sound_problem: Option<String>,
    /// One speaks although one is muted or deafened, so nobody hears it.
    pub unheard: bool,
    /// Who speaks while one is muted or deafened, in the order in which they began: their names are among the channel's talkers.
    pub speakers: Vec<AccountId>,
    /// Whom alone one speaks to; nobody: all hear one.
    pub whispering_to: Vec<AccountId>,
}

/// How far a call has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallState {
    /// Joining.
    Connecting,
    /// In it.
    Connected,
    /// In it, but nobody is heard just now: why, and what happens.
    Reconnecting(String),
    /// It broke: why.
    Failed(String),
}

/// Something the user should read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// To dismiss it by.
    pub id: u64,
    /// Good to know, or bad.
    pub severity: Severity,
    /// In words: what happened and what to do.
    pub text: String,
}

/// How bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Good to know.
    Info,
    /// Attention.
    Warning,
    /// Something failed.
    Error,
}
