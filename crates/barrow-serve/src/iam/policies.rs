//! Policies that stand by themselves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::pages::page;
use super::records::{Policy, Version, shown_tags, tags_of};
use super::{aws_managed, check_document, new_id, no_entity, roles, scope};
use crate::api::Refusal;
use crate::front::Call;
use crate::store::Records;

pub(super) fn create(call: &Call<'_>) -> Result<Value, Refusal> {
    let document = call.text("PolicyDocument").to_owned();
    check_document(&document)?;
    let now = Timestamp::now();
    let version = Version {
        document,
        created: now,
    };
    let policy = Policy {
        name: call.text("PolicyName").to_owned(),
        path: call.optional("Path").unwrap_or("/").to_owned(),
        id: new_id("ANPA"),
        created: now,
        updated: now,
        description: call.optional("Description").map(str::to_owned),
        tags: tags_of(call.items("Tags")),
        versions: BTreeMap::from([(1, version)]),
        default: 1,
        last: 1,
    };
    let account = &call.caller.scope.account;
    call.service.store.write(|records| {
        let scope = scope(account);
        if records.get::<Policy>(&scope, "", &policy.name)?.is_some() {
            return Err(Refusal::new(
                "EntityAlreadyExists",
                format!(
                    "A policy called {} already exists. Duplicate names are not allowed.",
                    policy.name
                ),
            ));
        }
        Ok(records.put(&scope, "", &policy.name, &policy)?)
    })?;
    let mut shown = policy.shown(account, 0);
    if !policy.tags.is_empty() {
        shown["Tags"] = shown_tags(&policy.tags);
    }
    Ok(json!({"Policy": shown}))
}

pub(super) fn get(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.text("PolicyArn");
    if let Some(known) = aws_managed::find(arn) {
        return Ok(json!({"Policy": known.shown(attachments(call, arn)?)}));
    }
    let policy = find(call, arn)?;
    let mut shown = policy.shown(&call.caller.scope.account, attachments(call, arn)?);
    shown["Tags"] = shown_tags(&policy.tags);
    Ok(json!({"Policy": shown}))
}

pub(super) fn list(call: &Call<'_>) -> Result<Value, Refusal> {
    let account = &call.caller.scope.account;
    let whose = call.optional("Scope").unwrap_or("All");
    let roles = roles::all(call)?;
    let count = |arn: &str| {
        let attached = roles.iter().filter(|(_, role)| role.attached.contains(arn));
        attached.count()
    };
    let mut shown: BTreeMap<String, Value> = BTreeMap::new();
    if whose != "AWS" {
        let scope = scope(account);
        let own: Vec<(String, Policy)> = call
            .service
            .store
            .read(|records| records.list(&scope, "", "", usize::MAX))?;
        for (name, policy) in own {
            let attachments = count(&policy.arn(account));
            shown.insert(name, policy.shown(account, attachments));
        }
    }
    if whose != "Local" {
        for policy in aws_managed::ALL {
            let attachments = count(&policy.arn());
            shown.insert(policy.name().to_owned(), policy.shown(attachments));
        }
    }
    let prefix = call.text("PathPrefix");
    let only_attached = call.is_set("OnlyAttached");
    let wanted = shown.into_iter().filter(|(_, policy)| {
        policy["Path"]
            .as_str()
            .is_some_and(|path| path.starts_with(prefix))
            && (!only_attached || policy["AttachmentCount"] != 0)
    });
    page(call, "Policies", wanted, Value::clone)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Value, Refusal> {
    let arn = call.text("PolicyArn");
    let conflict = |message: &str| Err(Refusal::new("DeleteConflict", message));
    if attachments(call, arn)? > 0 {
        return conflict("Cannot delete a policy attached to entities.");
    }
    call.service.store.write(|records| {
        let policy = in_records(call, records, arn)?;
        if policy.versions.len() > 1 {
            return conflict(
                "This policy has more than one version. Before you delete a policy, you must \
                 delete the policy's versions. The default version is deleted with the policy.",
            );
        }
        records.remove::<Policy>(&scope(&call.caller.scope.account), "", &policy.name)?;
        Ok(json!({}))
    })
}

/// Changes a policy that is there.
pub(super) fn change(
    call: &Call<'_>,
    change: impl FnOnce(&mut Policy) -> Result<Value, Refusal>,
) -> Result<Value, Refusal> {
    call.service.store.write(|records| {
        let mut policy = in_records(call, records, call.text("PolicyArn"))?;
        let answer = change(&mut policy)?;
        let scope = scope(&call.caller.scope.account);
        records.put(&scope, "", &policy.name, &policy)?;
        Ok(answer)
    })
}

pub(super) fn find(call: &Call<'_>, arn: &str) -> Result<Policy, Refusal> {
    call.service
        .store
        .read(|records| in_records(call, records, arn))
}

fn in_records(call: &Call<'_>, records: &Records<'_>, arn: &str) -> Result<Policy, Refusal> {
    let account = &call.caller.scope.account;
    let name = arn.rsplit('/').next().unwrap_or_default();
    let policy = records.get::<Policy>(&scope(account), "", name)?;
    let policy = policy.filter(|policy| policy.arn(account) == arn);
    policy.ok_or_else(|| no_entity(format!("Policy {arn} was not found.")))
}

fn attachments(call: &Call<'_>, arn: &str) -> Result<usize, Refusal> {
    let roles = roles::all(call)?;
    let attached = roles.iter().filter(|(_, role)| role.attached.contains(arn));
    Ok(attached.count())
}
