//! Tags of functions.

use std::collections::BTreeMap;

use crate::api::Refusal;

const LIMIT: usize = 50;

pub(super) fn check_count(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.len() > LIMIT {
        return Err(Refusal::invalid(
            "Number of tags exceeds resource tag limit.",
        ));
    }
    Ok(())
}
