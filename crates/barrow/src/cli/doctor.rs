//! `barrow doctor`: what this machine allows.

use crate::ops::{self, Context};
use crate::outcome::Outcome;
use crate::output::human;
use crate::output::json::DoctorDocument;

/// Say what this machine allows: sandboxes, memory limits, interpreters
///
/// Exits with 1 if functions cannot be kept from this machine.
#[derive(Debug, clap::Args)]
pub struct Args {}

pub fn run(_: &Args, context: &Context) -> Outcome {
    let (findings, sandboxed) = ops::doctor::examine(context);
    if context.output.json {
        context.output.document(&DoctorDocument { findings });
    } else {
        for finding in &findings {
            context.output.line(human::diagnosis(finding));
        }
    }
    if sandboxed {
        Outcome::Done
    } else {
        Outcome::InputAtFault
    }
}
