//! The Postgres store passes the suite that every store passes.

use crate::database::open;

dialtone_store::store_conformance_tests!(open);
