//! The call one is in, wherever one looks: the voice bar at the foot of the side panel, a strip where there is none.

use dialtone_engine::snapshot::{Call, Community};
use dialtone_engine::{Command, CommunityCommand, CommunityId, Snapshot};
use egui::{Id, Rect, Ui, pos2};

use crate::panels::region;
use crate::panels::voice_bar::{self, VoiceBarAction};
use crate::state::{Page, SettingsPage};
use crate::theme::{palette, size};
use crate::widgets::{hline, surface};

/// The call one is in, and where: in whichever community, shown or not.
pub(crate) fn ongoing(snapshot: &Snapshot) -> Option<(&Community, &Call)> {
    snapshot
        .communities
        .iter()
        .find_map(|community| Some((community.as_ref(), community.call.as_ref()?)))
}

/// Shows the voice bar of the call, which may lead to another `page`, so that it ends above `foot`; returns its top, or `foot` without a call.
pub(super) fn bar_above(
    ui: &mut Ui,
    rest: Rect,
    foot: f32,
    snapshot: &Snapshot,
    shown: Option<CommunityId>,
    page: &mut Page,
    commands: &mut Vec<Command>,
) -> f32 {
    let Some((community, _)) = ongoing(snapshot) else {
        return foot;
    };
    let Some(model) = voice_bar::build(snapshot, community, shown) else {
        return foot;
    };
    let id = Id::unique("voice-bar-height");
    let known: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(128.0);
    let top = foot - known - 8.0;
    let place = Rect::from_min_max(pos2(rest.left(), top), pos2(rest.right(), foot));
    let (action, height) = region(ui, "Voice", place, |ui| {
        let action = voice_bar::show(ui, &model);
        (action, ui.min_rect().height())
    });
    if (height - known).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, height));
        ui.ctx().request_discard("the voice bar has another height");
    }
    follow(action, community.id, page, commands);
    top
}

/// Shows the call as a strip at the foot of `area`, where the side panel is not in sight, which may lead to another `page`;
/// returns the rest of `area`.
pub(crate) fn strip(
    ui: &mut Ui,
    area: Rect,
    snapshot: &Snapshot,
    shown: Option<CommunityId>,
    page: &mut Page,
    commands: &mut Vec<Command>,
) -> Rect {
    let Some((community, _)) = ongoing(snapshot) else {
        return area;
    };
    let Some(model) = voice_bar::build(snapshot, community, shown) else {
        return area;
    };
    let top = (area.bottom() - size::STRIP).max(area.top());
    let place = Rect::from_min_max(pos2(area.left(), top), area.max);
    let palette = palette(ui);
    surface(ui, place, palette.bg_1);
    hline(ui, place.x_range(), place.top() + 1.0, palette.line);
    let action = region(ui, "Voice", place, |ui| {
        voice_bar::show_strip(ui, place, &model)
    });
    follow(action, community.id, page, commands);
    Rect::from_min_max(area.min, pos2(area.right(), top))
}

fn follow(
    action: Option<VoiceBarAction>,
    community: CommunityId,
    page: &mut Page,
    commands: &mut Vec<Command>,
) {
    let wish = match action {
        None => return,
        Some(VoiceBarAction::Devices) => {
            *page = Page::Settings(SettingsPage::Audio);
            return;
        }
        Some(VoiceBarAction::Mute(muted)) => CommunityCommand::SetMuted(muted),
        Some(VoiceBarAction::Deafen(deafened)) => CommunityCommand::SetDeafened(deafened),
        Some(VoiceBarAction::Leave) => CommunityCommand::LeaveCall,
    };
    commands.push(Command::In(community, wish));
}
