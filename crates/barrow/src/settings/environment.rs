//! The process's surroundings, read once: the only place that asks for variables and folders.

use std::collections::HashSet;

use barrow_core::zip::DosTime;
use barrow_index::resolve::{Environment as Variables, launchers};
use camino::Utf8PathBuf;
use etcetera::BaseStrategy as _;

use crate::outcome::{Failure, Result};

/// A copy of the environment, so that everything behind it is a function of its arguments.
#[derive(Debug, Clone)]
pub struct Environment {
    pub variables: Variables,
    cache_home: Option<Utf8PathBuf>,
    data_home: Option<Utf8PathBuf>,
}

impl Environment {
    pub fn read() -> Self {
        let base = etcetera::choose_base_strategy().ok();
        Self {
            // Variables that are no UTF-8 are none of ours, and child processes inherit them.
            variables: std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
            cache_home: base
                .as_ref()
                .and_then(|base| Utf8PathBuf::from_path_buf(base.cache_dir()).ok()),
            data_home: base.and_then(|base| Utf8PathBuf::from_path_buf(base.data_dir()).ok()),
        }
    }

    /// Where the store is unless told otherwise: `$XDG_CACHE_HOME/barrow` and its likes.
    pub fn default_cache(&self) -> Result<Utf8PathBuf> {
        match &self.cache_home {
            Some(home) => Ok(home.join("barrow")),
            None => Err(
                Failure::from(anyhow::anyhow!("no folder for the cache is known"))
                    .hint("name one with `--cache-dir` or `BARROW_CACHE_DIR`"),
            ),
        }
    }

    /// Where what is not to be lost is: `$XDG_DATA_HOME/barrow` and its likes.
    pub fn default_data(&self) -> Result<Utf8PathBuf> {
        match &self.data_home {
            Some(home) => Ok(home.join("barrow")),
            None => Err(
                Failure::from(anyhow::anyhow!("no folder for the user's data is known"))
                    .hint("name one with `--data` or `BARROW_DATA_DIR`"),
            ),
        }
    }

    /// Folders that interpreters may be in: those on `PATH`, then pyenv's and uv's. Launchers of
    /// version managers are passed over for what they lead to.
    pub fn python_folders(&self) -> Vec<Utf8PathBuf> {
        let variables = &self.variables;
        let mut folders = Vec::new();
        for folder in std::env::split_paths(variables.get("PATH").unwrap_or_default()) {
            let Ok(folder) = Utf8PathBuf::from_path_buf(folder) else {
                continue;
            };
            if folder.ends_with("shims") {
                folders.extend(launchers::versions(&folder));
            } else if folder.is_absolute() {
                folders.push(folder);
            }
        }
        let home = variables.home();
        let pyenv = (variables.get("PYENV_ROOT").map(Utf8PathBuf::from))
            .or_else(|| home.map(|home| home.join(".pyenv")));
        folders.extend(
            pyenv
                .iter()
                .flat_map(|root| launchers::versions(&root.join("shims"))),
        );
        let data = (variables.get("XDG_DATA_HOME").map(Utf8PathBuf::from))
            .or_else(|| home.map(|home| home.join(".local/share")));
        let of_uv = (variables
            .get("UV_PYTHON_INSTALL_DIR")
            .map(Utf8PathBuf::from))
        .or_else(|| data.map(|data| data.join("uv/python")));
        let installs = of_uv.and_then(|folder| folder.read_dir_utf8().ok());
        let installs = installs.into_iter().flatten().flatten();
        folders.extend(installs.map(|install| install.into_path().join("bin")));
        let mut seen = HashSet::new();
        folders.retain(|folder| seen.insert(folder.clone()));
        folders
    }

    /// The time stamp of every entry: `SOURCE_DATE_EPOCH`, else the first that a zip can hold.
    pub fn timestamp(&self) -> Result<DosTime> {
        let Some(text) = self.variables.get("SOURCE_DATE_EPOCH") else {
            return Ok(DosTime::EPOCH);
        };
        match text.parse() {
            Ok(seconds) => Ok(DosTime::from_unix_seconds(seconds)),
            Err(_) => Err(Failure::input(format_args!(
                "`SOURCE_DATE_EPOCH` is `{text}`; expected seconds since 1970, such as 1735689600"
            ))),
        }
    }
}
