//! The Dialtone server.
