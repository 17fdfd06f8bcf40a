//! Kinds of resources that can be asked for, and of which there are none: what runs on instances
//! of one's own, durable executions, and the policies that came with them.

use serde_json::json;

use super::functions::existing;
use super::names::partition;
use super::{Answer, Call};
use crate::api::Refusal;
use crate::store::Scope;

pub(crate) fn create_capacity_provider(_: &Call<'_>) -> Result<Answer, Refusal> {
    Err(Refusal::invalid(
        "Capacity providers are not supported here: functions run on this machine.",
    ))
}

pub(crate) fn capacity_provider(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = call.text("CapacityProviderName").unwrap_or_default();
    let Scope { account, region } = &call.scope;
    let partition = partition(region);
    let arn = if name.starts_with("arn:") {
        name.to_owned()
    } else {
        format!("arn:{partition}:lambda:{region}:{account}:capacity-provider:{name}")
    };
    Err(Refusal::not_found(format!(
        "Capacity provider not found: {arn}"
    )))
}

#[expect(clippy::unnecessary_wraps, reason = "as all operations are")]
pub(crate) fn list_capacity_providers(_: &Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::json(json!({"CapacityProviders": []})))
}

pub(crate) fn durable_execution(_: &Call<'_>) -> Result<Answer, Refusal> {
    Err(missing())
}

/// The same where the model has no word for what is not there.
pub(crate) fn invalid_durable_execution(_: &Call<'_>) -> Result<Answer, Refusal> {
    Err(Refusal::invalid(
        "The durable execution does not exist: no function here has any.",
    ))
}

pub(crate) fn list_durable_executions(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service
        .store
        .read(|records| existing(records, &named).map(drop))?;
    Ok(Answer::json(json!({"DurableExecutions": []})))
}

pub(crate) fn resource_policy(_: &Call<'_>) -> Result<Answer, Refusal> {
    Err(missing())
}

pub(crate) fn put_resource_policy(_: &Call<'_>) -> Result<Answer, Refusal> {
    Err(Refusal::invalid(
        "Whole resource policies are not supported here: use AddPermission.",
    ))
}

fn missing() -> Refusal {
    Refusal::not_found("The resource you requested does not exist.")
}
