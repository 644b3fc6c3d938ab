//! Tests of the roster: one file for each thing that it decides.

mod channels;
mod devices;
mod invites;
mod log;
mod members;
mod ranks;
mod settings;
mod signers;
mod voices;
