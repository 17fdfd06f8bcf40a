//! The process's surroundings, read once: the only place that asks for variables and folders.

use barrow_core::zip::DosTime;
use barrow_index::resolve::Environment as Variables;
use camino::Utf8PathBuf;
use etcetera::BaseStrategy as _;

use crate::outcome::{Failure, Result};

/// A copy of the environment, so that everything behind it is a function of its arguments.
#[derive(Debug, Clone)]
pub struct Environment {
    pub variables: Variables,
    cache_home: Option<Utf8PathBuf>,
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
            cache_home: base.and_then(|base| Utf8PathBuf::from_path_buf(base.cache_dir()).ok()),
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
