//! Policies of layer versions.

use serde::Deserialize;
use serde_json::json;

use super::layers::{LayerName, LayerPolicy};
use super::permissions::no_policy;
use super::policies::{Condition, Effect, Policy, Principal, Statement, StringEquals};
use super::{Answer, Call, revision};
use crate::api::Refusal;
use crate::store::Records;

const SOURCE: &str = "GetLayerPolicy";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Permission {
    statement_id: String,
    action: String,
    principal: String,
    organization_id: Option<String>,
    revision_id: Option<String>,
}

pub(crate) fn add(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = LayerName::of(call)?;
    let given: Permission = call.input()?;
    call.service.store.write(|records| {
        let policy = find(records, &named)?;
        let mut policy = policy.unwrap_or_else(Policy::new);
        policy.check_new(&given.statement_id)?;
        revision::check(given.revision_id.as_deref(), &policy.revision, SOURCE)?;
        let statement = Statement {
            sid: given.statement_id,
            effect: Effect::Allow,
            principal: Principal::parse(&given.principal, &named.scope.region)?,
            action: given.action,
            resource: named.version_arn(),
            condition: Condition {
                equals: StringEquals {
                    organization: given.organization_id,
                    ..StringEquals::default()
                },
                ..Condition::default()
            },
        };
        let text = statement.text();
        policy.add(statement)?;
        let answer = json!({"Statement": text, "RevisionId": policy.revision});
        put(records, &named, policy)?;
        Ok(Answer::json(answer))
    })
}

pub(crate) fn remove(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = LayerName::of(call)?;
    let sid = call.text("StatementId").unwrap_or_default();
    call.service.store.write(|records| {
        let mut policy = find(records, &named)?.ok_or_else(no_policy)?;
        revision::check(call.text("RevisionId"), &policy.revision, SOURCE)?;
        policy.remove(sid)?;
        if policy.statements.is_empty() {
            records.remove::<LayerPolicy>(&named.scope, &named.name, &named.version_key())?;
        } else {
            put(records, &named, policy)?;
        }
        Ok(Answer::empty())
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = LayerName::of(call)?;
    call.service.store.read(|records| {
        let policy = find(records, &named)?.ok_or_else(no_policy)?;
        Ok(Answer::json(policy.shown()))
    })
}

/// The policy of a version that is there.
fn find(records: &Records<'_>, named: &LayerName) -> Result<Option<Policy>, Refusal> {
    if named.find(records)?.is_none() {
        return Err(Refusal::not_found(format!(
            "Layer version {} does not exist.",
            named.version_arn()
        )));
    }
    let policy: Option<LayerPolicy> =
        records.get(&named.scope, &named.name, &named.version_key())?;
    Ok(policy.map(|LayerPolicy(policy)| policy))
}

fn put(records: &Records<'_>, named: &LayerName, policy: Policy) -> Result<(), Refusal> {
    let key = named.version_key();
    Ok(records.put(&named.scope, &named.name, &key, &LayerPolicy(policy))?)
}
