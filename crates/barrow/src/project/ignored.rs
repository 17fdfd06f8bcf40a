//! What of a project is left out unless asked for.
//!
//! The list holds what no function needs at run time and what often holds secrets. Hidden files
//! (`.env`, `.git`, `.venv`) and whatever `.gitignore` names are left out besides.

/// Folders, by name at any depth.
const FOLDERS: [&str; 9] = [
    "__pycache__",
    "node_modules",
    "venv",
    "env",
    "dist",
    "build",
    "tests",
    "test",
    "cdk.out",
];

/// Files that describe the project instead of being part of the function, by name at its root.
const ROOT_FILES: [&str; 20] = [
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "uv.lock",
    "uv.toml",
    "poetry.lock",
    "poetry.toml",
    "pdm.lock",
    "pdm.toml",
    "Pipfile",
    "Pipfile.lock",
    "pylock.toml",
    "tox.ini",
    "noxfile.py",
    "conftest.py",
    "pytest.ini",
    "Makefile",
    "Dockerfile",
    "samconfig.toml",
    "event.json",
];

/// What Python writes into each virtual environment, whatever its folder is called.
pub const MARK_OF_AN_ENVIRONMENT: &str = "pyvenv.cfg";

/// Whether a file or folder is left out; `depth` is 1 at the project's root.
pub fn is_left_out(name: &str, is_folder: bool, depth: usize) -> bool {
    if is_folder {
        return FOLDERS.contains(&name) || name.ends_with(".egg-info");
    }
    let ends_with = |ending| name.len() > str::len(ending) && name.ends_with(ending);
    if ends_with(".pyc") || ends_with(".pyo") {
        return true;
    }
    depth == 1
        && (ROOT_FILES.contains(&name)
            || (name.starts_with("requirements") && (ends_with(".txt") || ends_with(".in")))
            || (name.starts_with("pylock.") && ends_with(".toml"))
            // Packages that were built before, by whichever tool.
            || ends_with(".zip"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_left_out_at_the_root_only() {
        assert!(is_left_out("requirements-dev.txt", false, 1));
        assert!(is_left_out("pyproject.toml", false, 1));
        assert!(!is_left_out("pyproject.toml", false, 2));
        assert!(!is_left_out("requirements.txt", false, 2));
    }

    #[test]
    fn packages_of_earlier_builds_do_not_go_into_the_next() {
        assert!(is_left_out("app.zip", false, 1));
        assert!(!is_left_out("corpus.zip", false, 2));
    }

    #[test]
    fn code_and_data_stay() {
        for name in [
            "lambda_function.py",
            "config.json",
            "tests.py",
            "template.html",
            ".pyc",
        ] {
            assert!(!is_left_out(name, false, 1), "{name}");
        }
        assert!(!is_left_out("testing", true, 1));
    }
}
