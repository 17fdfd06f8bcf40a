//! `RevisionId`: a version of a record, so that nobody changes what he has not seen.

use crate::api::Refusal;

pub(crate) fn new() -> String {
    let bytes = fastrand::u128(..).to_ne_bytes();
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// Refuses a change of what has changed since. `source` is where the current one is read.
pub(crate) fn check(given: Option<&str>, current: &str, source: &str) -> Result<(), Refusal> {
    match given {
        Some(given) if given != current => Err(Refusal::new(
            "PreconditionFailedException",
            format!(
                "The Revision Id provided does not match the latest Revision Id. Call the {source} \
                 API to retrieve the latest Revision Id"
            ),
        )),
        _ => Ok(()),
    }
}
