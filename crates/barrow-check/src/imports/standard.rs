//! The standard library's modules, and which versions of Python have them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Written by `scripts/standard_modules.py`, which explains the columns.
const TABLE: &str = include_str!("standard_modules.txt");

/// A module of the standard library, or a submodule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standard {
    /// The `8` of the Python 3.8 that is the first known to have it.
    pub first_minor: u8,
    /// The last that has it; `None` while the newest has.
    pub last_minor: Option<u8>,
    /// In the interpreter itself, so that no file can take its place.
    pub is_builtin: bool,
    /// The versions whose runtime client has imported it before it imports the handler.
    preloaded: Option<(u8, u8)>,
    /// Of Windows or macOS only.
    pub is_elsewhere: bool,
}

/// Whether a version of Python has a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    There,
    /// It had it until this version.
    Removed {
        last_minor: u8,
    },
    /// It will have it from this version on.
    NotYet {
        first_minor: u8,
    },
    Elsewhere,
}

static ROWS: LazyLock<HashMap<&'static str, Standard>> =
    LazyLock::new(|| TABLE.lines().filter_map(parse).collect());

/// Written by `scripts/standard_names.py`: `collections.Mapping 3.9`.
const REMOVED_NAMES: &str = include_str!("standard_names.txt");

/// What modules had, and the last version that has it.
static REMOVED: LazyLock<HashMap<&'static str, u8>> = LazyLock::new(|| {
    let rows = REMOVED_NAMES.lines();
    rows.filter_map(|row| row.split_once(' '))
        .filter_map(|(name, last)| Some((name, minor(last)?)))
        .collect()
});

/// Standard packages whose submodules are not in the table: nobody deploys with them.
const OPEN: &[&str] = &["ensurepip", "idlelib", "test", "turtledemo"];

impl Standard {
    /// The module of this name, in any version.
    pub fn named(name: &str) -> Option<Self> {
        ROWS.get(name).copied()
    }

    pub fn presence(self, minor: u8) -> Presence {
        match self.last_minor {
            _ if self.is_elsewhere => Presence::Elsewhere,
            Some(last_minor) if last_minor < minor => Presence::Removed { last_minor },
            _ if minor < self.first_minor => Presence::NotYet {
                first_minor: self.first_minor,
            },
            _ => Presence::There,
        }
    }

    pub fn is_preloaded(self, minor: u8) -> bool {
        self.preloaded
            .is_some_and(|(first, last)| first <= minor && minor <= last)
    }
}

/// Whether this version has this module; `None` for what never was one. Submodules of packages whose
/// submodules are not listed are there.
pub fn presence(name: &str, minor: u8) -> Option<Presence> {
    if let Some(standard) = Standard::named(name) {
        return Some(standard.presence(minor));
    }
    let (top, _) = name.split_once('.')?;
    OPEN.contains(&top).then_some(Presence::There)
}

/// The last version in which a module had a name, where this version's module has it no more.
pub fn removed_name(module: &str, name: &str, minor: u8) -> Option<u8> {
    let last = REMOVED.get(format!("{module}.{name}").as_str())?;
    Some(*last).filter(|last| *last < minor)
}

fn parse(line: &'static str) -> Option<(&'static str, Standard)> {
    let mut words = line.split(' ');
    let name = words.next()?;
    let first_minor = minor(words.next()?)?;
    let last_minor = minor(words.next()?);
    let mut standard = Standard {
        first_minor,
        last_minor,
        is_builtin: false,
        preloaded: None,
        is_elsewhere: false,
    };
    for word in words {
        match word.split_once('=') {
            None if word == "builtin" => standard.is_builtin = true,
            None => standard.is_elsewhere = word == "elsewhere",
            Some((_, span)) => {
                let (first, last) = span.split_once('-')?;
                standard.preloaded = Some((minor(first)?, minor(last)?));
            }
        }
    }
    Some((name, standard))
}

/// The `12` of `3.12`.
fn minor(version: &str) -> Option<u8> {
    version.strip_prefix("3.")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_is_read() {
        assert_eq!(ROWS.len(), TABLE.lines().count());
    }

    #[test]
    fn modules_come_and_go() {
        assert_eq!(presence("json.decoder", 12), Some(Presence::There));
        assert_eq!(
            presence("distutils.core", 12),
            Some(Presence::Removed { last_minor: 11 })
        );
        assert_eq!(
            presence("tomllib", 10),
            Some(Presence::NotYet { first_minor: 11 })
        );
        assert_eq!(presence("winreg", 12), Some(Presence::Elsewhere));
        assert_eq!(presence("numpy", 12), None);
        assert_eq!(presence("json.nothing", 12), None);
        assert_eq!(
            presence("test.support.socket_helper", 12),
            Some(Presence::There)
        );
    }

    #[test]
    fn names_go_too() {
        assert_eq!(removed_name("collections", "Mapping", 9), None);
        assert_eq!(removed_name("collections", "Mapping", 10), Some(9));
        assert_eq!(removed_name("collections", "OrderedDict", 13), None);
        assert_eq!(removed_name("typing", "Pattern", 13), None);
        assert_eq!(REMOVED.len(), REMOVED_NAMES.lines().count());
    }

    #[test]
    fn the_runtime_has_imported_some_of_them() {
        assert!(Standard::named("json").is_some_and(|json| json.is_preloaded(12)));
        assert!(Standard::named("random").is_some_and(|random| !random.is_preloaded(12)));
        assert!(Standard::named("time").is_some_and(|time| time.is_builtin));
    }
}
