//! What a package could do without.
//!
//! 274 sets of distributions were imported without these files; one broke, `astropy`, which
//! imports its own tests. `testing` folders are not tests: numpy, scipy and others import them.

use barrow_model::{Bytes, EntryPath};

use crate::facts::Facts;
use crate::package::{File, Package};

/// Why a file is not needed to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needless {
    Tests,
    Stubs,
    Sources,
    Translations,
}

impl Needless {
    pub const ALL: [Self; 4] = [Self::Tests, Self::Stubs, Self::Sources, Self::Translations];

    pub fn of(path: &EntryPath) -> Option<Self> {
        let mut folders = path.parts().rev().skip(1);
        if folders.any(|folder| matches!(folder, "tests" | "test")) {
            return Some(Self::Tests);
        }
        let (_, suffix) = path.file_name().rsplit_once('.')?;
        match suffix {
            "pyi" => Some(Self::Stubs),
            "c" | "cc" | "cpp" | "cxx" | "cu" | "f" | "f90" | "h" | "hh" | "hpp" | "hxx"
            | "pyx" | "pxd" | "pxi" | "a" => Some(Self::Sources),
            "po" | "pot" => Some(Self::Translations),
            _ => None,
        }
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::Tests => "tests",
            Self::Stubs => "type stubs",
            Self::Sources => "sources and headers",
            Self::Translations => "translations' sources",
        }
    }
}

/// `tests 17.1 MiB · sources and headers 1.2 MiB`, by the size of a file that counts. `None` for
/// less than 1 MiB.
pub fn needless(packages: &[&Package], size: impl Fn(&File) -> u64) -> Option<String> {
    shown(kinds(packages, size))
}

/// Likewise, unzipped, with the symbols that `strip` would take out of binaries.
pub fn needless_unzipped(packages: &[&Package]) -> Option<String> {
    let files = packages.iter().flat_map(|package| package.files());
    let symbols = ("symbols for debuggers", files.map(strippable).sum());
    let kinds = kinds(packages, |file| file.unzipped_bytes);
    shown(kinds.into_iter().chain([symbols]).collect())
}

fn kinds(packages: &[&Package], size: impl Fn(&File) -> u64) -> Vec<(&'static str, Bytes)> {
    let mut sums = Needless::ALL.map(|kind| (kind, Bytes(0)));
    for file in packages.iter().flat_map(|package| package.files()) {
        let kind = Needless::of(&file.path);
        if let Some((_, sum)) = sums.iter_mut().find(|(of, _)| Some(*of) == kind) {
            *sum = *sum + Bytes(size(file));
        }
    }
    sums.map(|(kind, sum)| (kind.text(), sum)).to_vec()
}

fn shown(mut savings: Vec<(&str, Bytes)>) -> Option<String> {
    savings.retain(|(_, bytes)| *bytes >= Bytes(1 << 20));
    savings.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
    let parts: Vec<_> = savings
        .iter()
        .map(|(text, bytes)| format!("{text} {bytes}"))
        .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

/// Libraries that `auditwheel` bundled are left alone: stripping breaks some of scipy's.
fn strippable(file: &File) -> Bytes {
    let is_bundled = file.path.parts().any(|part| part.ends_with(".libs"));
    match &file.facts {
        Facts::Elf(elf) if !is_bundled => Bytes(elf.strippable_bytes),
        _ => Bytes(0),
    }
}
