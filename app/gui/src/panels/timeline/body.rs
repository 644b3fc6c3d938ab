//! The body of a message, laid out: paragraphs with mentions and links, blocks of code.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{CCursor, CharIndex, LayoutJob, TextWrapping};
use egui::{
    Align, Color32, CursorIcon, Frame, Galley, Id, Label, Margin, OpenUrl, Pos2, Rect, Stroke, Ui,
    UiBuilder, pos2, vec2,
};

use crate::rich::{Block, Span, parse, runs_right_to_left};
use crate::theme::{Palette, Type, palette, radius};
use crate::widgets::text::format;

/// A laid-out body.
pub(super) struct Body {
    parts: Vec<Part>,
    /// Its height in points.
    pub(super) height: f32,
}

struct Part {
    y: f32,
    galley: Arc<Galley>,
    kind: Kind,
}

/// Addresses, by the characters that show them.
type Links = Vec<(Range<usize>, String)>;
/// Grounds, by the characters that stand on them.
type Marks = Vec<(Range<usize>, Color32)>;

enum Kind {
    Paragraph {
        links: Links,
        marks: Marks,
        right_to_left: bool,
    },
    Code,
}

const CODE_PADDING: f32 = 10.0;
const CODE_GAP: f32 = 6.0;

/// Lays `words` out in `width`.
pub(super) fn lay_out(ui: &Ui, words: &str, names: &[&str], color: Color32, width: f32) -> Body {
    let palette = palette(ui);
    let mut parts = Vec::new();
    let mut y = 0.0;
    for block in parse(words, names) {
        match block {
            Block::Paragraph(spans) => {
                let (job, links, marks) = paragraph(&spans, palette, color, width);
                let right_to_left = job.halign == Align::RIGHT;
                let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
                let height = galley.size().y;
                let kind = Kind::Paragraph {
                    links,
                    marks,
                    right_to_left,
                };
                parts.push(Part { y, galley, kind });
                y += height;
            }
            Block::Code(code) => {
                let inner = width - 2.0 * 12.0;
                let job = crate::widgets::text::wrapped(&code, Type::Code, palette.text, inner);
                let galley = ui.fonts_mut(|fonts| fonts.layout_job(job));
                let height = galley.size().y + 2.0 * CODE_PADDING;
                y += CODE_GAP;
                parts.push(Part {
                    y,
                    galley,
                    kind: Kind::Code,
                });
                y += height + CODE_GAP;
            }
        }
    }
    Body { parts, height: y }
}

fn paragraph(
    spans: &[Span],
    palette: &Palette,
    color: Color32,
    width: f32,
) -> (LayoutJob, Links, Marks) {
    let mut job = LayoutJob::default();
    let mut links = Vec::new();
    let mut marks = Vec::new();
    let mut characters = 0;
    for span in spans {
        let mut style = format(Type::Body, color);
        let words = match span {
            Span::Text(words) | Span::Mention(words) | Span::Link(words) | Span::Code(words) => {
                words
            }
        };
        let range = characters..characters + words.chars().count();
        match span {
            Span::Text(_) => {}
            Span::Mention(_) => {
                style = format(Type::BodyMedium, palette.accent);
                marks.push((range.clone(), palette.accent_bg));
            }
            Span::Link(address) => {
                style.color = palette.accent;
                style.underline = Stroke::new(1.0, palette.accent);
                links.push((range.clone(), address.clone()));
            }
            Span::Code(_) => {
                style.font_id = Type::Code.font();
                marks.push((range.clone(), palette.code_bg));
            }
        }
        characters = range.end;
        job.append(words, 0.0, style);
    }
    job.wrap = TextWrapping {
        max_width: width.max(1.0),
        ..TextWrapping::default()
    };
    if runs_right_to_left(&job.text) {
        job.halign = Align::RIGHT;
    }
    (job, links, marks)
}

impl Body {
    /// Paints it at `at`, `width` wide; `id` must stay the same from frame to frame, so that selections hold.
    pub(super) fn paint(&self, ui: &mut Ui, id: Id, at: Pos2, width: f32) {
        for (index, part) in self.parts.iter().enumerate() {
            let id = id.with(index);
            let top = at + vec2(0.0, part.y);
            match &part.kind {
                Kind::Paragraph {
                    links,
                    marks,
                    right_to_left,
                } => {
                    let left = if *right_to_left {
                        top.x + width - part.galley.size().x
                    } else {
                        top.x
                    };
                    let at = pos2(left, top.y);
                    paint_marks(ui, at, &part.galley, marks);
                    paint_paragraph(ui, id, at, &part.galley, links);
                }
                Kind::Code => paint_code(ui, id, top, width, &part.galley),
            }
        }
    }
}

/// The grounds behind mentions and code; one for each line that they stand on.
fn paint_marks(ui: &Ui, at: Pos2, galley: &Galley, marks: &[(Range<usize>, Color32)]) {
    for (range, color) in marks {
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
                let rect = Rect::from_min_max(pos2(from, middle - 9.0), pos2(to, middle + 9.0));
                let rect = rect.expand2(vec2(2.0, 0.0)).translate(origin);
                ui.painter().rect_filled(rect, 5.0, *color);
            }
        }
    }
}

fn paint_paragraph(
    ui: &mut Ui,
    id: Id,
    at: Pos2,
    galley: &Arc<Galley>,
    links: &[(Range<usize>, String)],
) {
    let rect = Rect::from_min_size(at, galley.size());
    let mut child = ui.new_child(UiBuilder::new().scope_id(id).max_rect(rect));
    let response = child.add(Label::new(Arc::clone(galley)).selectable(true));
    let Some(pointer) = response.hover_pos().filter(|_| !links.is_empty()) else {
        return;
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
    if let Some((_, address)) = link {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
        if response.clicked() {
            ui.ctx().open_url(OpenUrl::new_tab(address));
        }
    }
}

fn paint_code(ui: &mut Ui, id: Id, at: Pos2, width: f32, galley: &Arc<Galley>) {
    let palette = palette(ui);
    let height = galley.size().y + 2.0 * CODE_PADDING;
    let rect = Rect::from_min_size(at, vec2(width, height));
    let frame = Frame::new()
        .fill(palette.code_bg)
        .stroke(Stroke::new(1.0, palette.line))
        .corner_radius(radius::ROW)
        .inner_margin(Margin::ZERO);
    ui.painter().add(frame.paint(rect.shrink(1.0)));
    let inner = rect.shrink2(vec2(12.0, CODE_PADDING));
    let mut child = ui.new_child(UiBuilder::new().scope_id(id).max_rect(inner));
    child.add(Label::new(Arc::clone(galley)).selectable(true));
}
