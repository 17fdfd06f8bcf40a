//! Paths that differ only in upper and lower case.

use std::collections::HashMap;

use crate::finding::Finding;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Files whose paths differ only in upper and lower case.
    ///
    /// # Matters because
    /// Lambda keeps both. On macOS and Windows one of them overwrites the other as soon as somebody
    /// unpacks the package, or checks out the project that it is made from.
    ///
    /// # For example
    /// `README.md` and `readme.md`; `Utils/__init__.py` and `utils/__init__.py`.
    ///
    /// # To mend it
    /// Rename one of them.
    pub static CASE_COLLISION = "case-collision", Archive, Note;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let mut seen: HashMap<String, &str> = HashMap::with_capacity(package.files().len());
        let mut colliding: Vec<&str> = Vec::new();
        for file in package.files() {
            let path = file.path.as_str();
            if let Some(other) = seen.insert(path.to_lowercase(), path) {
                colliding.extend([other, path]);
            }
        }
        colliding.sort_unstable();
        colliding.dedup();
        let message = match colliding.as_slice() {
            [] => continue,
            [one, other] => format!("`{one}` and `{other}` are one file on macOS and Windows"),
            paths => format!(
                "{} files have paths that differ only in upper and lower case",
                paths.len()
            ),
        };
        report.add(Finding::new(&CASE_COLLISION, message).places(package.places(colliding)));
    }
}
