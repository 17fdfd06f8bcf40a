//! What the user sees: the only place that prints.
//!
//! stdout is what one would pipe: paths, or one JSON document. Everything else goes to stderr.

use std::io::{IsTerminal as _, Write as _};

use crate::outcome::Failure;

pub mod conflict;
pub mod diff;
pub mod findings;
pub mod flame;
pub mod human;
pub mod inspect;
pub mod json;
mod page;
pub mod path;
pub mod progress;
pub mod size;
pub mod text;
pub mod trace;
pub mod treemap;

pub use progress::Progress;

/// How to speak to the user.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    pub json: bool,
    pub quiet: bool,
    pub progress: bool,
}

impl Output {
    /// One line on stdout. A reader that went away is no error of ours.
    pub fn line(self, text: impl std::fmt::Display) {
        let _ = writeln!(std::io::stdout().lock(), "{text}");
    }

    /// Bytes on stdout as they are, and the end of a line.
    pub fn bytes(self, bytes: &[u8]) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(bytes);
        let _ = stdout.write_all(b"\n");
        let _ = stdout.flush();
    }

    /// A line of a function's log on stderr; nothing with `--quiet`.
    pub fn log(self, line: &[u8]) {
        if !self.quiet {
            let mut stderr = std::io::stderr().lock();
            let _ = stderr.write_all(&[line, b"\n"].concat());
        }
    }

    /// One JSON document on stdout.
    pub fn document(self, value: &impl serde::Serialize) {
        let text = serde_json::to_string_pretty(value).expect("our documents have string keys");
        self.line(text);
    }

    /// A line for people; nothing with `--quiet`.
    pub fn say(self, text: impl std::fmt::Display) {
        if !self.quiet {
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// Shown even with `--quiet`: silence must not hide that something is wrong.
    pub fn warn(self, text: impl std::fmt::Display) {
        let _ = writeln!(std::io::stderr().lock(), "{}", human::warning(text));
    }

    /// Findings on stderr, where something else is the command's result.
    pub fn found(self, found: &[barrow_check::Finding]) {
        for finding in found {
            if finding.level < barrow_check::Level::Note {
                let _ = write!(std::io::stderr().lock(), "{}", findings::shown(finding));
            }
        }
    }

    pub fn failure(self, failure: &Failure) {
        let _ = write!(std::io::stderr().lock(), "{}", human::failure(failure));
    }

    /// Bars on a terminal; nothing elsewhere.
    pub fn progress(self) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        Progress::new(self, terminal && self.progress && !self.quiet)
    }
}
