//! The whole Dialtone client without a window: commands in, events and snapshots out.
//!
//! ```text
//! command, event, snapshot, handle   what the window sees
//! runtime, core                      the task that owns the state
//! joining                            coming in by a link
//! session                            one community: connection, keys, events, calls
//! chat                               what people write
//! chronicle                          what the member list says, in words
//! voice                              what people say
//! ptt                                the key that is held to talk, or not to talk, anywhere
//! plugins                            stages of other makers for it
//! files                              what they send: sealed, kept, opened
//! net, local, profile, settings      sockets, the database, the folder, the choices
//! overrides                          other choices for one run
//! doctor                             what works here, and what does not
//! journal                            the log, and a bundle for whoever looks for a mistake
//! moving                             a profile into one file, and out of it elsewhere
//! keyring                            the system's keyring, which may open the keys
//! disk                               files and folders for their owner alone
//! ```

mod alike;
mod chat;
mod chronicle;
mod clock;
pub mod command;
pub mod control;
mod core;
mod disk;
pub mod doctor;
pub mod event;
mod export;
mod files;
pub mod handle;
mod joining;
pub mod journal;
pub mod keyring;
mod local;
pub mod moving;
mod net;
pub mod overrides;
pub mod plugins;
pub mod profile;
pub mod ptt;
pub mod runtime;
mod said;
mod session;
pub mod settings;
pub mod snapshot;
mod username;
pub mod voice;

pub use chat::hidden::{CODE_FENCE, HIDDEN_SIGN, code_block, covered, hidden_pieces};
pub use command::{
    ChainCommand, ChainEdit, Command, CommunityCommand, DiagnosticsCommand, FileCommand,
    FileSource, JumpTo, MessageCommand, MoveCommand, PeopleCommand, PrivateCommand, Secret,
    alarm_confirmation, confirms_wipe, wipe_confirmation,
};
pub use dialtone_crypto::PASSWORD_WORDS;
pub use dialtone_protocol::content::{FILES_LIMIT, TEXT_LIMIT};
pub use dialtone_protocol::{
    AccountId, ApprovalId, CallId, ChannelId, ClientEventId, CommunityId, DeviceId, Hash, InviteId,
};
pub use event::Event;
pub use handle::EngineHandle;
pub use runtime::{Engine, EngineConfig, StartError};
pub use settings::Settings;
pub use snapshot::Snapshot;
pub use username::{USERNAME_LENGTH, check_username};

/// A password of [`PASSWORD_WORDS`] random words, good enough to open an account alone.
pub fn generate_password() -> Secret {
    Secret::new(dialtone_crypto::generate_password(&mut dialtone_crypto::OsRng).as_str())
}

/// Whether a password has the form of those that [`generate_password`] makes.
pub fn is_generated_password(password: &str) -> bool {
    dialtone_crypto::is_generated_password(password)
}
