//! A checkout of one revision, by the user's own `git`, which knows how to log in.

use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::BuildError;
use super::run::run;
use crate::address::without_userinfo;

/// Checks the revision out into `directory`.
///
/// The history comes along, though not the old files, because versions are often made from tags.
pub(super) fn check_out(
    url: &str,
    commit: &str,
    directory: &Utf8Path,
) -> Result<Utf8PathBuf, BuildError> {
    let steps: [&[&str]; 4] = [
        &[
            "clone",
            "--quiet",
            "--no-checkout",
            "--filter=blob:none",
            "--",
            url,
            directory.as_str(),
        ],
        // A commit that no branch or tag leads to has to be asked for.
        &["fetch", "--quiet", "origin", commit],
        &["checkout", "--quiet", "--detach", commit],
        &["submodule", "--quiet", "update", "--init", "--recursive"],
    ];
    // A commit, not an option and not something that moves.
    let is_commit = commit.len() >= 7 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    let error = |output: Vec<String>| BuildError::Git {
        url: without_userinfo(url),
        commit: commit.to_owned(),
        output: output
            .iter()
            .map(|line| line.replace(url, &without_userinfo(url)))
            .collect(),
    };
    if !is_commit {
        return Err(error(vec!["the lock names no commit".to_owned()]));
    }
    for (number, step) in steps.iter().enumerate() {
        let mut command = git();
        if number > 0 {
            command.args(["-C", directory.as_str()]);
        }
        let done = run(command.args(*step))?;
        // Many servers do not give out single commits, and mostly the clone has it already.
        if let (Err(complaint), false) = (done, number == 1) {
            return Err(error(complaint.lines));
        }
    }
    Ok(directory.to_owned())
}

/// `git`, which asks nobody for a password and is not led astray by the repository that we may
/// run in.
pub(super) fn git() -> Command {
    let mut command = Command::new("git");
    command.env("GIT_TERMINAL_PROMPT", "0");
    for name in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
    ] {
        command.env_remove(name);
    }
    command
}
