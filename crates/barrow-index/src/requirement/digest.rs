//! A digest of everything that decides what requirements resolve to.
//!
//! Equal digests mean that an earlier resolution still holds. Time is left out on purpose: a new
//! release on the index changes nothing until somebody asks for an upgrade.

use std::collections::BTreeSet;
use std::io;

use barrow_model::{Explain, Fault, Sha256};
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;

use super::file::ReadRequirementsError;
use super::local::{metadata_files, paths_in_toml};
use super::{RequirementFiles, Requirements};
use crate::resolve::{Environment, Request, index_config};

/// Goes up when the meaning of a stored resolution changes.
const FORMAT: u32 = 1;

/// Variables of uv and pip that say where things are kept, how they look or how long to wait, and
/// so never what is resolved.
const IRRELEVANT: [&str; 16] = [
    "UV",
    "UV_CACHE_DIR",
    "UV_CONCURRENT_BUILDS",
    "UV_CONCURRENT_DOWNLOADS",
    "UV_HTTP_TIMEOUT",
    "UV_LINK_MODE",
    "UV_NO_PROGRESS",
    "UV_OFFLINE",
    "UV_PYTHON_DOWNLOADS",
    "UV_PYTHON_INSTALL_DIR",
    "UV_TOOL_BIN_DIR",
    "UV_TOOL_DIR",
    "PIP_CACHE_DIR",
    "PIP_DEFAULT_TIMEOUT",
    "PIP_DISABLE_PIP_VERSION_CHECK",
    "PIP_NO_INPUT",
];

#[derive(Debug, thiserror::Error)]
pub enum FingerprintError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error(transparent)]
    Requirements(#[from] ReadRequirementsError),
}

impl Explain for FingerprintError {
    fn fault(&self) -> Fault {
        Fault::Input
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Requirements(error) => error.hints(),
            Self::Read { .. } => Vec::new(),
        }
    }
}

/// The digest of a request's inputs.
///
/// Files count by content and by their place relative to the project, so that the same project in
/// another directory has the same digest.
pub fn fingerprint(
    request: &Request<'_>,
    environment: &Environment,
) -> Result<Sha256, FingerprintError> {
    let mut digest = project_fields(request, environment)?;
    let variables = environment
        .starting_with("UV_")
        .chain(environment.starting_with("PIP_"));
    for (name, value) in variables.filter(|(name, _)| !IRRELEVANT.contains(name)) {
        digest.add(name, value);
    }
    for path in index_config::files(environment, request.directory) {
        digest.add_file(&path, request.directory)?;
    }
    Ok(digest.finish())
}

/// The digest of what the project itself says: the same on every machine, whatever indexes its
/// user has configured. This is what a lock file carries.
pub fn project_digest(
    request: &Request<'_>,
    environment: &Environment,
) -> Result<Sha256, FingerprintError> {
    Ok(project_fields(request, environment)?.finish())
}

fn project_fields(
    request: &Request<'_>,
    environment: &Environment,
) -> Result<Fields, FingerprintError> {
    let mut digest = Fields(sha2::Sha256::new());
    digest.add("format", FORMAT.to_string());
    digest.add("target", request.target.to_string());
    digest.add("kind", kind(request.requirements));
    for group in &request.selection.groups {
        digest.add("group", group);
    }
    for extra in &request.selection.extras {
        digest.add("extra", extra);
    }
    for path in files(request, environment)? {
        digest.add_file(&path, request.directory)?;
    }
    Ok(digest)
}

fn kind(requirements: &Requirements) -> &'static str {
    match requirements {
        Requirements::Pylock(_) => "pylock",
        Requirements::UvLock(_) => "uv",
        Requirements::PoetryLock(_) => "poetry",
        Requirements::PdmLock(_) => "pdm",
        Requirements::PipfileLock(_) => "pipfile",
        Requirements::Files(_) => "files",
        Requirements::Project(_) => "project",
        Requirements::Script(_) => "script",
        Requirements::None => "none",
    }
}

/// Every file that counts, each once.
fn files(
    request: &Request<'_>,
    environment: &Environment,
) -> Result<BTreeSet<Utf8PathBuf>, FingerprintError> {
    let mut files = BTreeSet::new();
    if let Requirements::Files(paths) = request.requirements {
        let read = RequirementFiles::read(paths, environment)?;
        files.extend(read.files);
        let local = read
            .requirements
            .iter()
            .filter_map(|requirement| requirement.path.as_deref());
        files.extend(local.flat_map(metadata_files));
    } else {
        for path in request.requirements.paths() {
            files.insert(path.clone());
            let text = std::fs::read_to_string(path).map_err(|source| FingerprintError::Read {
                path: path.clone(),
                source,
            })?;
            let base = path.parent().unwrap_or(Utf8Path::new(""));
            let text = super::script::metadata(&text).unwrap_or(text);
            files.extend(
                paths_in_toml(&text, base)
                    .iter()
                    .flat_map(|path| metadata_files(path)),
            );
        }
    }
    // Lock files of other tools leave to the project's file which requirements are its own.
    let pyproject = request.directory.join("pyproject.toml");
    let needs_project = matches!(
        request.requirements,
        Requirements::PoetryLock(_) | Requirements::PdmLock(_)
    );
    if needs_project && pyproject.is_file() {
        files.insert(pyproject);
    }
    Ok(files)
}

/// Each field with its length in front, so that no two lists of fields look alike.
struct Fields(sha2::Sha256);

impl Fields {
    fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        let value = value.as_ref();
        for part in [name.as_bytes(), value] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    fn add_file(&mut self, path: &Utf8Path, directory: &Utf8Path) -> Result<(), FingerprintError> {
        let content = std::fs::read(path).map_err(|source| FingerprintError::Read {
            path: path.to_owned(),
            source,
        })?;
        let place = path.strip_prefix(directory).unwrap_or(path);
        self.add("file", place.as_str().replace('\\', "/"));
        self.add("content", content);
        Ok(())
    }

    fn finish(self) -> Sha256 {
        Sha256::new(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use barrow_model::{Arch, Target};

    use super::*;
    use crate::requirement::Selection;
    use crate::resolve::Freshness;

    fn request<'r>(
        root: &'r Utf8Path,
        requirements: &'r Requirements,
        runtime: &str,
    ) -> Request<'r> {
        Request {
            directory: root,
            requirements,
            selection: const {
                &Selection {
                    groups: Vec::new(),
                    extras: Vec::new(),
                }
            },
            target: Target {
                runtime: runtime.parse().unwrap(),
                arch: Arch::X86_64,
            },
            freshness: Freshness::Cached,
        }
    }

    fn digest(root: &Utf8Path, runtime: &str, variables: &[(&str, &str)]) -> String {
        let requirements = Requirements::Files(vec![root.join("requirements.txt")]);
        let request = request(root, &requirements, runtime);
        let pairs = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let pairs = pairs.chain([("PIP_CONFIG_FILE".to_owned(), "/dev/null".to_owned())]);
        fingerprint(&request, &pairs.collect()).unwrap().to_hex()
    }

    fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        directory
    }

    #[test]
    fn the_same_project_elsewhere_has_the_same_digest() {
        let files = [
            ("requirements.txt", "-r more.txt\n./lib\n"),
            ("more.txt", "six\n"),
            ("lib/setup.py", ""),
        ];
        let (a, b) = (project(&files), project(&files));
        let [a, b] = [&a, &b].map(|directory| Utf8Path::from_path(directory.path()).unwrap());
        let first = digest(a, "python3.12", &[]);
        assert_eq!(first, digest(b, "python3.12", &[]));
        assert_eq!(
            first,
            digest(
                b,
                "python3.12",
                &[("UV_CACHE_DIR", "/x"), ("HOME", "/none")]
            )
        );
    }

    #[test]
    fn a_lock_does_not_depend_on_the_users_configuration() {
        let directory = project(&[("requirements.txt", "six\n")]);
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let requirements = Requirements::Files(vec![root.join("requirements.txt")]);
        let request = request(root, &requirements, "python3.12");
        let variable = (
            "PIP_INDEX_URL".to_owned(),
            "https://index.example".to_owned(),
        );
        let configured = [variable].into_iter().collect();
        let digest = |environment: &Environment| project_digest(&request, environment).unwrap();
        assert_eq!(digest(&configured), digest(&Environment::default()));
        std::fs::write(root.join("requirements.txt"), "six>1\n").unwrap();
        assert_ne!(
            digest(&configured),
            fingerprint(&request, &configured).unwrap()
        );
    }

    #[test]
    fn whatever_decides_changes_the_digest() {
        let directory = project(&[
            ("requirements.txt", "-r more.txt\n./lib\n"),
            ("more.txt", "six\n"),
            ("lib/setup.py", ""),
        ]);
        let root = Utf8Path::from_path(directory.path()).unwrap();
        let mut seen = BTreeSet::new();
        let mut distinct = |digest: String| assert!(seen.insert(digest), "nothing changed");
        distinct(digest(root, "python3.12", &[]));
        distinct(digest(root, "python3.13", &[]));
        distinct(digest(root, "python3.12", &[("UV_PRERELEASE", "allow")]));
        distinct(digest(
            root,
            "python3.12",
            &[("PIP_INDEX_URL", "https://index.example")],
        ));
        for file in ["more.txt", "lib/setup.py", "requirements.txt", "uv.toml"] {
            let old = std::fs::read_to_string(root.join(file)).unwrap_or_default();
            std::fs::write(root.join(file), old + "# more\n").unwrap();
            distinct(digest(root, "python3.12", &[]));
        }
    }
}
