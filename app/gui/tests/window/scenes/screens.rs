//! The first screens, and the main window in every state.

use dialtone_engine::snapshot::{AtOnce, ProfileState};
use egui::accesskit::Role;

use super::{NARROW, Scene, TALL, press, type_into};
use crate::common::Window;

pub(crate) const ALL: &[Scene] = &[
    Scene::new("welcome", "nothing"),
    Scene::new("join", "join"),
    Scene::new("join-refused-form", "join").opened(|window| press(window, "Join")),
    Scene::new("join-weak-password", "join").opened(|window| {
        type_into(window, Role::TextInput, "Your name", "Tomas");
        type_into(window, Role::PasswordInput, "Password", "password");
        press(window, "Join");
    }),
    Scene::new("join-six-words", "join").opened(|window| press(window, "Make six words for me")),
    Scene::new("join-checking", "checking"),
    Scene::new("join-refused", "refused"),
    Scene::new("join-founding", "founding"),
    Scene::new("join-failed", "failed-join"),
    Scene::new("recover", "nothing").opened(|window| press(window, "I have a recovery key")),
    Scene::new("ask", "nothing")
        .opened(|window| press(window, "I have an account on another device")),
    Scene::new("ask-waiting", "asking"),
    Scene::new("ask-alone", "asking-alone"),
    Scene::new("ask-codes", "codes"),
    Scene::new("ask-failed", "ask-failed"),
    Scene::new("bring", "nothing")
        .opened(|window| press(window, "Bring a profile from another computer")),
    Scene::new("moved", "nothing").opened(|window| {
        window.change_all(|all| all.profile = ProfileState::Moved);
    }),
    Scene::new("moved-asked", "nothing").opened(|window| {
        window.change_all(|all| all.profile = ProfileState::Moved);
        press(window, "Use it here again…");
    }),
    Scene::new("unlock-wrong", "locked"),
    Scene::new("unlocking", "unlocking"),
    Scene::new("unlock-asking-keyring", "asking-keyring"),
    Scene::new("unlock-no-keyring", "no-keyring"),
    Scene::new("arrive", "join").sized(TALL).opened(arrive),
    Scene::new("arrive-narrow", "join")
        .sized([480.0, 1400.0])
        .opened(arrive),
    Scene::new("main", "harbour"),
    Scene::new("main-narrow", "harbour").sized(NARROW),
    Scene::new("main-empty", "empty"),
    Scene::new("main-loading", "loading"),
    Scene::new("main-offline", "offline"),
    Scene::new("main-held-up", "held-up"),
    Scene::new("main-waiting", "waiting"),
    Scene::new("main-unsaved-key", "unsaved-key"),
    Scene::new("main-removed", "removed"),
    Scene::new("main-alarm", "alarm"),
    Scene::new("main-put-back", "put-back"),
    Scene::new("main-put-back-narrow", "put-back").sized(NARROW),
    Scene::new("main-long", "long"),
    Scene::new("main-short", "short"),
    Scene::new("main-right-to-left", "right-to-left").opened(Window::with_scripts),
    Scene::new("main-broken", "broken"),
    Scene::new("main-files", "files"),
    Scene::new("main-marks", "marks"),
    Scene::new("call-poor", "poor-call"),
    Scene::new("call-silenced", "silenced"),
    Scene::new("call-unheard", "unheard"),
    Scene::new("call-unheard-deafened", "unheard-deafened"),
    Scene::new("call-moving", "moving"),
    Scene::new("call-whispering", "whispering"),
    Scene::new("call-withheld", "withheld"),
];

/// Comes in for the first time, where there is a keyring.
fn arrive(window: &mut Window) {
    type_into(window, Role::TextInput, "Your name", "Tomas");
    type_into(
        window,
        Role::PasswordInput,
        "Password",
        "flint kestrel boat",
    );
    press(window, "Join");
    window.serve();
    window.change(|community| community.call = None);
    window.change_all(|snapshot| snapshot.keyring.at_once = AtOnce::Off);
}
