//! Icons, drawn as shapes: a grid of 16 units, strokes of 1.4 points.

use std::f32::consts::{PI, TAU};

use egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, pos2, vec2};

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is named after what it shows")]
pub enum Icon {
    Hash,
    Speaker,
    SpeakerOff,
    Megaphone,
    Plus,
    PersonPlus,
    People,
    Microphone,
    MicrophoneOff,
    Headphones,
    HeadphonesOff,
    Phone,
    HangUp,
    Gear,
    Close,
    Shield,
    ShieldOff,
    Warning,
    Info,
    Retry,
    Trash,
    Pencil,
    Copy,
    Check,
    Send,
    Menu,
    Dots,
    ChevronDown,
    ChevronRight,
    Back,
    Clock,
    Lock,
    Keyboard,
    Palette,
    Wifi,
    Eye,
    EyeOff,
    Clip,
    File,
    Download,
    Picture,
    Bell,
    BellOff,
    Monitor,
    Wave,
    Search,
    Smile,
    Reply,
    Pin,
    Calendar,
    ArrowDown,
    Forward,
}

/// Width of a stroke in points.
pub const STROKE: f32 = 1.4;

/// Paints `icon`, `size` points wide, around `center`.
pub fn paint(painter: &Painter, icon: Icon, center: Pos2, size: f32, color: Color32) {
    let pen = Pen {
        painter,
        origin: center - vec2(size, size) / 2.0,
        scale: size / 16.0,
        stroke: Stroke::new(STROKE * (size / 16.0).max(0.85), color),
    };
    match icon {
        Icon::Hash => hash(&pen),
        Icon::Speaker => speaker(&pen),
        Icon::SpeakerOff => pen.crossed(speaker),
        Icon::Megaphone => megaphone(&pen),
        Icon::Plus => plus(&pen),
        Icon::PersonPlus => person_plus(&pen),
        Icon::People => people(&pen),
        Icon::Microphone => microphone(&pen),
        Icon::MicrophoneOff => pen.crossed(microphone),
        Icon::Headphones => headphones(&pen),
        Icon::HeadphonesOff => pen.crossed(headphones),
        Icon::Phone => phone(&pen),
        Icon::HangUp => hang_up(&pen),
        Icon::Gear => gear(&pen),
        Icon::Close => close(&pen),
        Icon::Shield => {
            shield(&pen);
            pen.line(&[(5.6, 8.0), (7.3, 9.7), (10.5, 6.2)]);
        }
        Icon::ShieldOff => {
            shield(&pen);
            pen.line(&[(6.2, 6.2), (9.8, 9.8)]);
            pen.line(&[(9.8, 6.2), (6.2, 9.8)]);
        }
        Icon::Warning => warning(&pen),
        Icon::Info => info(&pen),
        Icon::Retry => retry(&pen),
        Icon::Trash => trash(&pen),
        Icon::Pencil => pencil(&pen),
        Icon::Copy => copy(&pen),
        Icon::Check => pen.line(&[(3.2, 8.4), (6.5, 11.7), (12.8, 4.6)]),
        Icon::Send => send(&pen),
        Icon::Menu => menu(&pen),
        Icon::Dots => dots(&pen),
        Icon::ChevronDown => pen.line(&[(4.5, 6.3), (8.0, 9.8), (11.5, 6.3)]),
        Icon::ChevronRight => pen.line(&[(6.3, 4.5), (9.8, 8.0), (6.3, 11.5)]),
        Icon::Back => back(&pen),
        Icon::Clock => {
            pen.circle(8.0, 8.0, 5.8);
            pen.line(&[(8.0, 4.8), (8.0, 8.2), (10.3, 9.6)]);
        }
        Icon::Lock => lock(&pen),
        Icon::Keyboard => keyboard(&pen),
        Icon::Palette => sun(&pen),
        Icon::Wifi => wifi(&pen),
        Icon::Eye => eye(&pen),
        Icon::EyeOff => {
            eye(&pen);
            pen.line(&[(2.6, 13.4), (13.4, 2.6)]);
        }
        Icon::Clip => clip(&pen),
        Icon::File => file(&pen),
        Icon::Download => download(&pen),
        Icon::Picture => picture(&pen),
        Icon::Bell => bell(&pen),
        Icon::BellOff => pen.crossed(bell),
        Icon::Monitor => monitor(&pen),
        Icon::Wave => wave(&pen),
        Icon::Search => search(&pen),
        Icon::Smile => smile(&pen),
        Icon::Reply => reply(&pen),
        Icon::Pin => pin(&pen),
        Icon::Calendar => calendar(&pen),
        Icon::Forward => forward(&pen),
        Icon::ArrowDown => arrow_down(&pen),
    }
}

struct Pen<'a> {
    painter: &'a Painter,
    origin: Pos2,
    scale: f32,
    stroke: Stroke,
}

impl Pen<'_> {
    fn at(&self, (x, y): (f32, f32)) -> Pos2 {
        self.origin + vec2(x, y) * self.scale
    }

    fn line(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|point| self.at(*point)).collect();
        self.painter.add(Shape::line(points, self.stroke));
    }

    fn closed(&self, points: &[(f32, f32)]) {
        let points = points.iter().map(|point| self.at(*point)).collect();
        self.painter.add(Shape::closed_line(points, self.stroke));
    }

    fn circle(&self, x: f32, y: f32, radius: f32) {
        self.painter
            .circle_stroke(self.at((x, y)), radius * self.scale, self.stroke);
    }

    fn dot(&self, x: f32, y: f32, radius: f32) {
        self.painter
            .circle_filled(self.at((x, y)), radius * self.scale, self.stroke.color);
    }

    /// An arc around (x, y) from `from` to `to`, clockwise from the right, in parts of a turn.
    fn arc(&self, x: f32, y: f32, radius: f32, from: f32, to: f32) {
        let steps = 20;
        let points = (0..=steps)
            .map(|step| {
                let angle = (from + (to - from) * step as f32 / steps as f32) * TAU;
                self.at((x + radius * angle.cos(), y + radius * angle.sin()))
            })
            .collect();
        self.painter.add(Shape::line(points, self.stroke));
    }

    fn rect(&self, x: f32, y: f32, width: f32, height: f32, corner: f32) {
        let rect = Rect::from_min_size(self.at((x, y)), vec2(width, height) * self.scale);
        self.painter
            .add(Shape::Rect(egui::epaint::RectShape::stroke(
                rect,
                corner * self.scale,
                self.stroke,
                StrokeKind::Middle,
            )));
    }

    /// With a stroke through it.
    fn crossed(&self, icon: impl Fn(&Self)) {
        icon(self);
        self.slash();
    }

    fn slash(&self) {
        self.line(&[(2.6, 2.6), (13.4, 13.4)]);
    }
}

fn hash(pen: &Pen<'_>) {
    pen.line(&[(6.2, 2.0), (4.8, 14.0)]);
    pen.line(&[(11.2, 2.0), (9.8, 14.0)]);
    pen.line(&[(2.0, 5.6), (14.0, 5.6)]);
    pen.line(&[(2.0, 10.4), (14.0, 10.4)]);
}

fn speaker(pen: &Pen<'_>) {
    pen.closed(&[
        (1.6, 6.0),
        (4.2, 6.0),
        (7.6, 3.2),
        (7.6, 12.8),
        (4.2, 10.0),
        (1.6, 10.0),
    ]);
    pen.arc(7.4, 8.0, 3.2, -0.14, 0.14);
    pen.arc(7.4, 8.0, 6.2, -0.14, 0.14);
}

fn megaphone(pen: &Pen<'_>) {
    pen.closed(&[
        (1.8, 6.2),
        (5.2, 6.2),
        (12.2, 2.8),
        (12.2, 12.0),
        (5.2, 9.2),
        (1.8, 9.2),
    ]);
    pen.line(&[(4.2, 9.4), (5.2, 13.4), (7.2, 13.4), (6.6, 10.0)]);
    pen.line(&[(14.2, 6.4), (14.2, 9.0)]);
}

fn plus(pen: &Pen<'_>) {
    pen.line(&[(8.0, 2.8), (8.0, 13.2)]);
    pen.line(&[(2.8, 8.0), (13.2, 8.0)]);
}

fn person_plus(pen: &Pen<'_>) {
    pen.circle(6.2, 5.2, 2.6);
    pen.arc(6.2, 13.6, 4.6, 0.53, 0.97);
    pen.line(&[(12.9, 5.4), (12.9, 10.2)]);
    pen.line(&[(10.5, 7.8), (15.3, 7.8)]);
}

fn people(pen: &Pen<'_>) {
    pen.circle(6.0, 5.4, 2.5);
    pen.arc(6.0, 13.4, 4.4, 0.53, 0.97);
    pen.arc(10.6, 5.4, 2.5, -0.3, 0.3);
    pen.arc(10.4, 13.4, 4.4, 0.8, 0.97);
}

fn microphone(pen: &Pen<'_>) {
    pen.rect(6.0, 1.6, 4.0, 7.8, 2.0);
    pen.arc(8.0, 7.8, 4.4, 0.0, 0.5);
    pen.line(&[(8.0, 12.2), (8.0, 14.4)]);
}

fn headphones(pen: &Pen<'_>) {
    pen.arc(8.0, 8.6, 5.8, 0.5, 1.0);
    pen.line(&[(2.2, 8.6), (2.2, 11.0)]);
    pen.line(&[(13.8, 8.6), (13.8, 11.0)]);
    pen.rect(2.2, 9.2, 2.6, 4.4, 1.0);
    pen.rect(11.2, 9.2, 2.6, 4.4, 1.0);
}

fn phone(pen: &Pen<'_>) {
    pen.closed(&[
        (3.4, 2.2),
        (5.6, 2.2),
        (6.8, 5.2),
        (5.2, 6.5),
        (9.5, 10.8),
        (10.8, 9.2),
        (13.8, 10.4),
        (13.8, 12.6),
        (12.7, 13.8),
        (10.2, 13.6),
        (5.9, 11.0),
        (3.4, 7.4),
        (2.2, 4.6),
        (2.2, 3.3),
    ]);
}

fn hang_up(pen: &Pen<'_>) {
    pen.closed(&[
        (1.4, 9.6),
        (3.2, 7.2),
        (5.8, 6.0),
        (10.2, 6.0),
        (12.8, 7.2),
        (14.6, 9.6),
        (13.4, 11.2),
        (10.9, 10.3),
        (10.5, 8.4),
        (5.5, 8.4),
        (5.1, 10.3),
        (2.6, 11.2),
    ]);
}

fn gear(pen: &Pen<'_>) {
    pen.circle(8.0, 8.0, 2.1);
    let teeth = 8;
    let mut points = Vec::with_capacity(teeth * 4);
    for tooth in 0..teeth {
        let middle = tooth as f32 / teeth as f32 * TAU;
        for (offset, radius) in [(-0.30, 4.7), (-0.19, 6.3), (0.19, 6.3), (0.30, 4.7)] {
            let angle: f32 = middle + offset * PI / 3.0 * 1.25;
            points.push((8.0 + radius * angle.cos(), 8.0 + radius * angle.sin()));
        }
    }
    pen.closed(&points);
}

fn close(pen: &Pen<'_>) {
    pen.line(&[(3.8, 3.8), (12.2, 12.2)]);
    pen.line(&[(12.2, 3.8), (3.8, 12.2)]);
}

fn shield(pen: &Pen<'_>) {
    pen.closed(&[
        (8.0, 1.6),
        (13.2, 3.4),
        (13.2, 7.6),
        (12.3, 10.4),
        (10.4, 12.8),
        (8.0, 14.4),
        (5.6, 12.8),
        (3.7, 10.4),
        (2.8, 7.6),
        (2.8, 3.4),
    ]);
}

fn warning(pen: &Pen<'_>) {
    pen.closed(&[(8.0, 2.2), (14.4, 13.4), (1.6, 13.4)]);
    pen.line(&[(8.0, 6.4), (8.0, 9.8)]);
    pen.dot(8.0, 11.6, 0.8);
}

fn info(pen: &Pen<'_>) {
    pen.circle(8.0, 8.0, 5.9);
    pen.line(&[(8.0, 7.4), (8.0, 11.0)]);
    pen.dot(8.0, 5.2, 0.85);
}

fn retry(pen: &Pen<'_>) {
    pen.arc(8.0, 8.2, 5.2, -0.1, 0.72);
    pen.line(&[(12.6, 1.9), (12.3, 5.2), (9.0, 4.9)]);
}

fn trash(pen: &Pen<'_>) {
    pen.line(&[(2.6, 4.2), (13.4, 4.2)]);
    pen.line(&[(6.0, 4.2), (6.3, 2.2), (9.7, 2.2), (10.0, 4.2)]);
    pen.line(&[(3.9, 4.2), (4.6, 13.8), (11.4, 13.8), (12.1, 4.2)]);
}

fn pencil(pen: &Pen<'_>) {
    pen.closed(&[
        (11.2, 2.2),
        (13.8, 4.8),
        (5.6, 13.0),
        (2.2, 13.8),
        (3.0, 10.4),
    ]);
    pen.line(&[(9.4, 4.0), (12.0, 6.6)]);
}

fn copy(pen: &Pen<'_>) {
    pen.rect(5.6, 5.6, 8.2, 8.2, 1.8);
    pen.line(&[
        (3.6, 10.4),
        (2.2, 10.4),
        (2.2, 2.2),
        (10.4, 2.2),
        (10.4, 3.6),
    ]);
}

fn send(pen: &Pen<'_>) {
    pen.closed(&[(2.0, 2.6), (14.2, 8.0), (2.0, 13.4), (4.2, 8.0)]);
    pen.line(&[(4.2, 8.0), (8.6, 8.0)]);
}

fn menu(pen: &Pen<'_>) {
    for y in [4.2, 8.0, 11.8] {
        pen.line(&[(2.4, y), (13.6, y)]);
    }
}

fn dots(pen: &Pen<'_>) {
    for x in [3.4, 8.0, 12.6] {
        pen.dot(x, 8.0, 1.25);
    }
}

fn lock(pen: &Pen<'_>) {
    pen.rect(3.0, 7.0, 10.0, 7.0, 1.8);
    pen.arc(8.0, 5.2, 2.9, 0.5, 1.0);
    pen.line(&[(5.1, 5.2), (5.1, 7.0)]);
    pen.line(&[(10.9, 5.2), (10.9, 7.0)]);
}

fn eye(pen: &Pen<'_>) {
    let upper = [
        (1.2, 8.0),
        (3.2, 5.6),
        (5.6, 4.3),
        (8.0, 3.9),
        (10.4, 4.3),
        (12.8, 5.6),
        (14.8, 8.0),
    ];
    pen.line(&upper);
    pen.line(&upper.map(|(x, y)| (x, 16.0 - y)));
    pen.dot(8.0, 8.0, 2.0);
}

fn keyboard(pen: &Pen<'_>) {
    pen.rect(1.4, 4.0, 13.2, 8.6, 1.8);
    for x in [4.0, 6.7, 9.4, 12.0] {
        pen.dot(x, 6.8, 0.75);
    }
    pen.line(&[(4.8, 9.9), (11.2, 9.9)]);
}

fn sun(pen: &Pen<'_>) {
    pen.circle(8.0, 8.0, 3.0);
    for spoke in 0..8 {
        let angle = spoke as f32 / 8.0 * TAU;
        let (x, y) = (angle.cos(), angle.sin());
        pen.line(&[
            (8.0 + 5.0 * x, 8.0 + 5.0 * y),
            (8.0 + 6.6 * x, 8.0 + 6.6 * y),
        ]);
    }
}

fn wifi(pen: &Pen<'_>) {
    pen.arc(8.0, 12.4, 9.0, 0.62, 0.88);
    pen.arc(8.0, 12.4, 5.6, 0.62, 0.88);
    pen.dot(8.0, 12.0, 1.2);
}

/// The middle of the left edge of `rect`, moved right by half an icon: where a row's icon stands.
pub fn leading(rect: Rect, inset: f32) -> Pos2 {
    pos2(rect.left() + inset + 8.0, rect.center().y)
}

fn search(pen: &Pen<'_>) {
    pen.circle(7.0, 7.0, 4.4);
    pen.line(&[(10.3, 10.3), (14.0, 14.0)]);
}

fn forward(pen: &Pen<'_>) {
    pen.line(&[(8.8, 3.6), (13.2, 8.0), (8.8, 12.4)]);
    pen.line(&[(13.2, 8.0), (2.6, 8.0)]);
}

fn arrow_down(pen: &Pen<'_>) {
    pen.line(&[(8.0, 2.6), (8.0, 13.0)]);
    pen.line(&[(3.8, 9.0), (8.0, 13.2), (12.2, 9.0)]);
}

fn back(pen: &Pen<'_>) {
    pen.line(&[(7.2, 3.6), (2.8, 8.0), (7.2, 12.4)]);
    pen.line(&[(2.8, 8.0), (13.4, 8.0)]);
}

fn smile(pen: &Pen<'_>) {
    pen.circle(8.0, 8.0, 6.4);
    pen.dot(5.8, 6.4, 0.95);
    pen.dot(10.2, 6.4, 0.95);
    pen.arc(8.0, 8.3, 3.3, 0.06, 0.44);
}

fn reply(pen: &Pen<'_>) {
    pen.line(&[(6.4, 3.6), (2.4, 7.6), (6.4, 11.6)]);
    pen.line(&[
        (2.6, 7.6),
        (9.2, 7.6),
        (11.6, 8.4),
        (13.2, 10.2),
        (13.6, 13.0),
    ]);
}

fn pin(pen: &Pen<'_>) {
    pen.line(&[(5.4, 2.2), (10.6, 2.2)]);
    pen.line(&[
        (6.2, 2.4),
        (6.2, 6.6),
        (3.8, 9.6),
        (12.2, 9.6),
        (9.8, 6.6),
        (9.8, 2.4),
    ]);
    pen.line(&[(8.0, 9.8), (8.0, 14.2)]);
}

fn calendar(pen: &Pen<'_>) {
    pen.rect(2.2, 3.2, 11.6, 10.6, 1.8);
    pen.line(&[(2.4, 6.8), (13.6, 6.8)]);
    pen.line(&[(5.4, 1.8), (5.4, 4.4)]);
    pen.line(&[(10.6, 1.8), (10.6, 4.4)]);
}

fn clip(pen: &Pen<'_>) {
    pen.line(&[
        (11.4, 5.2),
        (6.4, 10.4),
        (6.3, 11.6),
        (7.5, 11.7),
        (13.0, 6.2),
        (13.2, 4.0),
        (11.8, 2.7),
        (9.7, 2.9),
        (3.9, 8.8),
        (3.4, 11.4),
        (4.8, 13.4),
        (7.4, 13.5),
        (12.4, 8.7),
    ]);
}

fn file(pen: &Pen<'_>) {
    pen.closed(&[
        (3.8, 1.9),
        (9.4, 1.9),
        (12.4, 4.9),
        (12.4, 14.1),
        (3.8, 14.1),
    ]);
    pen.line(&[(9.2, 2.1), (9.2, 5.1), (12.2, 5.1)]);
}

fn download(pen: &Pen<'_>) {
    pen.line(&[(8.0, 2.2), (8.0, 10.2)]);
    pen.line(&[(4.6, 7.0), (8.0, 10.4), (11.4, 7.0)]);
    pen.line(&[(2.8, 13.4), (13.2, 13.4)]);
}

/// A sound as bars.
fn wave(pen: &Pen<'_>) {
    for (x, half) in [(2.4, 1.6), (5.2, 4.4), (8.0, 6.2), (10.8, 3.2), (13.6, 1.4)] {
        pen.line(&[(x, 8.0 - half), (x, 8.0 + half)]);
    }
}

fn picture(pen: &Pen<'_>) {
    pen.rect(2.0, 3.0, 12.0, 10.0, 1.6);
    pen.circle(5.6, 6.4, 1.2);
    pen.line(&[
        (2.4, 11.8),
        (6.4, 8.6),
        (8.8, 10.6),
        (11.0, 8.4),
        (13.6, 10.8),
    ]);
}

fn bell(pen: &Pen<'_>) {
    pen.closed(&[
        (2.8, 11.6),
        (4.0, 9.8),
        (4.2, 6.6),
        (5.4, 4.0),
        (8.0, 2.8),
        (10.6, 4.0),
        (11.8, 6.6),
        (12.0, 9.8),
        (13.2, 11.6),
    ]);
    pen.arc(8.0, 12.0, 1.8, 0.06, 0.44);
}

fn monitor(pen: &Pen<'_>) {
    pen.rect(1.8, 2.6, 12.4, 8.6, 1.4);
    pen.line(&[(8.0, 11.2), (8.0, 13.6)]);
    pen.line(&[(5.0, 13.6), (11.0, 13.6)]);
}
