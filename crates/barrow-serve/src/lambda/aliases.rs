//! Aliases: names that lead to a version, or to two by weight.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::functions::existing;
use super::names::{LATEST, Qualified};
use super::pages::Page;
use super::versions::{self, Version};
use super::{Answer, Call, revision};
use crate::api::Refusal;
use crate::store::{Record, Records};

const PAGE: usize = 50;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Alias {
    /// `$LATEST` or a number.
    pub version: String,
    pub description: String,
    /// What part of the invokes goes to other versions.
    pub weights: BTreeMap<String, f64>,
    pub revision: String,
}

impl Record for Alias {
    const KIND: &'static str = "alias";
}

impl Alias {
    pub(crate) fn leads_to(&self, version: &str) -> bool {
        self.version == version || self.weights.contains_key(version)
    }

    /// The version that an invoke goes to; `point` is between 0 and 1.
    pub(crate) fn choose(&self, point: f64) -> &str {
        let mut reached = 0.0;
        for (version, weight) in &self.weights {
            reached += weight;
            if point < reached {
                return version;
            }
        }
        &self.version
    }

    fn shown(&self, named: &Qualified, name: &str) -> Value {
        let mut shown = json!({
            "AliasArn": format!("{}:{name}", named.unqualified_arn()),
            "Name": name,
            "FunctionVersion": self.version,
            "Description": self.description,
            "RevisionId": self.revision,
        });
        if !self.weights.is_empty() {
            shown["RoutingConfig"] = json!({"AdditionalVersionWeights": self.weights});
        }
        shown
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    name: String,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<Routing>,
    revision_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Routing {
    #[serde(default)]
    additional_version_weights: BTreeMap<String, f64>,
}

pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let given: Given = call.input()?;
    call.service.store.write(|records| {
        existing(records, &named)?;
        let version = given.function_version.clone().unwrap_or_default();
        check_version(records, &named, &version)?;
        if find(records, &named, &given.name)?.is_some() {
            return Err(Refusal::conflict(format!(
                "Alias already exists: {}:{}",
                named.unqualified_arn(),
                given.name
            )));
        }
        let weights = given.routing_config.unwrap_or_default();
        let weights = weights.additional_version_weights;
        check_weights(records, &named, &version, &weights)?;
        let alias = Alias {
            version,
            description: given.description.unwrap_or_default(),
            weights,
            revision: revision::new(),
        };
        records.put(&named.scope, &named.name, &given.name, &alias)?;
        Ok(Answer::json(alias.shown(&named, &given.name)))
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let name = call.text("Name").unwrap_or_default();
    call.service.store.read(|records| {
        let alias = find(records, &named, name)?.ok_or_else(|| missing(&named, name))?;
        Ok(Answer::json(alias.shown(&named, name)))
    })
}

pub(crate) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let given: Given = call.input()?;
    let name = &given.name;
    let answer = call.service.store.write(|records| {
        let alias = find(records, &named, name)?;
        let mut alias = alias.ok_or_else(|| missing(&named, name))?;
        revision::check(
            given.revision_id.as_deref(),
            &alias.revision,
            "GetFunction/GetAlias",
        )?;
        if let Some(version) = given.function_version {
            check_version(records, &named, &version)?;
            alias.version = version;
        }
        if let Some(description) = given.description {
            alias.description = description;
        }
        if let Some(routing) = given.routing_config {
            alias.weights = routing.additional_version_weights;
        }
        check_weights(records, &named, &alias.version, &alias.weights)?;
        alias.revision = revision::new();
        records.put(&named.scope, &named.name, name, &alias)?;
        Ok::<_, Refusal>(Answer::json(alias.shown(&named, name)))
    })?;
    // Environments that are there ahead follow an alias.
    call.service.provision(&named);
    Ok(answer)
}

/// One that is not there is as good as deleted.
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let name = call.text("Name").unwrap_or_default();
    call.service.store.write(|records| {
        existing(records, &named)?;
        records.remove::<Alias>(&named.scope, &named.name, name)?;
        super::functions::remove_owned(records, &named.with_qualifier(name))
    })?;
    Ok(Answer::empty())
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let page = Page::of(call, PAGE)?;
    let version = call.text("FunctionVersion");
    call.service.store.read(|records| {
        existing(records, &named)?;
        let Qualified { scope, name, .. } = &named;
        let mut aliases = records.list::<Alias>(scope, name, &page.after, usize::MAX)?;
        aliases.retain(|(_, alias)| version.is_none_or(|version| alias.leads_to(version)));
        let next = page.cut(&mut aliases);
        let aliases = aliases.iter();
        let aliases: Vec<Value> = aliases
            .map(|(name, alias)| alias.shown(&named, name))
            .collect();
        let mut answer = json!({"Aliases": aliases});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

pub(crate) fn find(
    records: &Records<'_>,
    named: &Qualified,
    name: &str,
) -> Result<Option<Alias>, Refusal> {
    Ok(records.get(&named.scope, &named.name, name)?)
}

pub(super) fn missing(named: &Qualified, name: &str) -> Refusal {
    Refusal::not_found(format!(
        "Cannot find alias arn: {}:{name}",
        named.unqualified_arn()
    ))
}

fn check_version(records: &Records<'_>, named: &Qualified, version: &str) -> Result<(), Refusal> {
    let is_there = match Version::parse(version) {
        Some(Version::Latest) => true,
        Some(Version::Published(number)) => versions::published(records, named, number)?.is_some(),
        None => false,
    };
    if is_there {
        Ok(())
    } else {
        Err(Refusal::not_found(format!(
            "Function not found: {}:{version}",
            named.unqualified_arn()
        )))
    }
}

fn check_weights(
    records: &Records<'_>,
    named: &Qualified,
    version: &str,
    weights: &BTreeMap<String, f64>,
) -> Result<(), Refusal> {
    if weights.is_empty() {
        return Ok(());
    }
    if weights.len() > 1 {
        return Err(Refusal::invalid(
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        ));
    }
    if version == LATEST {
        return Err(Refusal::invalid(
            "$LATEST is not supported for an alias pointing to more than 1 version",
        ));
    }
    for (other, weight) in weights {
        if other == LATEST {
            return Err(Refusal::invalid(
                "$LATEST is not supported for an alias pointing to more than 1 version",
            ));
        }
        if other == version {
            return Err(Refusal::invalid(format!(
                "Invalid function version {other}. Function version {other} is already included \
                 in routing configuration."
            )));
        }
        if !(0.0..=1.0).contains(weight) {
            return Err(Refusal::validation(format!(
                "Value '{{{other}={weight}}}' at 'routingConfig.additionalVersionWeights' failed \
                 to satisfy constraint: Map value must satisfy constraint: [Member must have value \
                 less than or equal to 1.0, Member must have value greater than or equal to 0.0, \
                 Member must not be null]"
            )));
        }
        check_version(records, named, other)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_share_the_invokes() {
        let alias = Alias {
            version: "1".to_owned(),
            description: String::new(),
            weights: BTreeMap::from([("2".to_owned(), 0.25)]),
            revision: String::new(),
        };
        assert_eq!(alias.choose(0.0), "2");
        assert_eq!(alias.choose(0.2499), "2");
        assert_eq!(alias.choose(0.25), "1");
        assert_eq!(alias.choose(0.999), "1");
    }
}
