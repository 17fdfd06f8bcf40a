//! Resources of other accounts: open to those that a resource's own policy lets in.

use super::Call;
use super::names::Qualified;
use super::policies::Policy;
use crate::api::Refusal;
use crate::store::Scope;

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
