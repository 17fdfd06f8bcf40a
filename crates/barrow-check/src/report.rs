//! Collects what the checks find, and puts it in order.

use std::collections::HashSet;

use globset::GlobSet;

use crate::finding::{Finding, Level, Place};

/// What the user decided about checks: by name, and by path.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// Names of checks whose findings are not shown.
    pub allow: HashSet<String>,
    /// Names of checks whose findings are errors.
    pub deny: HashSet<String>,
    /// Files in which the named checks do not look; no names means all checks.
    pub ignore: Vec<(GlobSet, HashSet<String>)>,
}

/// What was found so far.
#[derive(Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
}

impl Report {
    pub fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    pub fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }

    /// What remains after the user's rules: errors first, then by area and name; the same thing
    /// said twice is said once.
    pub fn finish(self, rules: &Rules) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self
            .findings
            .into_iter()
            .filter_map(|finding| rules.apply(finding))
            .collect();
        for finding in &mut findings {
            finding.places.sort();
            finding.places.dedup();
        }
        findings.sort_by(|a, b| order(a).cmp(&order(b)));
        findings.dedup_by(|a, b| order(a) == order(b));
        findings
    }
}

/// Two findings that are equal in this are one.
fn order(finding: &Finding) -> (Level, crate::Area, &str, &[Place], &str) {
    let Finding { check, level, .. } = finding;
    (
        *level,
        check.area,
        check.name,
        &finding.places,
        &finding.message,
    )
}

impl Rules {
    fn apply(&self, mut finding: Finding) -> Option<Finding> {
        let name = finding.check.name;
        if self.allow.contains(name) {
            return None;
        }
        if !finding.places.is_empty() {
            finding.places.retain(|place| !self.ignores(name, place));
            if finding.places.is_empty() {
                return None;
            }
        }
        if self.deny.contains(name) {
            finding.level = Level::Error;
        }
        Some(finding)
    }

    fn ignores(&self, check: &str, place: &Place) -> bool {
        self.ignore.iter().any(|(files, checks)| {
            (checks.is_empty() || checks.contains(check)) && files.is_match(&place.path)
        })
    }
}
