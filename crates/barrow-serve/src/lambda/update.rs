//! Changing a function: its code, its configuration.

use serde::Deserialize;
use serde_json::json;

use super::configuration::{Function, Update};
use super::describe::Shown;
use super::functions::{existing, put};
use super::names::{LATEST, Qualified};
use super::settings::Settings;
use super::source::Source;
use super::versions::{self, Version};
use super::{Answer, Call, revision};
use crate::api::Refusal;
use crate::inspect;
use crate::store::Records;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Code<'i> {
    #[serde(flatten, borrow)]
    source: Source<'i>,
    #[serde(default)]
    publish: bool,
    #[serde(default)]
    dry_run: bool,
    revision_id: Option<String>,
    architectures: Option<Vec<String>>,
}

pub(crate) fn code(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let Code::<'_> {
        source,
        publish,
        dry_run,
        revision_id,
        architectures,
    } = call.input()?;
    if source.image_uri.is_some() {
        return Err(Refusal::invalid(
            "Please don't provide ImageUri when updating a function with packageType Zip.",
        ));
    }
    call.service
        .store
        .read(|records| existing(records, &named).map(drop))?;
    let code = source.keep(call)?;
    let change = |function: &mut Function| {
        function.latest.code = code;
        if let Some(architecture) = architectures.and_then(|mut given| given.pop()) {
            function.latest.architecture = architecture;
        }
        function.latest.check_size()
    };
    call.service
        .store
        .write(|records| {
            let mut function = existing(records, &named)?;
            check_changeable(&named, &function, revision_id.as_deref())?;
            if dry_run {
                change(&mut function)?;
                return Ok(Answer::json(shown(&named, &function, LATEST)));
            }
            changed(records, &named, function, publish, |function, _| {
                change(function)
            })
        })
        .inspect(|_| {
            if !dry_run {
                call.service.activate(&named.scope, &named.name);
                inspect::later(call.service, &named);
            }
        })
}

pub(crate) fn configuration(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let settings: Settings = call.input()?;
    settings.check(call)?;
    let revision = call.text("RevisionId");
    let answer = call.service.store.write(|records| {
        let function = existing(records, &named)?;
        check_changeable(&named, &function, revision)?;
        changed(records, &named, function, false, |function, records| {
            settings.apply(&mut function.latest, &named, records)
        })
    })?;
    call.service.activate(&named.scope, &named.name);
    inspect::later(call.service, &named);
    Ok(answer)
}

/// One change at a time, by somebody who has seen what he changes.
fn check_changeable(
    named: &Qualified,
    function: &Function,
    revision: Option<&str>,
) -> Result<(), Refusal> {
    revision::check(revision, &function.latest.revision, "GetFunction/GetAlias")?;
    versions::check_settled(named, &function.latest)
}

fn changed(
    records: &Records<'_>,
    named: &Qualified,
    mut function: Function,
    publish: bool,
    change: impl FnOnce(&mut Function, &Records<'_>) -> Result<(), Refusal>,
) -> Result<Answer, Refusal> {
    change(&mut function, records)?;
    function.latest.check_size()?;
    function.latest.touch();
    function.latest.update = Update::InProgress;
    let mut version = Version::Latest;
    if publish {
        version = versions::publish_now(records, named, &mut function, None)?;
    }
    put(records, named, &function)?;
    Ok(Answer::json(shown(named, &function, &version.to_string())))
}

fn shown(named: &Qualified, function: &Function, version: &str) -> serde_json::Value {
    let shown = Shown {
        scope: &named.scope,
        name: &named.name,
        version,
        qualifier: Some(version).filter(|version| *version != LATEST),
    };
    json!(shown.whole(&function.latest))
}
