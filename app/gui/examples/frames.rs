//! How long a frame takes while one scrolls through a long channel: `cargo run --release -p dialtone-gui --example frames`.
//!
//! Counts what the window does itself (models, layout, shapes, triangles), not what the graphics card does. The last line is
//! `median`, `95 %` and `worst` in milliseconds.

use std::time::Instant;

use dialtone_engine::Snapshot;
use dialtone_engine::handle::channel;
use dialtone_gui::demo::{clock, many};
use dialtone_gui::{App, WindowOptions};
use egui::{Context, Event, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, pos2, vec2};

/// So many frames are timed, after some that warm up.
const FRAMES: usize = 600;
const WARM: usize = 60;

fn main() {
    let messages = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let (engine, far_end) = channel(Snapshot::default());
    far_end.publish(many(messages.unwrap_or(3_000)));
    let ctx = Context::default();
    let options = WindowOptions {
        clock: Some(clock()),
        ..WindowOptions::default()
    };
    let mut app = App::new(&ctx, engine, &options);
    let mut times = Vec::with_capacity(FRAMES);
    for number in 0..WARM + FRAMES {
        let up = number % 200 < 150;
        let events = vec![
            Event::PointerMoved(pos2(600.0, 400.0)),
            Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, if up { 60.0 } else { -60.0 }),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            },
        ];
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0))),
            time: Some(number as f64 / 60.0),
            events,
            ..RawInput::default()
        };
        let begun = Instant::now();
        let mut output = ctx.run_ui(input, |ui| {
            app.update(ui.ctx());
            app.show(ui);
        });
        // The graphics card would have them now.
        output.textures_delta.clear();
        let triangles = ctx.tessellate(output.shapes, output.pixels_per_point);
        let took = begun.elapsed();
        std::hint::black_box(triangles);
        if number >= WARM {
            times.push(took.as_secs_f64() * 1000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!(
        "median {:.2} ms, 95 % {:.2} ms, worst {:.2} ms",
        at(0.5),
        at(0.95),
        at(1.0)
    );
}
