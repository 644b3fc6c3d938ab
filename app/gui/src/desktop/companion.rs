//! The services, and the thread that tells them what happens in the engine.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dialtone_desktop::{
    DesktopEvent, Idle, Integration, LookWatch, Notifications, Sink, SystemLook, Tray, TrayChoice,
    TrayState,
};
use dialtone_engine::settings::DoNotDisturb;
use dialtone_engine::{
    AccountId, ChannelId, Command, CommunityCommand, CommunityId, EngineHandle, Event, Snapshot,
};
use egui::Context;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use super::policy::{Happening, is_told};
use super::read::{Seen, Shown};
use super::{DesktopOptions, words};
use crate::screens::main::calls;

/// Wishes that wait for the window. More than these are dropped: somebody who presses that often presses again.
const WAITING: usize = 16;

/// What the window is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Be shown, in front of the others.
    Show,
    /// Be shown, with this channel.
    Open(CommunityId, ChannelId),
    /// Be closed, and the program with it.
    Quit,
}

/// The desktop's services as the window has them. Nothing here waits for one.
pub(crate) struct Companion {
    shared: Arc<Shared>,
    services: Arc<Services>,
    idle: Option<(u16, Idle)>,
    options: DesktopOptions,
    /// Keeps and changes files of the user's.
    pub(crate) integration: Integration,
    _look: LookWatch,
}

struct Services {
    notifications: Notifications,
    tray: Tray,
}

/// What the services' threads and the window share.
struct Shared {
    engine: EngineHandle,
    ctx: Context,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    wishes: VecDeque<Wish>,
    seen: Seen,
    shown: Shown,
    look: SystemLook,
    idle: bool,
}

impl Companion {
    /// Starts the services.
    pub(crate) fn start(ctx: &Context, engine: &EngineHandle, options: &DesktopOptions) -> Self {
        let shared = Arc::new(Shared {
            engine: engine.clone(),
            ctx: ctx.clone(),
            state: Mutex::default(),
        });
        let services = Arc::new(Services {
            notifications: Notifications::start(options.bus.clone(), sink(&shared)),
            tray: Tray::start(options.bus.clone(), sink(&shared)),
        });
        let (told, events) = (Arc::clone(&shared), engine.events());
        let serving = Arc::clone(&services);
        let started = std::thread::Builder::new()
            .name("dialtone-companion".to_owned())
            .spawn(move || listen(events, &told, &serving));
        if let Err(error) = started {
            tracing::error!("nothing is notified of: no thread: {error}");
        }
        Self {
            integration: Integration::start(options.places.clone(), sink(&shared)),
            _look: LookWatch::start(options.bus.clone(), sink(&shared)),
            idle: None,
            options: options.clone(),
            shared,
            services,
        }
    }

    /// What the window is to do next.
    pub(crate) fn take_wish(&self) -> Option<Wish> {
        self.shared.state().wishes.pop_front()
    }

    /// What one looks at now.
    pub(crate) fn see(&self, seen: Seen) {
        let mut state = self.shared.state();
        if std::mem::replace(&mut state.seen, seen) != seen {
            drop(state);
            follow(&self.shared, &self.services);
        }
    }

    /// How the desktop wants programs to look.
    pub(crate) fn look(&self) -> SystemLook {
        self.shared.state().look
    }

    /// Shows where a file is.
    pub(crate) fn show_file(&self, file: PathBuf) {
        dialtone_desktop::show_file(self.options.bus.clone(), file);
    }

    /// Watches whether somebody is there, by what the settings say.
    pub(crate) fn mind_idle(&mut self, after_min: u16) {
        if self.idle.as_ref().map(|(now, _)| *now) == Some(after_min) {
            return;
        }
        self.shared.idle(false);
        let after = Duration::from_secs(60 * u64::from(after_min));
        let display = self.options.display.clone();
        self.idle = (after_min > 0).then(|| {
            let sink = sink(&self.shared);
            let idle = Idle::start(self.options.bus.clone(), display, after, sink);
            (after_min, idle)
        });
    }

    /// What is known of the services.
    pub(crate) fn view(&self) -> super::DesktopView {
        super::DesktopView {
            notifications: self.services.notifications.status(),
            tray: self.services.tray.status(),
            idle: self
                .idle
                .as_ref()
                .map(|(_, idle)| idle.status())
                .unwrap_or_default(),
            kept: self.integration.kept(),
            away: self.shared.state().idle,
            quiet: None,
        }
    }

    /// Where the window's place is kept.
    pub(crate) fn window_file(&self) -> Option<&std::path::Path> {
        self.options.window_file.as_deref()
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wish(&self, wish: Wish) {
        let mut state = self.state();
        if state.wishes.len() < WAITING {
            state.wishes.push_back(wish);
        }
        drop(state);
        self.ctx.request_repaint();
    }

    fn send(&self, command: Command) {
        if let Err(error) = self.engine.send(command) {
            tracing::warn!("what was chosen at the desktop was not done: {error}");
        }
    }

    /// Something that a service tells, on its thread.
    fn happens(&self, event: DesktopEvent) {
        match event {
            DesktopEvent::Pressed(tag) => {
                let (community, channel) = words::place(tag);
                self.wish(Wish::Open(community, channel));
            }
            DesktopEvent::Tray(TrayChoice::Open) => self.wish(Wish::Show),
            DesktopEvent::Tray(TrayChoice::Quit) => self.wish(Wish::Quit),
            DesktopEvent::Tray(TrayChoice::Mute(muted)) => {
                self.talk(CommunityCommand::SetMuted(muted));
            }
            DesktopEvent::Tray(TrayChoice::Deafen(deafened)) => {
                self.talk(CommunityCommand::SetDeafened(deafened));
            }
            DesktopEvent::Tray(TrayChoice::DoNotDisturb(on)) => {
                let wish = if on {
                    DoNotDisturb::On
                } else {
                    DoNotDisturb::Off
                };
                self.send(Command::SetDoNotDisturb(wish));
            }
            DesktopEvent::Look(look) => {
                self.state().look = look;
                self.ctx.request_repaint();
            }
            DesktopEvent::Idle(idle) => self.idle(idle),
            DesktopEvent::Changed => self.ctx.request_repaint(),
        }
    }

    /// Nobody touches this computer, or somebody does again: the members are told, too.
    fn idle(&self, idle: bool) {
        if std::mem::replace(&mut self.state().idle, idle) != idle {
            self.send(Command::SetAway(idle));
            self.ctx.request_repaint();
        }
    }

    fn talk(&self, wish: CommunityCommand) {
        let snapshot = self.engine.snapshot();
        if let Some((community, _)) = calls::ongoing(&snapshot) {
            self.send(Command::In(community.id, wish));
        }
    }
}

fn sink(shared: &Arc<Shared>) -> Sink {
    let shared = Arc::clone(shared);
    Arc::new(move |event| shared.happens(event))
}

fn listen(mut events: broadcast::Receiver<Event>, shared: &Shared, services: &Services) {
    loop {
        match events.blocking_recv() {
            Ok(Event::MessageArrived {
                community,
                channel,
                from,
                mentioned,
                text,
            }) => {
                let place = (community, channel);
                arrived(shared, services, place, (from, mentioned, text.as_deref()));
            }
            Ok(Event::Changed) | Err(RecvError::Lagged(_)) => follow(shared, services),
            Ok(Event::Show) => shared.wish(Wish::Show),
            Ok(Event::Stopped) | Err(RecvError::Closed) => return,
            Ok(_) => {}
        }
    }
}

/// A message came.
fn arrived(
    shared: &Shared,
    services: &Services,
    place: (CommunityId, ChannelId),
    (from, mentioned, text): (AccountId, bool, Option<&str>),
) {
    let snapshot = shared.engine.snapshot();
    let mut state = shared.state();
    if !is_to_be_told(&snapshot, state.seen, place, (from, mentioned), now_ms()) {
        return;
    }
    if let Some(note) = words::note(&snapshot, place, from, mentioned, text) {
        state.shown.show(place, &snapshot);
        drop(state);
        services.notifications.show(note);
    }
}

/// Whether one is told of a message.
pub(crate) fn is_to_be_told(
    snapshot: &Snapshot,
    seen: Seen,
    place: (CommunityId, ChannelId),
    (from, mentioned): (AccountId, bool),
    now_ms: u64,
) -> bool {
    let Some((community, channel)) = words::find(snapshot, place) else {
        return false;
    };
    let settings = &snapshot.settings.notifications;
    let private = channel.private.as_ref();
    let direct = private.is_some_and(|private| private.direct);
    is_told(Happening {
        level: settings.level_of(&place.0, &place.1, direct),
        mentioned,
        seen: seen.sees(place),
        quiet: !settings.show || settings.do_not_disturb.is_on(now_ms),
        own: from == community.me.account,
    })
}

/// The state is another: what was read is taken back, and the tray shows it.
fn follow(shared: &Shared, services: &Services) {
    let snapshot = shared.engine.snapshot();
    let over = {
        let mut state = shared.state();
        let seen = state.seen;
        state.shown.over(&snapshot, seen)
    };
    for place in over {
        services.notifications.withdraw(words::tag(place));
    }
    services.tray.show(tray_state(&snapshot, now_ms()));
}

/// What the tray shows of a state.
fn tray_state(snapshot: &Snapshot, now_ms: u64) -> TrayState {
    let channels = snapshot.communities.iter().flat_map(|one| {
        let settings = &snapshot.settings.notifications;
        let told = move |id: ChannelId| settings.chosen_of(&one.id, &id);
        let none = Some(dialtone_engine::settings::NotifyLevel::None);
        let channels = one.channels.iter();
        channels.filter(move |channel| told(channel.id) != none)
    });
    TrayState {
        unread: channels.fold(0, |all, channel| all.saturating_add(channel.unread)),
        call: calls::ongoing(snapshot).map(|(_, call)| (call.muted, call.deafened)),
        do_not_disturb: snapshot.settings.notifications.do_not_disturb.is_on(now_ms),
    }
}

/// The system's clock, in ms since 1970.
fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use dialtone_engine::settings::NotifyLevel;

    use super::*;
    use crate::demo;

    #[test]
    fn the_tray_counts_what_is_not_muted_and_knows_the_call() {
        let mut snapshot = demo::harbour();
        let community = Arc::make_mut(&mut snapshot.communities[0]);
        for channel in &mut community.channels {
            Arc::make_mut(channel).unread = 2;
        }
        let (id, count) = (community.id, community.channels.len() as u32);
        let muted = community.channels[0].id;
        let before = tray_state(&snapshot, 5);
        let others: u32 = snapshot.communities[1..]
            .iter()
            .flat_map(|one| one.channels.iter().map(|channel| channel.unread))
            .sum();
        assert_eq!(before.unread, 2 * count + others);
        assert_eq!(before.call, Some((false, false)));
        let settings = &mut snapshot.settings.notifications;
        settings.choose(&id, &muted, Some(NotifyLevel::None));
        settings.do_not_disturb = DoNotDisturb::Until(9);
        let after = tray_state(&snapshot, 5);
        assert_eq!(after.unread, before.unread - 2);
        assert!(after.do_not_disturb && !tray_state(&snapshot, 9).do_not_disturb);
    }

    #[test]
    fn a_conversation_tells_all_and_a_channel_mentions() {
        let snapshot = demo::harbour();
        let community = &snapshot.communities[0];
        let named = |name: &str| {
            let mut channels = community.channels.iter();
            channels
                .find(|one| one.name.as_deref() == Some(name))
                .unwrap()
                .id
        };
        let from = community.members[1].account;
        let told = |name: &str, mentioned: bool, seen: Seen| {
            let place = (community.id, named(name));
            is_to_be_told(&snapshot, seen, place, (from, mentioned), 0)
        };
        let away = Seen::default();
        assert!(told("Mikael", false, away));
        assert!(!told("general", false, away));
        assert!(told("general", true, away));
        let looks = Seen {
            shown: Some((community.id, named("general"))),
            focused: true,
        };
        assert!(!told("general", true, looks));
        assert!(told("Mikael", false, looks));
    }
}
