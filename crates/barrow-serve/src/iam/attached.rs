//! Which managed policies are attached to which roles.

use serde_json::{Value, json};

use super::pages::page;
use super::records::Role;
use super::roles::{self, change};
use super::{aws_managed, no_entity, policies};
use crate::api::Refusal;
use crate::front::Call;

pub(super) fn attach(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.text("PolicyArn");
    // Of AWS's own there are more than are known here; all can be attached.
    if !aws_managed::is_aws(arn) {
        policies::find(call, arn)
            .map_err(|_| no_entity(format!("Policy {arn} does not exist or is not attachable.")))?;
    }
    change(call, |role| {
        role.attached.insert(arn.to_owned());
        Ok(json!({}))
    })
}

pub(super) fn detach(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.text("PolicyArn");
    change(call, |role| {
        if role.attached.remove(arn) {
            Ok(json!({}))
        } else {
            Err(no_entity(format!("Policy {arn} was not found.")))
        }
    })
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Refusal> {
    let role = call.service.store.read(|records| Role::of(call, records))?;
    let prefix = call.text("PathPrefix");
    let attached = role.attached.into_iter().map(|arn| (arn.clone(), arn));
    let attached = attached.filter(|(arn, _)| path_of(arn).starts_with(prefix));
    page(call, "AttachedPolicies", attached, |arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        json!({"PolicyName": name, "PolicyArn": arn})
    })
}

/// `/service-role/` of `arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole`.
fn path_of(arn: &str) -> &str {
    let path = arn.split_once(":policy").map_or("", |(_, path)| path);
    &path[..path.rfind('/').map_or(0, |end| end + 1)]
}

/// Users and groups there are none.
pub(super) fn entities(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.text("PolicyArn");
    let roles = roles::all(call)?;
    let roles = roles
        .into_iter()
        .filter(|(_, role)| role.attached.contains(arn));
    let mut answer = page(
        call,
        "PolicyRoles",
        roles,
        |role| json!({"RoleName": role.name, "RoleId": role.id}),
    )?;
    answer["PolicyGroups"] = json!([]);
    answer["PolicyUsers"] = json!([]);
    Ok(answer)
}
