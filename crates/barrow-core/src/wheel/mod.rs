//! Wheels: what is in one, and whether it is what it says.

use barrow_model::{EntryPath, Sha256, WheelName};

use crate::zip::Span;

pub mod entry_points;
pub mod hash;
pub mod index;
pub mod metadata;
pub mod record;
pub mod requirement;
pub mod scheme;
pub mod verify;

mod identity;
mod script_body;
mod verify_error;

pub use entry_points::EntryPoint;
pub use scheme::Scheme;
pub use verify::{VerifyWheelError, verify};

/// A verified wheel: everything that planning wants to know, so that the file need not be read.
///
/// Made once per wheel by [`verify()`] and kept beside it as an [`index`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wheel {
    pub name: WheelName,
    /// `Version` of `METADATA`, as written there.
    pub version: String,
    /// `numpy-2.1.3.dist-info`, as the entries spell it.
    pub dist_info: String,
    /// `Requires-Dist` lines of `METADATA`, as written.
    pub requires: Vec<String>,
    /// `Requires-Python` of `METADATA`, as written.
    pub requires_python: Option<String>,
    /// Files only, in the order of the wheel's central directory.
    pub entries: Vec<WheelEntry>,
    /// Console and GUI entry points, each name once.
    pub scripts: Vec<EntryPoint>,
    /// Whether `RECORD` lists exactly the wheel's files with their digests, so that it stays
    /// true in a package that takes all of them where they are.
    pub record_is_exact: bool,
}

/// One file of a wheel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WheelEntry {
    pub path: EntryPath,
    pub span: Span,
    pub sha256: Sha256,
    /// Whether any x bit is set in the wheel. The other bits are not kept: real wheels carry
    /// 0600 and 0640, which Lambda could not read.
    pub executable: bool,
    /// For a file in `.data/scripts/` that starts with `#!python`: its bytes after that line.
    pub script_body: Option<Vec<u8>>,
}

impl Wheel {
    /// Where `RECORD` lies in the wheel.
    pub fn record_path(&self) -> String {
        format!("{}/RECORD", self.dist_info)
    }
}
