//! What the window, the command line and bots ask of the engine.
//!
//! Commands are plain data, applied in order by the engine's own thread; their outcome shows in the
//! [`Snapshot`](crate::Snapshot) or as an [`Event`](crate::Event). None of them blocks the sender.

mod chain;
mod computer;
mod file;
mod message;
mod people;

use std::fmt;
use std::path::PathBuf;

use dialtone_protocol::{AccountId, ChannelId, ClientEventId, CommunityId, DeviceId, Hash};
use dialtone_words::{Language, say, within};
use zeroize::Zeroizing;

use crate::settings::{
    AudioSettings, DesktopSettings, DoNotDisturb, LookSettings, NotificationSettings, NotifyLevel,
    ShortcutSettings,
};
use crate::snapshot::{ChannelSetting, Role, VoiceStanding};

pub use chain::{ChainCommand, ChainEdit};
pub use computer::{DiagnosticsCommand, MoveCommand};
pub use file::{FileCommand, FileSource};
pub use message::{JumpTo, MessageCommand};
pub use people::PeopleCommand;

/// A password or passphrase on its way to the engine: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself, for the code that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One wish.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Command {
    /// Look at a link before joining: the result shows as [`Snapshot::invitation`](crate::Snapshot).
    InspectLink(String),
    /// Create an account on the server of the link last inspected.
    Join {
        /// The name that others see and that one signs in with.
        username: String,
        /// Protects the account (OPAQUE) and this device's keystore.
        password: Secret,
        /// How a founder names the community; ignored for others.
        community_name: Option<String>,
        /// The password alone is to open the account on another computer; it must be one that
        /// [`generate_password`](crate::generate_password) made.
        by_password: bool,
    },
    /// Come back to a bare machine: the account is there, its devices are not.
    Recover {
        /// `host:port` of the server.
        server: String,
        /// The name that one registered.
        username: String,
        /// The account's; also the one of a new keystore here.
        password: Secret,
        /// The recovery key's words, as typed; none where the password alone opens the account.
        words: Option<Secret>,
    },
    /// Ask another device of the account to add this one.
    AskApproval {
        /// `host:port` of the server.
        server: String,
        /// The name that one registered.
        username: String,
        /// The account's; also the one of a new keystore here.
        password: Secret,
    },
    /// The codes at this device and at the other one are the same, or they differ.
    CompareCode {
        /// They are.
        same: bool,
    },
    /// Stop asking another device, or forget that one did.
    DismissAsking,
    /// Forget that one wanted to come back.
    DismissRecovery,
    /// Forget the link last inspected.
    DismissInvitation,
    /// Open the keystore and connect to every remembered community.
    Unlock(Secret),
    /// Do not wait for the system's keyring: open the keystore with the password.
    UsePassword,
    /// Let the system's keyring open the keystore at the next start, or not. It takes effect once the keystore is open.
    OpenAtOnce(bool),
    /// Close the keystore and disconnect; in this run the password alone opens it again.
    Lock,
    /// Connect now instead of waiting for the next try.
    Reconnect(CommunityId),
    /// Forget a community on this device, with its history and keys. The account itself stays on the server.
    Forget(CommunityId),
    /// Give the account in a community another password; the keys on this computer get it, too, where they had the same.
    ChangePassword {
        /// Where.
        community: CommunityId,
        /// The one until now.
        old: Secret,
        /// The one from now on.
        new: Secret,
    },
    /// Write the recovery key of an account, which is not confirmed yet, into this file.
    SaveRecovery(CommunityId, PathBuf),
    /// Delete everything that is kept on this computer: keys, history, settings. Accounts stay on their servers.
    /// [`wipe_confirmation`], as the user typed it.
    Wipe(String),
    /// In one community.
    In(CommunityId, CommunityCommand),
    /// Change how sound is captured and played; kept across restarts.
    SetAudio(AudioSettings),
    /// The user looks at the window, or does not: what comes into the open channel is seen, or is not. It is seen unless told otherwise.
    Attend(bool),
    /// Nobody has touched this computer for a while, or somebody does again: the members of each community are told.
    SetAway(bool),
    /// Change the look; kept across restarts.
    SetLook(LookSettings),
    /// Change of what one is told; kept across restarts.
    SetNotifications(NotificationSettings),
    /// Change of what one is told in one channel; none: what is usual counts there again.
    SetNotifyLevel(CommunityId, ChannelId, Option<NotifyLevel>),
    /// Show and sound nothing, or do again.
    SetDoNotDisturb(DoNotDisturb),
    /// Change what happens beside the window; kept across restarts.
    SetDesktop(DesktopSettings),
    /// Change the keys of the window; kept across restarts.
    SetShortcuts(ShortcutSettings),
    /// Take the profile to another computer, or bring it from one.
    Move(MoveCommand),
    /// What is to become of the bundle for whoever looks for a mistake.
    Diagnose(DiagnosticsCommand),
    /// There is a window, which another start of the program may ask to be shown ([`Event::Show`](crate::Event)).
    AttachWindow,
    /// Run the microphone for the settings' meter, outside a call.
    SetMeter(bool),
    /// Show what happens to one's voice, while the meter or a call runs; nothing of it costs anything otherwise.
    WatchVoice(bool),
    /// Look after the chain that one's voice passes.
    Chain(ChainCommand),
    /// A step of the sound check.
    CheckSound(CheckSound),
    /// Look for audio devices again, and read one's own chains anew.
    RefreshDevices,
    /// The key of push-to-talk or push-to-mute went down or up while the window has focus.
    PushToTalk(bool),
    /// Try again to hear that key anywhere, as after the desktop was told no.
    RetryPushToTalk,
    /// Warn the user among the notices, as a window does that could not do what it was asked for.
    Warn(String),
    /// Drop a notice that the user has read.
    DismissNotice(u64),
    /// Write everything down and stop.
    Shutdown,
}

/// A step of the sound check; see [`SoundCheck`](crate::snapshot::SoundCheck).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckSound {
    /// Record, from the beginning.
    Begin,
    /// Stop recording or listening; a result stays.
    Stop,
    /// Hear the recording as others would, without the stage of this id if there is one.
    Hear {
        /// The stage to leave out.
        without: Option<String>,
    },
    /// Hear the recording as the microphone gave it.
    HearRaw,
}

/// A link opens the community for whoever reads it, so it is not printed.
impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InspectLink(_) => f.write_str("InspectLink(…)"),
            Self::Join { username, .. } => {
                let mut told = f.debug_struct("Join");
                told.field("username", username).finish_non_exhaustive()
            }
            Self::Recover {
                server, username, ..
            } => {
                let mut told = f.debug_struct("Recover");
                told.field("server", server).field("username", username);
                told.finish_non_exhaustive()
            }
            Self::AskApproval {
                server, username, ..
            } => {
                let mut told = f.debug_struct("AskApproval");
                told.field("server", server).field("username", username);
                told.finish_non_exhaustive()
            }
            Self::CompareCode { same } => f.debug_tuple("CompareCode").field(same).finish(),
            Self::DismissAsking => f.write_str("DismissAsking"),
            Self::DismissRecovery => f.write_str("DismissRecovery"),
            Self::DismissInvitation => f.write_str("DismissInvitation"),
            Self::Unlock(secret) => f.debug_tuple("Unlock").field(secret).finish(),
            Self::UsePassword => f.write_str("UsePassword"),
            Self::OpenAtOnce(on) => f.debug_tuple("OpenAtOnce").field(on).finish(),
            Self::Lock => f.write_str("Lock"),
            Self::Reconnect(id) => f.debug_tuple("Reconnect").field(id).finish(),
            Self::Forget(id) => f.debug_tuple("Forget").field(id).finish(),
            Self::ChangePassword { .. } => f.write_str("ChangePassword(…)"),
            Self::SaveRecovery(id, path) => {
                f.debug_tuple("SaveRecovery").field(id).field(path).finish()
            }
            Self::Wipe(_) => f.write_str("Wipe"),
            Self::In(id, command) => f.debug_tuple("In").field(id).field(command).finish(),
            Self::SetAudio(audio) => f.debug_tuple("SetAudio").field(audio).finish(),
            Self::Attend(on) => f.debug_tuple("Attend").field(on).finish(),
            Self::SetAway(away) => f.debug_tuple("SetAway").field(away).finish(),
            Self::SetLook(look) => f.debug_tuple("SetLook").field(look).finish(),
            Self::SetNotifications(wish) => f.debug_tuple("SetNotifications").field(wish).finish(),
            Self::SetNotifyLevel(community, channel, level) => f
                .debug_tuple("SetNotifyLevel")
                .field(community)
                .field(channel)
                .field(level)
                .finish(),
            Self::SetDoNotDisturb(wish) => f.debug_tuple("SetDoNotDisturb").field(wish).finish(),
            Self::SetDesktop(desktop) => f.debug_tuple("SetDesktop").field(desktop).finish(),
            Self::SetShortcuts(wish) => f.debug_tuple("SetShortcuts").field(wish).finish(),
            Self::Move(_) => f.write_str("Move(…)"),
            Self::Diagnose(wish) => f.debug_tuple("Diagnose").field(wish).finish(),
            Self::AttachWindow => f.write_str("AttachWindow"),
            Self::SetMeter(on) => f.debug_tuple("SetMeter").field(on).finish(),
            Self::WatchVoice(on) => f.debug_tuple("WatchVoice").field(on).finish(),
            Self::Chain(wish) => f.debug_tuple("Chain").field(wish).finish(),
            Self::CheckSound(step) => f.debug_tuple("CheckSound").field(step).finish(),
            Self::RefreshDevices => f.write_str("RefreshDevices"),
            Self::PushToTalk(down) => f.debug_tuple("PushToTalk").field(down).finish(),
            Self::RetryPushToTalk => f.write_str("RetryPushToTalk"),
            Self::Warn(words) => f.debug_tuple("Warn").field(words).finish(),
            Self::DismissNotice(id) => f.debug_tuple("DismissNotice").field(id).finish(),
            Self::Shutdown => f.write_str("Shutdown"),
        }
    }
}

/// What the user types to delete everything that is kept on this computer ([`Command::Wipe`]), in the language of the process.
pub fn wipe_confirmation() -> &'static str {
    say!("engine-wipe-word")
}

/// Whether `typed` confirms that.
pub fn confirms_wipe(typed: &str) -> bool {
    is_said(typed, wipe_confirmation)
}

/// What the user confirms to take a warning away ([`CommunityCommand::ClearAlarm`]), in the language of the process.
pub fn alarm_confirmation() -> &'static str {
    say!("engine-alarm-words")
}

/// Whether `typed` confirms that.
pub(crate) fn confirms_alarm(typed: &str) -> bool {
    is_said(typed, alarm_confirmation)
}

/// The same words, however large, and whichever apostrophe a keyboard has; in English they count everywhere.
fn is_said(typed: &str, words: fn() -> &'static str) -> bool {
    let plain = |words: &str| words.trim().to_lowercase().replace('\u{2019}', "'");
    let typed = plain(typed);
    typed == plain(words()) || typed == plain(within(Language::English, words))
}

/// One wish in one community.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommunityCommand {
    /// Send what was written in the composer: a message, or a slash command.
    Submit {
        /// Where.
        channel: ChannelId,
        /// The text as typed.
        text: String,
        /// The message that it answers.
        reply_to: Option<Hash>,
    },
    /// What one does with messages, and among them.
    Message(MessageCommand),
    /// Show this channel: marks it read and loads its latest page.
    Open(ChannelId),
    /// Load the page before the earliest event that is shown.
    LoadEarlier(ChannelId),
    /// Try a failed message again.
    Retry(ClientEventId),
    /// Drop a failed message.
    Drop(ClientEventId),
    /// Make a channel (admins).
    CreateChannel {
        /// Its name; sealed, the server does not see it.
        name: String,
        /// Listed under *Voice*.
        voice: bool,
    },
    /// What one does about people, and about the community's affairs.
    People(PeopleCommand),
    /// Private channels and direct conversations.
    Private(PrivateCommand),
    /// Files of messages, and one's own picture.
    File(FileCommand),
    /// Rename a channel (admins).
    RenameChannel {
        /// Which.
        channel: ChannelId,
        /// The new name.
        name: String,
    },
    /// Delete a channel (admins).
    DeleteChannel(ChannelId),
    /// Say who may read what was written before they joined (admins). It counts from now on: keys that somebody has stay theirs.
    SetHistory {
        /// Which channel.
        channel: ChannelId,
        /// Nobody who joins from now on.
        from_joining: bool,
    },
    /// Say who writes or speaks in a channel of everybody's, or how fast (admins).
    SetChannelRule {
        /// Which channel.
        channel: ChannelId,
        /// What, and how it is to be.
        setting: ChannelSetting,
    },
    /// Say how long what is written in a channel from now on stays: of everybody's by admins, of a private one by who may change it, in a
    /// direct conversation by anybody in it.
    SetLifetime {
        /// Which channel.
        channel: ChannelId,
        /// Seconds, four weeks at most; 0: for good.
        seconds: u32,
    },
    /// Let another program know which TURN servers the server names: for the control socket, whose asker alone is answered.
    NameTurnServers,
    /// Make an invite; the link shows as [`Event::InviteReady`](crate::Event).
    CreateInvite {
        /// How many people may use it.
        uses: u32,
        /// Valid for so many seconds.
        valid_for_s: u64,
    },
    /// Let in somebody who knocked (admins).
    Admit(AccountId),
    /// Let in everybody who knocks, without a question, or ask again (admins). Nobody vouches for them but the server.
    AdmitAutomatically(bool),
    /// Give a member another role (who outranks both); the founder passes the own one on and becomes an admin.
    ChangeRole {
        /// Whose.
        account: AccountId,
        /// The new one.
        role: Role,
    },
    /// Mute a member for everybody, put them before others, or neither (an admin who outranks them; of oneself an admin changes
    /// priority alone).
    SetVoiceStanding {
        /// Whom.
        account: AccountId,
        /// How everybody hears them.
        standing: VoiceStanding,
    },
    /// Remove a member (who outranks them).
    RemoveMember {
        /// Whom.
        account: AccountId,
        /// They may not come back with the same account.
        ban: bool,
    },
    /// Ask the server when one's own devices were there last ([`Community::devices`](crate::snapshot::Community)).
    LookAtDevices,
    /// Ask the server which version it runs.
    AskVersion,
    /// Take a device of one's own out: it reads nothing new from then on.
    RevokeDevice(DeviceId),
    /// Go on with a new device that asks to be added ([`Community::approval`](crate::snapshot::Community)), or refuse it.
    Approve(bool),
    /// The codes at this device and at the new one are the same, or they differ.
    CompareCode {
        /// They are.
        same: bool,
    },
    /// The password alone does not open the account on another computer any more.
    ForbidPassword,
    /// The recovery key is written down: this device forgets it.
    ConfirmRecovery,
    /// Show the safety words with a member ([`Community::safety`](crate::snapshot::Community)), or none any more.
    CompareSafety(Option<AccountId>),
    /// The safety words were the same in a comparison over another way, or that does not count any more.
    SetVerified {
        /// With whom.
        account: AccountId,
        /// They were the same.
        verified: bool,
    },
    /// The safety words were not the same: the server is not to be trusted.
    SafetyDiffers(AccountId),
    /// Leave the community. What is on this computer stays readable.
    Leave,
    /// Take the warning away ([`Community::alarm`](crate::snapshot::Community)): the user has settled it with the others.
    ClearAlarm {
        /// [`alarm_confirmation`], as the user typed it.
        confirmation: String,
    },
    /// Start the key group of a channel again, when it cannot be used any more: that of all open channels (admins), or of a private channel
    /// (its admins) or a direct conversation.
    ResetGroup(ChannelId),
    /// Join the call of a channel.
    JoinCall(ChannelId),
    /// Leave the call.
    LeaveCall,
    /// Stop or resume sending one's voice.
    SetMuted(bool),
    /// Stop or resume hearing others; deafened is also muted.
    SetDeafened(bool),
    /// How loud one hears a member, in percent (0-400), remembered.
    SetVolume {
        /// Whom.
        account: AccountId,
        /// Percent; 100 leaves it as it is.
        percent: u16,
    },
    /// Hear a member in one's call also when many others are louder, or no longer.
    SetPinned {
        /// Whom.
        account: AccountId,
        /// In any case.
        pinned: bool,
    },
    /// Speak to these of one's call alone, sealed so that nobody else hears it; to nobody: aloud again.
    SetWhisper(Vec<AccountId>),
    /// Somebody is writing here, and others may be told.
    Typing(ChannelId),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::ControlAnswer;
    use crate::event::Event;
    use crate::snapshot::{Invitation, InvitationKind, JoinProgress, LinkCheck};

    #[test]
    fn links_and_passwords_are_not_printed() {
        let link = "dialtone://host:1/#SECRET".to_owned();
        let invitation = Invitation {
            link: link.clone(),
            kind: InvitationKind::Member,
            community_name: None,
            inviter_name: None,
            server: "host:1".into(),
            checked: LinkCheck::Checking,
            here: None,
            progress: JoinProgress::Ready,
        };
        let join = Command::Join {
            username: "anna".into(),
            password: Secret::new("SECRET"),
            community_name: None,
            by_password: false,
        };
        let ready = Event::InviteReady {
            community: CommunityId([1; 32]),
            link: link.clone(),
        };
        let arrived = Event::MessageArrived {
            community: CommunityId([1; 32]),
            channel: dialtone_protocol::ChannelId([1; 16]),
            from: dialtone_protocol::AccountId([1; 32]),
            mentioned: false,
            text: Some("SECRET".into()),
        };
        for printed in [
            format!("{arrived:?}"),
            format!("{invitation:?}"),
            format!("{join:?}"),
            format!("{ready:?}"),
            format!("{:?}", Command::InspectLink(link.clone())),
            format!("{:?}", ControlAnswer::Link(link)),
        ] {
            assert!(!printed.contains("SECRET"), "{printed}");
        }
    }
}

/// What the user wants of private channels and direct conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrivateCommand {
    /// Make a private channel: one's own account belongs to it, and these.
    Create {
        /// Its name; only who belongs to it sees it.
        name: String,
        /// Listed under *Voice*.
        voice: bool,
        /// Who else belongs to it.
        accounts: Vec<AccountId>,
    },
    /// Open the direct conversation with exactly these; make it where there is none.
    Message(Vec<AccountId>),
    /// Put people into a private channel (its admins).
    Add {
        /// Which.
        channel: ChannelId,
        /// Whom.
        accounts: Vec<AccountId>,
    },
    /// Take somebody out of a private channel (its admins).
    TakeOut {
        /// Which.
        channel: ChannelId,
        /// Whom.
        account: AccountId,
    },
    /// Leave a private channel.
    Leave(ChannelId),
}
