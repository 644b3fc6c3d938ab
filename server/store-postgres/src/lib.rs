//! The Postgres store of the Dialtone server.
