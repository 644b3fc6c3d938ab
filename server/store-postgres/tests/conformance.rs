//! The Postgres store passes the suite that every store passes.

mod common;

use common::open;

dialtone_store::store_conformance_tests!(open);
