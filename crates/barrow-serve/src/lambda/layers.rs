//! Layers and their versions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Code;
use super::configuration::LayerUse;
use crate::api::Refusal;
use crate::store::{Record, Records, Scope, number_key};
use barrow_model::limits::LAYERS_LIMIT;

/// A version of a layer. Its owner is the layer, its key the number.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct LayerVersion {
    pub number: u64,
    pub code: Code,
    pub description: String,
    pub license: Option<String>,
    pub runtimes: Vec<String>,
    pub architectures: Vec<String>,
    pub created: Timestamp,
}

impl Record for LayerVersion {
    const KIND: &'static str = "layer-version";
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
        let named = LayerArn::parse(arn);
        if named.scope.region != scope.region {
            return Err(Refusal::invalid(format!(
                "Layers are not in the same region as the function. Layers are expected to be in \
                 region {}.",
                scope.region
            )));
        }
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
        let key = number_key(named.version);
        let version: Option<LayerVersion> = records.get(&named.scope, &named.name, &key)?;
        let version = version
            .ok_or_else(|| Refusal::invalid(format!("Layer version {arn} does not exist.")))?;
        used.push(LayerUse {
            arn: arn.clone(),
            code: version.code,
        });
    }
    Ok(used)
}

/// `arn:aws:lambda:us-east-1:123456789012:layer:deps:3`.
struct LayerArn {
    scope: Scope,
    name: String,
    version: u64,
}

impl LayerArn {
    /// Of a text that satisfies the model's pattern.
    fn parse(arn: &str) -> Self {
        let parts: Vec<&str> = arn.split(':').collect();
        let part = |number: usize| parts.get(number).copied().unwrap_or_default();
        Self {
            scope: Scope {
                account: part(4).to_owned(),
                region: part(3).to_owned(),
            },
            name: part(6).to_owned(),
            version: part(7).parse().unwrap_or_default(),
        }
    }
}

fn without_version(arn: &str) -> &str {
    arn.rsplit_once(':').map_or(arn, |(layer, _)| layer)
}
