//! Resources of other accounts: open to those that a resource's own policy lets in.

use super::Call;
use super::names::Qualified;
use super::policies::Policy;
use crate::api::Refusal;
use crate::store::{Records, Scope, StoreError};

/// Whether the caller may do what he asks for with this function.
pub(super) fn to_function(call: &Call<'_>, named: &Qualified) -> Result<(), Refusal> {
    if named.scope.account == call.scope.account {
        return Ok(());
    }
    let action = action(call.operation);
    let policy: Option<Policy> = call.service.store.read(|records| {
        records.get::<Policy>(&named.scope, &named.name, named.qualifier_or_latest())
    })?;
    if policy.is_some_and(|policy| policy.lets_in(&call.scope.account, &action)) {
        return Ok(());
    }
    Err(denied(&call.scope, &action, &named.arn()))
}

/// Whether anybody at all may come by a function's URL.
pub(crate) fn url_is_open(
    records: &Records<'_>,
    named: &Qualified,
    auth_type: &str,
) -> Result<bool, StoreError> {
    let key = named.qualifier_or_latest();
    let policy: Option<Policy> = records.get(&named.scope, &named.name, key)?;
    Ok(policy.is_some_and(|policy| policy.opens_url(auth_type)))
}

/// `lambda:InvokeFunction`
fn action(operation: &str) -> String {
    match operation {
        "Invoke" | "InvokeWithResponseStream" => "lambda:InvokeFunction".to_owned(),
        other => format!("lambda:{other}"),
    }
}

pub(super) fn denied(caller: &Scope, action: &str, resource: &str) -> Refusal {
    Refusal::new(
        "AccessDeniedException",
        format!(
            "User: arn:aws:iam::{}:root is not authorized to perform: {action} on resource: \
             {resource} because no resource-based policy allows the {action} action",
            caller.account
        ),
    )
}
