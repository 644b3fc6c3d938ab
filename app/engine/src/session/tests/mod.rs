//! A session against a server that lies: each lie is refused in words, and nothing is sealed after it.

mod ahead;
mod alarm;
mod approvals;
mod calls;
mod catching_up;
mod digests;
mod events;
mod groups;
mod held;
mod keys;
mod lacking;
mod marks;
mod moving;
mod outsiders;
mod private;
mod resets;
mod roster;
mod rotation;
mod rules;
mod scene;
mod signals;
mod simulation;
mod supervise;
mod vanishing;
mod verification;
mod voices;
