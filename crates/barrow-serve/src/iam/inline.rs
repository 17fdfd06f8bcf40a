//! Policies that a role has of its own.

use serde_json::{Value, json};

use super::pages::page;
use super::records::Role;
use super::roles::change;
use super::{check_document, escaped, no_entity};
use crate::api::Refusal;
use crate::front::Call;

pub(super) fn put(call: &Call<'_>) -> Result<Value, Refusal> {
    let document = call.text("PolicyDocument");
    check_document(document)?;
    change(call, |role| {
        let name = call.text("PolicyName").to_owned();
        role.policies.insert(name, document.to_owned());
        Ok(json!({}))
    })
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, Refusal> {
    let role = call.service.store.read(|records| Role::of(call, records))?;
    let name = call.text("PolicyName");
    let document = role.policies.get(name).ok_or_else(|| missing(name))?;
    Ok(json!({
        "RoleName": role.name,
        "PolicyName": name,
        "PolicyDocument": escaped(document),
    }))
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Refusal> {
    let role = call.service.store.read(|records| Role::of(call, records))?;
    let names = role.policies.into_keys().map(|name| (name.clone(), name));
    page(call, "PolicyNames", names, |name| name.as_str().into())
}

pub(super) fn delete(call: &Call<'_>) -> Result<Value, Refusal> {
    let name = call.text("PolicyName");
    change(call, |role| {
        role.policies.remove(name).ok_or_else(|| missing(name))?;
        Ok(json!({}))
    })
}

fn missing(name: &str) -> Refusal {
    no_entity(format!("The role policy with name {name} cannot be found."))
}
