//! Whose fault an error is, and what to do about it.
//!
//! Error types answer this about themselves; only the command line turns the answers into exit
//! codes and `hint:` lines.

/// Who has to act before the same command can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The user's input: no solution, a stale lock, a package over a limit.
    Input,
    /// Everything else: arguments, I/O, network, a bug of ours.
    Machine,
}

/// What an error knows beyond its text.
pub trait Explain {
    fn fault(&self) -> Fault;

    /// Facts that belong under the message, one a line.
    fn details(&self) -> Vec<String> {
        Vec::new()
    }

    /// At most two things to type or to decide.
    fn hints(&self) -> Vec<String> {
        Vec::new()
    }
}
