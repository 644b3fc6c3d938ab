//! Rebuilds the crate when a migration is added or changed: `sqlx::migrate!` alone does not see new files.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/postgres");
}
