//! Starting the engine: its own threads, one task that owns the state, and one task for each community.
//!
//! ```text
//! EngineHandle -> Command -> Core (this task) -> session tasks, one a community
//!              <- Snapshot <- Core            <- their parts of the snapshot
//! ```

use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use dialtone_crypto::keystore::Work;
use tokio::sync::mpsc;

use crate::control;
use crate::core::{Core, CoreInput, first_state};
use crate::handle::{self, EngineHandle};
use crate::keyring::KeyringChoice;
use crate::overrides::Overrides;
use crate::profile::{Profile, ProfileError};
use crate::ptt::Desktop;
use crate::snapshot::Snapshot;
use crate::voice::{AudioChoice, CallNetwork, media_runtime};

/// How to run an engine.
#[derive(Debug, Clone, Default)]
pub struct EngineConfig {
    /// The profile's folder.
    pub profile: PathBuf,
    /// Which sound devices there are.
    pub audio: AudioChoice,
    /// Let calls connect between programs on this machine over its loopback address.
    pub loopback_calls: bool,
    /// Let direct calls go over TURN servers alone, as where a network lets nothing else through.
    pub turn_calls: bool,
    /// Settings for this run alone.
    pub overrides: Overrides,
    /// Where keys are heard that are typed into other programs; by default nowhere.
    pub desktop: Desktop,
    /// The system's keyring, which opens the keys without the password where the user wants that; by default none.
    pub keyring: KeyringChoice,
    /// How much work guards the keys on the disk; for whoever is not a test, the standard.
    pub key_work: Work,
}

/// The engine cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// No threads, no control socket.
    #[error("the client cannot start: {0}")]
    System(#[from] std::io::Error),
}

/// A running engine.
pub struct Engine {
    /// To talk to it.
    pub handle: EngineHandle,
    thread: JoinHandle<()>,
}

const INPUTS: usize = 1024;
/// What does not end by itself is given so long.
const END: Duration = Duration::from_secs(2);

impl Engine {
    /// Starts an engine on threads of its own.
    ///
    /// # Errors
    /// [`StartError`]: the profile is in use or cannot be written.
    pub fn spawn(config: EngineConfig) -> Result<Self, StartError> {
        let profile = Profile::open(&config.profile)?.guarded_by(config.key_work);
        let (handle, side) = handle::channel(Snapshot {
            profile: first_state(&profile, &config.keyring),
            ..Snapshot::default()
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("dialtone-engine")
            .enable_all()
            .build()?;
        let media = media_runtime()?;
        let call_network = CallNetwork {
            loopback: config.loopback_calls,
            turn_only: config.turn_calls,
            runtime: media.handle().clone(),
        };
        let (inputs, receiver) = mpsc::channel(INPUTS);
        let control = profile.control();
        let core = Core::new(profile, config, call_network, side, inputs.clone());
        let socket = {
            let _guard = runtime.enter();
            let (asked, mut questions) = mpsc::channel::<control::Asked>(16);
            let forward = inputs;
            runtime.spawn(async move {
                while let Some(question) = questions.recv().await {
                    if forward.send(CoreInput::Asked(question)).await.is_err() {
                        return;
                    }
                }
            });
            control::listen(control, asked, core.push_to_talk())?
        };
        let thread = std::thread::Builder::new()
            .name("dialtone-core".into())
            .spawn(move || {
                runtime.block_on(async move {
                    let _socket = socket;
                    core.run(receiver).await;
                });
                media.shutdown_timeout(END);
                runtime.shutdown_timeout(END);
            })?;
        Ok(Self { handle, thread })
    }

    /// Waits until the engine has stopped; send [`Command::Shutdown`](crate::Command::Shutdown) first. `false` if it broke before.
    pub fn join(self) -> bool {
        drop(self.handle);
        self.thread.join().is_ok()
    }
}
