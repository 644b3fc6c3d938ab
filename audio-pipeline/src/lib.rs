//! The plugin-based voice engine of Dialtone.
