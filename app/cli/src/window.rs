//! The window: an engine, and the panels that draw it. There is one for each profile: a second start shows the first one's.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use dialtone_desktop::{Bus, Places};
use dialtone_engine::control::{self, ControlAnswer, ControlError, ControlRequest};
use dialtone_engine::journal;
use dialtone_engine::profile::ProfileError;
use dialtone_engine::voice::AudioChoice;
use dialtone_engine::{Command, Engine, StartError};
use dialtone_gui::WindowOptions;
use dialtone_gui::desktop::{DesktopOptions, system_keyring};

use crate::Common;

/// The longest that a program which starts just now may take until it can be asked.
const STARTING: Duration = Duration::from_secs(5);

/// Opens the window and runs until it is closed; or shows the one that has the profile open already.
pub(crate) fn run(common: &Common, link: Option<String>, hidden: bool) -> anyhow::Result<()> {
    let mut config = common.engine(AudioChoice::System)?;
    config.keyring = system_keyring(Bus::Session);
    let profile = config.profile.clone();
    let engine = match Engine::spawn(config) {
        // The desktop starts what runs already: nobody asked to see it.
        Err(StartError::Profile(ProfileError::InUse)) if hidden && link.is_none() => return Ok(()),
        Err(StartError::Profile(ProfileError::InUse)) => return hand_over(&profile, link),
        engine => engine?,
    };
    // Without a log one can talk as well.
    let begun = journal::begin(&profile);
    if let Err(error) = &begun {
        tracing::warn!("there is no log: {error}");
    }
    tracing::info!("Dialtone {} begins", env!("CARGO_PKG_VERSION"));
    // Before the window is there, so that another start finds out that there will be one.
    engine.handle.send(Command::AttachWindow)?;
    let options = WindowOptions {
        initial_link: link,
        desktop: Some(desktop(common, &profile)),
        hidden,
        ended_badly: begun.is_ok_and(|begun| begun.ended_badly),
        ..WindowOptions::default()
    };
    let shown = dialtone_gui::run(engine.handle.clone(), options);
    let _ = engine.handle.send(Command::Shutdown);
    let went_well = engine.join();
    tracing::info!("Dialtone ends");
    if went_well && shown.is_ok() {
        journal::end();
    }
    shown.map_err(|error| anyhow::anyhow!("{error}"))
}

/// The desktop that this program was started on.
fn desktop(common: &Common, profile: &Path) -> DesktopOptions {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    // Under Wayland the X server does not see what goes to other windows.
    let display = set("DISPLAY").filter(|_| set("WAYLAND_DISPLAY").is_none());
    DesktopOptions {
        bus: Bus::Session,
        display,
        places: Places::of_this_user(profile_named(common)),
        window_file: Some(profile.join("window.toml")),
    }
}

/// The profile that was named, from wherever one starts; none where the usual one is used.
pub(crate) fn profile_named(common: &Common) -> Option<PathBuf> {
    let named = common.profile.as_deref()?;
    std::path::absolute(named).ok()
}

/// Lets the window that has the profile open be shown, with the link.
fn hand_over(profile: &Path, link: Option<String>) -> anyhow::Result<()> {
    let request = ControlRequest::Show { link };
    let until = Instant::now() + STARTING;
    loop {
        match control::ask(profile, &request) {
            Ok(ControlAnswer::Shown) => return Ok(()),
            // It has the profile, and is about to listen, or to open its window.
            Ok(ControlAnswer::Error(_)) | Err(ControlError::NotRunning(_))
                if cfg!(unix) && Instant::now() < until =>
            {
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(ControlAnswer::Error(reason)) => anyhow::bail!("{reason}"),
            Ok(_) | Err(ControlError::NotRunning(_)) => anyhow::bail!("{}", ProfileError::InUse),
            Err(error) => return Err(error.into()),
        }
    }
}
