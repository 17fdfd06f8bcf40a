//! Distributions whose code is on the developer's machine.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::finding::{Finding, Level, Place};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Distributions that were installed as a reference to a folder (`pip install -e`): their
    /// `direct_url.json` says `editable`, or there is an `__editable__` file for them.
    ///
    /// # Matters because
    /// Only the reference is in the package. The code is in a folder of the developer's machine, and
    /// whoever imports it fails: `No module named …`.
    ///
    /// # For example
    /// A virtual environment in which the project itself is installed with `-e .`, zipped.
    ///
    /// # To mend it
    /// Install it without `-e`, or let `barrow build` take the project's own files. Where the code lies
    /// in the package all the same, it is a note.
    pub static EDITABLE_INSTALL = "editable-install", Dependencies, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let mut references: BTreeMap<String, (Vec<Place>, Option<&str>)> = BTreeMap::new();
        for file in package.files() {
            let path = file.path.as_str();
            let (name, url) = match &file.facts {
                Facts::DirectUrl(direct) if direct.editable => {
                    let owner = scene.distributions().owner(package, path);
                    (
                        owner.map(|it| it.name().to_owned()),
                        Some(direct.url.as_str()),
                    )
                }
                Facts::PathFile(_) => (editable_name(file.path.file_name()), None),
                _ => continue,
            };
            if let Some(name) = name {
                let (places, known_url) = references.entry(name).or_default();
                places.push(Place::new(package, path));
                *known_url = known_url.or(url);
            }
        }
        for (name, (places, url)) in references {
            let is_there = scene.distributions().has_module_of(&name);
            let message = if is_there {
                format!(
                    "`{name}` is installed as a reference; the package happens to have a module of that name"
                )
            } else {
                format!(
                    "`{name}` is installed as a reference to a folder; its code is not in the package"
                )
            };
            let level = if is_there {
                Level::Note
            } else {
                Level::Warning
            };
            let mut finding = Finding::new(&EDITABLE_INSTALL, message)
                .level(level)
                .places(places);
            if let Some(url) = url {
                finding = finding.detail(format!("it refers to `{url}`"));
            }
            report.add(finding.hint("install it without `-e`"));
        }
    }
}

/// `__editable__.my_app-1.0.pth`, as setuptools names it. Others name it as they like, and leave a
/// `direct_url.json`.
fn editable_name(file_name: &str) -> Option<String> {
    let stem = file_name
        .strip_prefix("__editable__.")?
        .strip_suffix(".pth")?;
    let (name, _) = stem.split_once('-').unwrap_or((stem, ""));
    Some(name.replace('_', "-").to_ascii_lowercase())
}
