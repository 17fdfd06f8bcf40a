//! The function's variables: from files, and from flags.

use anyhow::Context as _;
use barrow_local::environment::RESERVED;
use barrow_model::limits::VARIABLES_LIMIT_BYTES;
use camino::{Utf8Path, Utf8PathBuf};

use crate::ops::Context;
use crate::outcome::{Failure, Result};

/// Flags win over files, later ones over earlier ones.
pub(super) fn read(
    files: &[Utf8PathBuf],
    flags: &[String],
    context: &Context,
) -> Result<Vec<(String, String)>> {
    let mut variables = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the variables of `{file}`"))?;
        for (name, value) in of_file(&text, file)? {
            put(&mut variables, name, value);
        }
    }
    for flag in flags {
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, value.to_owned()),
            None => match context.environment.variables.get(flag) {
                Some(value) => (flag.as_str(), value.to_owned()),
                None => {
                    return Err(Failure::input(format_args!(
                        "the variable `{flag}` is not set here, so it cannot be passed on"
                    ))
                    .hint(format!("give it a value: `--env {flag}=VALUE`")));
                }
            },
        };
        put(&mut variables, name.to_owned(), value);
    }
    check(&variables)?;
    Ok(variables)
}

/// A line each, `NAME=VALUE`; `#` begins a comment, quotes around a value are not part of it.
fn of_file(text: &str, file: &Utf8Path) -> Result<Vec<(String, String)>> {
    let mut variables = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else {
            return Err(Failure::input(format_args!(
                "line {number} of `{file}` is `{line}`; expected `NAME=VALUE`"
            )));
        };
        let value = value.trim();
        let unquoted = ['"', '\'']
            .iter()
            .find_map(|quote| value.strip_prefix(*quote)?.strip_suffix(*quote));
        variables.push((name.trim().to_owned(), unquoted.unwrap_or(value).to_owned()));
    }
    Ok(variables)
}

fn put(variables: &mut Vec<(String, String)>, name: String, value: String) {
    match variables.iter_mut().find(|(present, _)| *present == name) {
        Some((_, present)) => *present = value,
        None => variables.push((name, value)),
    }
}

/// What Lambda would refuse. Credentials are let through: there is no role to give them.
fn check(variables: &[(String, String)]) -> Result<()> {
    for (name, _) in variables {
        let first_is_letter = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if RESERVED.contains(&name.as_str()) {
            return Err(Failure::input(format_args!(
                "`{name}` is set by Lambda; functions cannot set it"
            )));
        }
        if !(first_is_letter && plain && name.len() > 1) {
            return Err(Failure::input(format_args!(
                "`{name}` is no name for a variable of a function; expected a letter, then \
                 letters, digits and `_`, two characters at least"
            )));
        }
    }
    let bytes = serde_json::to_string(
        &variables
            .iter()
            .cloned()
            .collect::<std::collections::BTreeMap<_, _>>(),
    )
    .map_or(0, |text| text.len());
    if bytes > VARIABLES_LIMIT_BYTES {
        return Err(Failure::input(format_args!(
            "the variables have {bytes} bytes together; Lambda takes {VARIABLES_LIMIT_BYTES}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_comments_quotes_and_exports() {
        let text = "# of the stage\nSTAGE=test\n\nexport GREETING=\"hello, world\"\nEMPTY=\n";
        let variables = of_file(text, ".env".into()).unwrap();
        let shown: Vec<_> = variables
            .iter()
            .map(|(name, value)| format!("{name}|{value}"))
            .collect();
        assert_eq!(shown, ["STAGE|test", "GREETING|hello, world", "EMPTY|"]);
        let error = of_file("oops\n", ".env".into()).unwrap_err();
        assert_eq!(
            error.error.to_string(),
            "line 1 of `.env` is `oops`; expected `NAME=VALUE`"
        );
    }

    #[test]
    fn what_lambda_would_refuse_is_refused() {
        let refused = |name: &str| check(&[(name.to_owned(), String::new())]).is_err();
        assert!(refused("_HANDLER"));
        assert!(refused("AWS_LAMBDA_RUNTIME_API"));
        assert!(refused("1A"));
        assert!(refused("A-B"));
        assert!(refused("A"));
        assert!(!refused("AWS_ACCESS_KEY_ID"));
        assert!(check(&[("LONG".to_owned(), "x".repeat(5000))]).is_err());
    }
}
