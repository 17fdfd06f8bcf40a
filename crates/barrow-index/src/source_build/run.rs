//! Running programs, and what is worth repeating of what they say.

use std::process::{Command, Stdio};

use super::BuildError;

/// A traceback's last call and its message fit in this many lines.
const SHOWN_LINES: usize = 15;

/// What a program that failed had to say.
#[derive(Debug)]
pub(super) struct Complaint {
    pub(super) lines: Vec<String>,
}

/// Runs a program to its end: its output, or its last lines where it failed.
pub(super) fn run(command: &mut Command) -> Result<Result<String, Complaint>, BuildError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| BuildError::Run { program, source })?;
    let said = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(Ok(said.into_owned()));
    }
    let complained = String::from_utf8_lossy(&output.stderr);
    let complaint = if complained.trim().is_empty() {
        said
    } else {
        complained
    };
    let mut lines = last_lines(&complaint);
    if lines.is_empty() {
        lines.push(format!("it ended with {}", output.status));
    }
    Ok(Err(Complaint { lines }))
}

/// The last lines that say something, in order and without their colours.
fn last_lines(text: &str) -> Vec<String> {
    let clean = |line: &str| without_escapes(line).trim_end().to_owned();
    let lines = text
        .lines()
        .rev()
        .map(clean)
        .filter(|line| !line.trim().is_empty());
    let mut lines: Vec<String> = lines.take(SHOWN_LINES).collect();
    lines.reverse();
    lines
}

/// Drops terminal sequences and other control characters.
fn without_escapes(line: &str) -> String {
    let mut clean = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // `ESC [ parameters letter`; the letter ends it.
            let _ = characters.find(char::is_ascii_alphabetic);
        } else if character == '\t' || !character.is_control() {
            clean.push(character);
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_what_counts() {
        let text: Vec<String> = (0..40).map(|number| format!("line {number}\n\n")).collect();
        let lines = last_lines(&text.concat());
        assert_eq!(lines.len(), SHOWN_LINES);
        assert_eq!(lines.first().map(String::as_str), Some("line 25"));
        assert_eq!(lines.last().map(String::as_str), Some("line 39"));
    }

    #[test]
    fn colours_and_bells_are_left_out() {
        assert_eq!(
            last_lines("\u{1b}[1;31merror\u{1b}[0m: no\u{7}\r\n"),
            ["error: no"]
        );
        assert_eq!(last_lines("\u{1b}"), Vec::<String>::new());
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("/nonexistent/git")).unwrap_err();
        assert_eq!(error.to_string(), "cannot run `/nonexistent/git`");
    }
}
