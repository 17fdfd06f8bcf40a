//! What can go wrong with an import.

use std::collections::BTreeSet;

use super::load::ModuleId;
use crate::facts::python::{Guard, Raised};

/// An import that fails, or would if it came to it.
#[derive(Debug, Clone)]
pub struct Failure {
    pub cause: Cause,
    /// The module that wants it; `None` for the handler's module itself.
    pub importer: Option<ModuleId>,
    pub line: u32,
    /// Why it may not come to it; meaningful where no root fails of it.
    pub guard: Guard,
}

/// Why an import fails.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cause {
    /// `No module named 'a.b'`.
    Missing { name: String },
    /// The standard library had it up to this version.
    Removed { name: String, last_minor: u8 },
    /// It will have it from this version on.
    NotYet { name: String, first_minor: u8 },
    /// Of Windows or macOS only.
    Elsewhere { name: String },
    /// `No module named 'a.b'; 'a' is not a package`.
    NotAPackage { name: String, parent: String },
    /// `cannot import name 'b' from 'a'`.
    Name { name: String, module: ModuleId },
    /// The module is no Python of this version.
    Syntax { module: ModuleId },
    /// The module raises an exception whenever it is imported.
    Raises { raised: Raised },
    /// `attempted relative import with no known parent package`.
    NoParent,
    /// `attempted relative import beyond top-level package`.
    BeyondTop,
}

/// A place in `Imports::failures`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FailureId(pub(super) u32);

/// How importing something ends.
#[derive(Debug, Clone, Default)]
pub(super) struct Outcome {
    /// What leaves it; `None` where it goes through.
    pub(super) raised: Option<Raised>,
    /// All that is certain to fail in it.
    pub(super) failures: BTreeSet<FailureId>,
}

impl Outcome {
    /// What something else that is done besides came to.
    pub(super) fn join(&mut self, other: &Self) {
        self.raised = self.raised.or(other.raised);
        self.failures.extend(&other.failures);
    }

    pub(super) fn fail(&mut self, failure: FailureId, raised: Raised) {
        self.raised = self.raised.or(Some(raised));
        self.failures.insert(failure);
    }
}

impl FailureId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}
