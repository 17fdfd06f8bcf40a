//! Tags of roles and policies.

use serde_json::{Value, json};

use super::pages::page;
use super::records::{Role, Tags, tags_of};
use super::{policies, roles};
use crate::api::Refusal;
use crate::front::Call;

pub(super) fn of_role(call: &Call<'_>) -> Result<Value, Refusal> {
    let role = call.service.store.read(|records| Role::of(call, records))?;
    listed(call, role.tags)
}

pub(super) fn of_policy(call: &Call<'_>) -> Result<Value, Refusal> {
    let policy = policies::find(call, call.text("PolicyArn"))?;
    listed(call, policy.tags)
}

fn listed(call: &Call<'_>, tags: Tags) -> Result<Value, Refusal> {
    let tags = tags
        .into_iter()
        .map(|(key, value)| (key.clone(), (key, value)));
    page(
        call,
        "Tags",
        tags,
        |(key, value)| json!({"Key": key, "Value": value}),
    )
}

pub(super) fn tag_role(call: &Call<'_>) -> Result<Value, Refusal> {
    roles::change(call, |role| Ok(add(call, &mut role.tags)))
}

pub(super) fn untag_role(call: &Call<'_>) -> Result<Value, Refusal> {
    roles::change(call, |role| Ok(remove(call, &mut role.tags)))
}

pub(super) fn tag_policy(call: &Call<'_>) -> Result<Value, Refusal> {
    policies::change(call, |policy| Ok(add(call, &mut policy.tags)))
}

pub(super) fn untag_policy(call: &Call<'_>) -> Result<Value, Refusal> {
    policies::change(call, |policy| Ok(remove(call, &mut policy.tags)))
}

fn add(call: &Call<'_>, tags: &mut Tags) -> Value {
    tags.extend(tags_of(call.items("Tags")));
    json!({})
}

fn remove(call: &Call<'_>, tags: &mut Tags) -> Value {
    for key in call.items("TagKeys").iter().filter_map(Value::as_str) {
        tags.remove(key);
    }
    json!({})
}
