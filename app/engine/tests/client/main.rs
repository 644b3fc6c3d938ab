//! The client without a window against a real server over real sockets: coming in, writing, and bad days.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod administration;
mod ages;
mod approval;
mod at_once;
mod bad_input;
#[cfg(target_os = "linux")]
#[path = "../../../desktop/tests/services/bus.rs"]
mod bus;
mod calls;
#[cfg(target_os = "linux")]
#[path = "../../src/voice/transport/tests/coturn.rs"]
mod coturn;
mod cues;
mod devices;
mod digests;
mod doctor;
mod files;
mod group_reset;
mod hints;
mod house;
mod instances;
mod knocking;
mod liar;
mod lies_approval;
mod lies_bytes;
mod lies_events;
mod lies_roster;
mod limits;
mod lost_answers;
mod lounge;
mod marks;
mod members;
mod middle;
mod moving;
#[path = "../../../../server/tests/suite/common/nats.rs"]
mod nats;
mod old_backup;
mod old_profile;
mod policy;
mod private;
mod profile_moves;
mod reconnect;
mod recovery;
mod rejoining;
mod relayed;
mod rules;
mod secrecy;
#[cfg(target_os = "linux")]
#[path = "../../../desktop/tests/services/secrets.rs"]
mod secrets;
mod server_moves;
mod told;
#[cfg(target_os = "linux")]
mod turn;
mod vanishing;
mod voice_meter;
mod voices;
mod whispers;
mod writing;
