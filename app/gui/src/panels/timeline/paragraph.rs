//! Running text laid out: styles, mentions and links, and words that run from right to left in their order.

use std::ops::Range;
use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::{Align, Color32, Galley, Stroke, Ui};

use super::body::{Grounds, Links, Part, Pressed, Shown};
use crate::rich::{Span, Style, What, host, runs_right_to_left, visual};
use crate::theme::{Face, Palette, Type};
use crate::widgets::text::format;

/// What running text is written with.
pub(super) struct Pen<'a> {
    /// Where the fonts are.
    pub(super) ui: &'a Ui,
    /// The colours.
    pub(super) palette: &'static Palette,
    /// So much lower than others its lines are.
    pub(super) tighter: f32,
}

impl Pen<'_> {
    /// How one kind of text is set.
    fn format(&self, kind: Type, color: Color32) -> TextFormat {
        let mut set = format(self.ui, kind, color);
        set.line_height = set.line_height.map(|height| height - self.tighter);
        set
    }

    fn styled(&self, style: Style, color: Color32) -> TextFormat {
        let kind = match (style.bold, style.italic) {
            (true, _) => Type::BodyStrong,
            (false, true) => Type::BodyItalic,
            (false, false) => Type::Body,
        };
        let mut set = self.format(kind, color);
        // There is no face that is both.
        set.italics = style.bold && style.italic && kind.face() != Face::Italic;
        if style.struck {
            set.strikethrough = Stroke::new(1.0, color);
        }
        set
    }
}

/// Wraps at `width`.
pub(super) fn wrapping(width: f32) -> TextWrapping {
    TextWrapping {
        max_width: width.max(1.0),
        ..TextWrapping::default()
    }
}

/// Lays one paragraph out, or one point of a list, with its marker.
pub(super) fn paragraph(
    pen: &Pen<'_>,
    spans: &[Span],
    color: Color32,
    (left, width): (f32, f32),
    marker: Option<Arc<Galley>>,
) -> Part {
    let mut job = LayoutJob::default();
    let mut shown = Written::default();
    for span in spans {
        shown.write(&mut job, span, &span.text, (pen, color));
    }
    job.wrap = wrapping(width - left);
    let right_to_left = runs_right_to_left(&job.text);
    let mut told = None;
    if visual::has_right_to_left(&job.text) {
        told = Some(job.text.clone());
        (job, shown) = turned(pen, spans, color, width - left);
    }
    if right_to_left {
        job.halign = Align::RIGHT;
    }
    let (links, grounds) = (shown.links, shown.grounds);
    Part {
        x: left,
        y: 0.0,
        quote: 0,
        galley: pen.ui.fonts_mut(|fonts| fonts.layout_job(job)),
        kind: Shown::Words {
            links,
            grounds,
            right_to_left,
            told,
            marker,
        },
    }
}

/// What was written into a job so far.
#[derive(Default)]
struct Written {
    links: Links,
    grounds: Grounds,
    characters: usize,
}

impl Written {
    /// Writes `words` as the span has them, which they are a part of.
    fn write(
        &mut self,
        job: &mut LayoutJob,
        span: &Span,
        words: &str,
        (pen, color): (&Pen<'_>, Color32),
    ) {
        let palette = pen.palette;
        let mut set = pen.styled(span.style, color);
        if span.style.hidden {
            let range = self.characters..self.characters + words.chars().count();
            self.grounds.push((range, palette.selected));
        }
        let range = self.characters..self.characters + words.chars().count();
        self.characters = range.end;
        match &span.what {
            What::Text => {}
            What::Mention => {
                set.font_id = pen.format(Type::BodyMedium, color).font_id;
                set.color = palette.accent;
                self.grounds.push((range, palette.accent_bg));
            }
            What::Link(address) => {
                set.color = palette.accent;
                set.underline = Stroke::new(1.0, palette.accent);
                let plain = says_where(&span.text, address);
                let address = address.clone();
                self.links.push((range, Pressed::Link { address, plain }));
            }
            What::Cover(piece) => {
                set.color = palette.text_2;
                self.grounds.push((range.clone(), palette.raised));
                self.links.push((range, Pressed::Cover(*piece)));
            }
            What::Code => {
                set.font_id = pen.format(Type::Code, color).font_id;
                self.grounds.push((range, palette.code_bg));
            }
        }
        job.append(words, 0.0, set);
    }
}

/// Words that run from right to left, line by line in the order in which they are painted.
fn turned(pen: &Pen<'_>, spans: &[Span], color: Color32, room: f32) -> (LayoutJob, Written) {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let lines = visual::lines(&text, room, |range| {
        let mut job = LayoutJob::default();
        let mut shown = Written::default();
        for (span, part) in parts_of(spans, &range) {
            shown.write(&mut job, span, &span.text[part], (pen, color));
        }
        pen.ui.fonts_mut(|fonts| fonts.layout_job(job)).size().x
    });
    let mut job = LayoutJob::default();
    let mut shown = Written::default();
    for (number, line) in lines.iter().enumerate() {
        if number > 0 {
            job.append("\n", 0.0, pen.format(Type::Body, color));
            shown.characters += 1;
        }
        for piece in line {
            let mut parts = parts_of(spans, &piece.range);
            if text[piece.range.clone()].starts_with(visual::is_right_to_left) {
                parts.reverse();
            }
            for (span, part) in parts {
                let turned = piece.mirrored.map(String::from);
                let words = turned.as_deref().unwrap_or(&span.text[part]);
                shown.write(&mut job, span, words, (pen, color));
            }
        }
    }
    job.wrap = wrapping(room + 1.0);
    (job, shown)
}

/// The spans that hold these bytes of all their text, each with its part of them.
fn parts_of<'a>(spans: &'a [Span], range: &Range<usize>) -> Vec<(&'a Span, Range<usize>)> {
    let mut parts = Vec::new();
    let mut start = 0;
    for span in spans {
        let end = start + span.text.len();
        let from = range.start.max(start);
        let to = range.end.min(end);
        if from < to {
            parts.push((span, from - start..to - start));
        }
        start = end;
    }
    parts
}

/// The words of a link are its address, or have its host in them and no other.
fn says_where(words: &str, address: &str) -> bool {
    words == address || words.eq_ignore_ascii_case(host(address))
}
