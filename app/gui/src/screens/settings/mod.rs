//! The settings: a list of sections at the left, the section's cards in the middle.

mod about;
pub(crate) mod at_once;
pub(crate) mod audio;
mod desktop;
mod device;
mod keys;
mod look;
mod notifications;
mod pieces;
mod shortcuts;
pub(crate) mod sound_check;
mod talk_key;
mod talking;
pub(crate) mod voice_meter;

use dialtone_engine::command::CheckSound;
use dialtone_engine::journal::PartKind;
use dialtone_engine::settings::{
    AudioSettings, DesktopSettings, LookSettings, NotificationSettings,
};
use dialtone_engine::{AccountId, Command, CommunityId, DeviceId, Snapshot};
use dialtone_words::say;
use egui::{Frame, Margin, Rect, ScrollArea, Ui, pos2, vec2};

use crate::desktop::{DesktopView, DesktopWish};
use crate::panels::title::{self, Title};
use crate::panels::{region, within};
use crate::shortcuts::ShortcutForm;
use crate::state::SettingsPage;
use crate::theme::palette;
use crate::time::Clock;
use crate::widgets::{Icon, IconButton, Row, group_label, surface};

pub(crate) use pieces::warning;
pub use shortcuts::ShortcutAction;
pub(crate) use shortcuts::after as after_shortcut;
pub use voice_meter::MeterAction;

/// What was changed.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingsAction {
    /// Show another section.
    Page(SettingsPage),
    /// Back to the channels.
    Close,
    /// Sound.
    Audio(AudioSettings),
    /// Look.
    Look(LookSettings),
    /// Of what one is told.
    Notifications(NotificationSettings),
    /// What happens beside the window.
    Desktop(DesktopSettings),
    /// Something that the desktop is to do.
    Wish(DesktopWish),
    /// The keys of the window.
    Shortcuts(ShortcutAction),
    /// The voice meter and the chain.
    Meter(MeterAction),
    /// Wait for the key of push-to-talk, or no more.
    CaptureKey(bool),
    /// Try again to hear that key anywhere.
    RetryPushToTalk,
    /// Look for devices again.
    RefreshDevices,
    /// This is to be done.
    Send(Command),
    /// Ask whether to leave a community, and so to delete one's account there.
    Leave(CommunityId),
    /// A step of the sound check.
    CheckSound(CheckSound),
    /// Close the keystore.
    Lock,
    /// Show the bundle for whoever looks for a mistake, with this part of it first.
    Diagnose(Option<PartKind>),
    /// Show the licences of the libraries.
    Libraries,
    /// Take the profile to another computer.
    Move,
    /// Ask whether to wipe this computer.
    Wipe,
    /// Change one's password in this community.
    ChangePassword(CommunityId),
    /// Take one's history of this community along.
    Export(CommunityId),
    /// Listen to somebody again whom one ignored in this community.
    Listen(CommunityId, AccountId),
    /// Ask whether to forget this community.
    Forget(CommunityId),
    /// Ask whether to take a device of this name out of this community.
    RevokeDevice(CommunityId, DeviceId, String),
    /// Choose a picture of oneself for this community.
    ChoosePicture(CommunityId),
    /// Show others none any more.
    RemovePicture(CommunityId),
    /// The password alone is not to open the account any more.
    ForbidPassword(CommunityId),
    /// Ask when one's devices were there last.
    LookAtDevices(CommunityId),
    /// Let in everybody who knocks at this community, without a question, or ask again.
    AdmitAutomatically(CommunityId, bool),
}

/// What of the settings is shown, and how.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The section.
    pub page: SettingsPage,
    /// The list of sections has no room beside it.
    pub narrow: bool,
    /// The key of push-to-talk is being waited for.
    pub capturing: bool,
    /// The shortcuts are being changed.
    pub shortcuts: &'a ShortcutForm,
    /// What is known of the desktop's services.
    pub desktop: &'a DesktopView,
}

/// The sections in order, with their group.
fn sections() -> [(&'static str, SettingsPage, Icon, &'static str); 9] {
    [
        (
            say!("set-sound"),
            SettingsPage::VoiceMeter,
            Icon::Wave,
            say!("meter-voice-meter"),
        ),
        (
            say!("set-sound"),
            SettingsPage::Audio,
            Icon::Microphone,
            say!("set-page-devices"),
        ),
        (
            say!("set-sound"),
            SettingsPage::Talking,
            Icon::Speaker,
            say!("set-page-talking"),
        ),
        (
            say!("set-window"),
            SettingsPage::Appearance,
            Icon::Palette,
            say!("set-page-look"),
        ),
        (
            say!("set-window"),
            SettingsPage::Notifications,
            Icon::Bell,
            say!("desk-notifications"),
        ),
        (
            say!("set-window"),
            SettingsPage::Shortcuts,
            Icon::Keyboard,
            say!("set-page-shortcuts"),
        ),
        (
            say!("set-this-computer"),
            SettingsPage::Desktop,
            Icon::Monitor,
            say!("desk-desktop"),
        ),
        (
            say!("set-this-computer"),
            SettingsPage::Device,
            Icon::Lock,
            say!("set-page-device"),
        ),
        (
            say!("set-this-computer"),
            SettingsPage::About,
            Icon::Info,
            say!("about-page"),
        ),
    ]
}

/// Wider cards are hard to read across.
const WIDEST: f32 = 960.0;

/// Whether the section needs the microphone to run.
pub fn wants_meter(page: SettingsPage) -> bool {
    matches!(
        page,
        SettingsPage::VoiceMeter | SettingsPage::Audio | SettingsPage::Talking
    )
}

/// Shows the list of sections in `area`.
pub fn show_list(ui: &mut Ui, area: Rect, page: SettingsPage) -> Option<SettingsAction> {
    region(ui, say!("set-sections"), area, |ui| {
        let mut action = None;
        let title = Title {
            words: say!("say-settings"),
            ..Title::default()
        };
        let (rest, closed) = title::show(ui, area, &title, 16.0, |ui| {
            let close = IconButton::new(Icon::Close, say!("set-close-settings"))
                .tooltip(say!("set-close-escape"));
            ui.add(close).clicked()
        });
        if closed {
            action = Some(SettingsAction::Close);
        }
        within(ui, "sections", rest, |ui| {
            ui.spacing_mut().item_spacing.y = 1.0;
            let mut group = "";
            for (of, section, icon, words) in sections() {
                if of != group {
                    ui.add_space(16.0);
                    ui.horizontal(|ui| {
                        ui.add_space(16.0);
                        group_label(ui, of);
                    });
                    ui.add_space(6.0);
                    group = of;
                }
                Frame::new()
                    .inner_margin(Margin::symmetric(8, 0))
                    .show(ui, |ui| {
                        let row = Row::new(words).icon(icon).selected(section == page);
                        if row.show(ui).clicked() {
                            action = Some(SettingsAction::Page(section));
                        }
                    });
            }
        });
        action
    })
}

/// Shows the section in `area`.
pub fn show_page(
    ui: &mut Ui,
    area: Rect,
    snapshot: &Snapshot,
    shown: Shown<'_>,
    clock: &Clock,
) -> Option<SettingsAction> {
    let Shown { page, narrow, .. } = shown;
    surface(ui, area, palette(ui).bg_2);
    region(ui, say!("say-settings"), area, |ui| {
        let mut action = None;
        let title = Title {
            words: name(page),
            aside: aside(page),
            ..Title::default()
        };
        let (mut rest, closed) = title::show(ui, area, &title, 20.0, |ui| {
            narrow
                && ui
                    .add(IconButton::new(Icon::Close, say!("set-close-settings")))
                    .clicked()
        });
        if closed {
            action = Some(SettingsAction::Close);
        }
        if narrow {
            let bar = Rect::from_min_size(rest.min, vec2(rest.width(), 44.0));
            action = tabs(ui, bar, page).or(action);
            rest = Rect::from_min_max(pos2(rest.left(), bar.bottom()), rest.max);
        }
        within(ui, "page", rest, |ui| {
            ScrollArea::vertical()
                .id_salt(("settings", page as u8))
                .auto_shrink(false)
                .show(ui, |ui| {
                    Frame::new()
                        .inner_margin(Margin::symmetric(20, 20))
                        .show(ui, |ui| {
                            ui.set_max_width(ui.available_width().min(WIDEST));
                            ui.spacing_mut().item_spacing = vec2(12.0, 12.0);
                            action = section(ui, snapshot, shown, clock).or(action.take());
                        });
                });
        });
        action
    })
}

fn tabs(ui: &mut Ui, bar: Rect, page: SettingsPage) -> Option<SettingsAction> {
    within(ui, "tabs", bar.shrink2(vec2(16.0, 6.0)), |ui| {
        let mut action = None;
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (_, section, icon, words) in sections() {
                let look = if section == page {
                    crate::widgets::Look::On
                } else {
                    crate::widgets::Look::Quiet
                };
                let tab = IconButton::new(icon, words).look(look).size(36.0, 32.0);
                if ui.add(tab).clicked() {
                    action = Some(SettingsAction::Page(section));
                }
            }
        });
        action
    })
}

fn section(
    ui: &mut Ui,
    snapshot: &Snapshot,
    shown: Shown<'_>,
    clock: &Clock,
) -> Option<SettingsAction> {
    match shown.page {
        SettingsPage::VoiceMeter => voice_meter::show(ui, snapshot).map(SettingsAction::Meter),
        SettingsPage::Audio => audio::show(ui, snapshot),
        SettingsPage::Talking => talking::show(ui, snapshot, shown.capturing),
        SettingsPage::Appearance => look::show(ui, &snapshot.settings.look),
        SettingsPage::Notifications => {
            notifications::show(ui, &snapshot.settings.notifications, shown.desktop, clock)
        }
        SettingsPage::Desktop => desktop::show(ui, snapshot.settings.desktop, shown.desktop),
        SettingsPage::Shortcuts => {
            let settings = &snapshot.settings;
            shortcuts::show(ui, &settings.shortcuts, shown.shortcuts, &settings.audio)
        }
        SettingsPage::Device => device::show(ui, snapshot, clock),
        SettingsPage::About => about::show(ui, snapshot),
    }
}

fn name(page: SettingsPage) -> &'static str {
    sections()
        .iter()
        .find(|(_, section, ..)| *section == page)
        .map_or(say!("say-settings"), |(.., words)| words)
}

fn aside(page: SettingsPage) -> &'static str {
    match page {
        SettingsPage::VoiceMeter => say!("meter-aside"),
        SettingsPage::Audio => say!("set-aside-audio"),
        SettingsPage::Talking => say!("set-aside-talking"),
        SettingsPage::Appearance => say!("set-aside-look"),
        SettingsPage::Notifications => say!("desk-aside-notifications"),
        SettingsPage::Desktop => say!("desk-aside-desktop"),
        SettingsPage::Shortcuts => say!("set-aside-shortcuts"),
        SettingsPage::Device => say!("set-aside-device"),
        SettingsPage::About => say!("about-aside"),
    }
}
