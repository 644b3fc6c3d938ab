//! Finding things: messages, places, people, and what the window can do.

use dialtone_engine::settings::Theme;
use dialtone_engine::{Command, CommunityCommand, JumpTo, MessageCommand, PrivateCommand};
use dialtone_gui::demo::harbour;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::{WIDE, key, press, wishes, write};

/// Lets so much time pass that typing has paused.
fn pause(window: &mut Window) {
    let now = window.harness.input_mut().time.unwrap_or(1000.0);
    window.harness.input_mut().time = Some(now + 2.0);
    window.settle();
}

#[test]
fn messages_are_searched_while_one_types_and_enter_goes_to_the_first() {
    for size in [WIDE, [520.0, 800.0]] {
        let mut window = Window::new(harbour(), size);
        key(&mut window, Modifiers::COMMAND, Key::F);
        window.harness.get_by_label("from:");
        write(&mut window, "flags");
        pause(&mut window);
        let sent = wishes(window.sent());
        let searched = |wish: &&CommunityCommand| matches!(wish, CommunityCommand::Message(MessageCommand::Search { text, .. }) if text == "flags");
        assert_eq!(sent.iter().filter(searched).count(), 1, "{size:?} {sent:?}");
        for wish in sent {
            let id = window.engine.state.communities[0].id;
            window.engine.apply(Command::In(id, wish));
        }
        window.publish();
        window.harness.get_by_label(
            "Jo in general, Today, 18:24: I can, if somebody brings the flags. @Tomas are they still with you?",
        );
        key(&mut window, Modifiers::NONE, Key::Enter);
        let sent = wishes(window.sent());
        let jumps = |wish: &CommunityCommand| {
            matches!(
                wish,
                CommunityCommand::Message(MessageCommand::Jump(_, JumpTo::Message(_)))
            )
        };
        assert!(sent.iter().any(jumps), "{size:?} {sent:?}");
    }
}

#[test]
fn a_search_says_what_it_does_not_understand_and_what_it_did_not_find() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Search");
    press(&mut window, "before:");
    key(&mut window, Modifiers::NONE, Key::Enter);
    window.serve();
    window.harness.get_by_label_contains("not before:");
    key(&mut window, Modifiers::COMMAND, Key::A);
    write(&mut window, "nobody said this");
    key(&mut window, Modifiers::NONE, Key::Enter);
    window.serve();
    window.harness.get_by_label("Nothing was found.");
    press(&mut window, "Close search");
    let sent = wishes(window.sent());
    let ends = |wish: &CommunityCommand| matches!(wish, CommunityCommand::Message(MessageCommand::Search { text, .. }) if text.is_empty());
    assert!(sent.iter().any(ends), "{sent:?}");
}

#[test]
fn a_few_letters_lead_to_a_channel_or_a_person() {
    let mut window = Window::new(harbour(), WIDE);
    key(&mut window, Modifiers::COMMAND, Key::K);
    window
        .harness
        .get_by_label("race-planning, Harbour crew, 4 new");
    write(&mut window, "boat");
    key(&mut window, Modifiers::NONE, Key::Enter);
    let sent = wishes(window.sent());
    let yard = window.engine.state.communities[0].channels[2].id;
    assert!(sent.contains(&CommunityCommand::Open(yard)), "{sent:?}");
    key(&mut window, Modifiers::COMMAND, Key::K);
    write(&mut window, "saga");
    key(&mut window, Modifiers::NONE, Key::Enter);
    let sent = wishes(window.sent());
    let private = |wish: &CommunityCommand| {
        matches!(wish, CommunityCommand::Private(PrivateCommand::Message(_)))
    };
    assert!(sent.iter().any(private), "{sent:?}");
    key(&mut window, Modifiers::COMMAND, Key::K);
    write(&mut window, "qqq");
    window.harness.get_by_label("Nothing is called so.");
    key(&mut window, Modifiers::NONE, Key::Escape);
    assert!(
        window
            .harness
            .query_by_label("Nothing is called so.")
            .is_none()
    );
}

#[test]
fn everything_can_be_done_by_its_name() {
    let mut window = Window::new(harbour(), WIDE);
    let both = Modifiers::COMMAND | Modifiers::SHIFT;
    key(&mut window, both, Key::P);
    write(&mut window, "light");
    key(&mut window, Modifiers::NONE, Key::Enter);
    let sent = window.sent();
    let light =
        |command: &Command| matches!(command, Command::SetLook(look) if look.theme == Theme::Light);
    assert!(sent.iter().any(light), "{sent:?}");
    key(&mut window, both, Key::P);
    write(&mut window, "leave");
    key(&mut window, Modifiers::NONE, Key::Enter);
    let sent = wishes(window.sent());
    assert!(sent.contains(&CommunityCommand::LeaveCall), "{sent:?}");
    key(&mut window, both, Key::P);
    write(&mut window, "go to a day");
    key(&mut window, Modifiers::NONE, Key::Enter);
    window.harness.get_by_label("November 2026");
    key(&mut window, Modifiers::NONE, Key::Escape);
    key(&mut window, both, Key::P);
    write(&mut window, "keyboard");
    key(&mut window, Modifiers::NONE, Key::Enter);
    window
        .harness
        .get_by_label("Go to a channel or a person: Ctrl+K. Change");
}
