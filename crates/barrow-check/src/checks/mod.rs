//! Every check, one file each, in the order in which they run.

pub mod unreadable_file;

use crate::check::Check;
use crate::finding::Finding;
use crate::report::{Report, Rules};
use crate::scene::Scene;

/// All checks, by area.
pub static ALL: &[&Check] = &[&unreadable_file::UNREADABLE_FILE];

/// Runs every check.
pub fn run(scene: &Scene<'_>, rules: &Rules) -> Vec<Finding> {
    let mut report = Report::default();
    for check in ALL {
        if !rules.allow.contains(check.name) {
            (check.run)(scene, &mut report);
        }
    }
    report.finish(rules)
}

/// The check of this name.
pub fn named(name: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.name == name)
}
