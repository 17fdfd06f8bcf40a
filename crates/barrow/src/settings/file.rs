//! `[tool.barrow]` in `pyproject.toml`, as it is written.
//!
//! Unknown keys are errors: a misspelt `exclude` that is silently ignored ships what it should
//! not.

use barrow_model::{Arch, Handler, Runtime};
use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Deserializer, de};

use super::check::CheckSection;

/// What `pyproject.toml` says to us.
#[derive(Debug, Default)]
pub struct ProjectFile {
    /// `[project] name`.
    pub project_name: Option<String>,
    pub section: Option<Section>,
}

/// `[tool.barrow]`, and with the same keys each `[[tool.barrow.function]]`.
///
/// One struct for both, without `flatten`, so that errors keep their line in the file.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Section {
    pub name: Option<String>,
    #[serde(default, deserialize_with = "parsed")]
    pub handler: Option<Handler>,
    #[serde(default, deserialize_with = "parsed")]
    pub runtime: Option<Runtime>,
    #[serde(default, deserialize_with = "parsed")]
    pub architecture: Option<Arch>,
    /// Where the project's own files lie, relative to `pyproject.toml`.
    pub source: Option<Utf8PathBuf>,
    /// Patterns, as in `.gitignore`, of files to put in although a rule leaves them out.
    pub include: Option<Vec<String>>,
    /// Patterns of files to leave out.
    pub exclude: Option<Vec<String>>,
    /// The folder in the package that dependencies go to; absent means its root.
    pub dependencies_directory: Option<String>,
    pub requirements: Option<Vec<Utf8PathBuf>>,
    pub groups: Option<Vec<String>>,
    pub extras: Option<Vec<String>>,
    /// Names of the project's layers that the function uses.
    pub layers: Option<Vec<String>>,
    pub check: Option<CheckSection>,
    #[serde(default, rename = "function")]
    pub functions: Vec<Section>,
    #[serde(default, rename = "layer")]
    pub layer_sections: Vec<Layer>,
}

/// A layer of a project.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Layer {
    pub name: String,
    #[serde(default)]
    pub path: LayerPath,
    #[serde(default, deserialize_with = "parsed")]
    pub runtime: Option<Runtime>,
    #[serde(default, deserialize_with = "parsed")]
    pub architecture: Option<Arch>,
    pub source: Option<Utf8PathBuf>,
    pub requirements: Option<Vec<Utf8PathBuf>>,
    pub groups: Option<Vec<String>>,
    pub extras: Option<Vec<String>>,
}

/// Where a layer's modules go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum LayerPath {
    /// `python/`: for every runtime
    #[default]
    Flat,
    /// `python/lib/python3.x/site-packages/`: for one runtime
    Versioned,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadProjectError {
    #[error("cannot read `{path}`")]
    Read {
        path: Utf8PathBuf,
        source: std::io::Error,
    },
    #[error("`{path}` is not as Barrow expects it")]
    Parse {
        path: Utf8PathBuf,
        source: Box<toml::de::Error>,
    },
}

impl barrow_model::Explain for ReadProjectError {
    fn fault(&self) -> barrow_model::Fault {
        match self {
            Self::Read { .. } => barrow_model::Fault::Machine,
            Self::Parse { .. } => barrow_model::Fault::Input,
        }
    }
}

/// Reads `pyproject.toml` in `directory`; a directory without one has nothing to say.
pub fn read(directory: &Utf8Path) -> Result<ProjectFile, ReadProjectError> {
    #[derive(Deserialize)]
    struct Pyproject {
        project: Option<Project>,
        tool: Option<Tool>,
    }
    #[derive(Deserialize)]
    struct Project {
        name: Option<String>,
    }
    #[derive(Deserialize)]
    struct Tool {
        barrow: Option<Section>,
    }

    let path = directory.join("pyproject.toml");
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(ProjectFile::default());
        }
        Err(source) => return Err(ReadProjectError::Read { path, source }),
    };
    let file: Pyproject = toml::from_str(&text).map_err(|source| ReadProjectError::Parse {
        path,
        source: Box::new(source),
    })?;
    Ok(ProjectFile {
        project_name: file.project.and_then(|project| project.name),
        section: file.tool.and_then(|tool| tool.barrow),
    })
}

fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(de::Error::custom)
}
