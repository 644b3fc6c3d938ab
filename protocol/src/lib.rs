//! Every byte of Dialtone that crosses the network.
pub mod ids;
pub use ids::*;
