//! Whole calls over this machine's loopback: one behaviour a file, all on [`mesh::Mesh`].

mod close;
#[cfg(target_os = "linux")]
mod coturn;
mod faulty;
mod garbage;
mod hidden;
mod identity;
mod media;
mod mesh;
mod recover;
mod rejoin;
mod relay;
#[cfg(target_os = "linux")]
mod turn;
