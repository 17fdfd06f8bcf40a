//! The `keyring` program, which holds passwords for pip and uv.

use std::process::{Command, Stdio};

use camino::Utf8Path;

use crate::address::Login;

/// Asks for a password, or, where no user name is known, for both.
///
/// Every failure means that the keyring has none: the refusal of the server is what is reported.
pub(super) fn get(program: &Utf8Path, service: &str, username: Option<&str>) -> Option<Login> {
    let mut command = Command::new(program);
    match username {
        Some(username) => command.args(["get", service, username]),
        // Since keyring 25.2; older ones fail here, and cannot be asked without a name.
        None => command.args(["get", "--mode", "creds", service]),
    };
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let answer = String::from_utf8(output.stdout).ok()?;
    let mut lines = answer.lines();
    let username = match username {
        Some(username) => username.to_owned(),
        None => lines.next()?.to_owned(),
    };
    let password = lines.next().filter(|line| !line.is_empty())?.to_owned();
    Some(Login {
        username,
        password: Some(password),
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use crate::address::Address;
    use crate::credentials::{CredentialSources, Credentials};

    /// A keyring that knows `me` at one service and counts how often it is asked.
    const SCRIPT: &str = r#"#!/bin/sh
echo asked >> "$0.log"
case "$*" in
    "get https://index.example/simple/ me") echo secret ;;
    "get --mode creds index.example") printf 'robot\nmetal\n' ;;
    *) exit 1 ;;
esac
"#;

    fn check(index: &str, url: &str, expected: Option<(&str, &str)>, asked: usize) {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("keyring");
        // A child writes it: a program that this process has open for writing cannot be started
        // ("text file busy"), and another test's child may have inherited the open file.
        let mut writer = Command::new("sh");
        writer
            .args(["-c", r#"printf %s "$1" > "$0" && chmod +x "$0""#])
            .arg(&program)
            .arg(SCRIPT);
        assert!(writer.status().unwrap().success());
        let program = camino::Utf8PathBuf::from_path_buf(program).unwrap();
        let credentials = Credentials::new(CredentialSources {
            index_urls: vec![index.to_owned()],
            netrc: None,
            keyring: Some(program.clone()),
        });
        let address = Address::parse(url).unwrap();
        for _ in 0..3 {
            let login = credentials.ask(&address);
            let seen = login.as_ref().map(|login| {
                (
                    login.username.as_str(),
                    login.password.as_deref().unwrap_or_default(),
                )
            });
            assert_eq!(seen, expected, "{url}");
        }
        let log = std::fs::read_to_string(format!("{program}.log")).unwrap();
        assert_eq!(log.lines().count(), asked, "{url}");
    }

    #[test]
    fn the_index_and_its_user_name_are_asked_for_once() {
        let index = "https://me@index.example/simple/";
        check(
            index,
            "https://index.example/simple/a/a.whl",
            Some(("me", "secret")),
            1,
        );
    }

    #[test]
    fn without_a_user_name_both_are_asked_for() {
        let index = "https://index.example/simple/";
        check(
            index,
            "https://index.example/simple/a/a.whl",
            Some(("robot", "metal")),
            2,
        );
        check(index, "https://other.example/a.whl", None, 2);
    }
}
