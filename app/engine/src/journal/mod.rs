//! What the program writes down about itself, for whoever looks for a mistake: a bounded log, what was the matter when it
//! ended badly, and a bundle of both to be handed on.
//!
//! ```text
//! tracing, panics -> scrub -> rotating files (PROFILE/log, for their owner alone)
//! log, settings without secrets, devices, doctor's findings -> scrub -> bundle
//! ```
//!
//! Nothing in it names people, says what they wrote, or opens anything: what is logged is chosen so, and each line passes
//! [`scrub`] as well, which takes out what looks like a link, an address, a path, an id or a key.

mod bundle;
mod panics;
mod rotating;
mod scrub;
mod sink;

pub use bundle::{Bundle, Part, PartKind};
pub use panics::catch_panics;
pub use scrub::scrub;
pub use sink::{Begun, Writer, begin, end, writer};

pub(crate) use bundle::{Known, make};
pub(crate) use sink::{FOLDER, leave};
