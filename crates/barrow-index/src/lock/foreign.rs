//! Which reader reads which lock file of another tool.

use super::pins::{Pins, ReadLockError};
use super::{pdm, pipfile, poetry};
use crate::requirement::Requirements;
use crate::resolve::{Environment, Request};
use crate::select::Markers;

/// Reads the pins that count for a request; none if its requirements are of another kind.
pub fn read_pins(request: &Request<'_>, environment: &Environment) -> Result<Pins, ReadLockError> {
    let mut groups = request.selection.groups.clone();
    let markers =
        |groups: &[String]| Markers::new(request.target, &request.selection.extras, groups);
    match request.requirements {
        Requirements::PoetryLock(path) => {
            groups.push("main".to_owned());
            poetry::read(path, &markers(&groups), &groups, &request.selection.extras)
        }
        Requirements::PdmLock(path) => {
            groups.push("default".to_owned());
            groups.extend(request.selection.extras.iter().cloned());
            pdm::read(path, &markers(&groups), &groups)
        }
        Requirements::PipfileLock(path) => {
            pipfile::read(path, &markers(&groups), &groups, environment)
        }
        _ => Ok(Pins::default()),
    }
}
