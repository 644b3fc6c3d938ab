//! Somebody else than the user at the window: what benchmarks look at, and press.

use std::time::Duration;

use dialtone_engine::Snapshot;
use egui::{Context, RawInput};

/// A frame that was painted.
pub struct Painted<'a> {
    /// What it shows.
    pub snapshot: &'a Snapshot,
    /// What the one before took on the processor, from input to drawing, without waiting for the display: seconds.
    pub last_s: Option<f32>,
}

/// What happens after a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Steer {
    /// The window waits until something happens, as ever.
    Wait,
    /// Another frame follows at once.
    Again,
    /// Another one follows after this time, if none came before.
    After(Duration),
    /// The window closes.
    Close,
}

/// Drives a window; called on its thread.
pub trait Driver {
    /// Before a frame: what is pressed and turned.
    fn input(&mut self, input: &mut RawInput);
    /// After a frame.
    fn painted(&mut self, frame: Painted<'_>) -> Steer;
}

/// The driver of a window, if it has one.
#[derive(Default)]
pub(crate) struct Seat(Option<Box<dyn Driver>>);

impl Seat {
    pub(crate) fn of(driver: Option<Box<dyn Driver>>) -> Self {
        Self(driver)
    }

    pub(crate) fn input(&mut self, input: &mut RawInput) {
        if let Some(driver) = &mut self.0 {
            driver.input(input);
        }
    }

    pub(crate) fn painted(&mut self, ctx: &Context, frame: Painted<'_>) {
        match self.0.as_mut().map(|driver| driver.painted(frame)) {
            None | Some(Steer::Wait) => {}
            Some(Steer::Again) => ctx.request_repaint(),
            Some(Steer::After(pause)) => ctx.request_repaint_after(pause),
            Some(Steer::Close) => ctx.send_viewport_cmd(egui::ViewportCommand::Close),
        }
    }
}
