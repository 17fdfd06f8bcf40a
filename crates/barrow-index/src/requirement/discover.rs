//! Finds where a project states its requirements.

use camino::{Utf8Path, Utf8PathBuf};

use super::script;

/// Where requirements are written, most binding first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirements {
    /// PEP 751: what goes in is fixed.
    Pylock(Utf8PathBuf),
    UvLock(Utf8PathBuf),
    PoetryLock(Utf8PathBuf),
    PdmLock(Utf8PathBuf),
    PipfileLock(Utf8PathBuf),
    /// `requirements.txt` and its like.
    Files(Vec<Utf8PathBuf>),
    /// A `pyproject.toml` with `[project]`, `[dependency-groups]` or poetry's table.
    Project(Utf8PathBuf),
    /// A Python file with PEP 723 metadata.
    Script(Utf8PathBuf),
    None,
}

/// The parts of a project that are wanted besides its main requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    pub groups: Vec<String>,
    pub extras: Vec<String>,
}

type Kind = fn(Utf8PathBuf) -> Requirements;

/// Files that pin, in the order in which they count.
const LOCK_FILES: [(&str, Kind); 5] = [
    ("pylock.toml", Requirements::Pylock),
    ("uv.lock", Requirements::UvLock),
    ("poetry.lock", Requirements::PoetryLock),
    ("pdm.lock", Requirements::PdmLock),
    ("Pipfile.lock", Requirements::PipfileLock),
];

impl Requirements {
    /// What counts in a project directory.
    pub fn discover(directory: &Utf8Path) -> Self {
        let pylock = directory.join("pylock.toml");
        if pylock.is_file() {
            Self::Pylock(pylock)
        } else {
            Self::discover_sources(directory)
        }
    }

    /// The same without `pylock.toml`: what one would be made from.
    pub fn discover_sources(directory: &Utf8Path) -> Self {
        for (name, kind) in &LOCK_FILES[1..] {
            let path = directory.join(name);
            if path.is_file() {
                return kind(path);
            }
        }
        let pyproject = directory.join("pyproject.toml");
        if let Some(lock) = workspace_lock(directory).filter(|_| pyproject.is_file()) {
            return Self::UvLock(lock);
        }
        let file = directory.join("requirements.txt");
        if file.is_file() {
            return Self::Files(vec![file]);
        }
        if asks_for_something(&pyproject) {
            Self::Project(pyproject)
        } else {
            Self::None
        }
    }

    /// What files that a user names are, going by their names.
    pub fn named(paths: Vec<Utf8PathBuf>) -> Self {
        let [path] = &paths[..] else {
            return Self::Files(paths);
        };
        let name = path.file_name().unwrap_or_default();
        if let Some((_, kind)) = LOCK_FILES.iter().find(|(known, _)| *known == name) {
            return kind(path.clone());
        }
        match name {
            "pyproject.toml" => Self::Project(path.clone()),
            _ if name.starts_with("pylock.") && path.extension() == Some("toml") => {
                Self::Pylock(path.clone())
            }
            _ if path.extension() == Some("py") => Self::of_script(path),
            _ => Self::Files(paths),
        }
    }

    /// What a single Python file asks for in its own comments.
    pub fn of_script(path: &Utf8Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        match script::metadata(&text) {
            Some(_) => Self::Script(path.to_owned()),
            None => Self::None,
        }
    }

    /// The files that are named here; those may name others.
    pub fn paths(&self) -> &[Utf8PathBuf] {
        match self {
            Self::None => &[],
            Self::Files(paths) => paths,
            Self::Pylock(path)
            | Self::UvLock(path)
            | Self::PoetryLock(path)
            | Self::PdmLock(path)
            | Self::PipfileLock(path)
            | Self::Project(path)
            | Self::Script(path) => std::slice::from_ref(path),
        }
    }
}

/// The `uv.lock` of the workspace that a directory is a member of.
fn workspace_lock(directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let root = directory
        .ancestors()
        .skip(1)
        .find(|root| root.join("uv.lock").is_file())?;
    let lock: toml::Table = std::fs::read_to_string(root.join("uv.lock"))
        .ok()?
        .parse()
        .ok()?;
    let place = directory
        .strip_prefix(root)
        .ok()?
        .as_str()
        .replace('\\', "/");
    let is_here = |package: &toml::Value| {
        let source = package.get("source");
        ["editable", "virtual", "directory"]
            .iter()
            .any(|kind| source.and_then(|source| source.get(kind)?.as_str()) == Some(&*place))
    };
    let packages = lock.get("package")?.as_array()?;
    packages.iter().any(is_here).then(|| root.join("uv.lock"))
}

/// Whether a `pyproject.toml` holds requirements, and not only the settings of tools.
fn asks_for_something(pyproject: &Utf8Path) -> bool {
    let Ok(text) = std::fs::read_to_string(pyproject) else {
        return false;
    };
    // A file that cannot be parsed is for the resolver to complain about.
    let Ok(table) = text.parse::<toml::Table>() else {
        return true;
    };
    let poetry = table
        .get("tool")
        .and_then(|tool| tool.get("poetry")?.get("dependencies"));
    table.contains_key("project") || table.contains_key("dependency-groups") || poetry.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes `files` and looks into `place`.
    fn check(files: &[(&str, &str)], place: &str, expected: &str) {
        let directory = tempfile::tempdir().unwrap();
        let root = Utf8Path::from_path(directory.path()).unwrap();
        for (name, text) in files {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), text).unwrap();
        }
        let found = Requirements::discover(&root.join(place));
        let seen = format!("{found:?}");
        let place = format!("{}/", root.join(place).as_str().trim_end_matches('/'));
        assert_eq!(
            seen.replace(&place, "").replace(root.as_str(), "<root>"),
            expected
        );
    }

    #[test]
    fn the_most_binding_file_counts() {
        let all = [
            ("pyproject.toml", "[project]\nname = 'a'"),
            ("requirements.txt", ""),
            ("Pipfile.lock", ""),
            ("pdm.lock", ""),
            ("poetry.lock", ""),
            ("uv.lock", ""),
            ("pylock.toml", ""),
        ];
        check(&all, "", "Pylock(\"pylock.toml\")");
        check(&all[..6], "", "UvLock(\"uv.lock\")");
        check(&all[..5], "", "PoetryLock(\"poetry.lock\")");
        check(&all[..4], "", "PdmLock(\"pdm.lock\")");
        check(&all[..3], "", "PipfileLock(\"Pipfile.lock\")");
        check(&all[..2], "", "Files([\"requirements.txt\"])");
        check(&all[..1], "", "Project(\"pyproject.toml\")");
    }

    #[test]
    fn named_files_are_what_their_names_say() {
        let check = |names: &[&str], expected: &str| {
            let named = Requirements::named(names.iter().map(Utf8PathBuf::from).collect());
            assert_eq!(format!("{named:?}"), expected);
        };
        check(&["dev.txt"], "Files([\"dev.txt\"])");
        check(&["a/uv.lock"], "UvLock(\"a/uv.lock\")");
        check(&["pylock.prod.toml"], "Pylock(\"pylock.prod.toml\")");
        check(&["a.txt", "uv.lock"], "Files([\"a.txt\", \"uv.lock\"])");
    }

    #[test]
    fn settings_of_tools_are_no_requirements() {
        check(
            &[("pyproject.toml", "[tool.barrow]\nname = 'a'")],
            "",
            "None",
        );
        check(
            &[("pyproject.toml", "[tool.poetry.dependencies]\nsix = '*'")],
            "",
            "Project(\"pyproject.toml\")",
        );
        check(&[("lambda_function.py", "")], "", "None");
    }

    #[test]
    fn a_member_of_a_uv_workspace_has_the_lock_of_its_root() {
        let lock = "[[package]]\nname = 'fn'\nversion = '1'\nsource = { virtual = 'apps/fn' }\n";
        let files = [
            ("uv.lock", lock),
            ("apps/fn/pyproject.toml", "[project]\nname = 'fn'"),
        ];
        check(&files, "apps/fn", "UvLock(\"<root>/uv.lock\")");
        let files = [
            ("uv.lock", lock),
            ("apps/other/pyproject.toml", "[project]\nname = 'o'"),
        ];
        check(&files, "apps/other", "Project(\"pyproject.toml\")");
    }
}
