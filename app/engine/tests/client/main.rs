//! The client without a window against a real server over real sockets: coming in, writing, and bad days.
#![expect(missing_docs, reason = "tests say by their names what they show")]

mod bad_input;
mod house;
mod writing;
