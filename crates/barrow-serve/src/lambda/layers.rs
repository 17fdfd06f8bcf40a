//! Layers: what is stored of them, what they are called, and which of them a function uses.

use std::collections::BTreeMap;

use barrow_model::limits::LAYERS_LIMIT;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::access;
use super::configuration::{Code, LayerUse};
use super::names::{is_account, partition};
use super::policies::Policy;
use super::{Call, times};
use crate::api::Refusal;
use crate::store::{Record, Records, Scope, Weight, number_key};

/// A layer. It stays when its last version is deleted: a number is never given again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Layer {
    pub last_version: u64,
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl Record for Layer {
    const KIND: &'static str = "layer";
}

/// A version of a layer. Its owner is the layer, its key the number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LayerVersion {
    pub number: u64,
    pub code: Code,
    pub description: String,
    pub license: Option<String>,
    /// `None` where none were named, not even an empty list.
    pub runtimes: Option<Vec<String>>,
    pub architectures: Option<Vec<String>>,
    pub created: Timestamp,
}

impl Record for LayerVersion {
    const KIND: &'static str = "layer-version";

    fn weight(&self) -> Weight {
        Weight {
            bytes: self.code.bytes,
            ..Weight::default()
        }
    }
}

/// The owner is the layer, the key the number of the version that it is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct LayerPolicy(pub Policy);

impl Record for LayerPolicy {
    const KIND: &'static str = "layer-policy";
}

/// A layer in its scope, and which version of it is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayerName {
    pub scope: Scope,
    pub name: String,
    pub version: Option<u64>,
}

impl LayerName {
    /// Of a name or an ARN, with or without a version, as one of `scope` uses it.
    pub(super) fn parse(text: &str, scope: &Scope) -> Self {
        let parts: Vec<&str> = text.split(':').collect();
        match parts[..] {
            [
                "arn",
                _,
                "lambda",
                region,
                account,
                "layer",
                name,
                ref version @ ..,
            ] if is_account(account) => Self {
                scope: Scope {
                    account: account.to_owned(),
                    region: region.to_owned(),
                },
                name: name.to_owned(),
                version: version.first().and_then(|version| version.parse().ok()),
            },
            _ => Self {
                scope: scope.clone(),
                name: text.to_owned(),
                version: None,
            },
        }
    }

    /// The layer of a request, with the version that it names beside it.
    pub(super) fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let mut named = Self::parse(call.text("LayerName").unwrap_or_default(), &call.scope);
        if let Some(number) = call.number("VersionNumber") {
            let number = u64::try_from(number).unwrap_or_default();
            if number == 0 {
                return Err(Refusal::invalid("Layer Version Cannot be less than 1"));
            }
            named.version = Some(number);
        }
        Ok(named)
    }

    pub(super) fn arn(&self) -> String {
        let Scope { account, region } = &self.scope;
        let partition = partition(region);
        format!(
            "arn:{partition}:lambda:{region}:{account}:layer:{}",
            self.name
        )
    }

    pub(super) fn version_arn(&self) -> String {
        format!("{}:{}", self.arn(), self.version.unwrap_or_default())
    }

    pub(super) fn version_key(&self) -> String {
        number_key(self.version.unwrap_or_default())
    }

    pub(super) fn find(&self, records: &Records<'_>) -> Result<Option<LayerVersion>, Refusal> {
        Ok(records.get(&self.scope, &self.name, &self.version_key())?)
    }

    /// Whether somebody of `caller` may have this version: of another account if its policy says so.
    pub(super) fn check_open(&self, records: &Records<'_>, caller: &Scope) -> Result<(), Refusal> {
        const ACTION: &str = "lambda:GetLayerVersion";
        if self.scope.account == caller.account {
            return Ok(());
        }
        let policy: Option<LayerPolicy> =
            records.get(&self.scope, &self.name, &self.version_key())?;
        if policy.is_some_and(|LayerPolicy(policy)| policy.lets_in(&caller.account, ACTION)) {
            return Ok(());
        }
        Err(access::denied(caller, ACTION, &self.version_arn()))
    }
}

impl LayerVersion {
    /// As lists have it.
    pub(super) fn entry(&self, named: &LayerName) -> Map<String, Value> {
        let mut shown = Map::new();
        let mut add = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        add(
            "LayerVersionArn",
            format!("{}:{}", named.arn(), self.number).into(),
        );
        add("Version", self.number.into());
        add("Description", self.description.as_str().into());
        add("CreatedDate", times::lambda(self.created).into());
        if let Some(runtimes) = &self.runtimes {
            add("CompatibleRuntimes", json!(runtimes));
        }
        if let Some(architectures) = &self.architectures {
            add("CompatibleArchitectures", json!(architectures));
        }
        if let Some(license) = &self.license {
            add("LicenseInfo", license.as_str().into());
        }
        shown
    }

    /// As it is shown by itself: with its content.
    pub(super) fn whole(&self, call: &Call<'_>, named: &LayerName) -> Map<String, Value> {
        let mut shown = self.entry(named);
        shown.insert("LayerArn".to_owned(), named.arn().into());
        let content = json!({
            "Location": call.service.code_location(&self.code),
            "CodeSha256": self.code.sha256_base64(),
            "CodeSize": self.code.bytes,
        });
        shown.insert("Content".to_owned(), content);
        shown
    }

    /// Whether it says that it is for these; one that says nothing is for none in particular.
    pub(super) fn suits(&self, runtime: Option<&str>, architecture: Option<&str>) -> bool {
        let has = |list: &Option<Vec<String>>, wanted: Option<&str>| {
            wanted.is_none_or(|wanted| list.iter().flatten().any(|item| item == wanted))
        };
        has(&self.runtimes, runtime) && has(&self.architectures, architecture)
    }
}

/// The layers that a function names, looked up.
pub(super) fn used(
    records: &Records<'_>,
    scope: &Scope,
    arns: &[String],
) -> Result<Vec<LayerUse>, Refusal> {
    if arns.len() > LAYERS_LIMIT {
        return Err(Refusal::invalid(format!(
            "Cannot reference more than {LAYERS_LIMIT} layers."
        )));
    }
    let mut used: Vec<LayerUse> = Vec::new();
    for arn in arns {
        let named = LayerName::parse(arn, scope);
        if named.scope.account != scope.account && named.scope.region != scope.region {
            return Err(access::denied(scope, "lambda:GetLayerVersion", arn));
        }
        if named.scope.region != scope.region {
            return Err(Refusal::invalid(format!(
                "Layers are not in the same region as the function. Layers are expected to be in \
                 region {}.",
                scope.region
            )));
        }
        named.check_open(records, scope)?;
        let version = named.find(records)?;
        let version = version
            .ok_or_else(|| Refusal::invalid(format!("Layer version {arn} does not exist.")))?;
        let same = used
            .iter()
            .find(|other| without_version(&other.arn) == without_version(arn));
        if let Some(other) = same {
            return Err(Refusal::invalid(format!(
                "Two different versions of the same layer are not allowed to be referenced in the \
                 same function. {} and {arn} are versions of the same layer.",
                other.arn
            )));
        }
        used.push(LayerUse {
            arn: arn.clone(),
            code: version.code,
        });
    }
    Ok(used)
}

fn without_version(arn: &str) -> &str {
    arn.rsplit_once(':').map_or(arn, |(layer, _)| layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_are_named_by_name_or_arn() {
        let scope = Scope {
            account: "111122223333".to_owned(),
            region: "us-east-1".to_owned(),
        };
        let parsed = |text: &str| {
            let named = LayerName::parse(text, &scope);
            (named.arn(), named.version)
        };
        let own = "arn:aws:lambda:us-east-1:111122223333:layer:deps".to_owned();
        assert_eq!(parsed("deps"), (own.clone(), None));
        assert_eq!(parsed(&own), (own.clone(), None));
        assert_eq!(parsed(&format!("{own}:3")), (own, Some(3)));
        let other = "arn:aws-cn:lambda:cn-north-1:444455556666:layer:deps";
        assert_eq!(parsed(other), (other.to_owned(), None));
    }
}
