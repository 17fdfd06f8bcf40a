//! Places for functions of the service: interpreters and runtimes of this machine.

use barrow_local::environment::Place;
use barrow_local::pool::PlaceError;
use barrow_model::{Arch, Target};
use barrow_serve::Wanted;

use crate::ops::Context;
use crate::ops::place::{self, Surroundings, Wish};
use crate::outcome::Failure;

#[derive(Debug)]
pub(super) struct Ground {
    pub(super) surroundings: Surroundings,
    pub(super) context: Context,
}

impl barrow_serve::Ground for Ground {
    fn place(&self, wanted: &Wanted) -> Result<Place, PlaceError> {
        let Wanted {
            runtime,
            arch,
            package,
            layers,
        } = wanted;
        if Arch::of_this_machine() != Some(*arch) {
            return Err(PlaceError::Function {
                kind: "Runtime.Unavailable".to_owned(),
                message: format!("functions for {arch} do not run on this machine"),
            });
        }
        let wish = Wish {
            target: Target {
                runtime: *runtime,
                arch: *arch,
            },
            package,
            layers,
            surroundings: &self.surroundings,
        };
        place::place(wish, &self.context).map_err(|failure| told(&failure))
    }
}

/// Why there is none, for a client that sees no more than this line.
fn told(failure: &Failure) -> PlaceError {
    let mut text = format!("{:#}", failure.error);
    for more in failure.details.iter().chain(&failure.hints) {
        text.push_str("; ");
        text.push_str(more);
    }
    PlaceError::machine(text)
}
