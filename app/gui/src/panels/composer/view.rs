//! The field, its hints, who is writing. Enter sends, Shift+Enter begins a new line, Tab completes a command.

use dialtone_engine::snapshot::{Channel, Community, Connection};
use dialtone_engine::{ChannelId, FileSource, TEXT_LIMIT};
use egui::{
    Align, Align2, Event, EventFilter, Frame, Id, InputState, Key, KeyboardShortcut, Margin,
    Modifiers, Rect, Role, Sense, Stroke, TextBuffer, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::attached;
use super::slash::{SlashCommand, complete, fitting};
use crate::panels::channels::marked_name;
use crate::panels::within;
use crate::theme::{Type, palette, radius};
use crate::widgets::{Icon, IconButton, Look, Measured, explain_field, text};

/// The field grows to this height, then it scrolls.
const MOST: f32 = 168.0;

/// The button that sends, as high as one line of the field with the room around it.
const SEND: f32 = 32.0;

/// What the composer says around the draft.
#[derive(Debug, PartialEq, Eq)]
pub struct ComposerModel {
    channel: ChannelId,
    name: String,
    below: String,
    blocked: Option<String>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ComposerAction {
    /// Send this.
    Send(String),
    /// Something was typed.
    Typed,
    /// Choose files to send.
    Attach,
}

/// What lasts from frame to frame.
#[derive(Debug, Default)]
pub struct ComposerState {
    /// The height that the composer took, hints included.
    height: f32,
    chosen: usize,
    to_end: bool,
    /// The channel that was written in: another one takes the keyboard anew.
    of: Option<ChannelId>,
}

/// The composer of `channel`.
pub fn build(community: &Community, channel: &Channel) -> ComposerModel {
    let blocked = if community.alarm.is_some() {
        Some("Nothing is sent until the warning above is settled".to_owned())
    } else if matches!(community.connection, Connection::Removed { .. }) {
        Some("You are no member here any more".to_owned())
    } else if community.connection == Connection::WaitingForAdmission {
        Some("You can write once an admin has let you in".to_owned())
    } else {
        None
    };
    ComposerModel {
        channel: channel.id,
        name: format!("Message {}", marked_name(channel)),
        below: channel
            .held_up
            .clone()
            .or_else(|| preparing_words(community, channel))
            .unwrap_or_else(|| typing_words(community, channel)),
        blocked,
    }
}

impl ComposerModel {
    /// Says this below the field, where there is something to say.
    #[must_use]
    pub fn with_hint(mut self, words: Option<&str>) -> Self {
        if let Some(words) = words {
            words.clone_into(&mut self.below);
        }
        self
    }
}

/// Files are sealed before they go.
fn preparing_words(community: &Community, channel: &Channel) -> Option<String> {
    let preparing = community.files.preparing.contains(&channel.id);
    preparing.then(|| "Making files ready to be sent".to_owned())
}

fn typing_words(community: &Community, channel: &Channel) -> String {
    if matches!(community.connection, Connection::Offline { .. }) {
        return "What you write is sent when the server is back".to_owned();
    }
    let names: Vec<&str> = channel
        .typing
        .iter()
        .filter(|account| **account != community.me.account)
        .filter_map(|account| {
            let member = community.members.iter().find(|one| one.account == *account);
            member.map(|member| member.name.as_str())
        })
        .collect();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("{one} is writing…"),
        [one, two] => format!("{one} and {two} are writing…"),
        _ => "Several people are writing…".to_owned(),
    }
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
        attached::show_target(ui, area, &model.name);
        if attached::take_in(ui, draft.files) {
            state.of = None;
        }
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
    Draft { text: draft, files }: &mut Draft<'_>,
    state: &mut ComposerState,
) -> Option<ComposerAction> {
    let id = Id::unique("composer-field");
    take_keyboard(ui, id, model, state);
    attached::show(ui, files);
    // What is written with files is no command.
    let commands = if files.is_empty() {
        fitting(draft)
    } else {
        Vec::new()
    };
    let focused = ui.memory(|memory| memory.has_focus(id));
    let mut picked = None;
    if focused && !commands.is_empty() {
        state.chosen = state.chosen.min(commands.len() - 1);
        picked = keys(ui, draft, &commands, state);
        picked = hints(ui, &commands, state.chosen).or(picked);
        ui.add_space(8.0);
    } else {
        state.chosen = 0;
    }
    let sent = field(ui, id, model, (draft, files), state);
    if let Some(command) = picked {
        **draft = complete(&command);
        state.to_end = true;
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    let (below, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    let wrong = attached::problem(files).or_else(|| length_words(draft));
    let words = model.blocked.as_deref().or(wrong.as_deref());
    let words = words.unwrap_or(&model.below);
    if !words.is_empty() {
        let room = below.shrink2(vec2(4.0, 0.0));
        let palette = palette(ui);
        let color = if too_long(draft) || attached::problem(files).is_some() {
            palette.bad
        } else {
            palette.text_3
        };
        text::paint_in(ui, room, Align::Min, words, Type::Hint, color);
        let response = ui.interact(room, id.with("below"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    }
    sent
}

/// A channel that opens takes the keyboard, and so does whoever begins to type while nothing else wants the letters.
fn take_keyboard(ui: &Ui, id: Id, model: &ComposerModel, state: &mut ComposerState) {
    let opened = state.of != Some(model.channel);
    state.of = Some(model.channel);
    if model.blocked.is_some() || is_covered(ui) || ui.ctx().text_edit_focused() {
        return;
    }
    // Space alone presses what has the keyboard.
    let types = ui.input(|input| {
        let letters = |event: &Event| matches!(event, Event::Text(text) if !text.trim().is_empty());
        input.events.iter().any(letters)
    });
    if opened || types {
        state.to_end = true;
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
        format!("Too long by {over} bytes: shorten it, or send it in parts. It stays here.")
    } else if draft.len() + NEARLY > TEXT_LIMIT {
        format!("{} bytes left", TEXT_LIMIT - draft.len())
    } else {
        return None;
    };
    Some(words)
}

/// Up, down, Tab and Enter while commands are suggested.
fn keys(
    ui: &Ui,
    draft: &str,
    commands: &[SlashCommand],
    state: &mut ComposerState,
) -> Option<SlashCommand> {
    let (up, down, tab, enter) = ui.input_mut(|input| {
        let chosen = commands[state.chosen];
        let unfinished = draft.trim_end().len() < chosen.name.len();
        (
            input.consume_key(Modifiers::NONE, Key::ArrowUp),
            input.consume_key(Modifiers::NONE, Key::ArrowDown),
            take_plain(input, Key::Tab),
            unfinished && commands.len() > 1 && take_plain(input, Key::Enter),
        )
    });
    if up {
        state.chosen = state.chosen.checked_sub(1).unwrap_or(commands.len() - 1);
    }
    if down {
        state.chosen = (state.chosen + 1) % commands.len();
    }
    (tab || enter).then(|| commands[state.chosen])
}

fn hints(ui: &mut Ui, commands: &[SlashCommand], chosen: usize) -> Option<SlashCommand> {
    let palette = palette(ui);
    let mut picked = None;
    Frame::new()
        .fill(palette.bg_3)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::CARD)
        .inner_margin(Margin::same(6))
        .show(ui, |ui| {
            for (index, command) in commands.iter().enumerate() {
                let (rect, response) =
                    ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::CLICK);
                response.widget_info(|| {
                    let words = format!("{} {}", command.name, command.arguments);
                    WidgetInfo::labeled(Role::ListBoxOption, true, words.trim_end())
                });
                if index == chosen || response.hovered() {
                    ui.painter().rect_filled(rect, radius::ROW, palette.raised);
                }
                hint_line(ui, rect.shrink2(vec2(10.0, 0.0)), command);
                if response.clicked() {
                    picked = Some(*command);
                }
            }
        });
    picked
}

fn hint_line(ui: &Ui, rect: Rect, command: &SlashCommand) {
    let palette = palette(ui);
    let name = text::paint_in(ui, rect, Align::Min, command.name, Type::Code, palette.text);
    let mut left = name.right() + 8.0;
    if !command.arguments.is_empty() {
        let room = Rect::from_min_max(pos2(left, rect.top()), rect.max);
        let words = command.arguments;
        left =
            text::paint_in(ui, room, Align::Min, words, Type::Code, palette.text_3).right() + 8.0;
    }
    let room = Rect::from_min_max(pos2(left, rect.top()), rect.max);
    if room.width() > 60.0 {
        text::paint_in(
            ui,
            room,
            Align::Max,
            command.help,
            Type::Hint,
            palette.text_2,
        );
    }
}

fn field(
    ui: &mut Ui,
    id: Id,
    model: &ComposerModel,
    (draft, files): (&mut String, &[FileSource]),
    state: &mut ComposerState,
) -> Option<ComposerAction> {
    let palette = palette(ui);
    let enabled = model.blocked.is_none();
    let focused = ui.memory(|memory| memory.has_focus(id));
    let enter = focused && ui.input_mut(|input| take_plain(input, Key::Enter));
    let border = palette.border(focused);
    let mut typed = false;
    let mut pressed = false;
    let mut attach = false;
    Frame::new()
        .fill(palette.bg_3)
        .stroke(Stroke::new(1.0, border))
        .corner_radius(radius::CARD)
        .inner_margin(Margin {
            left: 8,
            right: 8,
            top: 7,
            bottom: 7,
        })
        .show(ui, |ui| {
            let room = ui.available_rect_before_wrap();
            ui.set_width(room.width());
            let width = (room.width() - 2.0 * (SEND + 8.0)).max(40.0);
            // Comes before the field, as one reads, and stands at its foot.
            let height = Measured::new(ui, id.with("height"), SEND);
            let left = pos2(room.left(), room.top() + height.known() - SEND);
            attach = attach_button(ui, Rect::from_min_size(left, vec2(SEND, SEND)), enabled);
            let foot = ui.horizontal(|ui| {
                ui.add_space(SEND + 8.0);
                egui::ScrollArea::vertical()
                    .id_salt("composer-scroll")
                    .max_height(MOST)
                    .max_width(width)
                    .min_scrolled_height(SEND)
                    .auto_shrink([false, true])
                    .show(ui, |ui| {
                        typed = edit(ui, id, model, draft, enabled, width, state);
                    });
            });
            let bottom = foot.response.rect.bottom();
            height.shown(ui, bottom - room.top());
            let right = pos2(room.right() - SEND, bottom - SEND);
            let place = Rect::from_min_size(right, vec2(SEND, SEND));
            pressed = send_button(ui, place, enabled && sendable(draft, files));
        });
    if attach {
        return Some(ComposerAction::Attach);
    }
    if (enter || pressed) && enabled && sendable(draft, files) {
        ui.memory_mut(|memory| memory.request_focus(id));
        return Some(ComposerAction::Send(std::mem::take(draft)));
    }
    typed.then_some(ComposerAction::Typed)
}

fn sendable(draft: &str, files: &[FileSource]) -> bool {
    let something = !draft.trim().is_empty() || !files.is_empty();
    something && !too_long(draft) && attached::problem(files).is_none()
}

fn attach_button(ui: &mut Ui, place: Rect, enabled: bool) -> bool {
    let button = IconButton::new(Icon::Clip, "Attach files")
        .tooltip("Attach files; you can also drop or paste them")
        .size(SEND, SEND)
        .enabled(enabled);
    within(ui, "attach", place, |ui| ui.add(button).clicked())
}

/// Takes a press of `key` without Shift, which means something else here.
fn take_plain(input: &mut InputState, key: Key) -> bool {
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
    let send = IconButton::new(Icon::Send, "Send")
        .tooltip("Send (Enter)")
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
    enabled: bool,
    width: f32,
    state: &mut ComposerState,
) -> bool {
    let palette = palette(ui);
    // Lines as high as they will be in the timeline.
    let mut lay_out = |ui: &Ui, draft: &dyn TextBuffer, width: f32| {
        let job = text::wrapped(draft.as_str(), Type::Body, palette.text, width);
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let edit = TextEdit::multiline(draft)
        .id(id)
        .layouter(&mut lay_out)
        .frame(Frame::new().inner_margin(Margin::symmetric(0, 6)))
        .hint_text(shortened(&model.name))
        .desired_rows(1)
        .min_size(vec2(0.0, SEND))
        .align(Align2::LEFT_CENTER)
        .desired_width(width)
        .font(Type::Body.font())
        .text_color(palette.text)
        .interactive(enabled)
        .event_filter(EventFilter {
            horizontal_arrows: true,
            vertical_arrows: true,
            ..EventFilter::default()
        })
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
    let mut output = edit.show(ui);
    if std::mem::take(&mut state.to_end) {
        let end = egui::text::CCursor::new(draft.chars().count());
        output
            .state
            .cursor
            .set_char_range(Some(egui::text::CCursorRange::one(end)));
        output.state.store(ui.ctx(), id);
    }
    let response = output.response.response.accessible_name(&model.name);
    explain_field(ui, &response, enabled, model.blocked.as_deref());
    response.changed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo;

    #[test]
    fn says_where_one_writes_and_who_else_does() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let model = build(community, &community.channels[0]);
        assert_eq!(model.name, "Message #general");
        assert_eq!(model.below, "Mikael is writing…");
        assert_eq!(model.blocked, None);
    }

    #[test]
    fn offline_says_what_becomes_of_a_message_not_who_wrote_last() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.connection = Connection::Offline {
            reason: "gone".to_owned(),
            retry_in_s: 3,
        };
        let below = build(&community, &community.channels[0]).below;
        assert!(below.contains("when the server is back"), "{below}");
    }

    #[test]
    fn an_alarm_blocks_writing() {
        let mut community = (*demo::harbour().communities[0]).clone();
        community.alarm = Some("forked".to_owned());
        let channel = community.channels[0].clone();
        assert!(build(&community, &channel).blocked.is_some());
    }

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
    fn what_waits_is_explained_before_who_writes() {
        let snapshot = demo::bad_state("held-up").unwrap();
        let community = &snapshot.communities[0];
        let model = build(community, &community.channels[0]);
        assert!(model.below.contains("waits here"), "{}", model.below);
    }

    #[test]
    fn several_writers() {
        let mut community = (*demo::harbour().communities[0]).clone();
        let everybody: Vec<_> = community.members.iter().map(|one| one.account).collect();
        let mut channel = (*community.channels[0]).clone();
        channel.typing = everybody;
        assert_eq!(
            typing_words(&community, &channel),
            "Several people are writing…"
        );
        community.members.clear();
        assert_eq!(typing_words(&community, &channel), "");
    }
}
