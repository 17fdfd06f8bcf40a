//! Code signing configurations: kept and shown. No signature is looked at.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::functions::{existing, put};
use super::names::{Qualified, partition};
use super::pages::Page;
use super::{Answer, Call, tags, times};
use crate::api::Refusal;
use crate::store::{Record, Records, Scope};

const PAGE: usize = 50;

/// What follows `csc-`.
const ID_LENGTH: usize = 17;

/// The key is the identifier.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CodeSigningConfig {
    pub description: Option<String>,
    pub publishers: Value,
    /// `Warn` or `Enforce`.
    pub policies: Value,
    pub modified: Timestamp,
    pub tags: BTreeMap<String, String>,
}

impl Record for CodeSigningConfig {
    const KIND: &'static str = "code-signing";
}

/// That a function (the key) has a configuration (the owner).
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Signed {}

impl Record for Signed {
    const KIND: &'static str = "signed";
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    description: Option<String>,
    allowed_publishers: Option<Value>,
    code_signing_policies: Option<Value>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let given: Given = call.input()?;
    tags::check_count(&given.tags)?;
    let id = new_id();
    let config = CodeSigningConfig {
        description: given.description,
        publishers: given.allowed_publishers.unwrap_or_default(),
        policies: given
            .code_signing_policies
            .unwrap_or_else(|| json!({"UntrustedArtifactOnDeployment": "Warn"})),
        modified: Timestamp::now(),
        tags: given.tags,
    };
    call.service.store.write(|records| {
        records
            .put(&call.scope, "", &id, &config)
            .map_err(Refusal::from)
    })?;
    Ok(Answer::json(
        json!({"CodeSigningConfig": config.shown(&call.scope, &id)}),
    ))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (arn, id) = identifier(call);
    call.service.store.read(|records| {
        let config = find(records, &call.scope, id)?.ok_or_else(|| not_found(arn))?;
        Ok(Answer::json(
            json!({"CodeSigningConfig": config.shown(&call.scope, id)}),
        ))
    })
}

pub(crate) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let given: Given = call.input()?;
    let (arn, id) = identifier(call);
    call.service.store.write(|records| {
        let config = find(records, &call.scope, id)?;
        let mut config = config.ok_or_else(|| not_found(arn))?;
        config.description = given.description.or(config.description);
        config.publishers = given.allowed_publishers.unwrap_or(config.publishers);
        config.policies = given.code_signing_policies.unwrap_or(config.policies);
        config.modified = Timestamp::now();
        records.put(&call.scope, "", id, &config)?;
        Ok(Answer::json(
            json!({"CodeSigningConfig": config.shown(&call.scope, id)}),
        ))
    })
}

/// A function that has it keeps it.
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (arn, id) = identifier(call);
    let scope = &call.scope;
    call.service.store.write(|records| {
        find(records, scope, id)?.ok_or_else(|| not_found(arn))?;
        if !records.list::<Signed>(scope, id, "", 1)?.is_empty() {
            return Err(Refusal::conflict(format!(
                "The Lambda code signing configuration {arn} cannot be deleted because it is used \
                 by at least one function."
            )));
        }
        records.remove::<CodeSigningConfig>(scope, "", id)?;
        Ok(Answer::empty())
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let page = Page::of(call, PAGE)?;
    let scope = &call.scope;
    call.service.store.read(|records| {
        let mut configs =
            records.list::<CodeSigningConfig>(scope, "", &page.after, page.reach())?;
        let next = page.cut(&mut configs);
        let shown = configs.iter().map(|(id, config)| config.shown(scope, id));
        let mut answer = json!({"CodeSigningConfigs": shown.collect::<Vec<_>>()});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

pub(crate) fn list_functions(call: &Call<'_>) -> Result<Answer, Refusal> {
    let page = Page::of(call, PAGE)?;
    let (arn, id) = identifier(call);
    let scope = &call.scope;
    call.service.store.read(|records| {
        find(records, scope, id)?.ok_or_else(|| not_found(arn))?;
        let mut signed = records.list::<Signed>(scope, id, &page.after, page.reach())?;
        let next = page.cut(&mut signed);
        let names = signed.iter().map(|(name, _)| name);
        let arns: Vec<String> = names
            .map(|name| super::names::function_arn(scope, name))
            .collect();
        let mut answer = json!({"FunctionArns": arns});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

pub(crate) fn put_of_function(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let (arn, id) = identifier(call);
    call.service.store.write(|records| {
        check_there(records, &named.scope, arn)?;
        let mut function = existing(records, &named)?;
        unlink(records, &named, function.code_signing_config.as_deref())?;
        records.put(&named.scope, id, &named.name, &Signed {})?;
        function.code_signing_config = Some(arn.to_owned());
        put(records, &named, &function)?;
        Ok(Answer::json(json!({
            "CodeSigningConfigArn": arn,
            "FunctionName": named.name,
        })))
    })
}

/// A function that has none is shown to have none: an empty answer.
pub(crate) fn get_of_function(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    call.service.store.read(|records| {
        let function = existing(records, &named)?;
        Ok(Answer::json(match function.code_signing_config {
            Some(arn) => json!({"CodeSigningConfigArn": arn, "FunctionName": named.name}),
            None => json!({}),
        }))
    })
}

pub(crate) fn delete_of_function(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    call.service.store.write(|records| {
        let mut function = existing(records, &named)?;
        unlink(records, &named, function.code_signing_config.as_deref())?;
        function.code_signing_config = None;
        put(records, &named, &function)
    })?;
    Ok(Answer::empty())
}

/// That a configuration which a function is to have is there.
pub(super) fn check_there(records: &Records<'_>, scope: &Scope, arn: &str) -> Result<(), Refusal> {
    match find(records, scope, id_of(scope, arn))? {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            "CodeSigningConfigNotFoundException",
            format!(
                "The code signing configuration cannot be found. Check that the provided \
                 configuration is not deleted: {arn}."
            ),
        )),
    }
}

/// Writes down that a function has a configuration from the start.
pub(super) fn link(records: &Records<'_>, named: &Qualified, arn: &str) -> Result<(), Refusal> {
    let id = id_of(&named.scope, arn);
    Ok(records.put(&named.scope, id, &named.name, &Signed {})?)
}

pub(super) fn unlink(
    records: &Records<'_>,
    named: &Qualified,
    arn: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(arn) = arn {
        let id = id_of(&named.scope, arn);
        records.remove::<Signed>(&named.scope, id, &named.name)?;
    }
    Ok(())
}

pub(super) fn not_found(arn: &str) -> Refusal {
    Refusal::not_found(format!(
        "The Lambda code signing configuration {arn} can not be found."
    ))
}

fn find(
    records: &Records<'_>,
    scope: &Scope,
    id: &str,
) -> Result<Option<CodeSigningConfig>, Refusal> {
    Ok(records.get(scope, "", id)?)
}

/// The ARN of a request, and the identifier in it.
fn identifier<'c>(call: &'c Call<'_>) -> (&'c str, &'c str) {
    let arn = call.text("CodeSigningConfigArn").unwrap_or_default();
    (arn, id_of(&call.scope, arn))
}

/// Nothing of another scope has an identifier here.
fn id_of<'a>(scope: &Scope, arn: &'a str) -> &'a str {
    let parts: Vec<&str> = arn.split(':').collect();
    match parts[..] {
        [_, _, _, region, account, _, id]
            if *region == scope.region && *account == scope.account =>
        {
            id
        }
        _ => "",
    }
}

impl CodeSigningConfig {
    fn shown(&self, scope: &Scope, id: &str) -> Value {
        let Scope { account, region } = scope;
        let partition = partition(region);
        let mut shown = json!({
            "CodeSigningConfigId": id,
            "CodeSigningConfigArn":
                format!("arn:{partition}:lambda:{region}:{account}:code-signing-config:{id}"),
            "AllowedPublishers": self.publishers,
            "CodeSigningPolicies": self.policies,
            "LastModified": times::lambda(self.modified),
        });
        if let Some(description) = &self.description {
            shown["Description"] = description.as_str().into();
        }
        shown
    }
}

fn new_id() -> String {
    let digit = |_| char::from_digit(fastrand::u32(..16), 16).unwrap_or('0');
    let digits: String = (0..ID_LENGTH).map(digit).collect();
    format!("csc-{digits}")
}
