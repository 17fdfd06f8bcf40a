//! The interpreter of exactly a runtime's minor version.

use std::collections::BTreeSet;

use barrow_model::{Explain, Fault, Runtime};
use camino::{Utf8Path, Utf8PathBuf};

use super::{Interpreter, probe};

#[derive(Debug, thiserror::Error)]
pub enum FindPythonError {
    #[error("`{runtime}` needs Python {}, which is not on this machine", .runtime.python_version())]
    None {
        runtime: Runtime,
        /// What there is instead.
        others: Vec<String>,
    },
    #[error("`{path}` is not an interpreter that runs here")]
    Unusable { path: Utf8PathBuf },
    #[error(
        "`{path}` is Python {version}; `{runtime}` needs Python {}",
        .runtime.python_version()
    )]
    OtherVersion {
        path: Utf8PathBuf,
        version: String,
        runtime: Runtime,
    },
}

impl Explain for FindPythonError {
    fn fault(&self) -> Fault {
        match self {
            Self::None { .. } => Fault::Machine,
            Self::Unusable { .. } | Self::OtherVersion { .. } => Fault::Input,
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::None { others, .. } if others.is_empty() => {
                vec!["no other Python was found on `PATH`, of pyenv or of uv either".to_owned()]
            }
            Self::None { others, .. } => vec![format!("found: {}", others.join(", "))],
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        let (Self::None { runtime, .. } | Self::OtherVersion { runtime, .. }) = self else {
            return Vec::new();
        };
        vec![
            format!(
                "`barrow runtime install {runtime}` gets one; or name one with `--python FILE`"
            ),
            format!(
                "`--image REF` uses a container image, such as Lambda's own `public.ecr.aws/lambda/python:{}`",
                runtime.python_version()
            ),
        ]
    }
}

/// Looks at `named`, else into `folders`, for the interpreter of a runtime.
pub fn find(
    runtime: Runtime,
    named: Option<&Utf8Path>,
    folders: &[Utf8PathBuf],
    memory: &Utf8Path,
) -> Result<Interpreter, FindPythonError> {
    let wanted = (3, runtime.minor());
    if let Some(path) = named {
        let interpreter = probe::probe(path, memory).ok_or_else(|| FindPythonError::Unusable {
            path: path.to_owned(),
        })?;
        let (major, minor, _) = interpreter.version;
        if (major, minor) != wanted {
            return Err(FindPythonError::OtherVersion {
                path: path.to_owned(),
                version: interpreter.version_text(),
                runtime,
            });
        }
        return Ok(interpreter);
    }
    let names = [runtime.id(), "python3", "python"];
    let candidates = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .filter(|path| path.is_file());
    for path in candidates {
        if let Some(interpreter) = probe::probe(&path, memory)
            && (interpreter.version.0, interpreter.version.1) == wanted
        {
            return Ok(interpreter);
        }
    }
    let others = found(folders, memory);
    Err(FindPythonError::None {
        runtime,
        others: others.iter().map(Interpreter::version_text).collect(),
    })
}

/// Every interpreter in `folders`, one for each minor version, oldest first.
pub fn found(folders: &[Utf8PathBuf], memory: &Utf8Path) -> Vec<Interpreter> {
    let mut seen = BTreeSet::new();
    let mut found: Vec<Interpreter> = Runtime::all()
        .flat_map(|runtime| folders.iter().map(move |folder| folder.join(runtime.id())))
        .filter(|path| path.is_file())
        .filter_map(|path| probe::probe(&path, memory))
        .filter(|interpreter| seen.insert((interpreter.version.0, interpreter.version.1)))
        .collect();
    found.sort_by_key(|interpreter| interpreter.version);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_interpreter_says_which_were_found_and_how_to_get_one() {
        let error = FindPythonError::None {
            runtime: "python3.14".parse().unwrap(),
            others: vec!["3.11.7".to_owned(), "3.12.1".to_owned()],
        };
        assert_eq!(
            error.to_string(),
            "`python3.14` needs Python 3.14, which is not on this machine"
        );
        assert_eq!(error.details(), ["found: 3.11.7, 3.12.1"]);
        assert!(error.hints()[0].contains("barrow runtime install python3.14"));
    }

    #[test]
    fn what_is_no_interpreter_is_said_to_be_none() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        std::fs::write(folder.join("python3.12"), "not a program").unwrap();
        let runtime: Runtime = "python3.12".parse().unwrap();
        let memory = folder.join("memory.json");
        let named = folder.join("python3.12");
        assert!(matches!(
            find(runtime, Some(&named), &[], &memory),
            Err(FindPythonError::Unusable { .. })
        ));
        assert!(matches!(
            find(runtime, None, &[folder.to_owned()], &memory),
            Err(FindPythonError::None { .. })
        ));
    }
}
