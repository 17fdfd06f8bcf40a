//! The interpreters of this host: finding the one of a runtime, and showing it as `/var/lang`.

mod find;
mod layout;
mod probe;

pub use find::{FindPythonError, find, found};

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// A `CPython` on this host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// The program itself, behind all links.
    pub executable: Utf8PathBuf,
    /// Major, minor and patch version.
    pub version: (u8, u8, u8),
    /// Where it was installed to.
    pub prefix: Utf8PathBuf,
    /// The standard library: the folder that `os.py` is in.
    pub library: Utf8PathBuf,
    /// The shared library that the program is a shell of, where it is one.
    pub shared_library: Option<Utf8PathBuf>,
}

impl Interpreter {
    /// `3.12.1`.
    pub fn version_text(&self) -> String {
        let (major, minor, patch) = self.version;
        format!("{major}.{minor}.{patch}")
    }
}
