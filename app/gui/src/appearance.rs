//! The window follows the look that was chosen, and tells the engine how big one makes it by Ctrl and + or -.
//!
//! settings -> theme, size, motion of egui     size by the keyboard -> settings

use dialtone_engine::settings::{LookSettings, Theme};
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
    applied: Option<LookSettings>,
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

    /// Makes the window look as `wanted` says. The answer is what to keep, when one has changed the size by the keyboard.
    pub(crate) fn follow(&mut self, ctx: &Context, wanted: &LookSettings) -> Option<LookSettings> {
        if self.told == Some(wanted.zoom_percent) {
            self.told = None;
        }
        if self.applied.as_ref() != Some(wanted) {
            self.apply(ctx, wanted);
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

    fn apply(&mut self, ctx: &Context, wanted: &LookSettings) {
        ctx.set_theme(match wanted.theme {
            Theme::Dark => ThemePreference::Dark,
            Theme::Light => ThemePreference::Light,
            Theme::System => ThemePreference::System,
        });
        theme::apply(ctx, wanted);
        let before = self.applied.as_ref().map(|before| before.zoom_percent);
        // While the keyboard is ahead of the settings, older ones must not undo it.
        if self.told.is_none() && before != Some(wanted.zoom_percent) {
            let percent = wanted
                .zoom_percent
                .clamp(BOUNDS_PERCENT.0, BOUNDS_PERCENT.1);
            ctx.set_zoom_factor(f32::from(percent) / 100.0);
            self.set = Some(percent);
        }
        let still = self.still || wanted.reduced_motion;
        ctx.all_styles_mut(|style| {
            style.animation_time = if still { 0.0 } else { size::MOTION };
            style.scroll_animation = if still {
                ScrollAnimation::none()
            } else {
                ScrollAnimation::default()
            };
        });
        self.applied = Some(wanted.clone());
    }
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
            told = appearance.follow(ui.ctx(), wanted);
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
}
