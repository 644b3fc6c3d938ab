//! What is offered above the field: a list, one of it chosen by the arrow keys, taken by Tab, Enter or a press.

use egui::{Align, Frame, Key, Margin, Modifiers, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::completion::{Completion, Entry, Sign};
use super::view::take_plain;
use crate::theme::{Type, around_line, palette, radius, size};
use crate::widgets::{Avatar, Icon, icons, tell_chosen, text};

/// What the keys did with the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pressed {
    /// This one is wanted.
    Take(usize),
    /// None of them.
    Dismiss,
}

/// Up, down, Tab, Enter and Escape while something is offered.
pub(super) fn keys(ui: &Ui, offered: &Completion, chosen: &mut usize) -> Option<Pressed> {
    let (up, down, tab, enter, leave) = ui.input_mut(|input| {
        (
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            take_plain(input, Key::Tab),
            offered.by_enter && take_plain(input, Key::Enter),
            take_plain(input, Key::Escape),
        )
    });
    let count = offered.entries.len();
    *chosen = (*chosen).min(count - 1);
    if up {
        *chosen = chosen.checked_sub(1).unwrap_or(count - 1);
    }
    if down {
        *chosen = (*chosen + 1) % count;
    }
    if leave {
        return Some(Pressed::Dismiss);
    }
    (tab || enter).then_some(Pressed::Take(*chosen))
}

/// No more lines are shown at once; the arrow keys bring the others.
const SHOWN: usize = 9;

/// The first line that is shown, so that the chosen one is among them.
fn first_shown(count: usize, chosen: usize) -> usize {
    let middle = chosen.saturating_sub(SHOWN / 2);
    middle.min(count.saturating_sub(SHOWN))
}

/// Shows the list; which one was pressed.
pub(super) fn show(ui: &mut Ui, entries: &[Entry], chosen: usize) -> Option<Pressed> {
    let palette = palette(ui);
    let mut picked = None;
    Frame::new()
        .fill(palette.bg_3)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(6))
        .show(ui, |ui| {
            let first = first_shown(entries.len(), chosen);
            let shown = entries.iter().enumerate().skip(first).take(SHOWN);
            for (index, entry) in shown {
                let (rect, response) = ui.allocate_exact_size(
                    vec2(ui.available_width(), around_line(ui, 28.0)),
                    Sense::CLICK,
                );
                let words = format!("{} {}", entry.title, entry.arguments);
                if index == chosen {
                    tell_chosen(ui, &response, words.trim_end());
                } else {
                    response.widget_info(|| {
                        let role = egui::Role::ListBoxOption;
                        egui::WidgetInfo::labeled(role, true, words.trim_end())
                    });
                }
                if index == chosen || response.hovered() {
                    ui.painter().rect_filled(rect, radius::ROW, palette.raised);
                }
                line(ui, rect.shrink2(vec2(10.0, 0.0)), entry);
                if response.clicked() {
                    picked = Some(Pressed::Take(index));
                }
            }
        });
    picked
}

fn line(ui: &Ui, rect: Rect, entry: &Entry) {
    let palette = palette(ui);
    let mut left = rect.left();
    let middle = pos2(left + 9.0, rect.center().y);
    match &entry.sign {
        Sign::Typed => {}
        Sign::Face(account) => {
            Avatar::new(*account, &entry.title)
                .diameter(18.0)
                .paint(ui, middle);
            left += 28.0;
        }
        Sign::Hash => {
            icons::paint(ui.painter(), Icon::Hash, middle, size::ICON, palette.text_3);
            left += 26.0;
        }
        Sign::Emoji(emoji) => {
            let room = Rect::from_center_size(middle, vec2(24.0, rect.height()));
            text::paint_in(ui, room, Align::Center, emoji, Type::Title, palette.text);
            left += 28.0;
        }
    }
    let kind = if entry.sign == Sign::Typed {
        Type::Code
    } else {
        Type::Body
    };
    let room = Rect::from_min_max(pos2(left, rect.top()), rect.max);
    let name = text::paint_in(ui, room, Align::Min, &entry.title, kind, palette.text);
    let mut left = name.right() + 8.0;
    if !entry.arguments.is_empty() {
        let room = Rect::from_min_max(pos2(left, rect.top()), rect.max);
        let words = &entry.arguments;
        let placed = text::paint_in(ui, room, Align::Min, words, Type::Code, palette.text_3);
        left = placed.right() + 8.0;
    }
    let room = Rect::from_min_max(pos2(left, rect.top()), rect.max);
    if room.width() > 60.0 && !entry.help.is_empty() {
        text::paint_in(
            ui,
            room,
            Align::Max,
            &entry.help,
            Type::Hint,
            palette.text_2,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chosen_line_is_among_those_that_are_shown() {
        for count in [1, SHOWN, SHOWN + 1, 19] {
            for chosen in 0..count {
                let first = first_shown(count, chosen);
                assert!(
                    (first..first + SHOWN).contains(&chosen),
                    "{chosen} of {count}"
                );
                assert!(first + SHOWN.min(count) <= count);
            }
        }
    }
}
