//! What is to become of events that nobody waits for: how often they are tried, how old they may
//! get, and who hears of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::configuration::Function;
use super::functions::function;
use super::names::{FunctionName, Qualified};
use super::pages::Page;
use super::{Answer, Call, aliases, times, versions};
use crate::api::Refusal;
use crate::store::{Record, Records, Scope};

use versions::Version;

const PAGE: usize = 50;

/// The owner is the function, the key `$LATEST`, a version or an alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventInvokeConfig {
    pub modified: Timestamp,
    pub retries: Option<u32>,
    pub longest_age_seconds: Option<u32>,
    pub destinations: Destinations,
}

impl Record for EventInvokeConfig {
    const KIND: &'static str = "event-invoke";
}

/// ARNs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Destinations {
    pub on_success: Option<String>,
    pub on_failure: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: Option<DestinationConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DestinationConfig {
    on_success: Option<To>,
    on_failure: Option<To>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct To {
    destination: Option<String>,
}

impl From<DestinationConfig> for Destinations {
    fn from(config: DestinationConfig) -> Self {
        let arn = |to: Option<To>| to?.destination.filter(|arn| !arn.is_empty());
        Self {
            on_success: arn(config.on_success),
            on_failure: arn(config.on_failure),
        }
    }
}

impl Given {
    fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let given: Self = call.input()?;
        if given.maximum_retry_attempts.is_none()
            && given.maximum_event_age_in_seconds.is_none()
            && given.destination_config.is_none()
        {
            return Err(Refusal::invalid(
                "You must specify at least one of error handling or destination setting.",
            ));
        }
        Ok(given)
    }
}

/// Replaces what there was.
pub(crate) fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let given = Given::of(call)?;
    let destinations = given.destination_config.map(Destinations::from);
    call.service.store.write(|records| {
        check_there(records, &named)?;
        let destinations = destinations.unwrap_or_default();
        destinations.check(records, &named)?;
        let config = EventInvokeConfig {
            modified: Timestamp::now(),
            retries: given.maximum_retry_attempts,
            longest_age_seconds: given.maximum_event_age_in_seconds,
            destinations,
        };
        keep(records, &named, &config)
    })
}

/// Changes what is given of what there was.
pub(crate) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let given = Given::of(call)?;
    let destinations = given.destination_config.map(Destinations::from);
    call.service.store.write(|records| {
        check_there(records, &named)?;
        let mut config = find(records, &named)?.ok_or_else(|| missing(&named))?;
        if let Some(destinations) = destinations {
            destinations.check(records, &named)?;
            config.destinations = destinations;
        }
        config.retries = given.maximum_retry_attempts.or(config.retries);
        config.longest_age_seconds = given
            .maximum_event_age_in_seconds
            .or(config.longest_age_seconds);
        config.modified = Timestamp::now();
        keep(records, &named, &config)
    })
}

fn keep(
    records: &Records<'_>,
    named: &Qualified,
    config: &EventInvokeConfig,
) -> Result<Answer, Refusal> {
    let key = named.qualifier_or_latest();
    records.put(&named.scope, &named.name, key, config)?;
    Ok(Answer::json(config.shown(named, key)))
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.read(|records| {
        let config = find(records, &named)?.ok_or_else(|| missing(&named))?;
        Ok(Answer::json(
            config.shown(&named, named.qualifier_or_latest()),
        ))
    })
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let key = named.qualifier_or_latest();
    call.service.store.write(|records| {
        let was_there = records.remove::<EventInvokeConfig>(&named.scope, &named.name, key)?;
        if was_there {
            Ok(Answer::empty())
        } else {
            Err(missing(&named))
        }
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let page = Page::of(call, PAGE)?;
    call.service.store.read(|records| {
        check_there(records, &named)?;
        let Qualified { scope, name, .. } = &named;
        let mut configs =
            records.list::<EventInvokeConfig>(scope, name, &page.after, page.reach())?;
        let next = page.cut(&mut configs);
        let shown = configs
            .iter()
            .map(|(key, config)| config.shown(&named, key));
        let mut answer = json!({"FunctionEventInvokeConfigs": shown.collect::<Vec<_>>()});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

pub(crate) fn find(
    records: &Records<'_>,
    named: &Qualified,
) -> Result<Option<EventInvokeConfig>, Refusal> {
    let key = named.qualifier_or_latest();
    Ok(records.get(&named.scope, &named.name, key)?)
}

fn missing(named: &Qualified) -> Refusal {
    let arn = named.with_qualifier(named.qualifier_or_latest()).arn();
    Refusal::not_found(format!(
        "The function {arn} doesn't have an EventInvokeConfig"
    ))
}

fn check_there(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    let exists = function(records, named)?.is_some();
    let is_there = exists
        && match (Version::named(named), &named.qualifier) {
            (None, None) | (Some(Version::Latest), _) => true,
            (Some(Version::Published(number)), _) => {
                versions::published(records, named, number)?.is_some()
            }
            (None, Some(alias)) => aliases::find(records, named, alias)?.is_some(),
        };
    if is_there {
        Ok(())
    } else {
        Err(Refusal::not_found("The function doesn't exist."))
    }
}

impl EventInvokeConfig {
    fn shown(&self, named: &Qualified, key: &str) -> Value {
        let to = |arn: &Option<String>| match arn {
            Some(arn) => json!({"Destination": arn}),
            None => json!({}),
        };
        let mut shown = json!({
            "FunctionArn": named.with_qualifier(key).arn(),
            "LastModified": times::epoch(self.modified),
            "DestinationConfig": {
                "OnSuccess": to(&self.destinations.on_success),
                "OnFailure": to(&self.destinations.on_failure),
            },
        });
        if let Some(retries) = self.retries {
            shown["MaximumRetryAttempts"] = retries.into();
        }
        if let Some(seconds) = self.longest_age_seconds {
            shown["MaximumEventAgeInSeconds"] = seconds.into();
        }
        shown
    }
}

impl Destinations {
    /// Functions have to be there and other than this one; of what else there is, the kind has to
    /// be one that can be told.
    fn check(&self, records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
        for (arn, is_failure) in [(&self.on_success, false), (&self.on_failure, true)] {
            let Some(arn) = arn else { continue };
            match arn.split(':').nth(2) {
                Some("lambda") => check_function(records, named, arn)?,
                Some("sqs" | "sns" | "events") => {}
                Some("s3") if is_failure => {}
                _ => {
                    return Err(Refusal::invalid(format!(
                        "The provided destination config {} is invalid.",
                        self.as_printed()
                    )));
                }
            }
        }
        Ok(())
    }

    /// As the service prints a value of its own.
    fn as_printed(&self) -> String {
        let part = |name: &str, arn: &Option<String>| match arn {
            Some(arn) => format!("{name}(destination={arn})"),
            None => "null".to_owned(),
        };
        format!(
            "DestinationConfig(onSuccess={}, onFailure={})",
            part("OnSuccess", &self.on_success),
            part("OnFailure", &self.on_failure)
        )
    }
}

fn check_function(records: &Records<'_>, named: &Qualified, arn: &str) -> Result<(), Refusal> {
    let FunctionName {
        account,
        region,
        name,
        ..
    } = FunctionName::parse(arn);
    let scope = Scope {
        account: account.unwrap_or_default(),
        region: region.unwrap_or_default(),
    };
    if records.get::<Function>(&scope, "", &name)?.is_none() {
        return Err(Refusal::invalid(format!(
            "The destination ARN {arn} is invalid."
        )));
    }
    if scope == named.scope && name == named.name {
        return Err(Refusal::invalid(
            "You can't specify the function as a destination for itself.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_printed_as_the_service_prints_them() {
        let destinations = Destinations {
            on_success: Some("arn:a".to_owned()),
            on_failure: None,
        };
        assert_eq!(
            destinations.as_printed(),
            "DestinationConfig(onSuccess=OnSuccess(destination=arn:a), onFailure=null)"
        );
    }
}
