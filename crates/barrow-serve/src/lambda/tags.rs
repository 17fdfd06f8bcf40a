//! Tags, of whatever has an ARN and can have them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::code_signing::{self, CodeSigningConfig};
use super::configuration::Function;
use super::event_sources::{self, EventSource};
use super::layers::{Layer, LayerName};
use super::names::{FunctionName, Qualified};
use super::{Answer, Call, access};
use crate::api::Refusal;
use crate::store::Records;

const LIMIT: usize = 50;

type Tags = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    tags: Tags,
}

pub(crate) fn tag(call: &Call<'_>) -> Result<Answer, Refusal> {
    let Tag { tags: given } = call.input()?;
    change(call, |tags| {
        tags.extend(given);
        check_count(tags)
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Untag {
    tag_keys: Vec<String>,
}

pub(crate) fn untag(call: &Call<'_>) -> Result<Answer, Refusal> {
    let Untag { tag_keys } = call.input()?;
    change(call, |tags| {
        tags.retain(|name, _| !tag_keys.contains(name));
        Ok(())
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let resource = Resource::of(call)?;
    call.service.store.read(|records| {
        let mut tags = Tags::new();
        resource.with(records, |found| {
            tags.clone_from(found);
            Ok(false)
        })?;
        Ok(Answer::json(json!({"Tags": tags})))
    })
}

fn change(
    call: &Call<'_>,
    change: impl FnOnce(&mut Tags) -> Result<(), Refusal>,
) -> Result<Answer, Refusal> {
    let resource = Resource::of(call)?;
    call.service
        .store
        .write(|records| resource.with(records, |tags| change(tags).map(|()| true)))?;
    Ok(Answer::empty())
}

pub(super) fn check_count(tags: &Tags) -> Result<(), Refusal> {
    if tags.len() > LIMIT {
        return Err(Refusal::invalid(
            "Number of tags exceeds resource tag limit.",
        ));
    }
    Ok(())
}

/// What an ARN names.
enum Resource {
    Function(Qualified),
    Layer(LayerName),
    EventSource { arn: String, named: Qualified },
    CodeSigning { arn: String, named: Qualified },
    CapacityProvider { arn: String },
}

impl Resource {
    fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let arn = call.text("Resource").unwrap_or_default();
        let kind = arn.split(':').nth(5).unwrap_or_default();
        let arn = arn.to_owned();
        Ok(match kind {
            "function" => {
                let named = FunctionName::parse(&arn).qualified(&call.scope, None)?;
                if named.qualifier.is_some() {
                    return Err(Refusal::invalid(
                        "Tags on function aliases and versions are not supported. Please specify \
                         a function ARN.",
                    ));
                }
                access::to_function(call, &named)?;
                Self::Function(named)
            }
            "layer" => Self::Layer(LayerName::parse(&arn, &call.scope)),
            "event-source-mapping" => {
                let named = by_last_part(call, &arn);
                Self::EventSource { arn, named }
            }
            "code-signing-config" => {
                let named = by_last_part(call, &arn);
                Self::CodeSigning { arn, named }
            }
            _ => Self::CapacityProvider { arn },
        })
    }

    /// Lets tags be seen, and keeps them if they were changed.
    fn with(
        &self,
        records: &Records<'_>,
        see: impl FnOnce(&mut Tags) -> Result<bool, Refusal>,
    ) -> Result<(), Refusal> {
        match self {
            Self::Function(named) => {
                let found: Option<Function> = records.get(&named.scope, "", &named.name)?;
                let mut function = found.ok_or_else(|| named.not_found())?;
                if see(&mut function.tags)? {
                    records.put(&named.scope, "", &named.name, &function)?;
                }
            }
            Self::Layer(named) => {
                let found: Option<Layer> = records.get(&named.scope, "", &named.name)?;
                let mut layer = found.ok_or_else(|| {
                    Refusal::not_found("The resource you requested does not exist.")
                })?;
                if see(&mut layer.tags)? {
                    records.put(&named.scope, "", &named.name, &layer)?;
                }
            }
            Self::EventSource { arn, named } => {
                let found: Option<EventSource> = records.get(&named.scope, "", &named.name)?;
                let mut source = found.ok_or_else(|| event_sources::not_found(arn))?;
                if see(&mut source.tags)? {
                    records.put(&named.scope, "", &named.name, &source)?;
                }
            }
            Self::CodeSigning { arn, named } => {
                let found: Option<CodeSigningConfig> =
                    records.get(&named.scope, "", &named.name)?;
                let mut config = found.ok_or_else(|| code_signing::not_found(arn))?;
                if see(&mut config.tags)? {
                    records.put(&named.scope, "", &named.name, &config)?;
                }
            }
            Self::CapacityProvider { arn } => {
                return Err(Refusal::not_found(format!(
                    "Capacity provider not found: {arn}"
                )));
            }
        }
        Ok(())
    }
}

/// What is known by an identifier at the end of its ARN; only the caller's own.
fn by_last_part(call: &Call<'_>, arn: &str) -> Qualified {
    let mut parts = arn.rsplit(':');
    let id = parts.next().unwrap_or_default();
    let is_own = arn.split(':').nth(4) == Some(&call.scope.account)
        && arn.split(':').nth(3) == Some(&call.scope.region);
    Qualified {
        scope: call.scope.clone(),
        name: if is_own { id } else { "" }.to_owned(),
        qualifier: None,
    }
}
