//! Policies of functions: for the whole, or for one version or alias.

use serde::Deserialize;
use serde_json::json;

use super::aliases::{self, Alias};
use super::functions::{existing, function};
use super::names::{LATEST, Qualified, is_alias};
use super::policies::{
    ArnLike, Bool, Condition, Effect, Policy, Principal, Statement, StringEquals,
};
use super::versions::{self, Version};
use super::{Answer, Call, revision};
use crate::api::Refusal;
use crate::store::Records;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Permission {
    statement_id: String,
    action: String,
    principal: String,
    source_arn: Option<String>,
    source_account: Option<String>,
    event_source_token: Option<String>,
    function_url_auth_type: Option<String>,
    invoked_via_function_url: Option<bool>,
    #[serde(rename = "PrincipalOrgID")]
    principal_organization: Option<String>,
    revision_id: Option<String>,
}

pub(crate) fn add(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let given: Permission = call.input()?;
    if named.qualifier.as_deref() == Some(LATEST) {
        return Err(Refusal::invalid(
            "We currently do not support adding policies for $LATEST.",
        ));
    }
    call.service.store.write(|records| {
        let current = revision_of(records, &named)?;
        let key = named.qualifier_or_latest();
        let policy = records.get::<Policy>(&named.scope, &named.name, key)?;
        let seen = policy.as_ref().map_or(&current, |policy| &policy.revision);
        revision::check(given.revision_id.as_deref(), seen, "GetPolicy")?;
        let mut policy = policy.unwrap_or_else(Policy::new);
        policy.check_new(&given.statement_id)?;
        let statement = statement(&given, &named)?;
        let text = statement.text();
        policy.add(statement)?;
        records.put(&named.scope, &named.name, key, &policy)?;
        Ok(Answer::json(json!({"Statement": text})))
    })
}

fn statement(given: &Permission, named: &Qualified) -> Result<Statement, Refusal> {
    let is_for_url = given.action == "lambda:InvokeFunctionUrl";
    if given.function_url_auth_type.is_some() && !is_for_url {
        return Err(Refusal::invalid(
            "FunctionUrlAuthType is only supported for lambda:InvokeFunctionUrl action",
        ));
    }
    if given.event_source_token.is_some()
        && (given.source_arn.is_some() || given.source_account.is_some())
    {
        return Err(Refusal::invalid(
            "The event source token cannot be used together with a source account or a source ARN.",
        ));
    }
    let via_url = given.invoked_via_function_url.map(|via_url| Bool {
        via_url: via_url.to_string(),
    });
    let like = given.source_arn.clone();
    Ok(Statement {
        sid: given.statement_id.clone(),
        effect: Effect::Allow,
        principal: Principal::parse(&given.principal, &named.scope.region)?,
        action: given.action.clone(),
        resource: named.arn(),
        condition: Condition {
            equals: StringEquals {
                source_account: given.source_account.clone(),
                url_auth_type: given.function_url_auth_type.clone(),
                event_source_token: given.event_source_token.clone(),
                organization: given.principal_organization.clone(),
            },
            is: via_url,
            like: like.map(|source_arn| ArnLike { source_arn }),
        },
    })
}

pub(crate) fn remove(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let sid = call.text("StatementId").unwrap_or_default();
    let Qualified { scope, name, .. } = &named;
    call.service.store.write(|records| {
        if function(records, &named)?.is_none() {
            return Err(Refusal::not_found(format!(
                "No policy found for: {}",
                named.unqualified_arn()
            )));
        }
        revision_of(records, &named)?;
        let key = named.qualifier_or_latest();
        let policy = records.get::<Policy>(scope, name, key)?;
        let mut policy = policy.ok_or_else(no_policy)?;
        let before = policy.revision.clone();
        policy.remove(sid)?;
        revision::check(call.text("RevisionId"), &before, "GetPolicy")?;
        if policy.statements.is_empty() {
            records.remove::<Policy>(scope, name, key)?;
        } else {
            records.put(scope, name, key, &policy)?;
        }
        Ok(Answer::empty())
    })
}

pub(super) fn no_policy() -> Refusal {
    Refusal::not_found("No policy is associated with the given resource.")
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let Qualified { scope, name, .. } = &named;
    call.service.store.read(|records| {
        let policy = records.get::<Policy>(scope, name, named.qualifier_or_latest())?;
        let policy = policy
            .ok_or_else(|| Refusal::not_found("The resource you requested does not exist."))?;
        Ok(Answer::json(policy.shown()))
    })
}

/// The revision of what a policy is for, which has to be there.
fn revision_of(records: &Records<'_>, named: &Qualified) -> Result<String, Refusal> {
    let function = existing(records, &named.unqualified())?;
    let Some(qualifier) = &named.qualifier else {
        return Ok(function.latest.revision);
    };
    match Version::parse(qualifier) {
        Some(Version::Latest) => Ok(function.latest.revision),
        Some(Version::Published(number)) => {
            let published = versions::published(records, named, number)?;
            let published = published.ok_or_else(|| named.not_found())?;
            Ok(published.configuration.revision)
        }
        None if is_alias(qualifier) => {
            let alias: Option<Alias> = aliases::find(records, named, qualifier)?;
            let alias = alias.ok_or_else(|| aliases::missing(named, qualifier))?;
            Ok(alias.revision)
        }
        // `$` may be in a qualifier, but in no name.
        None => Err(named.not_found()),
    }
}
