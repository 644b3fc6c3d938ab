//! Puts the tokens into egui's own style, for the few widgets that are egui's: text fields, menus, scroll bars, tooltips.

use dialtone_engine::settings::{Density, LookSettings};
use egui::style::{HandleShape, ScrollStyle, TextCursorStyle, WidgetVisuals};
use egui::{
    Context, CornerRadius, Id, Margin, Shadow, Stroke, Style, TextStyle, Theme, Ui, Visuals, vec2,
};

use super::{Palette, Type, install_fonts, palettes, radius, size};

/// Makes fonts and both themes known to `ctx`.
pub fn install(ctx: &Context) {
    install_fonts(ctx);
    crate::emoji::install(ctx);
    apply(ctx, &LookSettings::default());
}

/// Puts the colours, the size of text and the density of a look into both themes.
pub fn apply(ctx: &Context, look: &LookSettings) {
    for (theme, dark) in [(Theme::Dark, true), (Theme::Light, false)] {
        ctx.set_style_of(theme, style(palettes::of(look, dark), look.text.scale()));
    }
    ctx.data_mut(|data| data.insert_temp(density_id(), look.density));
}

/// How high a row of a list is.
pub fn row_height(ui: &Ui) -> f32 {
    let row = if is_compact(ui) {
        size::ROW_COMPACT
    } else {
        size::ROW
    };
    around_line(ui, row)
}

/// How many times as big text is as it was drawn.
pub fn text_scale(ui: &Ui) -> f32 {
    let body = ui.style().text_styles.get(&TextStyle::Body);
    body.map_or(1.0, |font| font.size / Type::Body.points())
}

/// The height of what was drawn `points` high around a line of text: what the text gains, it gains.
pub fn around_line(ui: &Ui, points: f32) -> f32 {
    around_lines(ui, points, 1.0)
}

/// The same around several lines.
pub fn around_lines(ui: &Ui, points: f32, lines: f32) -> f32 {
    let gained = Type::Body.line_height(text_scale(ui)) - Type::Body.line_height(1.0);
    points + lines * gained
}

/// More is to be seen at a time.
pub fn is_compact(ui: &Ui) -> bool {
    let density = ui.data(|data| data.get_temp(density_id()));
    density == Some(Density::Compact)
}

fn density_id() -> Id {
    Id::unique("density")
}

fn style(palette: &Palette, scale: f32) -> Style {
    let mut style = Style {
        visuals: visuals(palette),
        animation_time: size::MOTION,
        ..Style::default()
    };
    for (text_style, kind) in [
        (TextStyle::Body, Type::Body),
        (TextStyle::Button, Type::Body),
        (TextStyle::Small, Type::Hint),
        (TextStyle::Heading, Type::Heading),
        (TextStyle::Monospace, Type::Code),
    ] {
        style.text_styles.insert(text_style, kind.font(scale));
    }
    style.interaction.selectable_labels = false;
    style.interaction.multi_widget_text_select = true;
    style.interaction.tooltip_delay = 0.4;
    // Narrower than the narrowest window, so that no tooltip is cut.
    style.spacing.tooltip_width = 320.0;
    style.spacing.item_spacing = vec2(8.0, 8.0);
    style.spacing.button_padding = vec2(12.0, 8.0);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        ..ScrollStyle::floating()
    };
    style
}

pub(super) fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    let line = Stroke::new(1.0, palette.line);
    let corner = CornerRadius::same(radius::ROW);
    let state = |fill, text| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: line,
        corner_radius: corner,
        fg_stroke: Stroke::new(1.4, text),
        expansion: 0.0,
    };
    visuals.widgets.noninteractive = state(palette.bg_2, palette.text);
    visuals.widgets.inactive = state(palette.bg_3, palette.text);
    visuals.widgets.hovered = state(palette.raised, palette.text);
    visuals.widgets.active = state(palette.raised, palette.text);
    visuals.widgets.open = state(palette.raised, palette.text);
    visuals.weak_text_color = Some(palette.text_3);
    visuals.selection.bg_fill = palette.accent.gamma_multiply(0.35);
    visuals.selection.stroke = Stroke::new(1.4, palette.accent);
    visuals.hyperlink_color = palette.accent;
    visuals.extreme_bg_color = palette.bg_1;
    visuals.text_edit_bg_color = Some(palette.bg_1);
    visuals.code_bg_color = palette.code_bg;
    visuals.warn_fg_color = palette.attention;
    visuals.error_fg_color = palette.bad;
    visuals.panel_fill = palette.bg_2;
    visuals.window_fill = palette.bg_3;
    visuals.window_stroke = line;
    visuals.window_corner_radius = CornerRadius::same(radius::DIALOG);
    visuals.menu_corner_radius = CornerRadius::same(radius::CARD);
    visuals.popup_shadow = shadow(palette, 16);
    visuals.window_shadow = shadow(palette, 32);
    visuals.handle_shape = HandleShape::Circle;
    visuals.text_cursor = TextCursorStyle {
        stroke: Stroke::new(1.6, palette.accent),
        ..TextCursorStyle::default()
    };
    visuals
}

fn shadow(palette: &Palette, blur: u8) -> Shadow {
    Shadow {
        offset: [0, 4],
        blur,
        spread: 0,
        color: egui::Color32::from_black_alpha(if palette.dark { 110 } else { 40 }),
    }
}
