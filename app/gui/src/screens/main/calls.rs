//! The call one is in, wherever one looks: the voice bar at the foot of the side panel, a strip where there is none.

use dialtone_engine::snapshot::{Call, Community};
use dialtone_engine::{Command, CommunityCommand, CommunityId, Snapshot};
use dialtone_words::say;
use egui::{Id, Rect, Ui, pos2};

use crate::dialogs::Dialog;
use crate::panels::comings::Others;
use crate::panels::region;
use crate::panels::voice_bar::{self, VoiceBarAction, VoiceBarModel};
use crate::state::{Page, SettingsPage, UiState};
use crate::theme::{palette, size};
use crate::widgets::{Measured, hline, surface};

/// The call one is in, and where: in whichever community, shown or not.
pub(crate) fn ongoing(snapshot: &Snapshot) -> Option<(&Community, &Call)> {
    snapshot
        .communities
        .iter()
        .find_map(|community| Some((community.as_ref(), community.call.as_ref()?)))
}

/// The call one is in and the place where it is to be shown: found before what stands above it and shown after that, so that
/// Tab goes from top to bottom.
pub(crate) struct Foot {
    community: CommunityId,
    model: VoiceBarModel,
    others: Option<Others>,
    place: Rect,
    /// The height of the voice bar; a strip has a fixed one.
    bar: Option<Measured>,
}

/// Between the voice bar and what stands above it.
const GAP: f32 = 8.0;

/// The voice bar of the call, which ends where `area` ends; `None` without a call. `shown` is the community in sight.
pub(super) fn bar(
    ui: &Ui,
    area: Rect,
    snapshot: &Snapshot,
    shown: Option<CommunityId>,
) -> Option<Foot> {
    let height = Measured::new(ui, Id::unique("voice-bar-height"), 128.0);
    let top = area.bottom() - height.known() - GAP;
    foot(area, top, Some(height), snapshot, shown)
}

/// The call as a strip at the foot of `area`, for where the side panel is not in sight; `None` without a call.
pub(crate) fn strip(area: Rect, snapshot: &Snapshot, shown: Option<CommunityId>) -> Option<Foot> {
    let top = (area.bottom() - size::STRIP).max(area.top());
    foot(area, top, None, snapshot, shown)
}

fn foot(
    area: Rect,
    top: f32,
    bar: Option<Measured>,
    snapshot: &Snapshot,
    shown: Option<CommunityId>,
) -> Option<Foot> {
    let (community, _) = ongoing(snapshot)?;
    Some(Foot {
        community: community.id,
        model: voice_bar::build(snapshot, community, shown)?,
        others: Others::of(community),
        place: Rect::from_min_max(pos2(area.left(), top), area.max),
        bar,
    })
}

/// What `foot` leaves of `area`.
pub(crate) fn above(foot: Option<&Foot>, area: Rect) -> Rect {
    let bottom = foot.map_or(area.bottom(), |foot| foot.place.top().max(area.top()));
    Rect::from_min_max(area.min, pos2(area.right(), bottom))
}

/// Shows the call, which may lead to another page or to a dialog.
pub(crate) fn show(
    ui: &mut Ui,
    foot: Option<Foot>,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let Some(foot) = foot else {
        return;
    };
    if let Some(others) = foot.others.clone() {
        state.comings.show(ui, others);
    }
    let action = match foot.bar {
        Some(height) => show_bar(ui, &foot, height),
        None => show_strip(ui, &foot),
    };
    follow(action, foot.community, state, commands);
}

fn show_bar(ui: &mut Ui, foot: &Foot, height: Measured) -> Option<VoiceBarAction> {
    let (action, used) = region(ui, say!("set-preset-voice-title"), foot.place, |ui| {
        let action = voice_bar::show(ui, &foot.model);
        (action, ui.min_rect().height())
    });
    height.shown(ui, used);
    action
}

fn show_strip(ui: &mut Ui, foot: &Foot) -> Option<VoiceBarAction> {
    let palette = palette(ui);
    surface(ui, foot.place, palette.bg_1);
    hline(
        ui,
        foot.place.x_range(),
        foot.place.top() + 1.0,
        palette.line,
    );
    region(ui, say!("set-preset-voice-title"), foot.place, |ui| {
        voice_bar::show_strip(ui, foot.place, &foot.model)
    })
}

fn follow(
    action: Option<VoiceBarAction>,
    community: CommunityId,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let wish = match action {
        None => return,
        Some(VoiceBarAction::Devices) => {
            state.page = Page::Settings(SettingsPage::Audio);
            return;
        }
        Some(VoiceBarAction::Quality) => {
            state.dialog = Some(Dialog::Quality(community));
            return;
        }
        Some(VoiceBarAction::Mute(muted)) => CommunityCommand::SetMuted(muted),
        Some(VoiceBarAction::Deafen(deafened)) => CommunityCommand::SetDeafened(deafened),
        Some(VoiceBarAction::SpeakToAll) => CommunityCommand::SetWhisper(Vec::new()),
        Some(VoiceBarAction::Leave) => CommunityCommand::LeaveCall,
    };
    commands.push(Command::In(community, wish));
}
