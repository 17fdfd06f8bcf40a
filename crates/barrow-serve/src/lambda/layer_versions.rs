//! Versions of layers: published, shown, listed, deleted.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::layers::{Layer, LayerName, LayerPolicy, LayerVersion};
use super::pages::Page;
use super::source::Source;
use super::{Answer, Call, account};
use crate::api::Refusal;
use crate::store::{Records, number_key};

const PAGE: usize = 50;

/// How many layers are looked at in one go while a page is being filled.
const STRIDE: usize = 100;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Publish<'i> {
    #[serde(borrow)]
    content: Source<'i>,
    #[serde(default)]
    description: String,
    license_info: Option<String>,
    compatible_runtimes: Option<Vec<String>>,
    compatible_architectures: Option<Vec<String>>,
}

pub(crate) fn publish(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = LayerName::of(call)?;
    let given: Publish<'_> = call.input()?;
    let code = given.content.keep(call)?;
    call.service.store.write(|records| {
        account::check_room(records, &named.scope, code.bytes)?;
        let layer: Option<Layer> = records.get(&named.scope, "", &named.name)?;
        let mut layer = layer.unwrap_or_default();
        layer.last_version += 1;
        records.put(&named.scope, "", &named.name, &layer)?;
        let version = LayerVersion {
            number: layer.last_version,
            code,
            description: given.description,
            license: given.license_info,
            runtimes: given.compatible_runtimes,
            architectures: given.compatible_architectures,
            created: Timestamp::now(),
        };
        let key = number_key(version.number);
        records.put(&named.scope, &named.name, &key, &version)?;
        Ok(Answer::json(version.whole(call, &named)))
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    show(call, &LayerName::of(call)?)
}

pub(crate) fn get_by_arn(call: &Call<'_>) -> Result<Answer, Refusal> {
    let arn = call.text("Arn").unwrap_or_default();
    show(call, &LayerName::parse(arn, &call.scope))
}

fn show(call: &Call<'_>, named: &LayerName) -> Result<Answer, Refusal> {
    call.service.store.read(|records| {
        named.check_open(records, &call.scope)?;
        let version = named.find(records)?;
        let version = version
            .ok_or_else(|| Refusal::not_found("The resource you requested does not exist."))?;
        Ok(Answer::json(version.whole(call, named)))
    })
}

/// One that is not there is as good as deleted. Functions that use it go on doing so.
pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = LayerName::of(call)?;
    let key = named.version_key();
    call.service.store.write(|records| {
        records.remove::<LayerVersion>(&named.scope, &named.name, &key)?;
        records.remove::<LayerPolicy>(&named.scope, &named.name, &key)?;
        Ok::<_, Refusal>(())
    })?;
    Ok(Answer::empty())
}

/// The last first.
pub(crate) fn list_versions(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = LayerName::of(call)?;
    let page = Page::of(call, PAGE)?;
    let filter = Filter::of(call);
    call.service.store.read(|records| {
        let mut versions = Vec::new();
        let mut before = page.after.clone();
        while versions.len() < page.reach() {
            let found = records.list_back(&named.scope, &named.name, &before, page.reach())?;
            let Some((last, _)) = found.last() else { break };
            before.clone_from(last);
            let found = found.into_iter();
            versions.extend(found.filter(|(_, version): &(_, LayerVersion)| filter.takes(version)));
        }
        let next = page.cut(&mut versions);
        let versions = versions.iter();
        let versions: Vec<_> = versions.map(|(_, version)| version.entry(&named)).collect();
        let mut answer = json!({"LayerVersions": versions});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

/// Each layer with the last of its versions that suits.
pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let page = Page::of(call, PAGE)?;
    let filter = Filter::of(call);
    let scope = &call.scope;
    call.service.store.read(|records| {
        let mut shown: Vec<(String, Value)> = Vec::new();
        let mut after = page.after.clone();
        while shown.len() < page.reach() {
            let layers = records.list::<Layer>(scope, "", &after, STRIDE)?;
            let Some((last, _)) = layers.last() else {
                break;
            };
            after.clone_from(last);
            for (name, _) in layers {
                let named = LayerName::parse(&name, scope);
                if let Some(version) = latest(records, &named, &filter)? {
                    let entry = json!({
                        "LayerName": name,
                        "LayerArn": named.arn(),
                        "LatestMatchingVersion": version.entry(&named),
                    });
                    shown.push((name, entry));
                }
            }
        }
        let next = page.cut(&mut shown);
        let shown: Vec<Value> = shown.into_iter().map(|(_, entry)| entry).collect();
        let mut answer = json!({"Layers": shown});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

fn latest(
    records: &Records<'_>,
    named: &LayerName,
    filter: &Filter<'_>,
) -> Result<Option<LayerVersion>, Refusal> {
    let mut before = String::new();
    let mut stride = 1;
    loop {
        let found: Vec<(String, LayerVersion)> =
            records.list_back(&named.scope, &named.name, &before, stride)?;
        let Some((last, _)) = found.last() else {
            return Ok(None);
        };
        before.clone_from(last);
        let mut found = found.into_iter().map(|(_, version)| version);
        if let Some(version) = found.find(|version| filter.takes(version)) {
            return Ok(Some(version));
        }
        stride = STRIDE;
    }
}

struct Filter<'i> {
    runtime: Option<&'i str>,
    architecture: Option<&'i str>,
}

impl<'i> Filter<'i> {
    fn of(call: &'i Call<'_>) -> Self {
        Self {
            runtime: call.text("CompatibleRuntime"),
            architecture: call.text("CompatibleArchitecture"),
        }
    }

    fn takes(&self, version: &LayerVersion) -> bool {
        version.suits(self.runtime, self.architecture)
    }
}
