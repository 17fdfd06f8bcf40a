//! `pylock.toml` (PEP 751), read and written.
//!
//! Barrow's own files carry a `[tool.barrow]` table that says for which target and from which
//! inputs they were made, so that `build --locked` can tell a stale one.

mod read;
mod write;

use barrow_model::{Arch, Runtime, Sha256, Target};

pub use read::{ReadPylockError, parse, read};
pub use write::write;

use super::Lock;

/// A lock and what its file says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pylock {
    pub lock: Lock,
    /// The tool that wrote it.
    pub created_by: String,
    /// Absent in files of other tools.
    pub stamp: Option<Stamp>,
}

/// The `[tool.barrow]` table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    pub target: Target,
    /// Digest of the requirements; see [`crate::requirement::fingerprint`].
    pub inputs: Sha256,
}

/// Why a lock does not hold any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Stale {
    #[error("it was made for {seen}; expected {expected}")]
    OtherTarget { seen: Target, expected: Target },
    #[error("the requirements have changed since it was made")]
    OtherInputs,
}

impl Stamp {
    /// Holds the stamp against what is wanted now.
    pub fn check(&self, target: Target, inputs: Sha256) -> Result<(), Stale> {
        if self.target != target {
            return Err(Stale::OtherTarget {
                seen: self.target,
                expected: target,
            });
        }
        if self.inputs != inputs {
            return Err(Stale::OtherInputs);
        }
        Ok(())
    }

    fn parse(runtime: &str, architecture: &str, inputs: &str) -> Option<Self> {
        let runtime: Runtime = runtime.parse().ok()?;
        let arch: Arch = architecture.parse().ok()?;
        let inputs = Sha256::parse_hex(inputs.strip_prefix("sha256:")?).ok()?;
        Some(Self {
            target: Target { runtime, arch },
            inputs,
        })
    }
}
