//! An image that is unpacked, and how a program in it is to be started.

use barrow_model::{Arch, Sha256};
use camino::Utf8PathBuf;
use serde::Deserialize;

use crate::error::shown;
use crate::manifest::platform;
use crate::{PullError, Reference};

/// A root file system on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// By what it was asked for.
    pub reference: Reference,
    /// Of the manifest for its architecture.
    pub digest: Sha256,
    pub arch: Arch,
    /// The directory that is to be `/`. Links in it mean what they mean from inside.
    pub rootfs: Utf8PathBuf,
    /// In the image's order.
    pub environment: Vec<(String, String)>,
    pub working_directory: Option<Utf8PathBuf>,
    pub entrypoint: Vec<String>,
    pub command: Vec<String>,
}

/// What an image says about the programs in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Config {
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) working_directory: Option<Utf8PathBuf>,
    pub(crate) entrypoint: Vec<String>,
    pub(crate) command: Vec<String>,
}

/// The part of the configuration file that is of use here. Read by itself, so that a time stamp
/// or a label that is odd does not make an image unusable.
#[derive(Deserialize)]
struct ConfigFile {
    #[serde(default)]
    architecture: String,
    #[serde(default)]
    os: String,
    config: Option<Execution>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Execution {
    env: Option<Vec<String>>,
    working_dir: Option<Utf8PathBuf>,
    entrypoint: Option<Vec<String>>,
    cmd: Option<Vec<String>>,
}

impl Config {
    /// Reads the configuration file, and checks that it is of an image for this architecture.
    pub(crate) fn parse(bytes: &[u8], reference: &str, arch: Arch) -> Result<Self, PullError> {
        let file: ConfigFile = serde_json::from_slice(bytes).map_err(|source| PullError::Json {
            what: format!("the configuration of {reference}"),
            source,
        })?;
        let seen = shown(format!("{}/{}", file.os, file.architecture).as_bytes());
        if seen != "/" && seen != platform(arch) {
            return Err(PullError::NoPlatform {
                reference: reference.to_owned(),
                wanted: platform(arch),
                available: vec![seen],
            });
        }
        let Some(execution) = file.config else {
            return Ok(Self::default());
        };
        // A name without a value is one that is not set.
        let pair = |line: &String| {
            let (name, value) = line.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        };
        let environment = execution.env.unwrap_or_default();
        Ok(Self {
            environment: environment.iter().filter_map(pair).collect(),
            working_directory: execution
                .working_dir
                .filter(|path| !path.as_str().is_empty()),
            entrypoint: execution.entrypoint.unwrap_or_default(),
            command: execution.cmd.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(json: &str, expected: &Config) {
        let config = Config::parse(json.as_bytes(), "a", Arch::X86_64).unwrap();
        assert_eq!(config, *expected, "{json}");
    }

    #[test]
    fn what_is_null_or_missing_is_empty() {
        let nothing = Config::default();
        check("{}", &nothing);
        check(r#"{"os":"linux","architecture":"amd64"}"#, &nothing);
        check(r#"{"config":null,"created":"yesterday"}"#, &nothing);
        check(
            r#"{"config":{"Env":null,"Cmd":null,"Entrypoint":null,"WorkingDir":""}}"#,
            &nothing,
        );
    }

    #[test]
    fn values_of_variables_may_have_equals_signs() {
        let environment = vec![
            ("A".to_owned(), "b=c".to_owned()),
            ("E".to_owned(), String::new()),
        ];
        check(
            r#"{"config":{"Env":["A=b=c","UNSET","E="]}}"#,
            &Config {
                environment,
                ..Config::default()
            },
        );
    }

    #[test]
    fn another_processor_is_named() {
        let json = br#"{"os":"linux","architecture":"riscv64"}"#;
        let error = Config::parse(json, "a", Arch::Arm64).unwrap_err();
        assert_eq!(error.to_string(), "`a` is not for `linux/arm64`");
    }
}
