//! Findings as JSON. Fields are only ever added.

use barrow_check::{Finding, Level, Place, checks};
use serde::{Deserialize, Serialize};

/// What `barrow check --json` prints.
#[derive(Debug, Serialize)]
pub struct CheckDocument {
    /// As the user named it.
    pub package: String,
    /// `function` or `layer`.
    pub kind: &'static str,
    pub runtime: String,
    pub architecture: String,
    pub handler: Option<String>,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
    /// Errors first.
    pub findings: Vec<FindingDocument>,
    /// What `--fix` mended; absent without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fixed: Option<FixDocument>,
}

/// What `--fix` did.
#[derive(Debug, Serialize)]
pub struct FixDocument {
    /// Where the mended package is.
    pub path: String,
    /// A line for each thing.
    pub mended: Vec<String>,
    /// A line for each kind of thing, for people.
    #[serde(skip)]
    pub summary: Vec<String>,
}

/// One finding. Also kept in the record of a build, hence `Deserialize`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingDocument {
    pub check: String,
    /// `error`, `warning` or `note`.
    pub level: String,
    pub message: String,
    pub places: Vec<PlaceDocument>,
    pub details: Vec<String>,
    pub hints: Vec<String>,
    /// Whether `--fix` mends it.
    pub fixable: bool,
}

/// A file in a package.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceDocument {
    pub package: String,
    pub path: String,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl CheckDocument {
    /// How many findings have this level.
    pub fn count(findings: &[Finding], level: Level) -> usize {
        let of_level = findings.iter().filter(|finding| finding.level == level);
        of_level.count()
    }
}

impl FindingDocument {
    /// The finding again; `None` for a check that another version had.
    pub fn finding(&self) -> Option<Finding> {
        let mut finding = Finding::new(checks::named(&self.check)?, &self.message);
        finding.level = Level::ALL
            .into_iter()
            .find(|level| level.as_str() == self.level)?;
        finding.places = self.places.iter().map(PlaceDocument::place).collect();
        finding.details.clone_from(&self.details);
        finding.hints.clone_from(&self.hints);
        Some(finding)
    }
}

impl PlaceDocument {
    fn place(&self) -> Place {
        Place {
            package: self.package.clone(),
            path: self.path.clone(),
            line: self.line,
        }
    }
}

impl From<&Finding> for FindingDocument {
    fn from(finding: &Finding) -> Self {
        let places = finding.places.iter().map(|place| PlaceDocument {
            package: place.package.clone(),
            path: place.path.clone(),
            line: place.line,
        });
        Self {
            check: finding.check.name.to_owned(),
            level: finding.level.to_string(),
            message: finding.message.clone(),
            places: places.collect(),
            details: finding.details.clone(),
            hints: finding.hints.clone(),
            fixable: finding.check.fixable,
        }
    }
}
