//! A shell where the function would be: its files, its user, its variables.

#[cfg(target_os = "linux")]
use barrow_local::environment::{End, Place};

use super::{Options, prepare};
use crate::ops::Context;
#[cfg(target_os = "linux")]
use crate::outcome::explained;
use crate::outcome::{Failure, Result};

/// Runs a shell until it ends, and gives its exit code.
#[cfg(target_os = "linux")]
pub fn shell(options: &Options, context: &Context) -> Result<i32> {
    let prepared = prepare(options, context)?;
    let Place::Sandbox(place) = &prepared.place else {
        return Err(
            Failure::input("without a sandbox there is no other place for a shell to be")
                .hint("leave out `--isolation none`"),
        );
    };
    let end = place.shell(&prepared.function).map_err(explained)?;
    Ok(match end {
        End::Code(code) => code,
        End::Signal(signal) => 128 + signal,
    })
}

#[cfg(not(target_os = "linux"))]
pub fn shell(_: &Options, _: &Context) -> Result<i32> {
    Err(Failure::input(
        "sandboxes are made of Linux namespaces, which this system does not have",
    ))
}
