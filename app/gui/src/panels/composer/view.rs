//! The field, what is offered above it, who is writing. Enter sends, Shift+Enter begins a new line, Tab completes.

use std::ops::Range;
use std::time::Duration;

use dialtone_engine::snapshot::{Channel, Community};
use dialtone_engine::{ChannelId, FileSource, TEXT_LIMIT};
use dialtone_words::say;
use egui::text_edit::TextEditState;
use egui::{
    Align, Align2, CornerRadius, Event, EventFilter, Frame, Id, InputState, Key, KeyboardShortcut,
    Margin, Modifiers, Rect, Role, Sense, Stroke, TextBuffer, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::above::{self, Above};
use super::attached;
use super::completion::{self, Completion};
use super::model::ComposerModel;
use super::suggestions::{self, Pressed};
use crate::panels::within;
use crate::rich::visual;
use crate::shortcuts::{self, Shortcut};
use crate::theme::{Type, around_line, around_lines, palette, radius, text_scale};
use crate::widgets::{Icon, IconButton, Look, Measured, explain_field, text};

/// The field grows to this height, then it scrolls.
const MOST: f32 = 168.0;

/// The button that sends, as high as one line of the field with the room around it.
const SEND: f32 = 32.0;

/// What was done.
#[derive(Debug, Clone, PartialEq)]
pub enum ComposerAction {
    /// Send this.
    Send(String),
    /// Something was typed.
    Typed,
    /// Choose files to send.
    Attach,
    /// Write one's own last message anew.
    EditLast,
    /// Neither answer nor edit.
    Cancel,
    /// Choose an emoji, beside this place.
    PickEmoji(Rect),
}

/// What lasts from frame to frame.
#[derive(Debug, Default)]
pub struct ComposerState {
    /// The height that the composer took, hints included.
    height: f32,
    chosen: usize,
    /// Where the cursor goes to, in characters.
    cursor_to: Option<usize>,
    /// Where the cursor is, in bytes.
    cursor: usize,
    /// What was offered for the word that begins here is not wanted.
    dismissed: Option<usize>,
    /// The channel that was written in: another one takes the keyboard anew.
    of: Option<ChannelId>,
    /// What is answered or written anew: when that changes, the field takes the keyboard.
    above: Option<Above>,
}

impl ComposerState {
    /// Puts `words` where the cursor is.
    pub fn insert(&mut self, text: &mut String, words: &str) {
        let cursor = (0..=self.cursor.min(text.len()))
            .rev()
            .find(|at| text.is_char_boundary(*at));
        let cursor = cursor.unwrap_or_default();
        self.replace(text, cursor..cursor, words);
    }

    fn replace(&mut self, text: &mut String, range: Range<usize>, words: &str) {
        text.replace_range(range.clone(), words);
        self.cursor = range.start + words.len();
        self.cursor_to = Some(text[..self.cursor].chars().count());
        // The field takes the keyboard again.
        self.of = None;
    }
}

/// What is under the keyboard while one writes.
pub fn field_id() -> Id {
    Id::unique("composer-field")
}

/// Where the composer stands in `area`: at its foot, as high as it was last.
pub fn place(area: Rect, state: &ComposerState) -> Rect {
    let height = state.height.clamp(80.0, area.height().max(80.0));
    Rect::from_min_max(pos2(area.left(), area.bottom() - height), area.max)
}

/// What one has written, and what goes with it.
pub struct Draft<'a> {
    /// The text.
    pub text: &'a mut String,
    /// The files.
    pub files: &'a mut Vec<FileSource>,
    /// What it answers, or what it is to stand in place of.
    pub above: Option<Above>,
    /// Where one writes.
    pub around: (&'a Community, &'a Channel),
}

/// Shows the composer in its place in `area`.
pub fn show(
    ui: &mut Ui,
    area: Rect,
    model: &ComposerModel,
    draft: &mut Draft<'_>,
    state: &mut ComposerState,
) -> Option<ComposerAction> {
    let mut action = None;
    if model.blocked.is_none() && !is_covered(ui) {
        attached::show_target(ui, area, &model.place);
        if attached::take_in(ui, draft.files) {
            state.of = None;
        }
    }
    if model.resting.is_some() {
        // What is left grows less.
        ui.ctx().request_repaint_after(Duration::from_secs(1));
    }
    within(ui, "composer", place(area, state), |ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
        let used = Frame::new()
            .inner_margin(Margin::symmetric(20, 0))
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                action = contents(ui, model, draft, state);
            });
        let needed = used.response.rect.height();
        if (needed - state.height).abs() > 0.5 {
            state.height = needed;
            ui.ctx().request_discard("the composer has another height");
        }
    });
    action
}

fn contents(
    ui: &mut Ui,
    model: &ComposerModel,
    draft: &mut Draft<'_>,
    state: &mut ComposerState,
) -> Option<ComposerAction> {
    let id = field_id();
    take_keyboard(ui, id, model, (draft, state));
    attached::show(ui, draft.files);
    let focused = ui.memory(|memory| memory.has_focus(id));
    let offered = focused.then(|| offered(draft, state)).flatten();
    let mut cancelled = false;
    if let Some(offered) = &offered {
        let by_key = suggestions::keys(ui, offered, &mut state.chosen);
        let pressed = suggestions::show(ui, &offered.entries, state.chosen).or(by_key);
        take(ui, pressed, offered, draft.text, state);
        ui.add_space(8.0);
    } else {
        state.chosen = 0;
        let leave = |input: &mut InputState| take_plain(input, Key::Escape);
        cancelled = focused && draft.above.is_some() && ui.input_mut(leave);
    }
    if let Some(above) = &draft.above {
        cancelled |= above::show(ui, above);
    }
    let free = focused && draft.text.is_empty() && draft.above.is_none() && offered.is_none();
    let last = free && shortcuts::pressed(ui.ctx(), Shortcut::EditLast);
    let busy = offered.is_some() || draft.above.is_some();
    let done = field(ui, id, model, draft, (state, busy));
    spell_out(draft.text, state);
    foot(ui, id, model, draft);
    if cancelled {
        return Some(ComposerAction::Cancel);
    }
    if last {
        return Some(ComposerAction::EditLast);
    }
    done
}

/// What fits where the cursor is, unless it is not wanted.
fn offered(draft: &Draft<'_>, state: &mut ComposerState) -> Option<Completion> {
    let (community, channel) = draft.around;
    // What is written with files, or in place of a message, is no command.
    let commands = draft.files.is_empty() && draft.above.is_none();
    let found = completion::at(draft.text, state.cursor, community, channel, commands)?;
    if state.dismissed == Some(found.range.start) {
        return None;
    }
    state.dismissed = None;
    Some(found)
}

/// Puts what was chosen in the place of what was typed.
fn take(
    ui: &Ui,
    pressed: Option<Pressed>,
    offered: &Completion,
    text: &mut String,
    state: &mut ComposerState,
) {
    match pressed {
        Some(Pressed::Take(index)) => {
            if let Some(entry) = offered.entries.get(index) {
                state.replace(text, offered.range.clone(), &entry.insert);
                ui.memory_mut(|memory| memory.request_focus(field_id()));
            }
        }
        Some(Pressed::Dismiss) => state.dismissed = Some(offered.range.start),
        None => {}
    }
}

/// An emoji whose name was typed to its end stands in place of it.
fn spell_out(text: &mut String, state: &mut ComposerState) {
    if let Some((range, emoji)) = completion::spelled_out(text, state.cursor) {
        state.replace(text, range, emoji);
    }
}

/// What is said below the field.
fn foot(ui: &mut Ui, id: Id, model: &ComposerModel, draft: &Draft<'_>) {
    let (below, _) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 32.0)),
        Sense::hover(),
    );
    let wrong = attached::problem(draft.files).or_else(|| length_words(draft.text));
    let words = model.blocked.as_deref().or(wrong.as_deref());
    let words = words.or(model.resting.as_deref().filter(|_| waits(model, draft)));
    let words = words.unwrap_or(&model.below);
    if words.is_empty() {
        return;
    }
    let room = below.shrink2(vec2(4.0, 0.0));
    let palette = palette(ui);
    let color = if too_long(draft.text) || attached::problem(draft.files).is_some() {
        palette.bad
    } else {
        palette.text_3
    };
    text::paint_in(ui, room, Align::Min, words, Type::Hint, color);
    let response = ui.interact(room, id.with("below"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}

/// A channel that opens takes the keyboard, and so does whoever begins to type while nothing else wants the letters.
fn take_keyboard(
    ui: &Ui,
    id: Id,
    model: &ComposerModel,
    (draft, state): (&Draft<'_>, &mut ComposerState),
) {
    let answers = draft.above.is_some() && state.above != draft.above;
    state.above.clone_from(&draft.above);
    let opened = state.of != Some(model.channel) || answers;
    if opened && is_covered(ui) {
        return;
    }
    state.of = Some(model.channel);
    let end = draft.text.chars().count();
    if answers {
        state.cursor_to = Some(end);
    }
    if model.blocked.is_some() || is_covered(ui) || ui.ctx().text_edit_focused() {
        return;
    }
    // Space alone presses what has the keyboard.
    let types = ui.input(|input| {
        let letters = |event: &Event| matches!(event, Event::Text(text) if !text.trim().is_empty());
        input.events.iter().any(letters)
    });
    if opened || types {
        state.cursor_to = state.cursor_to.or(Some(end));
        ui.memory_mut(|memory| memory.request_focus(id));
    }
}

/// Something lies over the window.
fn is_covered(ui: &Ui) -> bool {
    ui.memory(|memory| memory.top_modal_layer().is_some()) || egui::Popup::is_any_open(ui.ctx())
}

/// From so many bytes below the limit on, one is told how much room is left.
const NEARLY: usize = 1024;

fn too_long(draft: &str) -> bool {
    draft.len() > TEXT_LIMIT
}

/// How much room is left, once it is little.
fn length_words(draft: &str) -> Option<String> {
    let words = if too_long(draft) {
        let over = draft.len() - TEXT_LIMIT;
        say!("line-too-long", over = over)
    } else if draft.len() + NEARLY > TEXT_LIMIT {
        say!("line-bytes-left", left = TEXT_LIMIT - draft.len())
    } else {
        return None;
    };
    Some(words)
}

fn field(
    ui: &mut Ui,
    id: Id,
    model: &ComposerModel,
    draft: &mut Draft<'_>,
    (state, busy): (&mut ComposerState, bool),
) -> Option<ComposerAction> {
    let palette = palette(ui);
    let enabled = model.blocked.is_none();
    let focused = ui.memory(|memory| memory.has_focus(id));
    let enter = focused && ui.input_mut(|input| take_plain(input, Key::Enter));
    let border = palette.border(focused);
    let mut typed = false;
    let mut pressed = false;
    let mut attach = false;
    let mut smile = None;
    let mut corner = CornerRadius::same(radius::CARD);
    if draft.above.is_some() {
        (corner.nw, corner.ne) = (0, 0);
    }
    Frame::new()
        .fill(palette.bg_3)
        .stroke(Stroke::new(1.0, border))
        .corner_radius(corner)
        .inner_margin(Margin {
            left: 8,
            right: 8,
            top: 7,
            bottom: 7,
        })
        .show(ui, |ui| {
            let room = ui.available_rect_before_wrap();
            ui.set_width(room.width());
            let width = (room.width() - 3.0 * (SEND + 6.0)).max(40.0);
            // Comes before the field, as one reads, and stands at its foot.
            let height = Measured::new(ui, id.with("height"), SEND);
            let left = pos2(room.left(), room.top() + height.known() - SEND);
            attach = attach_button(ui, Rect::from_min_size(left, vec2(SEND, SEND)), enabled);
            let foot = ui.horizontal(|ui| {
                ui.add_space(SEND + 8.0);
                egui::ScrollArea::vertical()
                    .id_salt("composer-scroll")
                    .max_height(around_lines(ui, MOST, 8.0))
                    .max_width(width)
                    .min_scrolled_height(around_line(ui, SEND))
                    .auto_shrink([false, true])
                    .show(ui, |ui| {
                        typed = edit(ui, id, model, draft.text, (width, busy), state);
                    });
            });
            let bottom = foot.response.rect.bottom();
            height.shown(ui, bottom - room.top());
            let right = pos2(room.right() - SEND, bottom - SEND);
            let place = Rect::from_min_size(right, vec2(SEND, SEND));
            let before = place.translate(vec2(-SEND - 2.0, 0.0));
            smile = emoji_button(ui, before, enabled).then_some(before);
            pressed = send_button(ui, place, may_send(model, draft));
        });
    if attach {
        return Some(ComposerAction::Attach);
    }
    if let Some(place) = smile {
        return Some(ComposerAction::PickEmoji(place));
    }
    if (enter || pressed) && may_send(model, draft) {
        ui.memory_mut(|memory| memory.request_focus(id));
        state.cursor = 0;
        return Some(ComposerAction::Send(std::mem::take(draft.text)));
    }
    typed.then_some(ComposerAction::Typed)
}

/// The pause between messages holds up what is one, and neither a command nor another text for an earlier one.
fn waits(model: &ComposerModel, draft: &Draft<'_>) -> bool {
    let edits = draft.above.as_ref().is_some_and(|above| above.edits);
    model.resting.is_some() && !edits && !draft.text.starts_with('/')
}

fn may_send(model: &ComposerModel, draft: &Draft<'_>) -> bool {
    model.blocked.is_none() && !waits(model, draft) && sendable(draft.text, draft.files)
}

fn sendable(draft: &str, files: &[FileSource]) -> bool {
    let something = !draft.trim().is_empty() || !files.is_empty();
    something && !too_long(draft) && attached::problem(files).is_none()
}

fn attach_button(ui: &mut Ui, place: Rect, enabled: bool) -> bool {
    let button = IconButton::new(Icon::Clip, say!("line-attach"))
        .tooltip(say!("line-attach-hint"))
        .size(SEND, SEND)
        .enabled(enabled);
    within(ui, "attach", place, |ui| ui.add(button).clicked())
}

fn emoji_button(ui: &mut Ui, place: Rect, enabled: bool) -> bool {
    let button = IconButton::new(Icon::Smile, say!("line-choose-emoji"))
        .size(SEND, SEND)
        .enabled(enabled);
    within(ui, "emoji", place, |ui| ui.add(button).clicked())
}

/// Takes a press of `key` without Shift, which means something else here.
pub(super) fn take_plain(input: &mut InputState, key: Key) -> bool {
    let before = input.events.len();
    input.events.retain(|event| {
        let taken = matches!(event, Event::Key { key: pressed_key, pressed: true, modifiers, .. }
            if *pressed_key == key && modifiers.is_none());
        !taken
    });
    input.events.len() < before
}

/// The hint stands on one line.
fn shortened(name: &str) -> String {
    const MOST: usize = 40;
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    name.chars().take(MOST).chain(['…']).collect()
}

fn send_button(ui: &mut Ui, place: Rect, ready: bool) -> bool {
    let look = if ready { Look::On } else { Look::Quiet };
    let send = IconButton::new(Icon::Send, say!("line-send"))
        .tooltip(say!("line-send-key"))
        .look(look)
        .size(SEND, SEND)
        .enabled(ready);
    within(ui, "send", place, |ui| ui.add(send).clicked())
}

fn edit(
    ui: &mut Ui,
    id: Id,
    model: &ComposerModel,
    draft: &mut String,
    (width, busy): (f32, bool),
    state: &mut ComposerState,
) -> bool {
    let palette = palette(ui);
    let enabled = model.blocked.is_none();
    // Lines as high as they will be in the timeline.
    let mut lay_out = |ui: &Ui, draft: &dyn TextBuffer, width: f32| {
        let job = text::wrapped(ui, draft.as_str(), Type::Body, palette.text, width);
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let edit = TextEdit::multiline(draft)
        .id(id)
        .layouter(&mut lay_out)
        .frame(Frame::new().inner_margin(Margin::symmetric(0, 6)))
        .hint_text(visual::interface_line(&shortened(&model.name)).into_owned())
        .desired_rows(1)
        .min_size(vec2(0.0, around_line(ui, SEND)))
        .align(Align2::LEFT_CENTER)
        .desired_width(width)
        .font(Type::Body.font(text_scale(ui)))
        .text_color(palette.text)
        .interactive(enabled)
        .event_filter(EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            // What lies above the field takes Escape first.
            escape: busy,
            ..EventFilter::default()
        })
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
    // Before the field reads what is typed: letters of the same frame come after what was completed.
    if let Some(to) = state.cursor_to.take() {
        let mut kept = TextEditState::load(ui.ctx(), id).unwrap_or_default();
        let end = egui::text::CCursor::new(to);
        let range = egui::text::CCursorRange::one(end);
        kept.cursor.set_char_range(Some(range));
        kept.store(ui.ctx(), id);
    }
    let output = edit.show(ui);
    if let Some(range) = output.state.cursor.char_range() {
        let place = range.primary.index.0;
        let at = draft.char_indices().nth(place);
        state.cursor = at.map_or(draft.len(), |(at, _)| at);
    }
    let response = output.response.response.accessible_name(&model.name);
    explain_field(ui, &response, enabled, model.blocked.as_deref());
    response.changed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_said_before_it_is_sent() {
        assert_eq!(length_words("short"), None);
        let nearly = "x".repeat(TEXT_LIMIT - 10);
        assert_eq!(length_words(&nearly).as_deref(), Some("10 bytes left"));
        assert!(sendable(&nearly, &[]));
        let over = "x".repeat(TEXT_LIMIT + 3);
        assert!(length_words(&over).unwrap().starts_with("Too long by 3"));
        assert!(!sendable(&over, &[]));
    }

    #[test]
    fn words_go_where_the_cursor_is() {
        let mut state = ComposerState {
            cursor: 3,
            ..ComposerState::default()
        };
        let mut text = "é b".to_owned();
        state.insert(&mut text, "⚓");
        assert_eq!((text.as_str(), state.cursor), ("é ⚓b", 6));
        // Never within a letter, nor beyond the end.
        state.cursor = 1;
        state.insert(&mut text, "x");
        assert_eq!(text, "xé ⚓b");
        state.cursor = 999;
        state.insert(&mut text, "y");
        assert!(text.ends_with("by"));
    }
}
