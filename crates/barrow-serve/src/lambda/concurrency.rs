//! Environments that a function keeps for itself.

use serde_json::json;

use super::account::{UNRESERVED_AT_LEAST, unreserved};
use super::functions::{existing, put};
use super::provisioned::{self};
use super::{Answer, Call};
use crate::api::Refusal;

pub(crate) fn reserve(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let wanted = call.number("ReservedConcurrentExecutions");
    let wanted = u32::try_from(wanted.unwrap_or_default()).unwrap_or(u32::MAX);
    let answer = call.service.store.write(|records| {
        let latest = named.with_qualifier(super::names::LATEST);
        let mut function = existing(records, &latest)?;
        let provisioned = provisioned::total(records, &named, None)?;
        // What it has now goes back first.
        let own = function.reserved_concurrency.unwrap_or(provisioned);
        let left = unreserved(records, &named.scope)?.saturating_add(own);
        if left.saturating_sub(wanted) < UNRESERVED_AT_LEAST {
            return Err(Refusal::invalid(format!(
                "Specified ReservedConcurrentExecutions for function decreases account's \
                 UnreservedConcurrentExecution below its minimum value of \
                 [{UNRESERVED_AT_LEAST}]."
            )));
        }
        if wanted < provisioned {
            return Err(Refusal::invalid(format!(
                " ReservedConcurrentExecutions  {wanted} should not be lower than function's total \
                 provisioned concurrency [{provisioned}]."
            )));
        }
        function.reserved_concurrency = Some(wanted);
        put(records, &named, &function)?;
        Ok(Answer::json(
            json!({"ReservedConcurrentExecutions": wanted}),
        ))
    })?;
    Ok(answer)
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    call.service.store.read(|records| {
        let function = existing(records, &named)?;
        Ok(Answer::json(match function.reserved_concurrency {
            Some(reserved) => json!({"ReservedConcurrentExecutions": reserved}),
            None => json!({}),
        }))
    })
}

pub(crate) fn release(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    call.service.store.write(|records| {
        let mut function = existing(records, &named)?;
        function.reserved_concurrency = None;
        put(records, &named, &function)
    })?;
    Ok(Answer::empty())
}
