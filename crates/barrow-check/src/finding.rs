//! One thing that is wrong, as it is told to the user.

use std::fmt;

use crate::check::Check;
use crate::package::{Form, Package};

/// Enough to see what kind of files they are.
const PLACES_SHOWN: usize = 4;

/// One cause, with every place that shows it.
#[derive(Debug, Clone)]
pub struct Finding {
    pub check: &'static Check,
    pub level: Level,
    /// What is wrong: a lower-case phrase without a full stop.
    pub message: String,
    /// Where it shows; the first few are listed. Empty for the package as a whole.
    pub places: Vec<Place>,
    /// What is known besides, a line each.
    pub details: Vec<String>,
    /// What to do, each something to type or to decide; at most two.
    pub hints: Vec<String>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Lambda refuses it, or the function does not start.
    Error,
    /// It may fail, or costs something.
    Warning,
    /// Worth knowing.
    Note,
}

/// A file of a package, and a line where that makes sense.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Of which package: [`Package::name`](crate::Package).
    pub package: String,
    pub path: String,
    /// From 1.
    pub line: Option<u32>,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Note];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Finding {
    pub fn new(check: &'static Check, message: impl Into<String>) -> Self {
        Self {
            check,
            level: check.level,
            message: message.into(),
            places: Vec::new(),
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Less or more than the check's usual level.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.places.push(place);
        self
    }

    #[must_use]
    pub fn places(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.places.extend(places);
        self
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Says what `--fix` does about it, where the package is a zip: nothing else is mended.
    #[must_use]
    pub fn mended(self, package: &Package, does: &str) -> Self {
        match package.form {
            Form::Zip { .. } => self.hint(format!("`barrow check --fix` {does}")),
            Form::Folder | Form::Plan => self,
        }
    }
}

/// As the command line shows it, and as the fixtures have it.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}", self.level, self.check.name, self.message)?;
        for place in self.places.iter().take(PLACES_SHOWN) {
            writeln!(f, "  {place}")?;
        }
        match self.places.len().saturating_sub(PLACES_SHOWN) {
            0 => {}
            1 => writeln!(f, "  {}", self.places[PLACES_SHOWN])?,
            more => writeln!(f, "  and {more} others")?,
        }
        for detail in &self.details {
            writeln!(f, "  {detail}")?;
        }
        for hint in &self.hints {
            writeln!(f, "hint: {hint}")?;
        }
        Ok(())
    }
}

impl Place {
    pub fn new(package: &crate::Package, path: impl Into<String>) -> Self {
        Self {
            package: package.name.clone(),
            path: path.into(),
            line: None,
        }
    }

    #[must_use]
    pub fn line(mut self, line: u32) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.path),
            None => f.write_str(&self.path),
        }
    }
}
