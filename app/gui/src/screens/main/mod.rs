//! The main window: lays out the panels, shows each from its model, turns each action into one command.

pub(crate) mod aside;
pub(crate) mod calls;
mod center;
pub(crate) mod messages;
mod over;
pub(crate) mod people;
mod settings;
mod side;

use dialtone_engine::snapshot::Community;
use dialtone_engine::{Command, CommunityCommand, FileCommand, Snapshot};
use dialtone_words::say;
use egui::{Rect, Ui, pos2};

use crate::banners;
use crate::dialogs::Dialog;
use crate::layout::{Regions, regions};
use crate::panels::rail::{self, RailAction};
use crate::panels::region;
use crate::pictures;
use crate::state::{Page, UiState};
use crate::theme::{palette, text_scale};
use crate::time::Clock;
use crate::widgets::{surface, vline};

/// Shows the main window; the commands that follow from what was done.
pub fn show(ui: &mut Ui, snapshot: &Snapshot, state: &mut UiState, clock: &Clock) -> Vec<Command> {
    let mut commands = Vec::new();
    let area = ui.max_rect();
    let places = regions(area, text_scale(ui));
    let palette = palette(ui);
    surface(ui, area, palette.bg_2);
    let current = state.current(snapshot);
    surface(ui, places.rail, palette.bg_0);
    let model = rail::build(snapshot, current.map(|community| community.id));
    let pressed = region(ui, say!("say-communities"), places.rail, |ui| {
        rail::show(ui, &model)
    });
    match pressed {
        Some(RailAction::Choose(id)) => {
            state.community = Some(id);
            state.page = Page::Chat;
        }
        Some(RailAction::Add) => state.dialog = Some(Dialog::Link(String::new())),
        None => {}
    }
    match state.page {
        Page::Settings(page) => {
            settings::in_settings(ui, snapshot, state, &places, (page, clock), &mut commands);
        }
        Page::Chat => {
            if let Some(community) = state.current(snapshot) {
                chat(
                    ui,
                    snapshot,
                    community,
                    state,
                    &places,
                    clock,
                    &mut commands,
                );
            }
        }
    }
    if let Some(read) = banners::show_notices(ui, notice_place(&places), banners::notices(snapshot))
    {
        commands.push(Command::DismissNotice(read));
    }
    commands
}

/// Above the composer, so that a notice never covers what one writes.
fn notice_place(places: &Regions) -> Rect {
    Rect::from_min_max(
        places.center.min,
        pos2(places.center.right(), places.center.bottom() - 84.0),
    )
}

fn chat(
    ui: &mut Ui,
    snapshot: &Snapshot,
    community: &Community,
    state: &mut UiState,
    places: &Regions,
    clock: &Clock,
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    pictures::follow(ui.ctx(), community);
    if let Some(side) = places.side {
        state.drawer = false;
        side::side_panel(ui, side, snapshot, community, state, commands);
    }
    let beneath = places.side.is_none() && !state.drawer;
    let call = beneath
        .then(|| calls::strip(places.center, snapshot, Some(community.id)))
        .flatten();
    let places = Regions {
        center: calls::above(call.as_ref(), places.center),
        ..*places
    };
    aside::ask(ui, community, state, commands);
    let (places, beside) = aside::split(&places, state);
    let alone = beside == Some(places.center);
    if !alone {
        center::center(ui, &places, community, state, clock, commands);
    }
    if let Some(rect) = beside {
        aside::show(ui, (rect, alone), community, state, clock, commands);
    }
    calls::show(ui, call, state, commands);
    // Tab goes through the panels as they are shown here: from left to right.
    if let Some(rect) = places.members {
        surface(ui, rect, palette.bg_1);
        vline(ui, rect.left(), rect.y_range(), palette.line);
        people::members_panel(ui, rect, community, state, commands);
        state.members = false;
    } else if state.members && beside.is_none() {
        people::members_over(ui, community, state, commands);
    }
    if places.side.is_none() && state.drawer {
        side::drawer_over(ui, snapshot, community, state, commands);
    }
    for file in pictures::wanted(ui.ctx()) {
        let wish = CommunityCommand::File(FileCommand::Show(file));
        commands.push(Command::In(community.id, wish));
    }
}
