//! What is to become of a function's events.

use jiff::SignedDuration;

use super::Qualified;
use super::configuration::Function;
use super::event_invoke::EventInvokeConfig;
use crate::store::{Records, StoreError};

#[derive(Debug)]
pub(crate) struct Asynchronous {
    /// After the first attempt.
    pub retries: u32,
    pub longest_age: SignedDuration,
    /// ARNs.
    pub on_success: Option<String>,
    pub on_failure: Option<String>,
    /// Whether the function has reserved that it never runs.
    pub is_closed: bool,
}

impl Default for Asynchronous {
    fn default() -> Self {
        Self {
            retries: 2,
            longest_age: SignedDuration::from_hours(6),
            on_success: None,
            on_failure: None,
            is_closed: false,
        }
    }
}

/// The rules for a function's events.
pub(crate) fn asynchronous(
    records: &Records<'_>,
    named: &Qualified,
) -> Result<Asynchronous, StoreError> {
    let mut rules = Asynchronous::default();
    if let Some(function) = records.get::<Function>(&named.scope, "", &named.name)? {
        rules.is_closed = function.reserved_concurrency == Some(0);
        let dead_letter = function.latest.kept.get("DeadLetterConfig");
        let target = dead_letter.and_then(|config| config.get("TargetArn"));
        rules.on_failure = target.and_then(|arn| arn.as_str()).map(str::to_owned);
    }
    let key = named.qualifier_or_latest();
    if let Some(config) = records.get::<EventInvokeConfig>(&named.scope, &named.name, key)? {
        rules.retries = config.retries.unwrap_or(rules.retries);
        if let Some(seconds) = config.longest_age_seconds {
            rules.longest_age = SignedDuration::from_secs(seconds.into());
        }
        rules.on_success = config.destinations.on_success;
        rules.on_failure = config.destinations.on_failure.or(rules.on_failure);
    }
    Ok(rules)
}
