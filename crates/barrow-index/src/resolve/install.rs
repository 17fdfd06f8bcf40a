//! Installs the pinned uv into Barrow's cache with the user's own Python and pip.
//!
//! pip is told to accept the wheels below and no others, so it does not matter which mirror they
//! come from. The directory appears under its final name only when it is whole.

use std::fs::{self, File};
use std::io;
use std::process::{Command, Stdio};

use barrow_model::{Explain, Fault};
use camino::{Utf8Path, Utf8PathBuf};

use super::Environment;
use crate::Reporter;

/// The version that the digests below belong to.
pub(super) const PINNED_UV: &str = "0.13.8";

/// SHA-256 of the wheels of the pinned version, as the index listed them on 2026-11-20.
const WHEELS: [(&str, &str); 8] = [
    (
        "linux x86_64",
        "e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984",
    ),
    (
        "linux x86_64, musl",
        "29451c60f5e8b07403e0a175d5229efc36b0289b34143ff4aaa499a5dd52553a",
    ),
    (
        "linux aarch64",
        "5337c30bb893b4f9ce0ceb921ba2da0d13f649da644f40ad3bef84083bef0203",
    ),
    (
        "linux aarch64, musl",
        "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d",
    ),
    (
        "macOS x86_64",
        "b7124ca1956ec2e476a1003ea5715a15f0266afaec37f4dc9c6972ba8183e6d1",
    ),
    (
        "macOS arm64",
        "62b6943c7fd64fac6854f780bea6e0359e5a5bc3241f83ee357bb38276afac49",
    ),
    (
        "Windows x86_64",
        "cfbc13020a64cdf2f116d2936824c38edbf41e5c07f1ea291baf02e31ebf3ed0",
    ),
    (
        "Windows arm64",
        "b4184029b1b7c54409b9cd4372c73a36ef9c2d1d7cf3b0aca59c8b1932f041dc",
    ),
];

#[derive(Debug, thiserror::Error)]
pub enum InstallUvError {
    #[error(
        "uv is needed to resolve requirements; found neither `uv`, `python3` nor `python` on PATH"
    )]
    NoPython,
    #[error("cannot install uv {PINNED_UV} with `{python} -m pip`")]
    Pip {
        python: Utf8PathBuf,
        said: Vec<String>,
    },
    #[error("cannot run `{python}`")]
    Run {
        python: Utf8PathBuf,
        source: io::Error,
    },
    #[error("pip has put no uv into `{directory}`")]
    NoProgram { directory: Utf8PathBuf },
    #[error("cannot write `{path}`")]
    Write {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

impl Explain for InstallUvError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Pip { said, .. } => said.clone(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        vec!["install uv yourself and put it on PATH, or set `BARROW_UV` to its path".to_owned()]
    }
}

/// Barrow's own copy, where it is installed.
pub(super) fn program_path(cache: &Utf8Path) -> Option<Utf8PathBuf> {
    program_in(&directory(cache))
}

/// Installs the pinned uv and gives the path of the program.
pub(super) fn install(
    cache: &Utf8Path,
    environment: &Environment,
    reporter: &dyn Reporter,
) -> Result<Utf8PathBuf, InstallUvError> {
    let tools = cache.join("tools");
    let write = |path: &Utf8Path| {
        let path = path.to_owned();
        move |source| InstallUvError::Write { path, source }
    };
    fs::create_dir_all(&tools).map_err(write(&tools))?;
    // The lock goes with the process, so nobody waits for one that died.
    let lock_path = tools.join(".lock");
    let lock = File::create(&lock_path).map_err(write(&lock_path))?;
    lock.lock().map_err(write(&lock_path))?;
    if let Some(program) = program_path(cache) {
        return Ok(program);
    }
    reporter.working(&format!("installing uv {PINNED_UV} into {tools}"));

    let staging = tempfile::Builder::new()
        .prefix(".uv-")
        .tempdir_in(&tools)
        .map_err(write(&tools))?;
    let place = Utf8Path::from_path(staging.path()).ok_or_else(|| InstallUvError::Write {
        path: tools.clone(),
        source: io::Error::from(io::ErrorKind::InvalidFilename),
    })?;
    let requirements = place.join("requirements.txt");
    fs::write(&requirements, requirement()).map_err(write(&requirements))?;
    let target = place.join("uv");
    run_pip(&requirements, &target, environment)?;
    program_in(&target).ok_or_else(|| InstallUvError::NoProgram {
        directory: target.clone(),
    })?;

    let home = directory(cache);
    // What lies there without a program is the rest of something interrupted.
    let _ = fs::remove_dir_all(&home);
    fs::rename(&target, &home).map_err(write(&home))?;
    reporter.note(&format!(
        "found no uv on PATH; installed uv {PINNED_UV} into `{home}`"
    ));
    program_in(&home).ok_or(InstallUvError::NoProgram { directory: home })
}

/// Tries each Python on PATH until one has a pip that does it.
fn run_pip(
    requirements: &Utf8Path,
    target: &Utf8Path,
    environment: &Environment,
) -> Result<(), InstallUvError> {
    let pythons = ["python3", "python"]
        .map(|name| environment.programs(name))
        .concat();
    let mut first_error = None;
    for python in pythons {
        let output = Command::new(&python)
            .args([
                "-m",
                "pip",
                "install",
                "--no-input",
                "--disable-pip-version-check",
            ])
            .args([
                "--quiet",
                "--no-deps",
                "--only-binary",
                ":all:",
                "--require-hashes",
            ])
            .args([
                "--target",
                target.as_str(),
                "--requirement",
                requirements.as_str(),
            ])
            .stdin(Stdio::null())
            .output();
        let error = match output {
            Ok(output) if output.status.success() => return Ok(()),
            Ok(output) => InstallUvError::Pip {
                said: last_lines(&String::from_utf8_lossy(&output.stderr)),
                python,
            },
            Err(source) => InstallUvError::Run { python, source },
        };
        first_error.get_or_insert(error);
    }
    Err(first_error.unwrap_or(InstallUvError::NoPython))
}

/// pip ends with what went wrong; five lines hold it without its traceback.
fn last_lines(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    lines[lines.len().saturating_sub(5)..]
        .iter()
        .map(|&line| line.to_owned())
        .collect()
}

fn requirement() -> String {
    let hashes: String = WHEELS
        .iter()
        .map(|(_, digest)| format!(" --hash=sha256:{digest}"))
        .collect();
    format!("uv=={PINNED_UV}{hashes}\n")
}

fn directory(cache: &Utf8Path) -> Utf8PathBuf {
    cache.join("tools").join(format!("uv-{PINNED_UV}"))
}

/// `pip install --target` puts programs into `bin` on every system.
fn program_in(directory: &Utf8Path) -> Option<Utf8PathBuf> {
    let file_name = format!("uv{}", std::env::consts::EXE_SUFFIX);
    let places = [directory.join("bin"), directory.join("Scripts")];
    places
        .into_iter()
        .map(|place| place.join(&file_name))
        .find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pip_is_told_every_digest() {
        let line = requirement();
        assert!(line.starts_with("uv==0.13.8 --hash=sha256:"), "{line}");
        assert_eq!(line.matches("--hash=sha256:").count(), WHEELS.len());
        for (platform, digest) in WHEELS {
            assert!(
                barrow_model::Sha256::parse_hex(digest).is_ok(),
                "{platform}"
            );
        }
    }

    #[test]
    fn without_a_python_the_error_says_what_was_looked_for() {
        let cache = tempfile::tempdir().unwrap();
        let cache = Utf8Path::from_path(cache.path()).unwrap();
        let error = install(cache, &Environment::default(), &crate::reporter::Silent).unwrap_err();
        assert!(matches!(error, InstallUvError::NoPython), "{error}");
        assert!(error.hints()[0].contains("BARROW_UV"), "{error:?}");
        assert_eq!(program_path(cache), None);
    }
}
