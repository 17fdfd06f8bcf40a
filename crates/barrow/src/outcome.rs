//! How a command ended, as an exit code.

use std::fmt;
use std::process::ExitCode;

use barrow_model::{Explain, Fault};

/// Every exit code of the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Done,
    /// A program that the user ran through us ended with this code of its own.
    Of(u8),
    /// The input is at fault: no solution, a stale lock, a package over a limit.
    InputAtFault,
    /// We could not do it: arguments, I/O, network, a bug.
    CouldNot,
    /// Interrupted by the user.
    Interrupted,
}

impl Outcome {
    pub const ALL: [Self; 4] = [
        Self::Done,
        Self::InputAtFault,
        Self::CouldNot,
        Self::Interrupted,
    ];

    /// Whether any invoke failed: the function is the user's.
    pub fn of_invokes(failed: bool) -> Self {
        if failed {
            Self::InputAtFault
        } else {
            Self::Done
        }
    }

    /// Whether the checks found errors.
    pub fn of_findings(errors: bool) -> Self {
        Self::of_invokes(errors)
    }

    /// As the program ended, so do we.
    pub fn of_program(code: i32) -> Self {
        u8::try_from(code).map_or(Self::CouldNot, Self::Of)
    }

    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Of(code) => code,
            Self::InputAtFault => 1,
            Self::CouldNot => 2,
            Self::Interrupted => 130,
        }
    }

    /// One line for the reference page.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Of(_) => "as the shell that was opened with `barrow run --shell`",
            Self::InputAtFault => {
                "your input is at fault: no solution, a stale lock file, an error that the checks \
                 find, a function that fails"
            }
            Self::CouldNot => "we could not do it: arguments, I/O, network, a bug",
            Self::Interrupted => "interrupted; previous output is still in place",
        }
    }
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        Self::from(outcome.code())
    }
}

/// A command that failed: the chain of causes, and what the error knows about itself.
#[derive(Debug)]
pub struct Failure {
    pub outcome: Outcome,
    pub error: anyhow::Error,
    pub details: Vec<String>,
    pub hints: Vec<String>,
}

pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// The user's input is at fault.
    pub fn input(message: impl fmt::Display) -> Self {
        Self::new(Outcome::InputAtFault, anyhow::anyhow!("{message}"))
    }

    fn new(outcome: Outcome, error: anyhow::Error) -> Self {
        Self {
            outcome,
            error,
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Puts the noun that the user knows in front: "cannot build `hello`".
    #[must_use]
    pub fn context(mut self, message: String) -> Self {
        self.error = self.error.context(message);
        self
    }
}

/// Whatever is not explained by its type is ours to answer for.
impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::new(Outcome::CouldNot, error)
    }
}

/// Turns an error that explains itself into a failure of the command.
pub fn explained<E>(error: E) -> Failure
where
    E: std::error::Error + Explain + Send + Sync + 'static,
{
    let outcome = match error.fault() {
        Fault::Input => Outcome::InputAtFault,
        Fault::Machine => Outcome::CouldNot,
    };
    let (details, hints) = (error.details(), error.hints());
    Failure {
        outcome,
        error: error.into(),
        details,
        hints,
    }
}
