//! What only the window knows: which page, which dialog, what is being typed.

use std::collections::HashMap;

use dialtone_engine::journal::PartKind;
use dialtone_engine::settings::NotificationSettings;
use dialtone_engine::snapshot::Community;
use dialtone_engine::{ApprovalId, ChannelId, CommunityId, DeviceId, FileSource, Snapshot};

use crate::chooser::Chooser;
use crate::desktop::{DesktopView, DesktopWish};
use crate::dialogs::Dialog;
use crate::drafts::Drafts;
use crate::emoji::SkinTone;
use crate::keys::Capture;
use crate::panels::comings::Comings;
use crate::panels::found::SearchForm;
use crate::panels::timeline::TimelineState;
use crate::screens::ask::AskForm;
use crate::screens::join::JoinForm;
use crate::screens::moved::MovedForm;
use crate::screens::recover::RecoverForm;
use crate::screens::unlock::UnlockForm;
use crate::shortcuts::ShortcutForm;

/// What the main window shows in its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Page {
    /// Channels and messages.
    #[default]
    Chat,
    /// The settings, at this section.
    Settings(SettingsPage),
}

/// A section of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsPage {
    /// What others hear of one, stage by stage.
    VoiceMeter,
    /// Devices and levels.
    Audio,
    /// Talking and push-to-talk.
    Talking,
    /// Dark or light.
    Appearance,
    /// Of what one is told.
    Notifications,
    /// Keys of the window.
    Shortcuts,
    /// Tray, autostart, links.
    Desktop,
    /// Locking, forgetting communities.
    Device,
    /// Versions, the log.
    About,
}

/// Everything that only the window knows.
#[derive(Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what is shown of the window, each by itself"
)]
pub struct UiState {
    /// The community chosen in the rail.
    pub community: Option<CommunityId>,
    /// What the middle shows.
    pub page: Page,
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// What is typed in each channel.
    pub drafts: Drafts,
    /// What goes with it.
    pub attached: Attached,
    /// The system's dialog for files.
    pub chooser: Chooser,
    /// The joining screen's fields.
    pub join: JoinForm,
    /// A profile comes from another computer: the form for it is shown.
    pub bringing: bool,
    /// What is typed there.
    pub moved: MovedForm,
    /// The unlocking screen's field.
    pub unlock: UnlockForm,
    /// The fields for coming back, while they are shown.
    pub recover: Option<RecoverForm>,
    /// The fields for asking another device, while they are shown.
    pub ask: Option<AskForm>,
    /// The devices that were in a community here when somebody began to come back to one, from the main window.
    pub before: Option<Vec<DeviceId>>,
    /// Somebody has just come in where nothing was before: microphone and loudspeaker are tried first.
    pub arrives: bool,
    /// The link typed on the welcome screen.
    pub link: String,
    /// The channels are open as a drawer over a narrow window.
    pub drawer: bool,
    /// The members are open over a window that has no room for them.
    pub members: bool,
    /// What stands in place of the members.
    pub aside: Option<Aside>,
    /// What one looks for.
    pub search: SearchForm,
    /// Emojis that were used, and are to be remembered.
    pub used_emojis: Vec<(CommunityId, String)>,
    /// The skin tone that was chosen last.
    pub tone: Option<SkinTone>,
    /// Where the timeline stands.
    pub timeline: TimelineState,
    /// What was asked of the engine and need not be asked again.
    pub asked: Asked,
    /// The key of push-to-talk is being chosen.
    pub capture: Option<Capture>,
    /// The shortcuts are being changed.
    pub shortcuts: ShortcutForm,
    /// Who came into the call.
    pub comings: Comings,
    /// The composer.
    pub composer: crate::panels::composer::ComposerState,
    /// Of what one is told, for panels that see one community alone.
    pub notifications: NotificationSettings,
    /// What is known of the desktop's services.
    pub desktop: DesktopView,
    /// What is to be done by them.
    pub desktop_wishes: Vec<DesktopWish>,
    /// The bundle for whoever looks for a mistake is wanted, with this part of it first.
    pub diagnose: Option<Option<PartKind>>,
}

/// What was asked of the engine and need not be asked again.
#[derive(Debug, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent wishes, each told once"
)]
pub struct Asked {
    /// A first channel to open.
    pub open: Option<(CommunityId, ChannelId)>,
    /// The page before the event with this sequence.
    pub earlier: Option<(ChannelId, Option<u64>)>,
    /// The page after the event with this sequence.
    pub later: Option<(ChannelId, Option<u64>)>,
    /// The pinned messages of this channel.
    pub pins: Option<(CommunityId, ChannelId)>,
    /// Which versions the servers run.
    pub versions: bool,
    /// That the window is not looked at.
    pub away: bool,
    /// The microphone runs for the meter.
    pub meter: bool,
    /// What happens to one's voice is shown.
    pub watching: bool,
    /// The push-to-talk key is down.
    pub talking: bool,
    /// Shown once by itself: this request of a new device.
    pub approval: Option<ApprovalId>,
    /// When "is writing" was told last, in seconds of the window's clock.
    pub typing_at: Option<f64>,
}

/// What stands in place of the members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aside {
    /// What one looks for, and what was found.
    Search,
    /// The pinned messages of the open channel.
    Pins,
}

impl UiState {
    /// Back to the channels, if nothing else takes the key.
    pub fn close_what_is_open(&mut self, free: bool) {
        if free {
            self.page = Page::Chat;
            self.drawer = false;
            self.members = false;
            self.aside = None;
        }
    }

    /// Shows, over the main window, the form for coming back to a community.
    pub fn begin_coming_back(&mut self, snapshot: &Snapshot, by_device: bool) {
        let communities = snapshot.communities.iter();
        self.before = Some(communities.map(|one| one.me.device).collect());
        self.ask = by_device.then(AskForm::default);
        self.recover = (!by_device).then(RecoverForm::default);
    }

    /// Whether that form is still needed: until one is in as a new device, or does not want any more.
    pub fn comes_back(&mut self, snapshot: &Snapshot) -> bool {
        let mut communities = snapshot.communities.iter();
        let before = self.before.as_ref();
        let same =
            before.is_some_and(|before| communities.all(|one| before.contains(&one.me.device)));
        let comes = same && (self.ask.is_some() || self.recover.is_some());
        if !comes {
            (self.before, self.ask, self.recover) = (None, None, None);
        }
        comes
    }

    /// The community to show: the chosen one, else the first.
    pub fn current<'a>(&self, snapshot: &'a Snapshot) -> Option<&'a Community> {
        let chosen = self
            .community
            .and_then(|id| snapshot.communities.iter().find(|one| one.id == id));
        chosen
            .or_else(|| snapshot.communities.first())
            .map(AsRef::as_ref)
    }
}

/// Files that go with what is typed in each channel.
#[derive(Debug, Default)]
pub struct Attached(HashMap<(CommunityId, ChannelId), Vec<FileSource>>);

impl Attached {
    /// Those of one channel.
    pub fn of(&mut self, community: CommunityId, channel: ChannelId) -> &mut Vec<FileSource> {
        self.0.entry((community, channel)).or_default()
    }
}
