//! The environment variables that Barrow was started with, as a value.
//!
//! Nothing in this crate reads the process's environment; the settings of the binary do, once.

use std::collections::BTreeMap;

use camino::{Utf8Path, Utf8PathBuf};

/// Environment variables by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl FromIterator<(String, String)> for Environment {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(variables: I) -> Self {
        Self {
            variables: variables.into_iter().collect(),
        }
    }
}

impl Environment {
    /// The variable's value; an empty one counts as unset, as it does for pip and uv.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// All variables whose name starts with `prefix`, in order of their names.
    pub fn starting_with(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        let matching = move |(name, _): &(&String, &String)| name.starts_with(prefix);
        self.variables
            .iter()
            .filter(matching)
            .map(|(name, value)| (&**name, &**value))
    }

    /// The user's home directory.
    pub fn home(&self) -> Option<&Utf8Path> {
        self.get("HOME")
            .or_else(|| self.get("USERPROFILE"))
            .map(Utf8Path::new)
    }

    /// Every file on `PATH` that is called `program`, in the order of the directories.
    pub fn programs(&self, program: &str) -> Vec<Utf8PathBuf> {
        let directories = std::env::split_paths(self.get("PATH").unwrap_or_default());
        let file_name = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        directories
            .filter_map(|directory| Utf8PathBuf::from_path_buf(directory).ok())
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(&file_name))
            .filter(|path| path.is_file())
            .collect()
    }
}
