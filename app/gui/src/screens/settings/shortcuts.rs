//! The keys of the window: what each shortcut has, and how it gets others.

use dialtone_engine::ptt::Hotkey;
use dialtone_engine::settings::{AudioSettings, ShortcutSettings};
use dialtone_words::say;
use egui::{Align, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::SettingsAction;
use super::pieces::titled;
use crate::keys;
use crate::panels::within;
use crate::shortcuts::{Bindings, Conflict, FIXED, Holder, Scope, Shortcut, ShortcutForm};
use crate::state::SettingsPage;
use crate::theme::{Type, around_line, palette};
use crate::widgets::{Button, Icon, IconButton, Look, Urgency, announce, text};

/// What happens to the shortcuts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShortcutAction {
    /// The keys that are pressed next are for this one; with `None` for no one.
    Record(Option<Shortcut>),
    /// It has no keys any more.
    Clear(Shortcut),
    /// It has the window's own keys again.
    Reset(Shortcut),
    /// All have.
    ResetAll,
    /// The keys go to the one that wants them, and the one that has them has none any more.
    TakeOver,
    /// They stay where they are.
    Leave,
    /// Choose another key to hold to talk.
    TalkKey,
}

/// What the settings are after `action`, where they change, with `form` as it is then.
pub(crate) fn after(
    action: ShortcutAction,
    settings: &ShortcutSettings,
    form: &mut ShortcutForm,
) -> Option<ShortcutSettings> {
    let before = std::mem::take(form);
    let mut wish = settings.clone();
    match action {
        ShortcutAction::Record(which) => {
            form.recording = which;
            return None;
        }
        ShortcutAction::Leave | ShortcutAction::TalkKey => return None,
        ShortcutAction::Clear(which) => wish.give(which.name(), ""),
        ShortcutAction::Reset(which) => {
            let keys = which.default_keys()?;
            wish.reset(which.name());
            // Somebody else may have got them meanwhile.
            form.conflict = Bindings::of(&wish).conflict(which, keys);
            if form.conflict.is_some() {
                return None;
            }
        }
        ShortcutAction::ResetAll => wish = ShortcutSettings::default(),
        ShortcutAction::TakeOver => {
            let Conflict { wants, keys, has } = before.conflict?;
            let Holder::Shortcut(has) = has else {
                return None;
            };
            wish.give(has.name(), "");
            wish.give(wants.name(), &keys.written());
            // A third one may have them as well, where the settings were written by hand.
            form.conflict = Bindings::of(&wish).conflict(wants, keys);
            if wants.default_keys() == Some(keys) {
                wish.reset(wants.name());
            }
        }
    }
    Some(wish)
}

/// Shows the section.
pub(super) fn show(
    ui: &mut Ui,
    settings: &ShortcutSettings,
    form: &ShortcutForm,
    audio: &AudioSettings,
) -> Option<SettingsAction> {
    let bindings = Bindings::of(settings);
    let talk_key = keys::talk_key(audio);
    let mut action = None;
    let color = palette(ui).text_2;
    text::label(ui, say!("key-how"), Type::Secondary, color);
    for scope in Scope::ALL {
        titled(ui, scope.words(), "", |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let all = Shortcut::ALL.into_iter();
            for shortcut in all.filter(|one| one.scope() == scope) {
                let changed = settings.keys(shortcut.name()).is_some();
                let pressed = ui.push_id(shortcut.name(), |ui| {
                    let own = bindings.keys(shortcut);
                    let meets =
                        |talk_key: &Hotkey| own.is_some_and(|own| keys::meets(talk_key, own));
                    let talks = talk_key.as_ref().is_some_and(meets);
                    let shown = (&*bindings.words(shortcut), changed, talks);
                    row(ui, shortcut, shown, form)
                });
                action = pressed.inner.or(action.take());
            }
        });
    }
    titled(ui, say!("key-fixed"), "", |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (keys, what) in FIXED() {
            line(ui, keys, what);
        }
        line(ui, &audio.push_to_talk_key, say!("set-key-talk"));
    });
    if !settings.is_untouched() {
        let reset = Button::new(say!("key-reset-all"))
            .icon(Icon::Retry)
            .height(32.0);
        if ui.add(reset).clicked() {
            action = Some(ShortcutAction::ResetAll);
        }
    }
    action.map(|action| match action {
        ShortcutAction::TalkKey => SettingsAction::Page(SettingsPage::Talking),
        other => SettingsAction::Shortcuts(other),
    })
}

/// One shortcut: what it does, its keys as a button, and the ways back.
fn row(
    ui: &mut Ui,
    shortcut: Shortcut,
    (keys, changed, talks): (&str, bool, bool),
    form: &ShortcutForm,
) -> Option<ShortcutAction> {
    let mut action = None;
    let recording = form.recording == Some(shortcut);
    let what = shortcut.words();
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 34.0)),
        Sense::hover(),
    );
    let [keys_at, clear_at, reset_at] = places(rect);
    let room = rect.with_max_x(keys_at.left() - 12.0);
    // The button says both; this is for the eye, whole under the pointer where it is cut.
    text::paint_in(
        ui,
        room,
        Align::Min,
        what,
        Type::Secondary,
        palette(ui).text,
    );
    response.on_hover_text(what);
    let shown = match (recording, keys) {
        (true, _) => say!("key-press"),
        (false, "") => say!("key-none"),
        (false, keys) => keys,
    };
    let look = if recording { Look::On } else { Look::Plain };
    let button = Button::new(shown).look(look).height(30.0).full_width();
    let said = match (recording, keys) {
        (true, _) => say!("key-press-for", what = what),
        (false, "") => say!("key-change-none", what = what),
        (false, keys) => say!("key-change", what = what, keys = keys),
    };
    let change = |ui: &mut Ui| ui.add(button).accessible_name(said).clicked();
    if within(ui, "keys", keys_at, change) {
        action = Some(ShortcutAction::Record((!recording).then_some(shortcut)));
    }
    if !keys.is_empty() && !recording {
        let name = say!("key-clear", what = what);
        let clear = IconButton::new(Icon::Close, &name).size(30.0, 30.0);
        if within(ui, "clear", clear_at, |ui| ui.add(clear).clicked()) {
            action = Some(ShortcutAction::Clear(shortcut));
        }
    }
    if changed && !recording {
        let own = shortcut.default_keys();
        let own = own.map_or_else(String::new, |keys| keys.to_string());
        let name = say!("key-reset", what = what, keys = own);
        let reset = IconButton::new(Icon::Retry, &name).size(30.0, 30.0);
        if within(ui, "reset", reset_at, |ui| ui.add(reset).clicked()) {
            action = Some(ShortcutAction::Reset(shortcut));
        }
    }
    beneath(ui, shortcut, talks, form).or(action)
}

/// At the right end of a row: the keys, and the two ways back.
fn places(row: Rect) -> [Rect; 3] {
    let place = |right: f32, width: f32, height: f32| {
        let center = pos2(row.right() - right - width / 2.0, row.center().y);
        Rect::from_center_size(center, vec2(width, height))
    };
    [
        place(68.0, 124.0, row.height() - 4.0),
        place(34.0, 30.0, 30.0),
        place(0.0, 30.0, 30.0),
    ]
}

/// What is to be said about what was pressed for `shortcut`.
fn beneath(
    ui: &mut Ui,
    shortcut: Shortcut,
    talks: bool,
    form: &ShortcutForm,
) -> Option<ShortcutAction> {
    let color = palette(ui).attention;
    if talks {
        text::label(ui, say!("key-also-talks"), Type::Hint, color);
    }
    if let Some((_, refusal)) = form.refused.filter(|(of, _)| *of == shortcut) {
        let label = text::label(ui, refusal.words(), Type::Hint, color);
        announce(ui, &label, Urgency::Urgent);
    }
    let conflict = form.conflict.as_ref();
    let Conflict { keys, has, .. } = conflict.filter(|one| one.wants == shortcut)?;
    let words = match has {
        Holder::Shortcut(has) => {
            say!("key-conflict", keys = keys.to_string(), other = has.words())
        }
        Holder::TalkKey => say!("key-conflict-talk", keys = keys.to_string()),
    };
    let label = text::label(ui, &words, Type::Hint, color);
    announce(ui, &label, Urgency::Urgent);
    let mut action = None;
    ui.horizontal(|ui| {
        let (words, way) = match has {
            Holder::Shortcut(_) => (say!("key-take-over"), ShortcutAction::TakeOver),
            Holder::TalkKey => (say!("key-choose-talk"), ShortcutAction::TalkKey),
        };
        let take = Button::new(words).look(Look::Primary);
        if ui.add(take.height(30.0)).clicked() {
            action = Some(way);
        }
        if ui
            .add(Button::new(say!("set-leave-key")).height(30.0))
            .clicked()
        {
            action = Some(ShortcutAction::Leave);
        }
    });
    ui.add_space(6.0);
    action
}

fn line(ui: &mut Ui, key: &str, what: &str) {
    let palette = palette(ui);
    let (rect, response) = ui.allocate_exact_size(
        vec2(ui.available_width(), around_line(ui, 30.0)),
        Sense::hover(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{key}: {what}")));
    let split = rect.left() + 150.0;
    let left = Rect::from_min_max(rect.min, pos2(split, rect.bottom()));
    let right = Rect::from_min_max(pos2(split, rect.top()), rect.max);
    text::paint_in(ui, left, Align::Min, key, Type::Code, palette.text);
    text::paint_in(ui, right, Align::Min, what, Type::Secondary, palette.text_2);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(settings: &ShortcutSettings, shortcut: Shortcut) -> String {
        let keys = Bindings::of(settings).keys(shortcut);
        keys.map_or_else(String::new, crate::shortcuts::Combination::written)
    }

    #[test]
    fn keys_are_cleared_reset_and_taken_over() {
        let mut form = ShortcutForm::default();
        let none = ShortcutSettings::default();
        let find = Shortcut::Find;
        let cleared = after(ShortcutAction::Clear(find), &none, &mut form).unwrap();
        assert_eq!(keys(&cleared, find), "");
        let reset = after(ShortcutAction::Reset(find), &cleared, &mut form).unwrap();
        assert!(reset.is_untouched());
        form.conflict = Bindings::of(&none).conflict(find, "Ctrl+M".parse().unwrap());
        assert!(form.conflict.is_some());
        let taken = after(ShortcutAction::TakeOver, &none, &mut form).unwrap();
        assert_eq!(form, ShortcutForm::default());
        assert_eq!(keys(&taken, find), "Ctrl+M");
        assert_eq!(keys(&taken, Shortcut::Mute), "");
        // To have its own again, mute must take them from the search.
        let nothing = after(ShortcutAction::Reset(Shortcut::Mute), &taken, &mut form);
        assert_eq!(nothing, None);
        let back = after(ShortcutAction::TakeOver, &taken, &mut form).unwrap();
        assert_eq!(keys(&back, Shortcut::Mute), "Ctrl+M");
        assert_eq!(keys(&back, find), "");
        let all = after(ShortcutAction::ResetAll, &back, &mut form).unwrap();
        assert!(all.is_untouched());
    }
}
