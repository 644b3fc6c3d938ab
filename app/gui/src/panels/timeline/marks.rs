//! What stands around a message's words: what it answers, that it was edited, what people set to it.

use dialtone_engine::AccountId;
use dialtone_engine::snapshot::{Community, Quote, Quoted, Reaction};
use dialtone_words::say;
use egui::{
    Align, CornerRadius, Id, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::metrics::Metrics;
use crate::panels::within;
use crate::rich::plain;
use crate::theme::{Type, palette};
use crate::widgets::{Icon, focus_ring, icons, text};

/// The room of an answered message above the words.
pub(super) fn quote_height(metrics: &Metrics) -> f32 {
    metrics.around(25.0)
}

/// A chip's height where text is as big as it was drawn, and what is between two.
const CHIP: f32 = 24.0;
const GAP: f32 = 6.0;
/// Above the chips, and below.
const ABOVE: f32 = 5.0;
/// More are not shown one by one in a tooltip.
const NAMED: usize = 20;

/// What is said of an answered message.
pub(super) fn quoted_words(quote: &Quote) -> (String, bool) {
    match &quote.said {
        Quoted::Text(words) => (plain(words), false),
        Quoted::Files(count) => (say!("line-files-count", count = count), true),
        Quoted::Deleted => (say!("line-a-deleted").to_owned(), true),
        Quoted::Missing => (say!("line-not-here").to_owned(), true),
    }
}

/// Paints what is answered; true when one wants to go there.
pub(super) fn quote(
    ui: &mut Ui,
    scope: Id,
    at: Pos2,
    (width, metrics): (f32, &Metrics),
    quote: &Quote,
) -> bool {
    let palette = palette(ui);
    let (words, aside) = quoted_words(quote);
    let here = !matches!(quote.said, Quoted::Missing);
    let sense = if here { Sense::click() } else { Sense::hover() };
    let place = Rect::from_min_size(at, vec2(width, quote_height(metrics) - 4.0));
    let bar = Rect::from_min_size(at, vec2(2.0, place.height() - 1.0));
    ui.painter().rect_filled(bar, 1.0, palette.accent);
    let mut left = at.x + 10.0;
    if !quote.from_name.is_empty() {
        let room = Rect::from_min_max(pos2(left, at.y), pos2(at.x + width * 0.5, place.bottom()));
        let kind = Type::SecondaryStrong;
        let name = text::paint_in(ui, room, Align::Min, &quote.from_name, kind, palette.text_2);
        left = name.right() + 5.0;
    }
    let room = Rect::from_min_max(pos2(left, at.y), place.max);
    let color = if aside {
        palette.text_3
    } else {
        palette.text_2
    };
    let said = text::paint_in(ui, room, Align::Min, &words, Type::Secondary, color);
    let place = Rect::from_min_max(place.min, pos2(said.right() + 8.0, place.bottom()));
    let response = ui.interact(place, scope.with("quote"), sense);
    let from = if quote.from_name.is_empty() {
        say!("line-somebody")
    } else {
        &quote.from_name
    };
    response.widget_info(|| {
        let role = if here { Role::Button } else { Role::Label };
        WidgetInfo::labeled(
            role,
            true,
            say!("line-answer-to", from = from, words = words),
        )
    });
    focus_ring(ui, &response, 4);
    response.clicked()
}

/// Where the chips stand, counted from the left end of the first, in `width`: the last is the one that adds another.
pub(super) fn chips(
    ui: &Ui,
    metrics: &Metrics,
    reactions: &[Reaction],
    width: f32,
) -> (Vec<Rect>, f32) {
    if reactions.is_empty() {
        return (Vec::new(), 0.0);
    }
    let high = metrics.around(CHIP);
    let mut places = Vec::with_capacity(reactions.len() + 1);
    let mut at = pos2(0.0, ABOVE);
    let mut put = |room: Vec2| {
        if at.x > 0.0 && at.x + room.x > width {
            at = pos2(0.0, at.y + high + GAP);
        }
        places.push(Rect::from_min_size(at, room));
        at.x += room.x + GAP;
    };
    for reaction in reactions {
        let words = chip_words(reaction);
        let galley = text::line(ui, &words, Type::SecondaryStrong, palette(ui).text, 200.0);
        put(vec2(galley.size().x.round() + 18.0, high));
    }
    put(vec2(32.0, high));
    let bottom = places.last().map_or(0.0, Rect::bottom);
    (places, bottom + 3.0)
}

fn chip_words(reaction: &Reaction) -> String {
    format!("{} {}", reaction.emoji, reaction.accounts.len())
}

/// Who set it, in words.
fn who(reaction: &Reaction, community: &Community) -> String {
    let name = |account: &AccountId| {
        if *account == community.me.account {
            return say!("line-you").to_owned();
        }
        let found = community.members.iter().find(|one| one.account == *account);
        found.map_or_else(
            || say!("line-left-somebody").to_owned(),
            |one| one.name.clone(),
        )
    };
    let mut names: Vec<String> = reaction.accounts.iter().take(NAMED).map(name).collect();
    if let Some(more) = reaction.accounts.len().checked_sub(NAMED + 1) {
        names.push(say!("line-more-names", count = more + 1));
    }
    match names.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => say!("line-names-and", names = before.join(", "), last = last),
    }
}

/// What was pressed among the chips.
pub(super) enum Chip {
    /// Set this, or take it off.
    Toggle(String, bool),
    /// Choose another, at this place.
    More(Rect),
}

/// Paints the chips.
pub(super) fn paint_chips(
    ui: &mut Ui,
    scope: Id,
    at: Pos2,
    (reactions, places): (&[Reaction], &[Rect]),
    community: &Community,
    usable: bool,
) -> Option<Chip> {
    let mut pressed = None;
    for (reaction, place) in reactions.iter().zip(places) {
        let place = place.translate(at.to_vec2());
        let response = chip(ui, scope, place, reaction, usable);
        let who = who(reaction, community);
        let told = format!("{}: {who}", chip_words(reaction));
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, usable, &told);
            info.selected = Some(reaction.mine);
            info
        });
        if response.clicked() {
            pressed = Some(Chip::Toggle(reaction.emoji.clone(), !reaction.mine));
        }
        response.on_hover_text(format!("{} {who}", reaction.emoji));
    }
    if let Some(place) = places.last().filter(|_| usable) {
        let place = place.translate(at.to_vec2());
        if more(ui, scope, place).clicked() {
            pressed = Some(Chip::More(place));
        }
    }
    pressed
}

fn chip(ui: &Ui, scope: Id, place: Rect, reaction: &Reaction, usable: bool) -> Response {
    let palette = palette(ui);
    let id = scope.with(("reaction", &reaction.emoji));
    let sense = if usable {
        Sense::click()
    } else {
        Sense::hover()
    };
    let response = ui.interact(place, id, sense);
    let hot = response.hovered() && usable;
    let (fill, stroke, color) = match (reaction.mine, hot) {
        (true, _) => (palette.accent_bg, palette.accent, palette.accent),
        (false, true) => (palette.raised, palette.border(true), palette.text),
        (false, false) => (palette.bg_3, palette.line, palette.text_2),
    };
    let corner = CornerRadius::same((place.height() / 2.0) as u8);
    ui.painter().rect(
        place,
        corner,
        fill,
        Stroke::new(1.0, stroke),
        StrokeKind::Inside,
    );
    let words = chip_words(reaction);
    text::paint_in(
        ui,
        place,
        Align::Center,
        &words,
        Type::SecondaryStrong,
        color,
    );
    focus_ring(ui, &response, (place.height() / 2.0) as u8);
    response
}

fn more(ui: &Ui, scope: Id, place: Rect) -> Response {
    let palette = palette(ui);
    let response = ui.interact(place, scope.with("more reactions"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("line-another-reaction")));
    let color = if response.hovered() {
        palette.text
    } else {
        palette.text_3
    };
    icons::paint(ui.painter(), Icon::Smile, place.center(), 15.0, color);
    focus_ring(ui, &response, (place.height() / 2.0) as u8);
    response.on_hover_text(say!("line-another-reaction"))
}

/// The word behind an edited message; true when one wants to see what it said before.
pub(super) fn edited(ui: &mut Ui, scope: Id, at: Pos2) -> bool {
    let palette = palette(ui);
    let galley = text::line(ui, say!("line-edited"), Type::Hint, palette.text_3, 110.0);
    let place = Rect::from_min_size(at, galley.size());
    let response = ui.interact(place, scope.with("edited"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, say!("line-edited-show")));
    let color = if response.hovered() {
        palette.text
    } else {
        palette.text_3
    };
    ui.painter()
        .galley_with_override_text_color(place.min, galley, color);
    focus_ring(ui, &response, 4);
    let clicked = response.clicked();
    response.on_hover_text(say!("line-show-before"));
    clicked
}

/// How wide the word is, where text is as big as it was drawn.
pub(super) const EDITED: f32 = 40.0;

/// The line in place of a message that was taken back.
pub(super) fn deleted(ui: &mut Ui, scope: Id, place: Rect, by: Option<&str>) {
    let palette = palette(ui);
    let words = match by {
        Some(name) => say!("line-name-deleted", name = name),
        None => say!("line-deleted").to_owned(),
    };
    let icon = pos2(place.left() + 7.0, place.center().y);
    icons::paint(ui.painter(), Icon::Trash, icon, 13.0, palette.text_3);
    let room = Rect::from_min_max(pos2(place.left() + 20.0, place.top()), place.max);
    let kind = Type::BodyItalic;
    let shown = within(ui, "deleted", room, |ui| {
        text::paint_in(ui, room, Align::Min, &words, kind, palette.text_3)
    });
    let response = ui.interact(shown, scope.with("deleted"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;
    use dialtone_engine::Hash;

    #[test]
    fn who_set_a_reaction_is_said_by_name() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let account = |name: &str| {
            let mut members = community.members.iter();
            members.find(|one| one.name == name).unwrap().account
        };
        let mut reaction = Reaction {
            emoji: "⚓".to_owned(),
            accounts: vec![account("Anna"), account("Jo"), AccountId([77; 32])],
            mine: true,
        };
        assert_eq!(who(&reaction, community), "you, Jo and somebody who left");
        reaction.accounts = vec![account("Jo"); 30];
        assert!(who(&reaction, community).ends_with("Jo and 10 more"));
    }

    #[test]
    fn what_is_answered_is_said_whatever_became_of_it() {
        let quote = |said| Quote {
            target: Hash([1; 32]),
            from: None,
            from_name: String::new(),
            said,
        };
        assert_eq!(quoted_words(&quote(Quoted::Files(2))).0, "2 files");
        assert!(quoted_words(&quote(Quoted::Deleted)).0.contains("deleted"));
        assert!(quoted_words(&quote(Quoted::Missing)).1);
    }
}
