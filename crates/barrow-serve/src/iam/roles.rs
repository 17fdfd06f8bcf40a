//! Roles.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::pages::page;
use super::records::{Role, shown_tags, tags_of};
use super::{check_document, new_id, scope};
use crate::api::Refusal;
use crate::front::Call;

pub(super) fn create(call: &Call<'_>) -> Result<Value, Refusal> {
    let role = Role {
        name: call.text("RoleName").to_owned(),
        path: call.optional("Path").unwrap_or("/").to_owned(),
        id: new_id("AROA"),
        created: Timestamp::now(),
        trust: call.text("AssumeRolePolicyDocument").to_owned(),
        description: call.optional("Description").map(str::to_owned),
        longest_session_seconds: call.number("MaxSessionDuration").unwrap_or(3600),
        boundary: call.optional("PermissionsBoundary").map(str::to_owned),
        tags: tags_of(call.items("Tags")),
        policies: BTreeMap::new(),
        attached: BTreeSet::new(),
    };
    check_document(&role.trust)?;
    add(call, &role, |name| {
        Refusal::new(
            "EntityAlreadyExists",
            format!("Role with name {name} already exists."),
        )
    })
}

pub(super) fn create_linked(call: &Call<'_>) -> Result<Value, Refusal> {
    let service = call.text("AWSServiceName");
    let suffix = call
        .optional("CustomSuffix")
        .map(|suffix| format!("_{suffix}"));
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": ["sts:AssumeRole"],
            "Effect": "Allow",
            "Principal": {"Service": [service]},
        }],
    });
    let role = Role {
        name: format!(
            "AWSServiceRoleFor{}{}",
            title(service),
            suffix.unwrap_or_default()
        ),
        path: format!("/aws-service-role/{service}/"),
        id: new_id("AROA"),
        created: Timestamp::now(),
        trust: trust.to_string(),
        description: call.optional("Description").map(str::to_owned),
        longest_session_seconds: 3600,
        boundary: None,
        tags: BTreeMap::new(),
        policies: BTreeMap::new(),
        attached: BTreeSet::new(),
    };
    add(call, &role, |name| {
        Refusal::new(
            "InvalidInput",
            format!(
                "Service role name {name} has been taken in this account, please try a different \
                 suffix."
            ),
        )
    })
}

/// `lambda.amazonaws.com` is `Lambda`.
fn title(service: &str) -> String {
    let name = service.split('.').next().unwrap_or_default();
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn add(
    call: &Call<'_>,
    role: &Role,
    taken: impl FnOnce(&str) -> Refusal,
) -> Result<Value, Refusal> {
    let account = &call.caller.scope.account;
    call.service.store.write(|records| {
        if records
            .get::<Role>(&scope(account), "", &role.name)?
            .is_some()
        {
            return Err(taken(&role.name));
        }
        role.put(call, records)
    })?;
    Ok(json!({"Role": with_tags(role, account)}))
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, Refusal> {
    let role = call.service.store.read(|records| Role::of(call, records))?;
    let mut shown = with_tags(&role, &call.caller.scope.account);
    shown["RoleLastUsed"] = json!({});
    Ok(json!({"Role": shown}))
}

fn with_tags(role: &Role, account: &str) -> Value {
    let mut shown = role.shown(account);
    if !role.tags.is_empty() {
        shown["Tags"] = shown_tags(&role.tags);
    }
    shown
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Refusal> {
    let account = &call.caller.scope.account;
    let prefix = call.text("PathPrefix");
    let roles = all(call)?;
    let roles = roles
        .into_iter()
        .filter(|(_, role)| role.path.starts_with(prefix));
    page(call, "Roles", roles, |role| role.shown(account))
}

pub(super) fn all(call: &Call<'_>) -> Result<Vec<(String, Role)>, Refusal> {
    let scope = scope(&call.caller.scope.account);
    let roles = call
        .service
        .store
        .read(|records| records.list(&scope, "", "", usize::MAX));
    Ok(roles?)
}

pub(super) fn update(call: &Call<'_>) -> Result<Value, Refusal> {
    change(call, |role| {
        if let Some(description) = call.optional("Description") {
            role.description = Some(description.to_owned());
        }
        if let Some(seconds) = call.number("MaxSessionDuration") {
            role.longest_session_seconds = seconds;
        }
        Ok(json!({}))
    })
}

pub(super) fn update_description(call: &Call<'_>) -> Result<Value, Refusal> {
    let account = &call.caller.scope.account;
    change(call, |role| {
        role.description = Some(call.text("Description").to_owned());
        Ok(json!({"Role": role.shown(account)}))
    })
}

pub(super) fn update_trust(call: &Call<'_>) -> Result<Value, Refusal> {
    let document = call.text("PolicyDocument");
    check_document(document)?;
    change(call, |role| {
        document.clone_into(&mut role.trust);
        Ok(json!({}))
    })
}

/// Changes a role that is there.
pub(super) fn change(
    call: &Call<'_>,
    change: impl FnOnce(&mut Role) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    call.service.store.write(|records| {
        let mut role = Role::of(call, records)?;
        let answer = change(&mut role)?;
        role.put(call, records)?;
        Ok(answer)
    })
}

pub(super) fn delete(call: &Call<'_>) -> Result<Value, Refusal> {
    call.service.store.write(|records| {
        let role = Role::of(call, records)?;
        let conflict = |message: &str| Err(Refusal::new("DeleteConflict", message));
        if !role.attached.is_empty() {
            return conflict("Cannot delete entity, must detach all policies first.");
        }
        if !role.policies.is_empty() {
            return conflict("Cannot delete entity, must delete policies first.");
        }
        records.remove::<Role>(&scope(&call.caller.scope.account), "", &role.name)?;
        Ok(json!({}))
    })
}

/// There are none: they are for EC2.
pub(super) fn no_instance_profiles(call: &Call<'_>) -> Result<Value, Refusal> {
    if call.optional("RoleName").is_some() {
        call.service.store.read(|records| Role::of(call, records))?;
    }
    Ok(json!({"InstanceProfiles": [], "IsTruncated": false}))
}
