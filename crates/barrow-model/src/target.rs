//! What a package is built for.

use std::fmt;

use crate::{Arch, Runtime, TargetTags};

/// A runtime on an architecture: everything that decides which wheels fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    pub runtime: Runtime,
    pub arch: Arch,
}

impl Target {
    pub fn tags(self) -> TargetTags {
        TargetTags::new(self)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.runtime, self.arch)
    }
}
