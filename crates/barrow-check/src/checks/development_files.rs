//! Folders that only developers need.

use std::collections::BTreeMap;

use barrow_model::Bytes;

use crate::finding::{Finding, Level, Place};
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Folders of tools: repositories (`.git`), `node_modules`, build folders (`.aws-sam`, `.terraform`,
    /// `cdk.out`), caches of linters and tests, settings of editors. Not those that a distribution brings.
    ///
    /// # Matters because
    /// They take space of the 250 MB, and time at every cold start's download. A repository also holds
    /// what was removed from the files long ago, secrets among it.
    ///
    /// # For example
    /// `zip -r app.zip .` in a checkout.
    ///
    /// # To mend it
    /// Leave them out: `exclude` in `[tool.barrow]`, or the ignore file of the tool that packs. Less than
    /// 1 MiB without a repository is only noted.
    pub static DEVELOPMENT_FILES = "development-files", Secrets, Warning;
}

const REPOSITORIES: [&str; 3] = [".git", ".hg", ".svn"];

const FOLDERS: [&str; 20] = [
    ".aws-sam",
    ".cache",
    ".eggs",
    ".github",
    ".idea",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".npm",
    ".pytest_cache",
    ".ruff_cache",
    ".serverless",
    ".terraform",
    ".tox",
    ".vscode",
    "cdk.out",
    "htmlcov",
    "node_modules",
    "pip-wheel-metadata",
    "__pypackages__",
];

const NOTED_BELOW: Bytes = Bytes(1 << 20);

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let mut folders: BTreeMap<&str, Bytes> = BTreeMap::new();
        for file in package.files() {
            let Some(folder) = folder_of_tool(file) else {
                continue;
            };
            if scene
                .distributions()
                .owner(package, file.path.as_str())
                .is_none()
            {
                let bytes = folders.entry(folder).or_default();
                *bytes = *bytes + Bytes(file.unzipped_bytes);
            }
        }
        let total: Bytes = folders.values().copied().sum();
        let message = match folders.len() {
            0 => continue,
            1 => format!("1 folder only serves development: {total}"),
            many => format!("{many} folders only serve development: {total}"),
        };
        let has_repository = folders
            .keys()
            .any(|folder| REPOSITORIES.iter().any(|name| folder.ends_with(name)));
        let level = if has_repository || total >= NOTED_BELOW {
            Level::Warning
        } else {
            Level::Note
        };
        let places = folders.keys().map(|folder| Place::new(package, *folder));
        report.add(
            Finding::new(&DEVELOPMENT_FILES, message)
                .level(level)
                .places(places),
        );
    }
}

/// The outermost folder of a tool that a file is in.
fn folder_of_tool(file: &File) -> Option<&str> {
    let path = file.path.as_str();
    let mut start = 0;
    for (end, _) in path.match_indices('/') {
        let part = &path[start..end];
        if REPOSITORIES.contains(&part) || FOLDERS.contains(&part) {
            return Some(&path[..end]);
        }
        start = end + 1;
    }
    None
}
