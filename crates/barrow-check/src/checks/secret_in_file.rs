//! Keys and passwords in files.

use std::collections::BTreeSet;

use crate::facts::Facts;
use crate::facts::secret::Kind;
use crate::finding::{Finding, Place};
use crate::package::{File, Package};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// What has the shape of a secret: AWS access keys with their secret, private keys, tokens of
    /// GitHub and Slack, live keys of Stripe, and passwords in `.env` files.
    ///
    /// # Matters because
    /// Whoever may read the function's code may read the secret: `lambda:GetFunction` gives a link to
    /// the package. It stays in every published version.
    ///
    /// # For example
    /// A `.env` with `DB_PASSWORD=…`, packed with the rest of the folder.
    ///
    /// # To mend it
    /// Keep secrets in AWS Secrets Manager or the Parameter Store, and give the function a role instead
    /// of access keys. If the secret has left the machine, replace it. The secret itself is never
    /// shown. Distributions from an index are public, and so are the keys in their tests: of them
    /// nothing is said, nor of what is named an example.
    pub static SECRET_IN_FILE = "secret-in-file", Secrets, Warning;
}

/// Below a package's own folder, keys of these are made up.
const OF_TESTS: [&str; 7] = [
    "SelfTest",
    "docs",
    "examples",
    "test",
    "test_vectors",
    "testing",
    "tests",
];

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let (mut kinds, mut places) = (BTreeSet::<Kind>::new(), Vec::new());
        for file in package.files() {
            if file.secrets.is_empty() || is_public(scene, package, file) {
                continue;
            }
            for secret in &file.secrets {
                kinds.insert(secret.kind);
                places.push(Place::new(package, file.path.as_str()).line(secret.line));
            }
        }
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let message = match places.as_slice() {
            [] => continue,
            [place] => format!("`{}` seems to hold {}", place.path, kinds.join(", ")),
            places => format!("{} places seem to hold {}", places.len(), kinds.join(", ")),
        };
        report.add(Finding::new(&SECRET_IN_FILE, message).places(places).hint(
            "let the function read it from AWS Secrets Manager, and replace it if it was uploaded",
        ));
    }
}

/// Whether the world has it already.
fn is_public(scene: &Scene<'_>, package: &Package, file: &File) -> bool {
    let path = file.path.as_str();
    let mut below = path.split('/').skip(1);
    let is_of_tests = below.any(|part| OF_TESTS.contains(&part) || part.starts_with("test_"));
    let owner = scene.distributions().owner(package, path);
    let is_from_index = owner.is_some_and(|owner| {
        let url = package.file(&format!("{}/direct_url.json", owner.info));
        !url.is_some_and(|file| matches!(file.facts, Facts::DirectUrl(_)))
    });
    is_from_index || is_of_tests
}
