//! Every check, one file each, in the order in which they run.

pub mod unreadable_file;

use crate::check::{Area, Check};
use crate::finding::Finding;
use crate::package::Package;
use crate::report::{Report, Rules};
use crate::scene::Scene;

/// All checks, by area.
pub static ALL: &[&Check] = &[&unreadable_file::UNREADABLE_FILE];

/// Runs every check. Where a package cannot be read, only those that look at it as a whole: what
/// is not there would be blamed on its files.
pub fn run(scene: &Scene<'_>, rules: &Rules) -> Vec<Finding> {
    let mut report = Report::default();
    let is_legible = scene.packages().all(Package::is_legible);
    for check in ALL {
        let looks_inside = !matches!(check.area, Area::Archive | Area::Limits | Area::Runtime);
        if !rules.allow.contains(check.name) && (is_legible || !looks_inside) {
            (check.run)(scene, &mut report);
        }
    }
    report.finish(rules)
}

/// The check of this name.
pub fn named(name: &str) -> Option<&'static Check> {
    ALL.iter().copied().find(|check| check.name == name)
}
