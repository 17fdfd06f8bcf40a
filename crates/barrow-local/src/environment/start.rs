//! What starting a function has in common, wherever it runs.

use std::io;

use barrow_model::{Explain, Fault};

use super::function::Function;
use super::process::Process;
#[cfg(target_os = "linux")]
use crate::sandbox::SandboxError;
#[cfg(target_os = "linux")]
pub use crate::sandbox::Spare;

/// Where there are no sandboxes, there are no spare ones either.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub enum Spare {}

#[cfg(not(target_os = "linux"))]
impl Spare {
    pub fn is_alive(&mut self) -> bool {
        match *self {}
    }
}

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[cfg(target_os = "linux")]
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("cannot start `{program}`")]
    Host { program: String, source: io::Error },
    #[error("cannot serve the runtime API on loopback")]
    Serve { source: io::Error },
}

impl Explain for StartError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn details(&self) -> Vec<String> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(error) => error.details(),
            _ => Vec::new(),
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            #[cfg(target_os = "linux")]
            Self::Sandbox(error) => error.hints(),
            _ => Vec::new(),
        }
    }
}

/// A started process, and what it is spoken to through.
pub(super) struct Started {
    pub(super) process: Process,
    pub(super) listener: std::net::TcpListener,
    pub(super) log: std::os::fd::OwnedFd,
    /// Whose connections are the function's, where others could connect too.
    pub(super) user: Option<u32>,
}

/// A script of the user's that the runtime is started through.
pub(super) fn wrapper(function: &Function) -> Option<String> {
    let named = function
        .variables
        .iter()
        .find(|(name, value)| name == crate::WRAPPER_VARIABLE && !value.is_empty());
    named.map(|(_, value)| value.clone())
}

/// Replaces a variable, or adds it.
pub(super) fn set(variables: &mut Vec<(String, String)>, name: &str, value: &str) {
    match variables.iter_mut().find(|(present, _)| present == name) {
        Some((_, present)) => value.clone_into(present),
        None => variables.push((name.to_owned(), value.to_owned())),
    }
}
