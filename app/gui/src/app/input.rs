//! Keys, and what the window does by itself: the meter, old notices.

use std::time::Duration;

use dialtone_engine::settings::AudioSettings;
use dialtone_engine::snapshot::Severity;
use dialtone_engine::{Command, CommunityCommand, MessageCommand, Snapshot};
use egui::{Context, Key};

use super::App;
use crate::dialogs::{Dialog, FinderForm};
use crate::finder::Deed;
use crate::keys::{self, Captured};
use crate::screens::{self, Screen};
use crate::shortcuts::{
    self, Bindings, Conflict, Holder, Recorded, Refusal, Scope, Shortcut, ShortcutForm,
};
use crate::state::{Page, SettingsPage};

/// How long good news is shown.
const NOTICE_LASTS_S: f64 = 12.0;

impl App {
    pub(super) fn shortcuts(&mut self, ctx: &Context, snapshot: &Snapshot) {
        if self.state.shortcuts.recording.is_some() {
            return;
        }
        let bindings = shortcuts::of(ctx);
        let on_main = screens::choose(snapshot) == Screen::Main && self.state.dialog.is_none();
        let mut counting = Shortcut::ALL.into_iter().filter(|one| match one.scope() {
            Scope::Window => true,
            Scope::Main => on_main,
            _ => false,
        });
        let pressed = ctx.input_mut(|input| counting.find(|one| bindings.take(input, *one)));
        if let Some(pressed) = pressed {
            self.do_shortcut(ctx, snapshot, pressed);
        } else if on_main && ctx.input(|input| input.key_pressed(Key::Escape)) {
            // The menu that was open has taken it.
            let free = !self.menu && !egui::Popup::is_any_open(ctx);
            self.state.close_what_is_open(free);
        }
    }

    fn do_shortcut(&mut self, ctx: &Context, snapshot: &Snapshot, pressed: Shortcut) {
        let call = screens::main::calls::ongoing(snapshot);
        match pressed {
            Shortcut::Settings => self.state.page = Page::Settings(SettingsPage::Audio),
            Shortcut::Find => self.act(ctx, Deed::Search, snapshot),
            Shortcut::Switch => self.act(ctx, Deed::Switch, snapshot),
            Shortcut::Palette => {
                self.state.dialog = Some(Dialog::Finder(FinderForm::new(true)));
            }
            Shortcut::Bigger => egui::gui_zoom::zoom_in(ctx),
            Shortcut::Smaller => egui::gui_zoom::zoom_out(ctx),
            Shortcut::AsFirst => ctx.set_zoom_factor(1.0),
            Shortcut::Mute => {
                if let Some((community, call)) = call {
                    let wish = CommunityCommand::SetMuted(!(call.muted || call.deafened));
                    self.send(Command::In(community.id, wish));
                }
            }
            Shortcut::Deafen => {
                if let Some((community, call)) = call {
                    let wish = CommunityCommand::SetDeafened(!call.deafened);
                    self.send(Command::In(community.id, wish));
                }
            }
            _ => {}
        }
    }

    /// The keys that are pressed next become those of a shortcut, while the settings wait for them.
    pub(super) fn record_shortcut(&mut self, ctx: &Context) {
        if self.state.page != Page::Settings(SettingsPage::Shortcuts) {
            self.state.shortcuts = ShortcutForm::default();
        }
        let Some(shortcut) = self.state.shortcuts.recording else {
            return;
        };
        let Some(recorded) = shortcuts::record(ctx) else {
            return;
        };
        let form = &mut self.state.shortcuts;
        form.recording = None;
        let keys = match recorded {
            Recorded::Keys(keys) => keys,
            Recorded::Editing => {
                form.refused = Some((shortcut, Refusal::Editing));
                return;
            }
            Recorded::Cancelled => return,
        };
        if let Err(refusal) = shortcuts::suits(keys, shortcut) {
            form.refused = Some((shortcut, refusal));
            return;
        }
        let talks = keys::talk_key(&self.snapshot.settings.audio);
        let talks = talks.filter(|talk_key| keys::meets(talk_key, keys));
        let held = talks.map(|_| Conflict {
            wants: shortcut,
            keys,
            has: Holder::TalkKey,
        });
        form.conflict = held.or_else(|| shortcuts::of(ctx).conflict(shortcut, keys));
        if form.conflict.is_none() {
            let mut wish = self.snapshot.settings.shortcuts.clone();
            wish.give(shortcut.name(), &keys.written());
            self.send(Command::SetShortcuts(wish));
        }
    }

    /// The window hears the shortcuts as the settings have them.
    pub(super) fn follow_shortcuts(&mut self, ctx: &Context) {
        let wanted = &self.snapshot.settings.shortcuts;
        if self.bound.as_ref() != Some(wanted) {
            shortcuts::install(ctx, Bindings::of(wanted));
            self.bound = Some(wanted.clone());
        }
    }

    /// The key that is pressed next becomes that of push-to-talk, while the settings wait for it.
    pub(super) fn capture_key(&mut self, ctx: &Context) {
        if self.state.page != Page::Settings(SettingsPage::Talking) {
            self.state.capture = None;
        }
        let Some(captured) = self.state.capture.as_mut().and_then(|one| one.read(ctx)) else {
            return;
        };
        self.state.capture = None;
        if let Captured::Hotkey(hotkey) = captured {
            self.send(Command::SetAudio(AudioSettings {
                push_to_talk_key: hotkey.to_string(),
                ..self.snapshot.settings.audio.clone()
            }));
        }
    }

    pub(super) fn push_to_talk(&mut self, ctx: &Context) {
        let audio = &self.snapshot.settings.audio;
        let by_key = audio.talk_mode.by_key() && self.state.capture.is_none();
        let hotkey = audio.push_to_talk_key.parse();
        let talks = hotkey.is_ok_and(|hotkey| keys::held(ctx, &hotkey, by_key).talks());
        if talks != self.state.asked.talking {
            self.state.asked.talking = talks;
            self.send(Command::PushToTalk(talks));
        }
    }

    pub(super) fn meter(&mut self) {
        let main = screens::choose(&self.snapshot) == Screen::Main;
        let shown =
            matches!(self.state.page, Page::Settings(page) if screens::settings::wants_meter(page));
        let wanted = main && (shown || self.state.arrives);
        if wanted != self.state.asked.meter {
            self.state.asked.meter = wanted;
            self.send(Command::SetMeter(wanted));
        }
        let watching = wanted
            && !self.state.arrives
            && self.state.page == Page::Settings(SettingsPage::VoiceMeter);
        if watching != self.state.asked.watching {
            self.state.asked.watching = watching;
            self.send(Command::WatchVoice(watching));
        }
    }

    /// The servers are asked which version they run when one looks at that, and not before.
    pub(super) fn ask_versions(&mut self) {
        let wanted = self.state.page == Page::Settings(SettingsPage::About);
        if std::mem::replace(&mut self.state.asked.versions, wanted) || !wanted {
            return;
        }
        let ids: Vec<_> = self.snapshot.communities.iter().map(|one| one.id).collect();
        for id in ids {
            self.send(Command::In(id, CommunityCommand::AskVersion));
        }
    }

    /// What comes while nobody looks at the window is not seen.
    pub(super) fn attend(&mut self, ctx: &Context) {
        let away = !ctx.input(|input| input.focused);
        if std::mem::replace(&mut self.state.asked.away, away) != away {
            self.send(Command::Attend(!away));
        }
    }

    /// What is typed is kept when one pauses, and when one goes elsewhere.
    pub(super) fn keep_drafts(&mut self, ctx: &Context) {
        let community = self.state.current(&self.snapshot);
        let here = community
            .filter(|_| self.state.page == Page::Chat)
            .and_then(|community| Some((community.id, community.open?)));
        let now = ctx.input(|input| input.time);
        for ((community, channel), draft) in self.state.drafts.due(now, here) {
            let wish = MessageCommand::SaveDraft(channel, draft);
            self.send(Command::In(community, CommunityCommand::Message(wish)));
        }
        if self.state.drafts.waits() {
            ctx.request_repaint_after(Duration::from_secs(1));
        }
    }

    /// Emojis that were used are remembered.
    pub(super) fn keep_emojis(&mut self) {
        for (community, emoji) in std::mem::take(&mut self.state.used_emojis) {
            let wish = MessageCommand::UseEmoji(emoji);
            self.send(Command::In(community, CommunityCommand::Message(wish)));
        }
    }

    /// What is typed is kept when the window closes, too.
    pub(super) fn keep_drafts_now(&mut self) {
        for ((community, channel), draft) in self.state.drafts.due(f64::MAX, None) {
            let wish = MessageCommand::SaveDraft(channel, draft);
            self.send(Command::In(community, CommunityCommand::Message(wish)));
        }
    }

    /// Good news leaves by itself after a while in which the window was looked at; warnings and errors stay.
    pub(super) fn old_notices(&mut self, ctx: &Context) {
        let (now, focused) = ctx.input(|input| (input.time, input.focused));
        let there = &self.snapshot.notices;
        self.seen_notices
            .retain(|id, _| there.iter().any(|notice| notice.id == *id));
        let mut old = Vec::new();
        for notice in there.iter().filter(|one| one.severity == Severity::Info) {
            let since = *self.seen_notices.entry(notice.id).or_insert(now);
            if focused && now - since > NOTICE_LASTS_S {
                old.push(notice.id);
            }
        }
        if old.len() < self.seen_notices.len() {
            ctx.request_repaint_after(Duration::from_secs(1));
        }
        for id in old {
            self.send(Command::DismissNotice(id));
        }
    }
}
