//! The embedded store of the Dialtone server.
