//! The voice meter and the chain editor, by label.

use std::sync::Arc;

use dialtone_engine::command::{ChainCommand, ChainEdit};
use dialtone_engine::handle::channel;
use dialtone_engine::settings::Preset;
use dialtone_engine::snapshot::ChainSource;
use dialtone_engine::{Command, Snapshot};
use dialtone_gui::MeterWindow;
use dialtone_gui::demo::{harbour, metered};
use egui::Key;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

use crate::common::Window;
use crate::{press, type_into};

const TALL: [f32; 2] = [1280.0, 1500.0];

/// The page, open, with the pretended engine's reading in it.
fn page() -> Window {
    page_of(harbour(), TALL)
}

fn page_of(snapshot: Snapshot, size: [f32; 2]) -> Window {
    let mut window = Window::new(snapshot, size);
    press(&mut window, "Settings");
    press(&mut window, "Voice meter");
    window.serve();
    window.sent();
    window
}

/// The wishes of the editor sent since the last call.
fn wishes(window: &mut Window) -> Vec<ChainCommand> {
    let sent = window.sent().into_iter();
    sent.filter_map(|command| match command {
        Command::Chain(wish) => Some(wish),
        _ => None,
    })
    .collect()
}

fn focus(window: &mut Window, role: Role, label: &str) {
    window.harness.get_by_role_and_label(role, label).focus();
    window.settle();
}

fn edit(edit: ChainEdit) -> ChainCommand {
    ChainCommand::Edit(edit)
}

#[test]
fn the_view_is_watched_while_it_is_open_and_no_longer() {
    let mut window = Window::new(harbour(), TALL);
    press(&mut window, "Settings");
    window.settle();
    assert!(!window.sent().contains(&Command::WatchVoice(true)));
    press(&mut window, "Voice meter");
    window.settle();
    assert!(window.sent().contains(&Command::WatchVoice(true)));
    press(&mut window, "Talking");
    window.settle();
    let sent = window.sent();
    assert!(sent.contains(&Command::WatchVoice(false)));
    assert!(
        !sent.contains(&Command::SetMeter(false)),
        "that page has a meter"
    );
}

#[test]
fn speech_is_told_in_words_and_silence_too() {
    let mut window = page();
    window
        .harness
        .get_by_label("Waveform of the last four seconds: speaking");
    window
        .harness
        .get_by_label_contains("Microphone: Harbour mic");
    window.harness.get_by_label_contains("\u{2212}37.0 dBFS");
    window.change_all(|snapshot| {
        let meter = Arc::make_mut(snapshot.audio.meter.as_mut().unwrap());
        meter.moments.last_mut().unwrap().sent = false;
    });
    window
        .harness
        .get_by_label("Waveform of the last four seconds: silent");
    window.change_all(|snapshot| {
        snapshot.audio.meter = None;
        snapshot.audio.problem = Some("Microphone: there is none. Plug one in.".to_owned());
    });
    window.harness.get_by_label_contains("Plug one in.");
    press(&mut window, "Try again");
    assert_eq!(window.sent(), [Command::RefreshDevices]);
}

#[test]
fn stages_are_put_elsewhere_by_the_keyboard() {
    let mut window = page();
    focus(&mut window, Role::Button, "Move Noise removal");
    window.harness.key_press(Key::ArrowUp);
    window.settle();
    let stage = || "denoise".to_owned();
    let to = |to| edit(ChainEdit::Move { stage: stage(), to });
    assert_eq!(wishes(&mut window), [to(1)]);
    press(&mut window, "Tune Noise removal");
    press(&mut window, "Move down");
    assert_eq!(wishes(&mut window), [to(3)]);
    focus(&mut window, Role::Button, "Move Rumble filter");
    window.harness.key_press(Key::ArrowUp);
    window.settle();
    assert_eq!(wishes(&mut window), [], "it is the first");
}

#[test]
fn a_parameter_is_tuned_by_its_slider_and_brought_back() {
    let mut window = page();
    press(&mut window, "Tune Limiter");
    window.sent();
    focus(&mut window, Role::Slider, "Limiter: Ceiling");
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    let higher = edit(ChainEdit::Set {
        stage: "limiter".to_owned(),
        param: "ceiling_dbfs".to_owned(),
        value: -0.5,
    });
    let sent = window.sent();
    assert_eq!(sent, [Command::Chain(higher)]);
    for command in sent {
        window.engine.apply(command);
    }
    window.publish();
    window.harness.get_by_label("\u{2212}0.5 dBFS");
    press(&mut window, "Reset");
    assert_eq!(
        wishes(&mut window),
        [edit(ChainEdit::Reset("limiter".to_owned()))]
    );
}

#[test]
fn a_stage_is_removed_and_comes_back() {
    let mut window = page();
    press(&mut window, "Tune Noise removal");
    press(&mut window, "Remove");
    window.serve();
    let there = |window: &Window| {
        window
            .harness
            .query_by_label("Tune Noise removal")
            .is_some()
    };
    assert!(!there(&window));
    press(&mut window, "Take the last change back");
    assert_eq!(wishes(&mut window), [ChainCommand::Undo]);
    window.engine.apply(Command::Chain(ChainCommand::Undo));
    window.publish();
    assert!(there(&window));
}

#[test]
fn a_stage_is_switched_off_and_one_is_added() {
    let mut window = page();
    let limiter = window
        .harness
        .get_by_role_and_label(Role::Switch, "Limiter");
    limiter.click();
    window.settle();
    let stage = "limiter".to_owned();
    assert_eq!(
        wishes(&mut window),
        [edit(ChainEdit::Enable { stage, on: false })]
    );
    press(&mut window, "Add a stage or a plugin");
    let entry = |label| {
        move |window: &mut Window| {
            window
                .harness
                .get_by_role_and_label(Role::MenuItem, label)
                .click();
            window.settle();
        }
    };
    entry("Look for plugins")(&mut window);
    for command in window.sent() {
        window.engine.apply(command);
    }
    window.publish();
    entry("Comb")(&mut window);
    let added = wishes(&mut window);
    assert!(
        matches!(&added[..], [ChainCommand::Edit(ChainEdit::Add { kind, file: Some(_), at: 7 })]
            if kind == "clap:org.example.comb"),
        "{added:?}"
    );
}

#[test]
fn chains_are_chosen_saved_and_deleted_after_a_question() {
    let mut window = page();
    let open = |window: &mut Window| {
        window
            .harness
            .get_by_role_and_label(Role::ComboBox, "Chain in use")
            .click();
        window.settle();
    };
    open(&mut window);
    press(&mut window, "Music");
    let music = ChainSource::Preset(Preset::Music);
    assert_eq!(wishes(&mut window), [ChainCommand::Choose(music)]);
    open(&mut window);
    press(&mut window, "Save as\u{2026}");
    type_into(&mut window, "Name of the new chain", "Evening");
    press(&mut window, "Save");
    let saved = ChainCommand::SaveAs("Evening".to_owned());
    let told = wishes(&mut window);
    assert_eq!(told, [saved]);
    for wish in told {
        window.engine.apply(Command::Chain(wish));
    }
    window.publish();
    open(&mut window);
    press(&mut window, "Delete\u{2026}");
    assert_eq!(wishes(&mut window), [], "it is asked first");
    press(&mut window, "Delete chain");
    assert_eq!(wishes(&mut window), [ChainCommand::Delete]);
}

#[test]
fn what_is_wrong_with_a_chain_is_said() {
    let mut window = page();
    window.change_all(|snapshot| {
        let chain = Arc::make_mut(snapshot.audio.chain.as_mut().unwrap());
        chain.problem = Some("chain.toml is no chain: line 2.".to_owned());
        chain.stages[1].problem = Some("There is no such plugin.".to_owned());
    });
    window
        .harness
        .get_by_label("chain.toml is no chain: line 2.");
    press(&mut window, "Tune Echo canceller");
    window.harness.get_by_label("There is no such plugin.");
}

#[test]
fn the_line_moves_with_the_arrow_keys() {
    let mut window = page();
    focus(&mut window, Role::Slider, "Threshold");
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Command::SetAudio(audio)]
            if (audio.threshold_dbfs + 36.0).abs() < 0.01 && !audio.auto_threshold),
        "{sent:?}"
    );
    let by_itself = "Set the line by itself";
    window
        .harness
        .get_by_role_and_label(Role::Switch, by_itself)
        .click();
    window.settle();
    let sent = window.sent();
    assert!(matches!(&sent[..], [Command::SetAudio(audio)] if audio.auto_threshold));
}

#[test]
fn it_fits_every_size_and_everything_has_a_name() {
    for size in [
        TALL,
        [1280.0, 800.0],
        [720.0, 600.0],
        [480.0, 500.0],
        [300.0, 200.0],
    ] {
        let mut window = page_of(harbour(), [1280.0, 800.0]);
        window.harness.set_size(size.into());
        window.settle();
        if window
            .harness
            .query_by_label("Tune Voice activity")
            .is_some()
        {
            press(&mut window, "Tune Voice activity");
        }
        let unnamed = window.harness.unnamed_widgets();
        assert!(unnamed.is_empty(), "{size:?}: {unnamed:?}");
    }
}

#[test]
fn the_window_of_its_own_needs_nobody_who_signs_in() {
    let (handle, mut side) = channel(Snapshot::default());
    let alone = Snapshot {
        communities: Vec::new(),
        ..metered()
    };
    side.publish(alone);
    let mut engine = Some(handle);
    let mut harness = Harness::builder()
        .with_size([1000.0, 880.0])
        .with_max_steps(60)
        .allow_missing_glyphs()
        .build_ui_state(
            move |ui, window: &mut Option<MeterWindow>| {
                if let Some(engine) = engine.take() {
                    let folder = "/profile".into();
                    *window = Some(MeterWindow::new(ui.ctx(), engine, folder, true));
                    ui.ctx().request_repaint();
                } else if let Some(window) = window {
                    window.update(ui.ctx());
                    window.show(ui);
                }
            },
            None,
        );
    harness.run_ok();
    let mut sent = Vec::new();
    while let Ok(command) = side.commands.try_recv() {
        sent.push(command);
    }
    assert!(sent.contains(&Command::SetMeter(true)) && sent.contains(&Command::WatchVoice(true)));
    harness.get_by_label_contains("kept in /profile");
    harness
        .get_by_role_and_label(Role::ComboBox, "Microphone")
        .click();
    harness.run_ok();
    harness.get_by_label("Headset").click();
    harness.run_ok();
    let command = side.commands.try_recv().unwrap();
    assert!(
        matches!(&command, Command::SetAudio(audio)
            if audio.input_device.as_deref() == Some("pulse:headset")),
        "{command:?}"
    );
    harness
        .get_by_role_and_label(Role::Switch, "Limiter")
        .click();
    harness.run_ok();
    let command = side.commands.try_recv().unwrap();
    assert!(matches!(
        command,
        Command::Chain(ChainCommand::Edit(ChainEdit::Enable { .. }))
    ));
}
