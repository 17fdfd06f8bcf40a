//! Versions of policies.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::pages::page;
use super::policies::{change, find};
use super::records::{Policy, Version};
use super::{aws_managed, check_document, escaped, no_entity, time};
use crate::api::Refusal;
use crate::front::Call;

/// Of a policy.
const LIMIT: usize = 5;

pub(super) fn create(call: &Call<'_>) -> Result<Value, Refusal> {
    let document = call.text("PolicyDocument");
    check_document(document)?;
    change(call, |policy| {
        if policy.versions.len() >= LIMIT {
            return Err(Refusal::new(
                "LimitExceeded",
                "A managed policy can have up to 5 versions. Before you create a new version, you \
                 must delete an existing version.",
            ));
        }
        policy.last += 1;
        let number = policy.last;
        if call.is_set("SetAsDefault") {
            policy.default = number;
        }
        policy.updated = Timestamp::now();
        let version = Version {
            document: document.to_owned(),
            created: policy.updated,
        };
        policy.versions.insert(number, version);
        Ok(json!({"PolicyVersion": listed(policy, number)}))
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, Refusal> {
    let (arn, id) = (call.text("PolicyArn"), call.text("VersionId"));
    if let Some(known) = aws_managed::find(arn) {
        if id != aws_managed::VERSION {
            return Err(missing(arn, id));
        }
        return Ok(json!({"PolicyVersion": known.version()}));
    }
    let policy = find(call, arn)?;
    let number = number(&policy, arn, id)?;
    let mut shown = listed(&policy, number);
    shown["Document"] = escaped(&policy.versions[&number].document).into();
    Ok(json!({"PolicyVersion": shown}))
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.text("PolicyArn");
    if let Some(known) = aws_managed::find(arn) {
        let mut version = known.version();
        if let Some(shown) = version.as_object_mut() {
            shown.remove("Document");
        }
        return Ok(json!({"Versions": [version], "IsTruncated": false}));
    }
    let policy = find(call, arn)?;
    // The newest first.
    let numbers = policy.versions.keys().rev();
    let numbers = numbers.map(|number| (format!("{:010}", u32::MAX - number), *number));
    page(call, "Versions", numbers, |number| listed(&policy, *number))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Value, Refusal> {
    let (arn, id) = (call.text("PolicyArn"), call.text("VersionId"));
    change(call, |policy| {
        let number = number(policy, arn, id)?;
        if number == policy.default {
            return Err(Refusal::new(
                "DeleteConflict",
                "Cannot delete the default version of a policy.",
            ));
        }
        policy.versions.remove(&number);
        Ok(json!({}))
    })
}

pub(super) fn set_default(call: &Call<'_>) -> Result<Value, Refusal> {
    let (arn, id) = (call.text("PolicyArn"), call.text("VersionId"));
    change(call, |policy| {
        policy.default = number(policy, arn, id)?;
        policy.updated = Timestamp::now();
        Ok(json!({}))
    })
}

/// `v2` of a policy that has it.
fn number(policy: &Policy, arn: &str, id: &str) -> Result<u32, Refusal> {
    let number = id.strip_prefix('v').and_then(|number| number.parse().ok());
    let number = number.filter(|number| policy.versions.contains_key(number));
    number.ok_or_else(|| missing(arn, id))
}

fn missing(arn: &str, id: &str) -> Refusal {
    no_entity(format!(
        "Policy {arn} version {id} does not exist or is not attachable."
    ))
}

fn listed(policy: &Policy, number: u32) -> Value {
    let created = policy
        .versions
        .get(&number)
        .map(|version| time(version.created));
    json!({
        "VersionId": format!("v{number}"),
        "IsDefaultVersion": number == policy.default,
        "CreateDate": created,
    })
}
