//! Where a start spends its time: the imports of a Python program, and what they cost.
//!
//! Python measures (`-X importtime`), [`read()`] understands what it prints, [`Summary`] says what
//! matters in it. Where a module comes from is not in the recording; who asks for a summary knows.

use std::time::Duration;

pub mod read;
pub mod summary;

mod walk;

pub use read::{Reader, read};
pub use summary::Summary;
pub use walk::walk;

/// One import of a module, and what it caused in turn.
///
/// Python measures an `import` statement that finds the module not yet loaded, whether or not it
/// succeeds. `importlib.import_module` is not measured: its time is part of the module that calls
/// it, and what the called module imports stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The full dotted name, as printed.
    pub module: String,
    /// Without the children.
    pub self_time: Duration,
    /// With the children. Each number is rounded up by itself, so this may be some microseconds
    /// less than its parts.
    pub total: Duration,
    /// In the order in which they were done.
    pub children: Vec<Import>,
}

/// On whose account a module is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The function's own code.
    Task,
    /// A distribution inside the package.
    Dependency,
    Layer,
    /// What a runtime has besides Python: its client, the SDK.
    Runtime,
    /// Python itself and its standard library.
    Python,
    Unknown,
}

impl Origin {
    pub const ALL: [Self; 6] = [
        Self::Task,
        Self::Dependency,
        Self::Layer,
        Self::Runtime,
        Self::Python,
        Self::Unknown,
    ];

    /// One lower-case word, for programs and short lines.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Dependency => "dependency",
            Self::Layer => "layer",
            Self::Runtime => "runtime",
            Self::Python => "python",
            Self::Unknown => "unknown",
        }
    }
}

impl Import {
    /// The top-level name: `numpy` of `numpy.linalg`.
    pub fn package(&self) -> &str {
        package_of(&self.module)
    }
}

/// `numpy` of `numpy.linalg`.
pub fn package_of(module: &str) -> &str {
    module.split('.').next().unwrap_or(module)
}
