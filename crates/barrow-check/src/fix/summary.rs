//! Mends in few lines: a thousand modes are one thing to say.

use std::collections::BTreeMap;

use super::mend::{Mend, counted};

/// One line for each kind of mend, in the order in which they were first done.
pub fn summary(mends: &[Mend]) -> Vec<String> {
    let mut groups: Vec<(Kind, Vec<&Mend>)> = Vec::new();
    let mut places: BTreeMap<Kind, usize> = BTreeMap::new();
    for mend in mends {
        let kind = Kind::of(mend);
        let place = *places.entry(kind).or_insert(groups.len());
        if place == groups.len() {
            groups.push((kind, Vec::new()));
        }
        groups[place].1.push(mend);
    }
    let lines = groups.iter().map(|(kind, mends)| match mends.as_slice() {
        [only] => only.to_string(),
        mends => kind.text(mends),
    });
    lines.collect()
}

/// What can be said of several mends at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Renamed,
    Mode {
        from: Option<u32>,
        to: u32,
    },
    Duplicate,
    Link,
    Bytecode,
    /// There is one of its kind, or each says something else.
    Single(usize),
}

impl Kind {
    fn of(mend: &Mend) -> Self {
        match mend {
            Mend::Renamed { .. } => Self::Renamed,
            Mend::Mode { from, to, .. } => Self::Mode {
                from: *from,
                to: *to,
            },
            Mend::Duplicate { .. } => Self::Duplicate,
            Mend::Link { .. } => Self::Link,
            Mend::Bytecode { .. } => Self::Bytecode,
            Mend::Unwrapped { .. } => Self::Single(0),
            Mend::Folders { .. } => Self::Single(1),
            Mend::Around { .. } => Self::Single(2),
            Mend::Zip64End => Self::Single(3),
            Mend::Records { oddity, .. } => Self::Single(4 + *oddity as usize),
        }
    }

    fn text(self, mends: &[&Mend]) -> String {
        let count = mends.len();
        match self {
            Self::Renamed => format!("{count} names, such as: {}", mends[0]),
            Self::Mode { from: None, to } => format!("{count} files have mode {to:04o}"),
            Self::Mode {
                from: Some(from),
                to,
            } => format!("{count} files have mode {to:04o} instead of {from:04o}"),
            Self::Duplicate => {
                let dropped = mends.iter().map(|mend| match mend {
                    Mend::Duplicate { dropped, .. } => *dropped,
                    _ => 0,
                });
                let dropped = counted(dropped.sum(), "earlier file");
                format!("{count} files are there once; {dropped} left out")
            }
            Self::Link => format!("{count} links are copies of what they led to"),
            Self::Bytecode => format!("{count} files of bytecode left out"),
            Self::Single(_) => mends[0].to_string(),
        }
    }
}
