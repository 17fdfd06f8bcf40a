//! `[tool.barrow.check]`: what the user decided about checks.

use std::collections::{BTreeMap, HashSet};

use barrow_check::report::Rules;
use barrow_check::{Check, checks};
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use crate::outcome::{Failure, Result};

/// How alike two names must be for one to be a misspelling of the other; 1 is equal.
const ALIKE: f64 = 0.6;

/// The section, and what the flags add to it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckSection {
    /// Checks whose findings are not shown.
    #[serde(default)]
    pub allow: Vec<String>,
    /// Checks whose findings are errors.
    #[serde(default)]
    pub deny: Vec<String>,
    /// For files that match a pattern, checks that do not look at them; none named means all.
    #[serde(default)]
    pub ignore: BTreeMap<String, Vec<String>>,
}

impl CheckSection {
    /// Names of checks that do not exist are errors: a misspelt `deny` must not pass in silence.
    pub fn rules(&self) -> Result<Rules> {
        let ignore = self
            .ignore
            .iter()
            .map(|(pattern, names)| Ok((pattern_set(pattern)?, known(names, "ignore")?)));
        Ok(Rules {
            allow: known(&self.allow, "allow")?,
            deny: known(&self.deny, "deny")?,
            ignore: ignore.collect::<Result<_>>()?,
        })
    }

    /// What the flags say comes on top; a check that is denied by one is not allowed by the other.
    #[must_use]
    pub fn with(mut self, allow: &[String], deny: &[String]) -> Self {
        self.allow.retain(|name| !deny.contains(name));
        self.deny.retain(|name| !allow.contains(name));
        self.allow.extend_from_slice(allow);
        self.deny.extend_from_slice(deny);
        self
    }
}

fn known(names: &[String], what: &str) -> Result<HashSet<String>> {
    for name in names {
        if checks::named(name).is_none() {
            return Err(unknown(name, &format!("`{what}` names")));
        }
    }
    Ok(names.iter().cloned().collect())
}

/// No check has this name; perhaps another one is meant.
pub fn unknown(name: &str, who: &str) -> Failure {
    let failure = Failure::input(format_args!("{who} `{name}`, which is no check"));
    let likeness = |check: &&Check| strsim::normalized_damerau_levenshtein(check.name, name);
    let alike = checks::ALL
        .iter()
        .copied()
        .filter(|check| likeness(check) >= ALIKE)
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    match alike {
        Some(check) => failure.hint(format!("perhaps `{}` is meant", check.name)),
        None => failure.hint("`barrow check --explain` lists them all"),
    }
}

fn pattern_set(pattern: &str) -> Result<GlobSet> {
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let set = glob.and_then(|glob| GlobSetBuilder::new().add(glob).build());
    set.map_err(|error| {
        Failure::input(format_args!("`ignore` has a pattern that is none: {error}"))
    })
}
