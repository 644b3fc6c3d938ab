//! What one does with messages, by label and by key: answers, edits, reactions, pins, deletes; what was typed is kept.

use std::sync::Arc;

use dialtone_engine::snapshot::{Draft, ItemBody, Jumped, Marks, Version};
use dialtone_engine::{Command, CommunityCommand, Event, JumpTo, MessageCommand};
use dialtone_gui::demo::harbour;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;
use crate::{WIDE, key, press, type_into, wait_for, wishes, write};

/// The wishes about messages that were sent, without what is only kept here.
fn about_messages(window: &mut Window) -> Vec<MessageCommand> {
    let wishes = wishes(window.sent()).into_iter();
    wishes
        .filter_map(|wish| match wish {
            CommunityCommand::Message(
                MessageCommand::SaveDraft(..) | MessageCommand::UseEmoji(_),
            ) => None,
            CommunityCommand::Message(wish) => Some(wish),
            _ => None,
        })
        .collect()
}

pub(crate) fn field(window: &Window) -> String {
    let field = window.harness.get_by_role(Role::MultilineTextInput);
    field.value().unwrap_or_default()
}

/// The name of what has the keyboard.
pub(crate) fn focused(window: &Window) -> String {
    let node = window
        .harness
        .query_by(|node| node.is_focused() && !node.is_hidden());
    let label = node.and_then(|node| node.accesskit_node().label());
    label.unwrap_or_default()
}

#[test]
fn a_reaction_is_taken_off_by_its_chip_and_says_who_set_it() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "⚓ 3: Mikael, you and Jo");
    window.serve();
    window.harness.get_by_label("⚓ 2: Mikael and Jo");
    press(&mut window, "⭐ 2: Tomas and Rune");
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::React { emoji, set: true, .. }] if emoji == "⭐"),
        "{sent:?}"
    );
}

#[test]
fn arrows_go_through_the_messages_and_letters_answer_one() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    assert_eq!(focused(&window), "Message from Tomas, 18:31");
    key(&mut window, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(focused(&window), "Message from Jo, 18:24");
    key(&mut window, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(focused(&window), "Message #general", "below the last one");
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    // As a keyboard does: the key and its letter at once.
    let pressed = egui::Event::Key {
        key: Key::R,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let letter = egui::Event::Text("r".to_owned());
    window.harness.input_mut().events.extend([pressed, letter]);
    window.settle();
    window
        .harness
        .get_by_label("Replying to Tomas: They are. I drop them at the club at eight.");
    assert_eq!(focused(&window), "Message #general");
    assert_eq!(field(&window), "");
    write(&mut window, "good");
    let target = window.engine.state.communities[0].channels[0]
        .timeline
        .items[5]
        .hash;
    window.sent();
    key(&mut window, Modifiers::NONE, Key::Enter);
    let sent = wishes(window.sent());
    assert!(
        sent.iter().any(|wish| matches!(wish,
            CommunityCommand::Submit { text, reply_to, .. } if text == "good" && *reply_to == target)),
        "{sent:?}"
    );
    assert!(
        window
            .harness
            .query_by_label_contains("Replying to")
            .is_none()
    );
}

#[test]
fn an_answer_shows_what_it_answers_and_leads_there() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Answer to Mikael: Mooring lines are replaced.");
    let first = window.engine.state.communities[0].channels[0]
        .timeline
        .items[0]
        .hash;
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::Jump(_, JumpTo::Message(to))] if Some(*to) == first),
        "{sent:?}"
    );
}

#[test]
fn escape_gives_up_an_answer_and_an_edit_and_gives_the_draft_back() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    key(&mut window, Modifiers::NONE, Key::R);
    write(&mut window, "begun");
    key(&mut window, Modifiers::NONE, Key::Escape);
    assert!(
        window
            .harness
            .query_by_label_contains("Replying to")
            .is_none()
    );
    assert_eq!(field(&window), "begun");
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    for _ in 0..2 {
        key(&mut window, Modifiers::NONE, Key::ArrowUp);
    }
    key(&mut window, Modifiers::NONE, Key::E);
    window.harness.get_by_label_contains("Editing your message");
    assert!(field(&window).starts_with("So the morning start stands."));
    press(&mut window, "Stop editing");
    assert_eq!(field(&window), "begun");
}

#[test]
fn up_edits_ones_own_last_message_and_what_it_said_before_can_be_seen() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::NONE, Key::ArrowUp);
    assert!(field(&window).ends_with("Who takes the committee boat?"));
    write(&mut window, " I do.");
    key(&mut window, Modifiers::NONE, Key::Enter);
    window.serve();
    assert_eq!(field(&window), "");
    window
        .harness
        .get_by_label("So the morning start stands. Who takes the committee boat? I do.");
    press(&mut window, "Edited: show earlier versions");
    window.harness.get_by_label("Earlier versions");
    window
        .harness
        .get_by_label("So the morning start stands. Who takes the committee boat?");
}

#[test]
fn deleting_asks_and_leaves_a_quiet_line() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    key(&mut window, Modifiers::NONE, Key::Delete);
    window.harness.get_by_label("Delete Tomas's message?");
    assert_eq!(focused(&window), "Cancel");
    assert!(about_messages(&mut window).is_empty());
    press(&mut window, "Delete");
    window.serve();
    window.harness.get_by_label("Message deleted");
    window.change(|community| {
        let channel = Arc::make_mut(&mut community.channels[0]);
        let item = Arc::make_mut(&mut channel.timeline.items[4]);
        item.body = ItemBody::Deleted {
            by: Some("Mikael".to_owned()),
        };
        item.marks = Marks::default();
    });
    window.harness.get_by_label("Mikael deleted this message");
}

#[test]
fn a_message_is_pinned_by_key_and_found_among_the_pinned_ones() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    key(&mut window, Modifiers::NONE, Key::P);
    window.serve();
    window.harness.get_by_label("Pinned");
    press(&mut window, "Pinned messages");
    window.serve();
    let row = "Tomas, Today, 18:31: They are. I drop them at the club at eight.";
    press(&mut window, row);
    let sent = about_messages(&mut window);
    assert!(matches!(&sent[..], [MessageCommand::Jump(..)]), "{sent:?}");
    press(&mut window, "Take the pin off");
    window.serve();
    assert!(window.harness.query_by_label(row).is_none());
    press(&mut window, "Close pinned messages");
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::ShowPins(None)]),
        "{sent:?}"
    );
}

#[test]
fn the_menu_of_a_message_opens_by_key_and_by_the_second_button() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    key(&mut window, Modifiers::NONE, Key::M);
    press(&mut window, "Reply to it");
    window.harness.get_by_label_contains("Replying to Tomas");
    let words = "I can, if somebody brings the flags. @Tomas are they still with you?";
    window.harness.get_by_label(words).click_secondary();
    window.settle();
    press(&mut window, "Pin");
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::Pin { set: true, .. }]),
        "{sent:?}"
    );
}

#[test]
fn who_points_at_a_message_has_its_tools() {
    let mut window = Window::new(harbour(), WIDE);
    assert!(window.harness.query_by_label("Reply").is_none());
    let words = "They are. I drop them at the club at eight.";
    window.harness.get_by_label(words).hover();
    window.settle();
    press(&mut window, "Reply");
    window.harness.get_by_label_contains("Replying to Tomas");
    assert!(
        window.harness.query_by_label("Edit message").is_none(),
        "it is not one's own"
    );
}

#[test]
fn an_emoji_that_was_used_is_remembered_and_comes_first() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Choose an emoji");
    write(&mut window, "sailboat");
    key(&mut window, Modifiers::NONE, Key::Enter);
    window.serve();
    press(&mut window, "Choose an emoji");
    key(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(field(&window), "⛵⛵");
    let wishes = wishes(window.sent());
    let used = |wish: &&CommunityCommand| matches!(wish, CommunityCommand::Message(MessageCommand::UseEmoji(emoji)) if emoji == "⛵");
    assert_eq!(wishes.iter().filter(used).count(), 1, "{wishes:?}");
}

#[test]
fn an_emoji_is_found_by_name_and_set_or_written() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Choose an emoji");
    write(&mut window, "anchor");
    key(&mut window, Modifiers::NONE, Key::Enter);
    assert_eq!(field(&window), "⚓");
    write(&mut window, "!");
    assert_eq!(field(&window), "⚓!", "the cursor is behind it");
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    write(&mut window, "+");
    key(&mut window, Modifiers::NONE, Key::ArrowDown);
    key(&mut window, Modifiers::NONE, Key::Escape);
    assert_eq!(focused(&window), "Message from Tomas, 18:31");
    write(&mut window, "+");
    window.harness.get_by_label("red heart").click();
    window.settle();
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::React { emoji, set: true, .. }] if emoji == "❤️"),
        "{sent:?}"
    );
}

#[test]
fn a_draft_is_kept_when_typing_pauses_and_taken_in_when_the_channel_opens() {
    let mut window = Window::new(harbour(), WIDE);
    write(&mut window, "half a thou");
    for time in [1000.0, 1002.0] {
        window.harness.input_mut().time = Some(time);
        window.harness.step();
    }
    let kept = |wish: &CommunityCommand| {
        matches!(wish, CommunityCommand::Message(MessageCommand::SaveDraft(_, draft))
            if draft.text == "half a thou")
    };
    let sent = wishes(window.sent());
    assert_eq!(sent.iter().filter(|wish| kept(wish)).count(), 1, "{sent:?}");
    window.change(|community| {
        let yard = Arc::make_mut(&mut community.channels[2]);
        yard.draft = Some(Arc::new(Draft {
            text: "from before".to_owned(),
            reply_to: None,
        }));
    });
    press(&mut window, "boat-yard");
    window.serve();
    assert_eq!(field(&window), "from before");
}

#[test]
fn what_was_not_taken_comes_back_with_what_it_answers() {
    let mut window = Window::new(harbour(), WIDE);
    let community = window.engine.state.communities[0].clone();
    let channel = &community.channels[0];
    window.tell(Event::Unsent {
        community: community.id,
        channel: channel.id,
        text: "eight it is".to_owned(),
        reply_to: channel.timeline.items[4].hash,
        files: Vec::new(),
        reason: "The server is away.".to_owned(),
    });
    wait_for(&mut window, "Replying to Jo");
    assert_eq!(field(&window), "eight it is");
}

#[test]
fn a_link_that_says_something_else_asks_first() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        let channel = Arc::make_mut(&mut community.channels[0]);
        let item = Arc::make_mut(&mut channel.timeline.items[5]);
        item.body = ItemBody::Text("[bank.example](https://evil.example/x)".to_owned());
    });
    window.harness.get_by_label("bank.example").hover();
    window.settle();
    window.harness.get_by_label("bank.example").click();
    window.settle();
    window.harness.get_by_label("Open evil.example?");
    press(&mut window, "Cancel");
}

#[test]
fn later_pages_are_asked_for_once_and_the_present_by_name() {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        let channel = Arc::make_mut(&mut community.channels[0]);
        channel.timeline.has_later = true;
    });
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::LoadLater(_)]),
        "{sent:?}"
    );
    press(&mut window, "Go to the latest");
    let sent = about_messages(&mut window);
    assert!(
        matches!(&sent[..], [MessageCommand::Jump(_, JumpTo::Present)]),
        "{sent:?}"
    );
}

fn in_sight(window: &Window, words: &str) -> bool {
    let found = window.harness.query_all_by_label_contains(words);
    found.count() > 0
}

#[test]
fn a_jump_brings_its_message_into_sight() {
    let mut window = Window::new(dialtone_gui::demo::many(400), WIDE);
    assert!(!in_sight(&window, "Number 36:"));
    window.change(|community| {
        let channel = Arc::make_mut(&mut community.channels[0]);
        channel.timeline.jumped = Some(Jumped {
            to: Some(1_036),
            count: 1,
        });
    });
    assert!(in_sight(&window, "Number 36:"));
    // Other changes do not lead there again.
    key(&mut window, Modifiers::COMMAND, Key::End);
    window.change(|community| {
        let channel = Arc::make_mut(&mut community.channels[0]);
        let item = Arc::make_mut(&mut channel.timeline.items[399]);
        item.marks.versions.push(Version {
            until_ms: 0,
            text: "x".to_owned(),
        });
    });
    assert!(!in_sight(&window, "Number 36:"));
}

#[test]
fn the_way_to_the_first_unread_is_there_until_it_was_seen() {
    let mut snapshot = dialtone_gui::demo::many(400);
    let community = Arc::make_mut(&mut snapshot.communities[0]);
    let channel = Arc::make_mut(&mut community.channels[0]);
    channel.timeline.first_unread = Some(1_100);
    let mut window = Window::new(snapshot, WIDE);
    press(&mut window, "Go to the first unread");
    window.harness.get_by_label_contains("New since");
    key(&mut window, Modifiers::COMMAND, Key::End);
    assert!(
        window
            .harness
            .query_by_label("Go to the first unread")
            .is_none()
    );
}

#[test]
fn a_day_is_chosen_in_a_calendar() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Today");
    window.harness.get_by_label("November 2026");
    key(&mut window, Modifiers::NONE, Key::ArrowLeft);
    key(&mut window, Modifiers::NONE, Key::Enter);
    // The 21st of November 2026, at midnight.
    let sent = about_messages(&mut window);
    assert!(
        matches!(
            &sent[..],
            [MessageCommand::Jump(_, JumpTo::Moment(1_795_219_200_000))]
        ),
        "{:?}",
        sent.iter()
            .map(|wish| match wish {
                MessageCommand::Jump(_, to) => format!("{to:?}"),
                other => format!("{other:?}"),
            })
            .collect::<Vec<_>>()
    );
}

#[test]
fn looking_away_from_the_window_is_told() {
    let mut window = Window::new(harbour(), WIDE);
    window.sent();
    for focused in [false, true] {
        window.harness.input_mut().focused = focused;
        window.harness.step();
        let sent = window.sent();
        assert!(sent.contains(&Command::Attend(focused)), "{sent:?}");
    }
}

#[test]
fn code_is_copied_by_its_button() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Copy code");
    let copied = window.harness.output().platform_output.commands.iter();
    let texts: Vec<String> = copied
        .filter_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
        .collect();
    // The press and what follows it are several frames; the last one may have nothing to copy.
    assert!(
        texts.iter().all(|text| text.starts_with("06:00")),
        "{texts:?}"
    );
    type_into(&mut window, "Message #general", "x");
}

/// The window in which the last message, Tomas', says this.
fn saying(text: &str) -> Window {
    let mut window = Window::new(harbour(), WIDE);
    window.change(|community| {
        let channel = std::sync::Arc::make_mut(&mut community.channels[0]);
        let last = channel.timeline.items.last_mut().expect("a message");
        std::sync::Arc::make_mut(last).body = ItemBody::Text(text.to_owned());
    });
    window
}

/// Everything that a screen reader finds: names, values, descriptions.
fn all_words(window: &Window) -> String {
    let root = window.harness.root();
    let mut all = String::new();
    for node in root.children_recursive() {
        let node = node.accesskit_node();
        for words in [node.label(), node.value(), node.description()] {
            all.push_str(&words.unwrap_or_default());
            all.push('\n');
        }
    }
    all
}

#[test]
fn hidden_text_is_covered_until_enter_shows_it_piece_by_piece() {
    let mut window = saying("It was ||the butler|| in ||the cellar||.");
    let shown = all_words(&window);
    assert!(
        shown.contains("It was hidden text in hidden text."),
        "{shown}"
    );
    assert!(
        !shown.contains("butler") && !shown.contains("cellar"),
        "{shown}"
    );
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    assert!(!all_words(&window).contains("butler"));
    key(&mut window, Modifiers::NONE, Key::Enter);
    let shown = all_words(&window);
    assert!(
        shown.contains("It was the butler in hidden text."),
        "{shown}"
    );
    key(&mut window, Modifiers::NONE, Key::Enter);
    let shown = all_words(&window);
    assert!(
        shown.contains("It was the butler in the cellar."),
        "{shown}"
    );
    assert_eq!(focused(&window), "Message from Tomas, 18:31");
    key(&mut window, Modifiers::NONE, Key::Enter);
    assert!(all_words(&window).contains("It was hidden text in hidden text."));
}

#[test]
fn hidden_text_is_shown_by_a_press_on_its_cover_and_only_then_copied() {
    let mut window = saying("||the butler||");
    let copied = |window: &mut Window| {
        key(window, Modifiers::COMMAND, Key::ArrowUp);
        window.harness.event(egui::Event::Key {
            key: Key::C,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        });
        window.harness.step();
        let commands = window.harness.output().platform_output.commands.clone();
        let text = commands.into_iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text),
            _ => None,
        });
        text.unwrap_or_default()
    };
    assert_eq!(copied(&mut window), "hidden text");
    let cover = window.harness.get_by_label("hidden text").rect().center();
    window.harness.hover_at(cover);
    window.harness.step();
    for pressed in [true, false] {
        window.harness.event(egui::Event::PointerButton {
            pos: cover,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.harness.step();
    }
    window.settle();
    assert!(all_words(&window).contains("the butler"));
    assert_eq!(copied(&mut window), "||the butler||");
}

#[test]
fn what_is_hidden_is_not_told_by_what_answers_it() {
    let mut window = saying("||the butler||");
    key(&mut window, Modifiers::COMMAND, Key::ArrowUp);
    key(&mut window, Modifiers::NONE, Key::R);
    let shown = all_words(&window);
    assert!(shown.contains("Replying to Tomas: hidden text"), "{shown}");
    assert!(!shown.contains("butler"), "{shown}");
}

#[test]
fn words_from_right_to_left_are_told_in_the_order_in_which_they_are_read() {
    let window = saying("مرحبا *بالجميع* في الثامنة");
    window.harness.get_by_label("مرحبا بالجميع في الثامنة");
}
