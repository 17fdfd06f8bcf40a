//! What an environment is of.

use std::sync::Arc;

use super::recipe::Recipe;

/// An environment takes events for exactly its key, so that it never has stale code or an outdated
/// configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    /// The function's ARN, without a qualifier.
    pub function: String,
    /// As it was resolved: `$LATEST` or a number, never an alias.
    pub version: String,
    /// Changes whenever code or configuration do.
    pub revision: String,
}

/// A key and how its environments are made, shared by all of them.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) key: Key,
    pub(super) recipe: Arc<Recipe>,
}
