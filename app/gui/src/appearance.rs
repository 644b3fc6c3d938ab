//! The window follows the look that was chosen, and tells the engine how big one makes it by Ctrl and + or -.
//!
//! settings -> theme, size, motion of egui     size by the keyboard -> settings

use dialtone_desktop::SystemLook;
use dialtone_engine::settings::{Contrast, LookSettings, Theme};
use egui::style::ScrollAnimation;
use egui::{Context, ThemePreference};

use crate::theme::{self, size};

/// The sizes that are offered, in percent.
pub(crate) const ZOOM_PERCENT: [u16; 6] = [80, 90, 100, 115, 130, 150];

/// Smaller and bigger than this the window cannot be used to set it right again.
const BOUNDS_PERCENT: (u16, u16) = (50, 300);

/// What of the look has reached the window.
#[derive(Debug, Default)]
pub(crate) struct Appearance {
    /// Nothing moves, whatever the settings say: for tests and demonstrations.
    still: bool,
    applied: Option<(LookSettings, SystemLook)>,
    /// The size that egui had last.
    seen: Option<u16>,
    /// The size that egui was asked for; it has it from the next pass on.
    set: Option<u16>,
    /// The size that was told to the engine and has not come back yet.
    told: Option<u16>,
}

impl Appearance {
    /// Of a window that has not been drawn; without any motion if it must be `still`.
    pub(crate) fn new(still: bool) -> Self {
        Self {
            still,
            ..Self::default()
        }
    }

    /// Makes the window look as `wanted` says, or the desktop's `system` look where that is wanted. The answer is what to keep, when one has changed the size by the keyboard.
    pub(crate) fn follow(
        &mut self,
        ctx: &Context,
        wanted: &LookSettings,
        system: SystemLook,
    ) -> Option<LookSettings> {
        if self.told == Some(wanted.zoom_percent) {
            self.told = None;
        }
        let applied = self.applied.as_ref();
        if applied.is_none_or(|(look, before)| look != wanted || *before != system) {
            self.apply(ctx, wanted, system);
        }
        let now = percent(ctx.zoom_factor());
        let before = self.seen.replace(now);
        if before.is_none() || before == Some(now) || self.set == Some(now) {
            return None;
        }
        self.set = None;
        self.told = Some(now);
        Some(LookSettings {
            zoom_percent: now,
            ..wanted.clone()
        })
    }

    fn apply(&mut self, ctx: &Context, wanted: &LookSettings, system: SystemLook) {
        dialtone_words::set_language(wanted.language.as_deref());
        ctx.set_theme(preference(wanted.theme, system));
        theme::apply(ctx, &in_contrast(wanted, system));
        let before = self.applied.as_ref().map(|(before, _)| before.zoom_percent);
        // While the keyboard is ahead of the settings, older ones must not undo it.
        if self.told.is_none() && before != Some(wanted.zoom_percent) {
            let percent = wanted
                .zoom_percent
                .clamp(BOUNDS_PERCENT.0, BOUNDS_PERCENT.1);
            ctx.set_zoom_factor(f32::from(percent) / 100.0);
            self.set = Some(percent);
        }
        let still = self.still || wanted.reduced_motion || system.reduced_motion == Some(true);
        ctx.all_styles_mut(|style| {
            style.animation_time = if still { 0.0 } else { size::MOTION };
            style.scroll_animation = if still {
                ScrollAnimation::none()
            } else {
                ScrollAnimation::default()
            };
        });
        // What is drawn in this pass has the style before.
        ctx.request_repaint();
        self.applied = Some((wanted.clone(), system));
    }
}

/// What a choice means on this desktop. Where the desktop's portal does not say, the window system may.
fn preference(chosen: Theme, system: SystemLook) -> ThemePreference {
    match (chosen, system.dark) {
        (Theme::Dark, _) | (Theme::System, Some(true)) => ThemePreference::Dark,
        (Theme::Light, _) | (Theme::System, Some(false)) => ThemePreference::Light,
        (Theme::System, None) => ThemePreference::System,
    }
}

/// The look with as much contrast as was chosen here, or on the desktop.
fn in_contrast(wanted: &LookSettings, system: SystemLook) -> LookSettings {
    let mut look = wanted.clone();
    if system.more_contrast == Some(true) {
        look.contrast = Contrast::High;
    }
    look
}

fn percent(factor: f32) -> u16 {
    (factor * 100.0).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(zoom_percent: u16) -> LookSettings {
        LookSettings {
            zoom_percent,
            ..LookSettings::default()
        }
    }

    /// What the window has to tell after one pass that began with `factor` chosen by the keyboard, if any.
    fn pass(
        ctx: &Context,
        appearance: &mut Appearance,
        wanted: &LookSettings,
        factor: Option<f32>,
    ) -> Option<u16> {
        if let Some(factor) = factor {
            ctx.set_zoom_factor(factor);
        }
        let mut told = None;
        let mut output = ctx.run_ui(egui::RawInput::default(), |ui| {
            told = appearance.follow(ui.ctx(), wanted, SystemLook::default());
        });
        output.textures_delta.clear();
        told.map(|look| look.zoom_percent)
    }

    #[test]
    fn the_size_that_was_kept_is_set_and_not_told_back() {
        let (ctx, mut appearance) = (Context::default(), Appearance::new(false));
        for _ in 0..3 {
            assert_eq!(pass(&ctx, &mut appearance, &wish(130), None), None);
        }
        assert_eq!(percent(ctx.zoom_factor()), 130);
        pass(&ctx, &mut appearance, &wish(9), None);
        pass(&ctx, &mut appearance, &wish(9), None);
        assert_eq!(percent(ctx.zoom_factor()), 50, "too small to read");
    }

    #[test]
    fn the_keyboard_is_told_and_older_settings_do_not_undo_it() {
        let (ctx, mut appearance) = (Context::default(), Appearance::new(false));
        pass(&ctx, &mut appearance, &wish(100), None);
        assert_eq!(
            pass(&ctx, &mut appearance, &wish(100), Some(1.1)),
            Some(110)
        );
        assert_eq!(
            pass(&ctx, &mut appearance, &wish(100), Some(1.2)),
            Some(120)
        );
        for kept in [110, 120, 120] {
            assert_eq!(pass(&ctx, &mut appearance, &wish(kept), None), None);
            assert_eq!(percent(ctx.zoom_factor()), 120);
        }
        assert_eq!(
            pass(&ctx, &mut appearance, &wish(120), Some(1.0)),
            Some(100)
        );
    }

    #[test]
    fn nothing_moves_where_that_was_chosen() {
        let (ctx, mut appearance) = (Context::default(), Appearance::new(false));
        pass(&ctx, &mut appearance, &wish(100), None);
        assert!(ctx.global_style().animation_time > 0.0);
        let still = LookSettings {
            reduced_motion: true,
            ..LookSettings::default()
        };
        pass(&ctx, &mut appearance, &still, None);
        assert!(ctx.global_style().animation_time < f32::EPSILON);
        pass(&ctx, &mut appearance, &wish(100), None);
        assert!(ctx.global_style().animation_time > 0.0);
    }

    #[test]
    fn the_desktop_decides_where_that_was_chosen_and_while_it_runs() {
        let (ctx, mut appearance) = (Context::default(), Appearance::new(false));
        let look = |dark| SystemLook {
            dark,
            reduced_motion: Some(true),
            ..SystemLook::default()
        };
        let wanted = LookSettings {
            theme: Theme::System,
            ..LookSettings::default()
        };
        for (dark, preference) in [
            (None, ThemePreference::System),
            (Some(true), ThemePreference::Dark),
            (Some(false), ThemePreference::Light),
        ] {
            appearance.follow(&ctx, &wanted, look(dark));
            assert_eq!(ctx.options(|options| options.theme_preference), preference);
        }
        assert!(ctx.global_style().animation_time < f32::EPSILON);
        let contrast = |more_contrast| {
            let system = SystemLook {
                more_contrast,
                ..SystemLook::default()
            };
            in_contrast(&wanted, system).contrast
        };
        assert_eq!(contrast(Some(true)), Contrast::High);
        assert_eq!(contrast(Some(false)), wanted.contrast);
        let chosen = LookSettings::default();
        appearance.follow(&ctx, &chosen, look(Some(false)));
        let preference = ctx.options(|options| options.theme_preference);
        assert_eq!(preference, ThemePreference::Dark);
    }
}
