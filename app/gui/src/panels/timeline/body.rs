//! The body of a message, laid out: paragraphs with mentions and links, quotes, lists, blocks of code.

use std::ops::Range;
use std::sync::Arc;

use dialtone_words::say;
use egui::text::{CCursor, CharIndex, LayoutJob};
use egui::{
    Color32, CursorIcon, Frame, Galley, Id, Label, Margin, Pos2, Rect, Response, Role, Stroke, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use super::paragraph::{Pen, paragraph, wrapping};
use crate::panels::within;
use crate::rich::hidden::cover;
use crate::rich::{Block, Class, Kind, highlight, host, parse};
use crate::theme::{Palette, Type, palette, radius};
use crate::widgets::text::{self, format};
use crate::widgets::{Icon, IconButton, Look};

/// A laid-out body.
pub(super) struct Body {
    parts: Vec<Part>,
    /// Between code and the edge of its ground.
    code_padding: f32,
    /// Its height in points.
    pub(super) height: f32,
    /// Where its last line ends: something short may stand behind it.
    pub(super) end: Pos2,
}

pub(super) struct Part {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) quote: u8,
    pub(super) galley: Arc<Galley>,
    pub(super) kind: Shown,
}

/// What can be pressed, by the characters that show it.
pub(super) type Links = Vec<(Range<usize>, Pressed)>;
/// Grounds, by the characters that stand on them.
pub(super) type Grounds = Vec<(Range<usize>, Color32)>;

pub(super) enum Shown {
    Words {
        links: Links,
        grounds: Grounds,
        right_to_left: bool,
        /// As they are read, where they are painted in another order.
        told: Option<String>,
        /// Before a point of a list, ending here.
        marker: Option<Arc<Galley>>,
    },
    Code(String),
}

impl Shown {
    fn right_to_left(&self) -> bool {
        matches!(
            self,
            Self::Words {
                right_to_left: true,
                ..
            }
        )
    }
}

/// What was pressed in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pressed {
    /// A link.
    Link {
        /// The address.
        address: String,
        /// It says where it leads.
        plain: bool,
    },
    /// What covers a hidden piece: this one.
    Cover(usize),
}

/// How a body is laid out.
pub(super) struct Setting<'a> {
    /// The members' names, for mentions.
    pub(super) names: &'a [&'a str],
    /// Of the words.
    pub(super) color: Color32,
    /// In points.
    pub(super) width: f32,
    /// So much each line is lower than others are.
    pub(super) tighter: f32,
    /// The hidden pieces that one wants to see.
    pub(super) open: u64,
}

/// What stands around code, within its ground and beyond: less where lines are lower.
fn around_code(tighter: f32) -> (f32, f32) {
    (10.0 - tighter * 1.5, 6.0 - tighter)
}

/// How far a quote and a point of a list stand in.
const QUOTE: f32 = 14.0;
const ITEM: f32 = 20.0;

/// Lays `words` out.
pub(super) fn lay_out(ui: &Ui, words: &str, setting: &Setting<'_>) -> Body {
    let Setting { color, width, .. } = *setting;
    let palette = palette(ui);
    let pen = Pen {
        ui,
        palette,
        tighter: setting.tighter,
    };
    let mut blocks = parse(words, setting.names);
    cover(&mut blocks, setting.open, say!("line-hidden"));
    let (padding, gap) = around_code(setting.tighter);
    let mut parts: Vec<Part> = Vec::new();
    let mut y = 0.0;
    let mut end = Pos2::ZERO;
    for Block { quote, kind } in blocks {
        let left = f32::from(quote) * QUOTE;
        if parts.last().is_some_and(|last| last.quote != quote) {
            y += 3.0;
        }
        let color = if quote > 0 { palette.text_2 } else { color };
        let part = match kind {
            Kind::Paragraph(spans) => paragraph(&pen, &spans, color, (left, width), None),
            Kind::Item {
                depth,
                marker,
                spans,
            } => {
                let left = left + ITEM * (f32::from(depth) + 1.0);
                let marker = text::line(ui, &marker, Type::Body, palette.text_2, ITEM * 2.0);
                paragraph(&pen, &spans, color, (left, width), Some(marker))
            }
            Kind::Code { language, text, .. } => {
                code(ui, text, language.as_deref(), palette, width)
            }
        };
        let mut part = Part { y, quote, ..part };
        let height = part.galley.size().y;
        if matches!(part.kind, Shown::Code(_)) {
            part.y += gap;
            y += height + 2.0 * (padding + gap);
            end = pos2(f32::INFINITY, y);
        } else {
            end = last_line(&part);
            y += height;
        }
        parts.push(part);
    }
    Body {
        parts,
        code_padding: padding,
        height: y,
        end,
    }
}

/// Where the last line of a part ends; beyond every width where nothing can stand behind it.
fn last_line(part: &Part) -> Pos2 {
    let line = part
        .galley
        .rows
        .last()
        .map(egui::epaint::text::PlacedRow::rect);
    match (line, &part.kind) {
        (
            Some(line),
            Shown::Words {
                right_to_left: false,
                ..
            },
        ) => pos2(part.x + line.right(), part.y + line.top()),
        _ => pos2(f32::INFINITY, part.y + part.galley.size().y),
    }
}

fn code(ui: &Ui, text: String, language: Option<&str>, palette: &Palette, width: f32) -> Part {
    let inner = (width - 2.0 * 12.0).max(1.0);
    let mut job = LayoutJob::default();
    let mut at = 0;
    let plain = format(ui, Type::Code, palette.text);
    for (range, class) in highlight(&text, language.unwrap_or_default()) {
        let color = match class {
            Class::Keyword => palette.accent,
            Class::Text | Class::Number => palette.attention,
            Class::Comment => palette.text_3,
        };
        job.append(&text[at..range.start], 0.0, plain.clone());
        job.append(&text[range.clone()], 0.0, format(ui, Type::Code, color));
        at = range.end;
    }
    job.append(&text[at..], 0.0, plain);
    job.wrap = wrapping(inner);
    Part {
        x: 0.0,
        y: 0.0,
        quote: 0,
        galley: ui.fonts_mut(|fonts| fonts.layout_job(job)),
        kind: Shown::Code(text),
    }
}

impl Body {
    /// Paints it at `at`, `width` wide; `id` must stay the same from frame to frame, so that selections hold. `pointed` is whether one
    /// points at the message. The answer is what takes clicks, and the link that was pressed.
    pub(super) fn paint(
        &self,
        ui: &mut Ui,
        id: Id,
        at: Pos2,
        width: f32,
        pointed: bool,
    ) -> (Option<Response>, Option<Pressed>) {
        let mut all: Option<Response> = None;
        let mut pressed = None;
        self.paint_quotes(ui, at, width);
        for (index, part) in self.parts.iter().enumerate() {
            let id = id.with(index);
            let top = at + vec2(part.x, part.y);
            let response = match &part.kind {
                Shown::Words {
                    links,
                    grounds,
                    right_to_left,
                    told,
                    marker,
                } => {
                    let left = if *right_to_left {
                        at.x + width - part.x - part.galley.size().x
                    } else {
                        top.x
                    };
                    if let Some(marker) = marker {
                        let line = part
                            .galley
                            .rows
                            .first()
                            .map_or(0.0, |row| row.rect().height());
                        let lower = (line - marker.size().y) / 2.0;
                        let beside = if *right_to_left {
                            at.x + width - part.x + 6.0
                        } else {
                            top.x - 6.0 - marker.size().x
                        };
                        let place = pos2(beside, top.y + lower);
                        ui.painter()
                            .galley(place, Arc::clone(marker), palette(ui).text_2);
                    }
                    let at = pos2(left, top.y);
                    paint_grounds(ui, at, &part.galley, grounds);
                    let (response, link) = paint_words(ui, id, at, &part.galley, links);
                    if let Some(told) = told {
                        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, told));
                    }
                    pressed = link.or(pressed);
                    response
                }
                Shown::Code(code) => {
                    let size = (width, self.code_padding);
                    paint_code(ui, id, top, size, (&part.galley, code), pointed)
                }
            };
            all = Some(match all {
                Some(before) => before.union(response),
                None => response,
            });
        }
        (all, pressed)
    }

    /// A bar beside each quote, as long as it goes on: at the end where its words begin.
    fn paint_quotes(&self, ui: &Ui, at: Pos2, width: f32) {
        let color = palette(ui).border(true);
        for level in 0..3_u8 {
            let mut run: Option<(f32, f32, bool)> = None;
            let inset = f32::from(level) * QUOTE;
            let bar = |(from, to, right): (f32, f32, bool)| {
                let x = if right {
                    at.x + width - inset - 3.0
                } else {
                    at.x + inset
                };
                let rect =
                    Rect::from_min_max(pos2(x, at.y + from + 1.0), pos2(x + 3.0, at.y + to - 1.0));
                ui.painter()
                    .rect_filled(rect, 1.5, color.gamma_multiply(0.6));
            };
            for part in &self.parts {
                let right = part.kind.right_to_left();
                let span = (part.y, part.y + part.galley.size().y, right);
                let goes_on = run.filter(|(.., side)| *side == right);
                if part.quote > level && (run.is_none() || goes_on.is_some()) {
                    run = Some(goes_on.map_or(span, |(from, ..)| (from, span.1, right)));
                } else if part.quote > level {
                    run.replace(span).into_iter().for_each(bar);
                } else if let Some(done) = run.take() {
                    bar(done);
                }
            }
            if let Some(done) = run {
                bar(done);
            }
        }
    }
}

/// The grounds behind mentions and code; one for each line that they stand on.
fn paint_grounds(ui: &Ui, at: Pos2, galley: &Galley, grounds: &[(Range<usize>, Color32)]) {
    for (range, color) in grounds {
        let place = |index| galley.pos_from_cursor(CCursor::new(CharIndex(index)));
        let (start, end) = (place(range.start), place(range.end));
        let origin = at.to_vec2() - vec2(galley.rect.left(), 0.0);
        for row in &galley.rows {
            let line = row.rect();
            let from = if line.y_range().contains(start.center().y) {
                start.left()
            } else {
                line.left()
            };
            let to = if line.y_range().contains(end.center().y) {
                end.left()
            } else {
                line.right()
            };
            let between = start.center().y..=end.center().y;
            if between.contains(&line.center().y) && to > from {
                let middle = line.center().y;
                let half = line.height() / 2.0 - 1.0;
                let rect = Rect::from_min_max(pos2(from, middle - half), pos2(to, middle + half));
                let rect = rect.expand2(vec2(2.0, 0.0)).translate(origin);
                ui.painter().rect_filled(rect, 5.0, *color);
            }
        }
    }
}

fn paint_words(
    ui: &mut Ui,
    id: Id,
    at: Pos2,
    galley: &Arc<Galley>,
    links: &[(Range<usize>, Pressed)],
) -> (Response, Option<Pressed>) {
    let rect = Rect::from_min_size(at, galley.size());
    let mut child = ui.new_child(UiBuilder::new().scope_id(id).max_rect(rect));
    let response = child.add(Label::new(Arc::clone(galley)).selectable(true));
    let Some(pointer) = response.hover_pos().filter(|_| !links.is_empty()) else {
        return (response, None);
    };
    let offset = pointer - at + vec2(galley.rect.left(), 0.0);
    let inside = galley
        .rows
        .iter()
        .any(|row| row.rect().contains(offset.to_pos2()));
    let character = galley.cursor_from_pos(offset).index.0;
    let link = links
        .iter()
        .find(|(range, _)| inside && range.contains(&character));
    let Some((_, target)) = link else {
        return (response, None);
    };
    ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
    let pressed = response.clicked().then(|| target.clone());
    let words = match target {
        Pressed::Link { plain: true, .. } => return (response, pressed),
        Pressed::Link { address, .. } => say!("line-leads-to", host = host(address)),
        Pressed::Cover(_) => say!("line-hidden-show").to_owned(),
    };
    (response.on_hover_text_at_pointer(words), pressed)
}

fn paint_code(
    ui: &mut Ui,
    id: Id,
    at: Pos2,
    (width, padding): (f32, f32),
    (galley, code): (&Arc<Galley>, &str),
    pointed: bool,
) -> Response {
    let palette = palette(ui);
    let height = galley.size().y + 2.0 * padding;
    let rect = Rect::from_min_size(at, vec2(width, height));
    let frame = Frame::new()
        .fill(palette.code_bg)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::ROW)
        .inner_margin(Margin::ZERO);
    ui.painter().add(frame.paint(rect.shrink(1.0)));
    let inner = rect.shrink2(vec2(12.0, padding));
    let mut child = ui.new_child(UiBuilder::new().scope_id(id).max_rect(inner));
    let response = child.add(Label::new(Arc::clone(galley)).selectable(true));
    let place = Rect::from_min_size(
        pos2(rect.right() - 34.0, rect.top() + 6.0),
        vec2(28.0, 28.0),
    );
    // Shown to who points at the message, or comes to it with the keyboard.
    let copy = ui
        .push_id(id, |ui| {
            within(ui, "copy", place, |ui| {
                let button = ui.scope_id().with("focused");
                let focused = ui.data(|data| data.get_temp(button)).unwrap_or(false);
                ui.set_opacity(if pointed || focused { 1.0 } else { 0.0 });
                let copy = IconButton::new(Icon::Copy, say!("line-copy-code"))
                    .look(Look::Plain)
                    .size(28.0, 28.0);
                let copy = ui.add(copy);
                let focused = copy.has_focus();
                ui.data_mut(|data| data.insert_temp(button, focused));
                copy
            })
        })
        .inner;
    if copy.clicked() {
        ui.ctx().copy_text(code.to_owned());
    }
    response
}
