//! The window on a pretended engine: `cargo run -p dialtone-gui --example demo -- [state] [light] [high] [violet] [compact] [larger] [quiet] [broke]
//! [settings|talking|meter|appearance|notifications|desktop|shortcuts|device|about]`.
//!
//! `state` is `harbour` (the default), `join`, `welcome`, `many`, `scripts`, or one of `demo::BAD_STATES`. `DIALTONE_DEMO_SIZE=700x600` sets the size,
//! `DIALTONE_DEMO_LANGUAGE=de` the language.

use std::sync::Arc;

use dialtone_engine::Snapshot;
use dialtone_engine::settings::{Accent, Contrast, Density, DoNotDisturb, TextSize, Theme};
use dialtone_engine::snapshot::{AtOnce, ItemBody};
use dialtone_gui::demo::{FakeEngine, bad_state, clock, harbour, invitation, many, serve};
use dialtone_gui::desktop::DesktopOptions;
use dialtone_gui::state::{Page, SettingsPage};
use dialtone_gui::{WindowOptions, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let has = |word: &str| words.iter().any(|one| one == word);
    let mut state = words
        .iter()
        .find_map(|word| bad_state(word))
        .unwrap_or_else(harbour);
    if has("many") {
        state = many(3_000);
    }
    if has("join") {
        state = Snapshot {
            invitation: Some(invitation()),
            ..Snapshot::default()
        };
    }
    if has("welcome") {
        state = Snapshot::default();
    }
    state.settings.look.language = std::env::var("DIALTONE_DEMO_LANGUAGE").ok();
    if has("high") {
        state.settings.look.contrast = Contrast::High;
    }
    if has("violet") {
        state.settings.look.accent = Accent::Violet;
    }
    if has("compact") {
        state.settings.look.density = Density::Compact;
    }
    if has("larger") {
        state.settings.look.text = TextSize::Larger;
    }
    if has("scripts") {
        scripts(&mut state);
    }
    if has("light") {
        state.settings.look.theme = Theme::Light;
    }
    let mut options = WindowOptions {
        title: "Dialtone demonstration".to_owned(),
        clock: Some(clock()),
        ..WindowOptions::default()
    };
    show_page(&has, &mut options, &mut state);
    if let Some(size) = std::env::var("DIALTONE_DEMO_SIZE")
        .ok()
        .as_deref()
        .and_then(parse_size)
    {
        options.size = size;
    }
    let now_ms = clock().now_ms;
    let engine = serve(FakeEngine::new(state, now_ms))?;
    run(engine, options)?;
    Ok(())
}

/// The page that was named.
fn show_page(has: &dyn Fn(&str) -> bool, options: &mut WindowOptions, state: &mut Snapshot) {
    if has("settings") {
        options.page = Page::Settings(SettingsPage::Audio);
    }
    if has("notifications") {
        options.page = Page::Settings(SettingsPage::Notifications);
    }
    if has("desktop") {
        options.page = Page::Settings(SettingsPage::Desktop);
        options.desktop = Some(DesktopOptions::default());
    }
    if has("keyring") {
        state.keyring.at_once = AtOnce::Off;
    }
    if has("quiet") {
        state.settings.notifications.do_not_disturb = DoNotDisturb::On;
    }
    if has("meter") {
        options.page = Page::Settings(SettingsPage::VoiceMeter);
    }
    if has("talking") {
        options.page = Page::Settings(SettingsPage::Talking);
    }
    if has("appearance") {
        options.page = Page::Settings(SettingsPage::Appearance);
    }
    if has("shortcuts") {
        options.page = Page::Settings(SettingsPage::Shortcuts);
        state.settings.shortcuts.give("find", "Ctrl+J");
        state.settings.shortcuts.give("palette", "");
    }
    if has("device") {
        options.page = Page::Settings(SettingsPage::Device);
    }
    if has("about") {
        options.page = Page::Settings(SettingsPage::About);
    }
    options.ended_badly = has("broke");
}

/// The last messages in scripts that the program's own fonts lack.
fn scripts(state: &mut Snapshot) {
    let said = [
        "日本語、中文、한국어: 明日の風は強い。",
        "שלום עולם, מחר בבוקר",
        "مرحبا بالعالم",
    ];
    let channels = state.communities.iter_mut().flat_map(|one| {
        let community = Arc::make_mut(one);
        let open = community.open;
        let channels = community.channels.iter_mut();
        channels.filter(move |channel| Some(channel.id) == open)
    });
    for channel in channels.take(1).map(Arc::make_mut) {
        let items = channel.timeline.items.iter_mut().rev();
        for (item, words) in items.zip(said) {
            Arc::make_mut(item).body = ItemBody::Text(words.to_owned());
        }
    }
}

fn parse_size(text: &str) -> Option<[f32; 2]> {
    let (width, height) = text.split_once('x')?;
    Some([width.parse().ok()?, height.parse().ok()?])
}
