//! The whole Dialtone client without a window: commands in, events and snapshots out.

pub mod command;
pub mod event;
pub mod handle;
pub mod settings;
pub mod snapshot;
pub mod voice;

pub use command::{Command, CommunityCommand, Secret};
pub use dialtone_protocol::{
    AccountId, CallId, ChannelId, ClientEventId, CommunityId, DeviceId, Hash,
};
pub use event::Event;
pub use handle::EngineHandle;
pub use settings::Settings;
pub use snapshot::Snapshot;
