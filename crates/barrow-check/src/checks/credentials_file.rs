//! Files in which programs keep credentials.

use crate::finding::{Finding, Level, Place};
use crate::package::File;
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Files in which tools keep credentials: `.aws/credentials`, `.netrc`, `.pypirc`, `id_rsa` and
    /// others; and `.env`.
    ///
    /// # Matters because
    /// They belong to the developer, not to the function. Whoever may read the function's code may
    /// read them. `boto3` uses `.aws/credentials` only from the home folder, which a function has not.
    ///
    /// # For example
    /// A home folder's `.aws`, copied into the project for a test.
    ///
    /// # To mend it
    /// Leave them out: `exclude` in `[tool.barrow]`, or the ignore file of the tool that packs. A `.env`
    /// in which nothing looks secret is noted only; what looks secret is told by `secret-in-file`.
    pub static CREDENTIALS_FILE = "credentials-file", Secrets, Warning;
}

const NAMES: [&str; 12] = [
    ".git-credentials",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    ".vault-token",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "terraform.tfstate",
];

const ENDS: [&str; 4] = [
    ".aws/config",
    ".aws/credentials",
    ".docker/config.json",
    ".kube/config",
];

fn run(scene: &Scene<'_>, report: &mut Report) {
    for package in scene.packages() {
        let of = |is_wanted: fn(&File) -> bool| -> Vec<Place> {
            let wanted = package.files().iter().filter(|file| {
                let owner = || scene.distributions().owner(package, file.path.as_str());
                is_wanted(file) && file.secrets.is_empty() && owner().is_none()
            });
            wanted
                .map(|file| Place::new(package, file.path.as_str()))
                .collect()
        };
        let add = |places: Vec<Place>, level, what: &str, report: &mut Report| {
            let message = match places.as_slice() {
                [] => return,
                [place] => format!("`{}` is {what}", place.path),
                places => format!("{} files are {what}", places.len()),
            };
            report.add(
                Finding::new(&CREDENTIALS_FILE, message)
                    .level(level)
                    .places(places),
            );
        };
        let credentials = of(is_credentials);
        add(
            credentials,
            Level::Warning,
            "where a tool keeps credentials",
            report,
        );
        add(
            of(is_environment),
            Level::Note,
            "a developer's environment",
            report,
        );
    }
}

fn is_credentials(file: &File) -> bool {
    let path = file.path.as_str();
    let ends = |end: &&str| {
        let before = path.strip_suffix(*end);
        before.is_some_and(|before| before.is_empty() || before.ends_with('/'))
    };
    NAMES.contains(&file.path.file_name()) || ENDS.iter().any(ends)
}

fn is_environment(file: &File) -> bool {
    let name = file.path.file_name();
    name == ".env" || name.starts_with(".env.local")
}
