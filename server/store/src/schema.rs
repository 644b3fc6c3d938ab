//! Which steps of the schema a database has.

/// What a database has, and what this server would add to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaState {
    /// The newest step that it has; 0 when it is empty.
    pub found: i64,
    /// The newest step that this server knows.
    pub known: i64,
    /// The steps that it lacks, in order, with their names.
    pub pending: Vec<(i64, String)>,
}
