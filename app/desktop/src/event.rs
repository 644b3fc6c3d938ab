//! What the desktop tells.

use std::sync::Arc;

/// What a notification is about: whoever shows it gives it, and gets it back. This crate does not read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(pub [u8; 48]);

/// What was chosen at the tray.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrayChoice {
    /// Show the window.
    Open,
    /// Mute the microphone, or not.
    Mute(bool),
    /// Hear nobody, or hear again.
    Deafen(bool),
    /// Show and sound nothing, or do again.
    DoNotDisturb(bool),
    /// End the program.
    Quit,
}

/// How the desktop wants programs to look; none where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SystemLook {
    /// Dark, or light.
    pub dark: Option<bool>,
    /// More contrast than usual.
    pub more_contrast: Option<bool>,
    /// Nothing should move.
    pub reduced_motion: Option<bool>,
}

/// One happening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DesktopEvent {
    /// A notification was pressed.
    Pressed(Tag),
    /// Something was chosen at the tray.
    Tray(TrayChoice),
    /// The desktop wants another look.
    Look(SystemLook),
    /// Nobody has touched the computer for the time that was asked for, or somebody has again.
    Idle(bool),
    /// What is known of a service has changed.
    Changed,
}

/// Takes what happens, on the service's thread: it must not wait.
pub type Sink = Arc<dyn Fn(DesktopEvent) + Send + Sync>;
