//! What stands in place of the members: the search, or the pinned messages.

use dialtone_engine::snapshot::Community;
use dialtone_engine::{Command, CommunityCommand, JumpTo, MessageCommand};
use egui::{Rect, Ui, pos2};

use crate::layout::Regions;
use crate::panels::found::{self, FoundAction, FoundModel, SEARCH_FIELD};
use crate::panels::region;
use crate::state::{Aside, UiState};
use crate::theme::palette;
use crate::time::Clock;
use crate::widgets::{query_id, surface, vline};

/// How wide it is beside the messages.
const WIDTH: f32 = 340.0;
/// So many are looked for at first, and with each wish for more.
const PAGE: usize = 30;
/// Typing has paused when nothing was typed for so long, in seconds.
const PAUSE_S: f64 = 0.25;

/// Where it stands, and what it leaves: beside the messages where there is room for both, else in their place.
pub(super) fn split(places: &Regions, state: &UiState) -> (Regions, Option<Rect>) {
    if state.aside.is_none() {
        return (*places, None);
    }
    let Some(members) = places.members else {
        return (*places, Some(places.center));
    };
    let left = members.right() - WIDTH;
    let aside = Rect::from_min_max(pos2(left, members.top()), members.max);
    let mut center = places.center;
    center.max.x = left;
    let beside = Regions {
        center,
        members: None,
        ..*places
    };
    (beside, Some(aside))
}

/// Shows it in `rect`, which is the messages' own if `alone`.
pub(super) fn show(
    ui: &mut Ui,
    (rect, alone): (Rect, bool),
    community: &Community,
    state: &mut UiState,
    clock: &Clock,
    commands: &mut Vec<Command>,
) {
    let palette = palette(ui);
    surface(ui, rect, palette.bg_1);
    if !alone {
        vline(ui, rect.left(), rect.y_range(), palette.line);
    }
    let ground = Rect::from_min_max(pos2(rect.left() + 1.0, rect.top()), rect.max);
    let action = match state.aside {
        Some(Aside::Search) => search(ui, ground, community, state, clock),
        Some(Aside::Pins) => pins(ui, ground, community, clock),
        None => None,
    };
    let wish = match action {
        None => return,
        Some(FoundAction::Close) => {
            state.aside = None;
            return;
        }
        Some(FoundAction::Find) => {
            state.search.typed_at = f64::NEG_INFINITY;
            return;
        }
        Some(FoundAction::More) => {
            state.search.most += PAGE;
            return;
        }
        Some(FoundAction::Open(channel, target)) => {
            if alone {
                state.aside = None;
            }
            MessageCommand::Jump(channel, JumpTo::Message(target))
        }
        Some(FoundAction::Unpin(channel, target)) => MessageCommand::Pin {
            channel,
            target,
            set: false,
        },
    };
    commands.push(Command::In(community.id, CommunityCommand::Message(wish)));
}

fn search(
    ui: &mut Ui,
    rect: Rect,
    community: &Community,
    state: &mut UiState,
    clock: &Clock,
) -> Option<FoundAction> {
    // What is here still is of what was looked for before, until that is answered.
    let search = community.search.as_deref();
    let search = search.filter(|_| !state.search.text.trim().is_empty());
    let rows = search.map_or_else(Vec::new, |one| found::results(&one.found, community, clock));
    let model = FoundModel {
        title: "Search",
        rows: &rows,
        nothing: if search.is_some() {
            "Nothing was found."
        } else {
            ""
        },
        search,
    };
    region(ui, "Search", rect, |ui| {
        found::show(ui, rect, &model, Some(&mut state.search))
    })
}

fn pins(ui: &mut Ui, rect: Rect, community: &Community, clock: &Clock) -> Option<FoundAction> {
    let rows = found::pins(community, clock);
    let model = FoundModel {
        title: "Pinned messages",
        rows: rows.as_deref().unwrap_or_default(),
        nothing: match &rows {
            Some(_) => "Nothing is pinned here. A message's menu pins it.",
            None => "This takes a moment.",
        },
        search: None,
    };
    region(ui, "Pinned messages", rect, |ui| {
        found::show(ui, rect, &model, None)
    })
}

/// Opens the search, and gives it the keyboard.
pub(crate) fn open_search(ui: &egui::Context, state: &mut UiState) {
    state.aside = Some(Aside::Search);
    state.drawer = false;
    state.members = false;
    ui.memory_mut(|memory| memory.request_focus(query_id(SEARCH_FIELD)));
}

/// Asks the engine for what is to be shown, once, and to stop when it is not.
pub(super) fn ask(
    ui: &Ui,
    community: &Community,
    state: &mut UiState,
    commands: &mut Vec<Command>,
) {
    let mut tell = |community, wish| {
        commands.push(Command::In(community, CommunityCommand::Message(wish)));
    };
    let wanted = match state.aside {
        Some(Aside::Pins) => community.open.map(|channel| (community.id, channel)),
        _ => None,
    };
    if wanted != state.asked.pins {
        let before = std::mem::replace(&mut state.asked.pins, wanted);
        match (wanted, before) {
            (Some((community, channel)), _) => {
                tell(community, MessageCommand::ShowPins(Some(channel)));
            }
            (None, Some((community, _))) => tell(community, MessageCommand::ShowPins(None)),
            (None, None) => {}
        }
    }
    let form = &mut state.search;
    form.most = form.most.max(PAGE);
    let text = match state.aside {
        Some(Aside::Search) => form.text.trim(),
        _ => "",
    };
    let nothing = |community| (community, String::new(), 0);
    let goal = (community.id, text.to_owned(), form.most);
    let goal = if text.is_empty() {
        form.most = PAGE;
        nothing(community.id)
    } else {
        goal
    };
    let before = form.sent.clone().unwrap_or_else(|| nothing(community.id));
    if before == goal {
        return;
    }
    let waits = form.typed_at + PAUSE_S - ui.input(|input| input.time);
    let same_text = before.1 == goal.1;
    if waits > 0.0 && !same_text && !text.is_empty() {
        let pause = std::time::Duration::from_secs_f64(waits);
        return ui.ctx().request_repaint_after(pause);
    }
    if !same_text {
        form.most = PAGE;
    }
    let most = form.most;
    if before.0 != goal.0 && !before.1.is_empty() {
        let text = String::new();
        tell(before.0, MessageCommand::Search { text, most: 0 });
    }
    let (id, text, _) = goal;
    let empty = text.is_empty();
    let sent = (id, text.clone(), if empty { 0 } else { most });
    let wish = MessageCommand::Search { text, most: sent.2 };
    if !(empty && before.0 != id) {
        tell(id, wish);
    }
    form.sent = Some(sent);
}
