//! Buttons: with words, or with an icon alone (then the words are its tooltip and its accessible name).

use egui::{
    Align, Color32, CornerRadius, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget,
    WidgetInfo, pos2, vec2,
};

use super::{Icon, focus_ring, icons, text};
use crate::theme::{Palette, Type, around_line, mix, palette, radius, size};

/// How much a button asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// The one thing to do.
    Primary,
    /// One of several.
    #[default]
    Plain,
    /// No ground until the pointer is on it.
    Quiet,
    /// On: accent on its pale ground.
    On,
    /// Ends or deletes: red border.
    Danger,
    /// Ends or deletes for good: red ground.
    DangerFilled,
}

struct Paint {
    fill: Color32,
    stroke: Color32,
    text: Color32,
}

impl Look {
    fn paint(self, palette: &Palette, hot: bool, enabled: bool) -> Paint {
        let mut paint = match self {
            Self::Primary => Paint {
                fill: if hot {
                    mix(palette.accent, palette.text, 0.12)
                } else {
                    palette.accent
                },
                stroke: Color32::TRANSPARENT,
                text: palette.on_accent,
            },
            Self::Plain => Paint {
                fill: if hot { palette.raised } else { palette.bg_3 },
                stroke: palette.line,
                text: palette.text,
            },
            Self::Quiet => Paint {
                fill: if hot {
                    palette.hovered
                } else {
                    Color32::TRANSPARENT
                },
                stroke: Color32::TRANSPARENT,
                text: if hot { palette.text } else { palette.text_2 },
            },
            Self::On => Paint {
                fill: palette.accent_bg,
                stroke: if hot {
                    palette.accent
                } else {
                    Color32::TRANSPARENT
                },
                text: palette.accent,
            },
            Self::Danger => Paint {
                fill: if hot {
                    palette.bad_bg
                } else {
                    Color32::TRANSPARENT
                },
                stroke: palette.bad,
                text: palette.bad,
            },
            Self::DangerFilled => Paint {
                fill: if hot {
                    mix(palette.bad, palette.text, 0.12)
                } else {
                    palette.bad
                },
                stroke: Color32::TRANSPARENT,
                text: palette.on_bad,
            },
        };
        if !enabled {
            paint.fill = mix(palette.bg_3, palette.bg_2, 0.3);
            paint.stroke = palette.line;
            paint.text = palette.text_3;
        }
        paint
    }
}

/// A button with words.
#[must_use]
pub struct Button<'a> {
    words: &'a str,
    icon: Option<Icon>,
    look: Look,
    height: f32,
    full_width: bool,
    enabled: bool,
}

impl<'a> Button<'a> {
    /// Saying `words`.
    pub fn new(words: &'a str) -> Self {
        Self {
            words,
            icon: None,
            look: Look::Plain,
            height: 36.0,
            full_width: false,
            enabled: true,
        }
    }

    /// As wide as there is room, and high: for what a whole screen is about.
    pub fn large(words: &'a str) -> Self {
        Self::new(words).height(44.0).full_width()
    }

    /// With an icon before the words.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// In this look.
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Height in points.
    pub fn height(mut self, height: f32) -> Self {
        self.height = height;
        self
    }

    /// As wide as there is room.
    pub fn full_width(mut self) -> Self {
        self.full_width = true;
        self
    }

    /// Whether it can be pressed.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }
}

impl Widget for Button<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let kind = if self.height < 34.0 {
            Type::SecondaryStrong
        } else {
            Type::BodyStrong
        };
        let icon_room = if self.icon.is_some() {
            size::ICON + 8.0
        } else {
            0.0
        };
        let most = (ui.available_width() - 28.0 - icon_room).max(20.0);
        let words = text::line(ui, self.words, kind, Color32::PLACEHOLDER, most);
        let inner = words.size().x + icon_room;
        let width = if self.full_width {
            ui.available_width()
        } else {
            inner + 28.0
        };
        let (rect, response) = ui.allocate_exact_size(
            vec2(width, around_line(ui, self.height)),
            sense(self.enabled),
        );
        let enabled = self.enabled && ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.words));
        let paint = ground(ui, rect, &response, self.look, enabled);
        let left = rect.center().x - inner / 2.0;
        if let Some(icon) = self.icon {
            let at = pos2(left + size::ICON / 2.0, rect.center().y);
            icons::paint(ui.painter(), icon, at, size::ICON, paint.text);
        }
        let at = pos2(left + icon_room, rect.center().y - words.size().y / 2.0);
        ui.painter()
            .galley_with_override_text_color(at, words, paint.text);
        focus_ring(ui, &response, radius::ROW);
        response
    }
}

/// A button with an icon alone.
#[must_use]
pub struct IconButton<'a> {
    icon: Icon,
    name: &'a str,
    tooltip: Option<&'a str>,
    look: Look,
    size: egui::Vec2,
    enabled: bool,
    pressed: Option<bool>,
    by_pointer: bool,
}

impl<'a> IconButton<'a> {
    /// Showing `icon`, called `name`.
    pub fn new(icon: Icon, name: &'a str) -> Self {
        Self {
            icon,
            name,
            tooltip: None,
            look: Look::Quiet,
            size: vec2(28.0, 28.0),
            enabled: true,
            pressed: None,
            by_pointer: false,
        }
    }

    /// The keyboard does not come to it: there are keys for what it does.
    pub fn by_pointer(mut self) -> Self {
        self.by_pointer = true;
        self
    }

    /// Says more than the name when the pointer rests on it.
    pub fn tooltip(mut self, tooltip: &'a str) -> Self {
        self.tooltip = Some(tooltip);
        self
    }

    /// In this look.
    pub fn look(mut self, look: Look) -> Self {
        self.look = look;
        self
    }

    /// Size in points.
    pub fn size(mut self, width: f32, height: f32) -> Self {
        self.size = vec2(width, height);
        self
    }

    /// Whether it can be pressed.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// It stays pressed until it is pressed again.
    pub fn pressed(mut self, pressed: bool) -> Self {
        self.pressed = Some(pressed);
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let sense = if self.by_pointer && self.enabled {
            Sense::CLICK
        } else {
            sense(self.enabled)
        };
        let (rect, response) = ui.allocate_exact_size(self.size, sense);
        let enabled = self.enabled && ui.is_enabled();
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Button, enabled, self.name);
            info.selected = self.pressed;
            info
        });
        let paint = ground(ui, rect, &response, self.look, enabled);
        icons::paint(
            ui.painter(),
            self.icon,
            rect.center(),
            size::ICON,
            paint.text,
        );
        focus_ring(ui, &response, radius::ROW);
        response.on_hover_text(self.tooltip.unwrap_or(self.name))
    }
}

fn sense(enabled: bool) -> Sense {
    if enabled {
        Sense::click()
    } else {
        Sense::hover()
    }
}

fn ground(ui: &Ui, rect: Rect, response: &Response, look: Look, enabled: bool) -> Paint {
    let hot = enabled && (response.hovered() || response.is_pointer_button_down_on());
    let paint = look.paint(palette(ui), hot, enabled);
    let paint = if look == Look::Quiet && !enabled {
        Paint {
            fill: Color32::TRANSPARENT,
            stroke: Color32::TRANSPARENT,
            ..paint
        }
    } else {
        paint
    };
    ui.painter().rect(
        rect,
        CornerRadius::same(radius::ROW),
        paint.fill,
        Stroke::new(1.0, paint.stroke),
        StrokeKind::Inside,
    );
    if hot {
        ui.ctx().set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    paint
}

/// A text that can be pressed like a link.
pub fn text_button(ui: &mut Ui, words: &str) -> Response {
    let galley = text::line(
        ui,
        words,
        Type::Secondary,
        Color32::PLACEHOLDER,
        ui.available_width(),
    );
    let (rect, response) = ui.allocate_exact_size(galley.size() + vec2(8.0, 8.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), words));
    let palette = palette(ui);
    let color = if response.hovered() {
        palette.text
    } else {
        palette.text_2
    };
    text::paint_in(ui, rect, Align::Center, words, Type::Secondary, color);
    focus_ring(ui, &response, radius::ROW);
    response
}
