//! Provisioned concurrency: environments of a version that are started before anybody asks.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::account::{CONCURRENCY, UNRESERVED_AT_LEAST, unreserved};
use super::aliases::{self, Alias};
use super::functions::{existing, function};
use super::names::{LATEST, Qualified, is_number};
use super::pages::Page;
use super::versions::{self, Version};
use super::{Answer, Call, times};
use crate::api::Refusal;
use crate::service::Service;
use crate::store::{Record, Records, Weight};

const PAGE: usize = 50;

/// The owner is the function, the key the version or the alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Provisioned {
    pub requested: u32,
    pub status: Status,
    pub modified: Timestamp,
}

/// How far it is with them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Status {
    InProgress,
    Ready,
    Failed { reason: String },
}

impl Record for Provisioned {
    const KIND: &'static str = "provisioned";

    fn weight(&self) -> Weight {
        Weight {
            concurrency: self.requested,
            ..Weight::default()
        }
    }
}

impl Provisioned {
    fn shown(&self) -> Value {
        let (status, there) = match &self.status {
            Status::InProgress => ("IN_PROGRESS", 0),
            Status::Ready => ("READY", self.requested),
            Status::Failed { .. } => ("FAILED", 0),
        };
        let mut shown = json!({
            "RequestedProvisionedConcurrentExecutions": self.requested,
            "AvailableProvisionedConcurrentExecutions": there,
            "AllocatedProvisionedConcurrentExecutions": there,
            "Status": status,
            "LastModified": times::seconds(self.modified),
        });
        if let Status::Failed { reason } = &self.status {
            shown["StatusReason"] = reason.as_str().into();
        }
        shown
    }
}

pub(crate) fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    if named.qualifier.as_deref() == Some(LATEST) {
        return Err(Refusal::invalid(
            "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
        ));
    }
    let wanted = call.number("ProvisionedConcurrentExecutions");
    let wanted = u32::try_from(wanted.unwrap_or_default()).unwrap_or(u32::MAX);
    let answer = call.service.store.write(|records| {
        let led = check_there(records, &named)?;
        check_room(records, &named, wanted)?;
        check_alone(records, &named, led.as_ref())?;
        let config = Provisioned {
            requested: wanted,
            status: Status::InProgress,
            modified: Timestamp::now(),
        };
        records.put(
            &named.scope,
            &named.name,
            named.qualifier_or_latest(),
            &config,
        )?;
        Ok::<_, Refusal>(Answer::json(config.shown()))
    })?;
    call.service.provision(&named);
    Ok(answer)
}

fn check_room(records: &Records<'_>, named: &Qualified, wanted: u32) -> Result<(), Refusal> {
    let function = existing(records, named)?;
    let others = total(records, named, named.qualifier.as_deref())?;
    if let Some(reserved) = function.reserved_concurrency {
        if reserved < others.saturating_add(wanted) {
            return Err(Refusal::invalid(
                "Requested Provisioned Concurrency should not be greater than the \
                 reservedConcurrentExecution for function",
            ));
        }
        return Ok(());
    }
    if wanted > CONCURRENCY {
        return Err(Refusal::invalid(format!(
            "Specified ConcurrentExecutions for function is greater than account's unreserved \
             concurrency [{CONCURRENCY}]."
        )));
    }
    // What it has now goes back first.
    let own = total(records, named, None)? - others;
    let left = unreserved(records, &named.scope)?.saturating_add(own);
    if left.saturating_sub(wanted) < UNRESERVED_AT_LEAST {
        return Err(Refusal::invalid(format!(
            "Specified ConcurrentExecutions for function decreases account's \
             UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_AT_LEAST}]."
        )));
    }
    Ok(())
}

/// A version has environments of its own, or those of an alias that leads to it.
fn check_alone(
    records: &Records<'_>,
    named: &Qualified,
    alias: Option<&Alias>,
) -> Result<(), Refusal> {
    let Qualified { scope, name, .. } = named;
    let has = |key: &str| records.get::<Provisioned>(scope, name, key);
    if let Some(alias) = alias {
        if has(&alias.version)?.is_some() {
            return Err(Refusal::conflict(
                "Alias can't be used for Provisioned Concurrency configuration on an already \
                 Provisioned version",
            ));
        }
        return Ok(());
    }
    let version = named.qualifier_or_latest();
    for (alias_name, alias) in records.list::<Alias>(scope, name, "", usize::MAX)? {
        if alias.version == version && has(&alias_name)?.is_some() {
            return Err(Refusal::conflict(
                "Version is pointed by a Provisioned Concurrency alias",
            ));
        }
    }
    Ok(())
}

/// What all versions and aliases of a function have together, but for one of them.
pub(super) fn total(
    records: &Records<'_>,
    named: &Qualified,
    without: Option<&str>,
) -> Result<u32, Refusal> {
    let all: Vec<(String, Provisioned)> =
        records.list(&named.scope, &named.name, "", usize::MAX)?;
    let counted = all.iter().filter(|(key, _)| Some(key.as_str()) != without);
    Ok(counted.map(|(_, config)| config.requested).sum())
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = published(call)?;
    call.service.store.read(|records| {
        check_there(records, &named)?;
        let config = find(records, &named)?;
        let config = config.ok_or_else(|| {
            Refusal::new(
                "ProvisionedConcurrencyConfigNotFoundException",
                "No Provisioned Concurrency Config found for this function",
            )
        })?;
        Ok(Answer::json(config.shown()))
    })
}

/// One that is not there is as good as deleted.
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = published(call)?;
    call.service.store.write(|records| {
        check_there(records, &named)?;
        records.remove::<Provisioned>(&named.scope, &named.name, named.qualifier_or_latest())?;
        Ok::<_, Refusal>(())
    })?;
    call.service.provision(&named);
    Ok(Answer::empty())
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let page = Page::of(call, PAGE)?;
    call.service.store.read(|records| {
        existing(records, &named)?;
        let Qualified { scope, name, .. } = &named;
        let mut configs = records.list::<Provisioned>(scope, name, &page.after, page.reach())?;
        let next = page.cut(&mut configs);
        let shown = configs.iter().map(|(key, config)| {
            let mut shown = config.shown();
            shown["FunctionArn"] = named.with_qualifier(key).arn().into();
            shown
        });
        let mut answer = json!({"ProvisionedConcurrencyConfigs": shown.collect::<Vec<Value>>()});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

fn published(call: &Call<'_>) -> Result<Qualified, Refusal> {
    let named = call.function()?;
    if named.qualifier_or_latest() == LATEST {
        return Err(Refusal::invalid(
            "The function resource provided must be an alias or a published version.",
        ));
    }
    Ok(named)
}

/// That the version or the alias exists; the alias, if it is one.
fn check_there(records: &Records<'_>, named: &Qualified) -> Result<Option<Alias>, Refusal> {
    let qualifier = named.qualifier_or_latest();
    let exists = function(records, named)?.is_some();
    if !is_number(qualifier) {
        let alias = aliases::find(records, named, qualifier)?.filter(|_| exists);
        return Ok(Some(
            alias.ok_or_else(|| aliases::missing(named, qualifier))?,
        ));
    }
    let there = match Version::parse(qualifier) {
        Some(Version::Published(number)) => versions::published(records, named, number)?,
        _ => None,
    };
    there.map(|_| None).ok_or_else(|| named.not_found())
}

pub(crate) fn find(
    records: &Records<'_>,
    named: &Qualified,
) -> Result<Option<Provisioned>, Refusal> {
    let key = named.qualifier_or_latest();
    Ok(records.get(&named.scope, &named.name, key)?)
}

/// Writes down how it went, if the same is still wanted.
pub(crate) fn settle(
    service: &Service,
    named: &Qualified,
    requested: u32,
    status: Status,
) -> Result<(), Refusal> {
    service.store.write(|records| {
        if let Some(mut config) = find(records, named)?
            && config.requested == requested
        {
            config.status = status;
            let key = named.qualifier_or_latest();
            records.put(&named.scope, &named.name, key, &config)?;
        }
        Ok(())
    })
}

/// All of a function's, each with its qualifier and with the version that this leads to.
pub(crate) fn all(
    records: &Records<'_>,
    named: &Qualified,
) -> Result<Vec<(String, String, Provisioned)>, Refusal> {
    let mut all = Vec::new();
    for (qualifier, config) in records.list(&named.scope, &named.name, "", usize::MAX)? {
        let version = match aliases::find(records, named, &qualifier)? {
            Some(alias) => alias.version,
            None => qualifier.clone(),
        };
        all.push((qualifier, version, config));
    }
    Ok(all)
}
