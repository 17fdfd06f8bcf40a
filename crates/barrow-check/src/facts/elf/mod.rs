//! What the loader asks of an ELF file.
//!
//! Only program headers and the dynamic segment are read, as the loader does; section headers may
//! be stripped. The bytes may be those of a whole file or of parts of it.

mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use barrow_model::Arch;
use serde::{Deserialize, Serialize};

pub use read::read;

/// An extension module, a shared library or a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elf {
    pub machine: Machine,
    pub kind: Kind,
    /// The name that other libraries need it by.
    pub soname: Option<String>,
    /// Names of the libraries that are loaded with it, in order.
    pub needed: Vec<String>,
    /// `DT_RPATH`: searched first, also for what its libraries need. Void beside a `DT_RUNPATH`.
    pub rpath: Vec<String>,
    /// `DT_RUNPATH`: searched after `LD_LIBRARY_PATH`, for its own needs alone.
    pub runpath: Vec<String>,
    /// Versions of symbols that must be there, by the library that brings them.
    pub versions: Vec<Versions>,
    /// Bytes that `strip --strip-unneeded` would take away: symbols and debugging information.
    pub strippable_bytes: u64,
    /// Whether everything that the headers point to could be read.
    pub is_complete: bool,
}

/// The processor that it was compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Machine {
    /// `e_machine`, as the ELF specification numbers processors.
    pub number: u16,
    pub is_64_bit: bool,
    pub is_little_endian: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// Something to be loaded into a process: an extension module, a library.
    Library,
    /// Something to be started; `None` where it is linked statically.
    Program { interpreter: Option<String> },
    /// A linker's input, such as a `.o` file.
    Object,
}

/// Symbol versions, such as `GLIBC_2.34`, of one library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    pub library: String,
    pub names: Vec<String>,
}

impl Machine {
    pub const X86_64: Self = Self::little_64(62);
    pub const AARCH64: Self = Self::little_64(183);

    /// Of the machines that run functions.
    pub fn of(arch: Arch) -> Self {
        match arch {
            Arch::X86_64 => Self::X86_64,
            Arch::Arm64 => Self::AARCH64,
        }
    }

    const fn little_64(number: u16) -> Self {
        Self {
            number,
            is_64_bit: true,
            is_little_endian: true,
        }
    }
}

/// As `uname -m` says it.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match (self.number, self.is_64_bit, self.is_little_endian) {
            (62, true, _) => "x86_64",
            (62, false, _) => "x32",
            (183, _, _) => "aarch64",
            (3, _, _) => "i686",
            (40, _, _) => "armv7l",
            (21, _, true) => "ppc64le",
            (22, true, _) => "s390x",
            (243, true, _) => "riscv64",
            (258, _, _) => "loongarch64",
            (number, _, _) => return write!(f, "ELF machine {number}"),
        };
        f.write_str(name)
    }
}

impl Elf {
    /// Whether it was linked against musl, the C library of Alpine Linux.
    pub fn is_musl(&self) -> bool {
        let interpreter = match &self.kind {
            Kind::Program { interpreter } => interpreter.as_deref(),
            Kind::Library | Kind::Object => None,
        };
        interpreter.is_some_and(|path| path.contains("/ld-musl"))
            || self
                .needed
                .iter()
                .any(|name| name.starts_with("libc.musl-") || name.starts_with("ld-musl-"))
    }
}
