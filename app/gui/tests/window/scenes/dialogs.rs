//! Every dialog.

use dialtone_engine::journal::PartKind;
use dialtone_gui::dialogs::{
    DiagnosticsForm, Dialog, LibrariesForm, MoveForm, PasswordForm, WipeForm,
};
use dialtone_gui::state::SettingsPage;
use egui::accesskit::Role;
use egui::{Key, Modifiers};

use super::{NARROW, Over, Scene, TALL, dialog, key, page, press, press_any, type_into, write};
use crate::common::Window;

pub(crate) const ALL: &[Scene] = &[
    over("dialog-link", "harbour").opened(|window| press(window, "Join another community")),
    over("dialog-invite", "harbour").opened(|window| press(window, "Invite people")),
    over("dialog-invite-made", "harbour").opened(invite),
    over("dialog-invite-code", "harbour").opened(|window| {
        invite(window);
        press(window, "Show as code");
    }),
    over("dialog-invite-failed", "offline").opened(|window| {
        press(window, "Invite people");
        press(window, "Make link");
        crate::wait_for(window, "cannot be reached");
    }),
    over("dialog-invites", "harbour").opened(invites),
    over("dialog-invites-all", "harbour").opened(|window| {
        invites(window);
        press(window, "Show the one that is over");
    }),
    over("dialog-invites-narrow", "harbour")
        .sized(NARROW)
        .opened(|window| {
            press(window, "Show channels");
            invites(window);
        }),
    over("dialog-chronicle", "harbour").opened(chronicle),
    over("dialog-chronicle-nothing", "harbour").opened(|window| {
        chronicle(window);
        type_into(window, Role::TextInput, "Find", "nothing of that kind");
        window.serve();
    }),
    over("dialog-profile", "harbour").opened(|window| profile(window, "Jo")),
    over("dialog-profile-self", "harbour").opened(|window| profile(window, "Anna, founder")),
    over("dialog-channel-settings", "harbour").opened(|window| {
        press(window, "Channel menu");
        press(window, "Channel settings…");
    }),
    over("dialog-channel-create", "harbour").opened(|window| press(window, "Create channel")),
    over("dialog-channel-private", "harbour").opened(|window| {
        press(window, "Create channel");
        press_any(window, Role::RadioButton, "Private");
    }),
    over("dialog-add-people", "harbour").opened(|window| {
        committee(window);
        press(window, "Add people…");
    }),
    over("dialog-leave-channel", "harbour").opened(|window| {
        committee(window);
        press(window, "Leave channel…");
    }),
    over("dialog-delete-channel", "harbour").opened(|window| {
        press(window, "Channel menu");
        press(window, "Delete channel");
    }),
    over("dialog-forget", "harbour")
        .sized(TALL)
        .opened(|window| {
            page(window, SettingsPage::Device);
            press(window, "Forget Harbour crew");
        }),
    over("dialog-knocks", "alarm").opened(|window| press(window, "Look")),
    over("dialog-password", "harbour").opened(|window| {
        let community = window.engine.state.communities[0].id;
        let name = "Harbour crew".to_owned();
        let form = PasswordForm::default();
        dialog(window, Dialog::ChangePassword(community, name, form));
    }),
    over("dialog-export", "harbour").opened(|window| {
        let community = window.engine.state.communities[0].id;
        dialog(window, Dialog::Export(community));
    }),
    over("dialog-move", "harbour")
        .opened(|window| dialog(window, Dialog::Move(MoveForm::default()))),
    over("dialog-ended-badly", "harbour").opened(|window| dialog(window, Dialog::EndedBadly)),
    over("dialog-diagnostics", "harbour").opened(|window| {
        window.change_all(|all| all.diagnostics = Some(crate::about::diagnostics(true)));
        dialog(window, Dialog::Diagnostics(DiagnosticsForm::default()));
    }),
    over("dialog-diagnostics-log", "harbour").opened(|window| {
        window.change_all(|all| all.diagnostics = Some(crate::about::diagnostics(false)));
        let part = Some(PartKind::Log);
        let form = DiagnosticsForm {
            part,
            ..DiagnosticsForm::default()
        };
        dialog(window, Dialog::Diagnostics(form));
    }),
    over("dialog-diagnostics-saved", "harbour").opened(|window| {
        let mut view = crate::about::diagnostics(false);
        let path = "/srv/anna/downloads/dialtone-diagnostics.txt".into();
        std::sync::Arc::make_mut(&mut view).saved = Some(Ok(path));
        window.change_all(|all| all.diagnostics = Some(view));
        dialog(window, Dialog::Diagnostics(DiagnosticsForm::default()));
    }),
    over("dialog-libraries", "harbour")
        .opened(|window| dialog(window, Dialog::Libraries(LibrariesForm::default()))),
    over("dialog-forgot", "no-keyring").opened(|window| press(window, "Forgot the password?")),
    over("dialog-wipe", "harbour")
        .opened(|window| dialog(window, Dialog::Wipe(WipeForm::default()))),
    over("dialog-remove", "harbour").opened(|window| {
        press(window, "Jo");
        press(window, "Remove…");
    }),
    over("dialog-pass-on", "harbour").opened(|window| {
        let mikael = window.engine.state.communities[0].members[1].account;
        dialog(window, Dialog::PassOn(mikael, "Mikael".to_owned()));
    }),
    over("dialog-leave", "harbour")
        .opened(|window| dialog(window, Dialog::Leave("Harbour crew".to_owned()))),
    over("dialog-safety", "harbour").opened(|window| {
        press(window, "Jo");
        press(window, "Compare safety words…");
    }),
    over("dialog-recovery", "unsaved-key").opened(|window| press(window, "Show it")),
    over("dialog-recovery-asks", "unsaved-key").opened(|window| {
        press(window, "Show it");
        press(window, "I have written it down");
        press(window, "Done");
    }),
    over("dialog-approval", "asked"),
    over("dialog-approval-codes", "comparing"),
    over("dialog-approval-whole", "comparing")
        .opened(|window| press(window, "Compare more than six digits")),
    over("dialog-approval-confirmed", "confirmed"),
    over("dialog-quality", "poor-call").opened(|window| {
        press(window, "Jo, muted");
        press(window, "Call quality");
    }),
    over("dialog-picture", "files").opened(|window| press(window, "Picture evening.jpg, 2.4 MiB")),
    over("dialog-delete-file", "files").opened(|window| {
        press(window, "More for sailing-instructions.pdf");
        press(window, "Delete from the server…");
    }),
    over("dialog-revoke", "harbour")
        .sized(TALL)
        .opened(|window| {
            page(window, SettingsPage::Device);
            press(window, "Take Mac out");
        }),
    over("dialog-delete-message", "harbour").opened(|window| {
        key(window, Modifiers::COMMAND, Key::ArrowUp);
        key(window, Modifiers::NONE, Key::Delete);
    }),
    over("dialog-versions", "marks")
        .opened(|window| press(window, "Edited: show earlier versions")),
    over("dialog-open-link", "harbour").opened(|window| {
        let address = "https://evil.example/bank".to_owned();
        dialog(window, Dialog::OpenLink(address));
    }),
    over("dialog-emoji", "harbour").opened(|window| press(window, "Choose an emoji")),
    over("dialog-emoji-found", "harbour").opened(|window| {
        press(window, "Choose an emoji");
        write(window, "boat");
    }),
    over("dialog-calendar", "harbour").opened(|window| press(window, "Today")),
    over("finder-places", "harbour").opened(|window| key(window, Modifiers::COMMAND, Key::K)),
    over("finder-deeds", "harbour").opened(deeds),
    over("finder-nothing", "harbour").opened(|window| {
        deeds(window);
        write(window, "qqq");
    }),
    over("finder-narrow", "harbour").sized(NARROW).opened(deeds),
];

const fn over(name: &'static str, state: &'static str) -> Scene {
    Scene::new(name, state).over(Over::Dialog)
}

fn invite(window: &mut Window) {
    press(window, "Invite people");
    press(window, "Make link");
    crate::wait_for(window, "dialtone://harbour.example");
}

fn invites(window: &mut Window) {
    press(window, "Invite people");
    press(window, "All invites");
}

fn chronicle(window: &mut Window) {
    press(window, "History of the community");
}

fn profile(window: &mut Window, name: &str) {
    press(window, name);
    press(window, "Profile…");
}

fn committee(window: &mut Window) {
    window.change(|community| {
        let mut channels = community.channels.iter();
        let committee = channels.find(|one| one.name.as_deref() == Some("committee"));
        community.open = committee.map(|committee| committee.id);
    });
    press(window, "Channel menu");
}

fn deeds(window: &mut Window) {
    key(window, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
}
