//! The pages of the settings.

use dialtone_desktop::{Availability, Kept, Registered};
use dialtone_gui::desktop::DesktopView;
use dialtone_gui::state::SettingsPage;
use egui::accesskit::Role;

use super::{NARROW, Over, Scene, TALL, page, press, press_any};

pub(crate) const ALL: &[Scene] = &[
    Scene::new("settings-audio", "harbour")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::Audio)),
    Scene::new("settings-audio-narrow", "harbour")
        .sized(NARROW)
        .opened(|window| page(window, SettingsPage::Audio)),
    Scene::new("settings-audio-broken", "broken")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::Audio)),
    Scene::new("settings-audio-list", "harbour")
        .over(Over::Menu)
        .opened(|window| {
            page(window, SettingsPage::Audio);
            press_any(window, Role::ComboBox, "Microphone");
        }),
    Scene::new("settings-sound-checking", "sound-checking")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::Audio)),
    Scene::new("settings-sound-checked", "sound-checked")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::Audio)),
    Scene::new("settings-talking", "harbour").opened(|window| page(window, SettingsPage::Talking)),
    Scene::new("settings-talking-asks", "key-asks-first")
        .opened(|window| page(window, SettingsPage::Talking)),
    Scene::new("settings-talking-falls-back", "key-falls-back")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::Talking)),
    Scene::new("settings-meter", "harbour")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::VoiceMeter)),
    Scene::new("settings-meter-tuned", "harbour")
        .sized(TALL)
        .opened(|window| {
            page(window, SettingsPage::VoiceMeter);
            press(window, "Tune Voice activity");
        }),
    Scene::new("settings-meter-add", "harbour")
        .sized(TALL)
        .over(Over::Menu)
        .opened(|window| {
            page(window, SettingsPage::VoiceMeter);
            press(window, "Add a stage or a plugin");
        }),
    Scene::new("settings-appearance", "harbour")
        .opened(|window| page(window, SettingsPage::Appearance)),
    Scene::new("settings-appearance-narrow", "harbour")
        .sized(NARROW)
        .opened(|window| page(window, SettingsPage::Appearance)),
    Scene::new("settings-notifications", "harbour")
        .opened(|window| page(window, SettingsPage::Notifications)),
    Scene::new("settings-shortcuts", "harbour")
        .opened(|window| page(window, SettingsPage::Shortcuts)),
    Scene::new("settings-desktop", "harbour").opened(|window| {
        page(window, SettingsPage::Desktop);
        window.state(|state| {
            state.desktop.tray = Availability::Works;
        });
    }),
    Scene::new("settings-desktop-missing", "harbour").opened(|window| {
        page(window, SettingsPage::Desktop);
        window.state(|state| {
            state.desktop = DesktopView {
                tray: Availability::Missing("this desktop shows no tray".to_owned()),
                kept: Kept {
                    links: Registered::No,
                    autostart: Registered::Missing("the disk is full".to_owned()),
                },
                ..DesktopView::default()
            };
        });
    }),
    Scene::new("settings-about", "harbour").opened(|window| page(window, SettingsPage::About)),
    Scene::new("settings-about-narrow", "harbour")
        .sized(NARROW)
        .opened(|window| page(window, SettingsPage::About)),
    Scene::new("settings-shortcuts-recording", "harbour").opened(|window| {
        page(window, SettingsPage::Shortcuts);
        press(window, "Search messages: Ctrl+F. Change");
    }),
    Scene::new("settings-device", "harbour")
        .sized(TALL)
        .opened(|window| page(window, SettingsPage::Device)),
    Scene::new("settings-device-narrow", "harbour")
        .sized(NARROW)
        .opened(|window| page(window, SettingsPage::Device)),
];
