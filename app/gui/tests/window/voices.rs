//! Who is heard by everybody: from a talker's menu and a member's, and what one is told oneself.

use dialtone_engine::CommunityCommand;
use dialtone_engine::snapshot::{Role as Rank, VoiceStanding};
use dialtone_gui::demo::{bad_state, harbour};
use egui::accesskit::{Live, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::common::Window;
use crate::{WIDE, press, wishes};

/// What was said of voices; it is done.
fn says(window: &mut Window) -> Vec<VoiceStanding> {
    let sent = window.sent();
    for command in sent.clone() {
        window.engine.apply(command);
    }
    window.publish();
    let said = wishes(sent).into_iter().filter_map(|wish| match wish {
        CommunityCommand::SetVoiceStanding { standing, .. } => Some(standing),
        _ => None,
    });
    said.collect()
}

#[test]
fn a_talkers_menu_mutes_for_everyone_and_lets_speak_again() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo, muted");
    press(&mut window, "Mute for everyone");
    assert_eq!(says(&mut window), [VoiceStanding::Muted]);
    let row = window.harness.get_all_by_label("Jo, muted for everyone");
    assert_eq!(row.count(), 2, "in the call, and among the members");
    window.change(|community| community.me.role = Rank::Member);
    assert!(window.harness.query_by_label("Let speak again").is_none());
}

#[test]
fn a_talkers_menu_gives_priority() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Jo, muted");
    let switch = window
        .harness
        .get_by_role_and_label(Role::Switch, "Priority speaker");
    switch.click();
    window.settle();
    assert_eq!(says(&mut window), [VoiceStanding::Priority]);
}

#[test]
fn a_members_menu_does_the_same_and_a_plain_member_has_no_such_choice() {
    let mut window = Window::new(harbour(), WIDE);
    press(&mut window, "Tomas, away");
    press(&mut window, "Mute for everyone");
    assert_eq!(says(&mut window), [VoiceStanding::Muted]);
    press(&mut window, "Tomas, away, muted for everyone");
    press(&mut window, "Let speak again");
    assert_eq!(says(&mut window), [VoiceStanding::Ordinary]);
    window.change(|community| community.me.role = Rank::Member);
    press(&mut window, "Tomas, away");
    assert!(window.harness.query_by_label("Mute for everyone").is_none());
}

#[test]
fn why_somebody_is_not_heard_is_said_at_once_and_in_their_menu() {
    let mut window = Window::new(bad_state("withheld").unwrap(), WIDE);
    let words = "Mikael, not heard: nothing shows that it is their voice";
    let row = window.harness.get_by_label(words);
    assert_eq!(row.accesskit_node().live(), Live::Assertive);
    press(&mut window, words);
    window
        .harness
        .get_by_label_contains("their device has not signed what comes");
}

#[test]
fn who_is_muted_is_told_in_the_voice_bar() {
    let window = Window::new(bad_state("silenced").unwrap(), WIDE);
    window
        .harness
        .get_by_label("An admin muted you (Mikael): nobody hears you");
    let talker = window.harness.get_all_by_label("Anna, muted for everyone");
    assert!(talker.count() > 0);
}

/// The card of a member, by their name and what else their row says.
fn card(row: &str) -> Window {
    let mut window = Window::new(harbour(), WIDE);
    let rows = window.harness.get_all_by_label(row);
    rows.last().expect("a row of the members").click();
    window.settle();
    press(&mut window, "Profile…");
    window.sent();
    window
}

#[test]
fn the_card_of_whoever_is_in_ones_call_says_how_one_hears_them() {
    let mut window = card("Mikael, admin");
    for (name, fits) in [
        (
            "Mute for me",
            (|wish| matches!(wish, CommunityCommand::SetVolume { percent: 0, .. }))
                as fn(&CommunityCommand) -> bool,
        ),
        ("Always hear", |wish| {
            matches!(wish, CommunityCommand::SetPinned { pinned: true, .. })
        }),
        (
            "Whisper",
            |wish| matches!(wish, CommunityCommand::SetWhisper(to) if to.len() == 1),
        ),
    ] {
        let switch = window.harness.get_by_role_and_label(Role::Switch, name);
        switch.focus();
        window.settle();
        window.harness.key_press(egui::Key::Space);
        window.settle();
        let wishes = wishes(window.sent());
        assert!(wishes.iter().any(fits), "{name}: {wishes:?}");
    }
    let slider = "Volume of Mikael";
    window
        .harness
        .get_by_role_and_label(Role::Slider, slider)
        .focus();
    window.settle();
    window.harness.key_press(egui::Key::ArrowUp);
    window.settle();
    let wishes = wishes(window.sent());
    let louder =
        |wish: &CommunityCommand| matches!(wish, CommunityCommand::SetVolume { percent: 105, .. });
    assert!(wishes.iter().any(louder), "{wishes:?}");
}

#[test]
fn somebody_muted_for_oneself_is_heard_again_as_loud_as_before() {
    let mut window = card("Mikael, admin");
    let volume = |window: &Window| {
        let community = &window.engine.state.communities[0];
        let mut others = community.others_in_call();
        others
            .find(|one| one.name == "Mikael")
            .unwrap()
            .volume_percent
    };
    let slider = "Volume of Mikael";
    window
        .harness
        .get_by_role_and_label(Role::Slider, slider)
        .focus();
    window.settle();
    window.harness.key_press(egui::Key::ArrowUp);
    window.settle();
    window.serve();
    for percent in [0, 105] {
        let switch = window
            .harness
            .get_by_role_and_label(Role::Switch, "Mute for me");
        switch.click();
        window.settle();
        window.serve();
        assert_eq!(volume(&window), percent);
    }
}

#[test]
fn the_card_of_whoever_is_in_no_call_has_no_volume() {
    let mut window = card("Tomas, away");
    let volumes = |window: &Window| window.harness.query_all_by_role(Role::Slider).count();
    assert_eq!(volumes(&window), 0);
    window.change(|community| community.call = None);
    assert_eq!(volumes(&window), 0);
}
