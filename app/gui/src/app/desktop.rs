//! The window and the desktop around it: shown, hidden and closed as it is wished there, looking as it is wished there.

use dialtone_desktop::{SystemLook, WindowPlace};
use dialtone_engine::{Command, CommunityCommand, Snapshot};
use egui::{Context, UserAttentionType, ViewportCommand};

use super::App;
use crate::desktop::Seen;
use crate::desktop::{Companion, DesktopWish, Wish, end_of, quiet_words};
use crate::screens::{self, Screen};
use crate::state::Page;
use crate::time::Clock;

/// So long the window must stay where it is before that is kept, in seconds.
const SETTLED_S: f64 = 1.0;

/// What the window remembers of itself.
#[derive(Debug, Default)]
pub(super) struct Presence {
    /// It was asked to stay out of sight at the start.
    start_hidden: bool,
    /// The program ends with the window, whatever the settings say.
    quitting: bool,
    /// Where the window is, and since when.
    place: Option<(WindowPlace, f64)>,
    /// What was kept last.
    kept: Option<WindowPlace>,
}

impl Presence {
    /// Of a window that is not drawn yet.
    pub(super) fn new(start_hidden: bool) -> Self {
        Self {
            start_hidden,
            ..Self::default()
        }
    }
}

impl App {
    /// Takes in what the desktop wishes, and lets it know what one looks at.
    pub(super) fn desktop(&mut self, ctx: &Context) {
        let settings = &self.snapshot.settings;
        if self.state.notifications != settings.notifications {
            self.state.notifications.clone_from(&settings.notifications);
        }
        let clock = self.clock();
        let away_after_min = settings.desktop.away_after_min;
        let quiet = quiet_words(settings.notifications.do_not_disturb, &clock);
        if let Some(companion) = &mut self.companion {
            companion.mind_idle(away_after_min);
            self.state.desktop = companion.view();
        }
        self.state.desktop.quiet = quiet;
        for wish in std::mem::take(&mut self.state.desktop_wishes) {
            self.wished(wish, &clock);
        }
        self.hide_at_start(ctx);
        self.mind_closing(ctx);
        let Some(companion) = &self.companion else {
            return;
        };
        companion.see(self.seen(ctx));
        let mut wishes = Vec::new();
        while let Some(wish) = companion.take_wish() {
            wishes.push(wish);
        }
        for wish in wishes {
            self.carry_out(ctx, wish);
        }
        self.keep_place(ctx);
    }

    /// How the desktop wants the window to look.
    pub(super) fn system_look(&self) -> SystemLook {
        let companion = self.companion.as_ref();
        companion.map(Companion::look).unwrap_or_default()
    }

    /// The channel that one looks at.
    pub(super) fn seen(&self, ctx: &Context) -> Seen {
        Seen {
            shown: shown(
                &self.snapshot,
                self.state.page,
                self.state.current(&self.snapshot),
            ),
            focused: ctx.input(|input| input.focused),
        }
    }

    /// What the window wishes of the desktop.
    fn wished(&mut self, wish: DesktopWish, clock: &Clock) {
        match (wish, &self.companion) {
            (DesktopWish::Quiet(quiet), _) => {
                self.send(Command::SetDoNotDisturb(end_of(quiet, clock)));
            }
            (DesktopWish::Links(on), Some(companion)) => companion.integration.set_links(on),
            (DesktopWish::Autostart(on), Some(companion)) => {
                companion.integration.set_autostart(on);
            }
            (DesktopWish::ShowFile(file), Some(companion)) => companion.show_file(file),
            (_, None) => {}
        }
    }

    /// What the desktop wishes of the window.
    fn carry_out(&mut self, ctx: &Context, wish: Wish) {
        match wish {
            Wish::Show => self.raise(ctx),
            Wish::Open(community, channel) => {
                self.raise(ctx);
                self.state.community = Some(community);
                self.state.page = Page::Chat;
                self.send(Command::In(community, CommunityCommand::Open(channel)));
            }
            Wish::Quit => {
                self.presence.quitting = true;
                ctx.send_viewport_cmd(ViewportCommand::Close);
            }
        }
    }

    fn raise(&mut self, ctx: &Context) {
        self.presence.start_hidden = false;
        ctx.send_viewport_cmd(ViewportCommand::Visible(true));
        ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
        ctx.send_viewport_cmd(ViewportCommand::Focus);
        // Where a program may not take the keyboard by itself, the desktop points at its window.
        let wish = UserAttentionType::Informational;
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(wish));
    }

    /// Out of sight: in the tray where there is one, else minimised, so that it can be found again.
    fn hide_at_start(&mut self, ctx: &Context) {
        if !self.presence.start_hidden {
            return;
        }
        if self.state.desktop.tray.works() {
            self.presence.start_hidden = false;
            ctx.send_viewport_cmd(ViewportCommand::Visible(false));
        } else if self.state.desktop.tray.reason().is_some() {
            self.presence.start_hidden = false;
            ctx.send_viewport_cmd(ViewportCommand::Minimized(true));
        }
    }

    /// The window is being closed: it ends, or stays in the tray where that is wished and there is one.
    fn mind_closing(&mut self, ctx: &Context) {
        if !ctx.input(|input| input.viewport().close_requested()) {
            return;
        }
        let keep = self.snapshot.settings.desktop.keep_in_tray && !self.stopped;
        if keep && !self.presence.quitting && self.state.desktop.tray.works() {
            ctx.send_viewport_cmd(ViewportCommand::CancelClose);
            ctx.send_viewport_cmd(ViewportCommand::Visible(false));
        }
    }

    /// Keeps where the window is once it stays there.
    fn keep_place(&mut self, ctx: &Context) {
        let Some(path) = self.companion.as_ref().and_then(|one| one.window_file()) else {
            return;
        };
        let before = self.presence.place.map(|(place, _)| place);
        let now = ctx.input(|input| input.time);
        let Some(place) = place(ctx, before.or(self.presence.kept)) else {
            return;
        };
        if before != Some(place) {
            self.presence.place = Some((place, now));
        }
        let since = self.presence.place.map_or(now, |(_, since)| since);
        if self.presence.kept == Some(place) {
            return;
        }
        if now - since >= SETTLED_S {
            self.presence.kept = Some(place);
            if let Some(companion) = &self.companion {
                companion.integration.keep_window(path, place);
            }
        } else {
            ctx.request_repaint_after(std::time::Duration::from_secs_f64(SETTLED_S));
        }
    }

    /// The window is about to end: what was not kept yet is kept now.
    pub(super) fn keep_place_at_end(&self) {
        let path = self.companion.as_ref().and_then(|one| one.window_file());
        let (Some(path), Some((place, _))) = (path, self.presence.place) else {
            return;
        };
        if self.presence.kept != Some(place)
            && let Err(error) = place.save(path)
        {
            tracing::warn!("where the window is could not be kept: {error}");
        }
    }

    pub(super) fn clock(&self) -> Clock {
        let fixed = self.fixed_clock.clone();
        fixed.unwrap_or_else(|| Clock::system(&self.zone))
    }
}

/// The channel that the window shows.
fn shown(
    snapshot: &Snapshot,
    page: Page,
    current: Option<&dialtone_engine::snapshot::Community>,
) -> Option<(dialtone_engine::CommunityId, dialtone_engine::ChannelId)> {
    if screens::choose(snapshot) != Screen::Main || page != Page::Chat {
        return None;
    }
    let community = current?;
    Some((community.id, community.open?))
}

/// Where the window is; while it fills the screen, where it would be otherwise is what it was `before`.
fn place(ctx: &Context, before: Option<WindowPlace>) -> Option<WindowPlace> {
    let zoom = ctx.zoom_factor();
    ctx.input(|input| {
        let viewport = input.viewport();
        if viewport.minimized == Some(true) || viewport.visible() == Some(false) {
            return None;
        }
        let maximised = viewport.maximized == Some(true) || viewport.fullscreen == Some(true);
        if let (true, Some(before)) = (maximised, before) {
            return Some(WindowPlace {
                maximised,
                ..before
            });
        }
        let inner = viewport.inner_rect?.size() * zoom;
        let corner = viewport.outer_rect.map(|outer| outer.min.to_vec2() * zoom);
        Some(WindowPlace {
            size: inner.into(),
            position: corner.map(Into::into),
            maximised,
            scale: viewport.native_pixels_per_point.unwrap_or(1.0),
        })
    })
}
