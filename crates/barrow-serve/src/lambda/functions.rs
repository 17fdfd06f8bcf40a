//! Functions: made, shown, listed, deleted.

use std::collections::BTreeMap;

use hyper::body::Bytes;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::aliases::Alias;
use super::configuration::{Configuration, Function, Published, State, Update};
use super::describe::Shown;
use super::event_invoke::EventInvokeConfig;
use super::listed::Asked;
use super::management::RuntimeManagement;
use super::names::{LATEST, Qualified};
use super::pages::Page;
use super::policies::Policy;
use super::provisioned::Provisioned;
use super::settings::Settings;
use super::versions::{self, Version};
use super::{Answer, Call, access, account, code_signing, revision, tags, urls};
use crate::api::Refusal;
use crate::inspect;
use crate::store::{Records, Scope, number_key};

const PAGE: usize = 50;

/// Of a function's own name, in characters.
const NAME_LIMIT: usize = 64;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create<'i> {
    #[serde(borrow)]
    code: super::source::Source<'i>,
    #[serde(default)]
    publish: bool,
    package_type: Option<String>,
    architectures: Option<Vec<String>>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    code_signing_config_arn: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let Create::<'_> {
        code,
        publish,
        package_type,
        architectures,
        tags,
        code_signing_config_arn,
        settings,
    } = call.input()?;
    check_name(&named, &call.scope)?;
    if package_type.as_deref() == Some("Image") || code.image_uri.is_some() {
        return Err(Refusal::invalid(
            "Container images are not supported here: this service runs functions of .zip files.",
        ));
    }
    settings.check_for_creation(call)?;
    tags::check_count(&tags)?;
    let kept = code.keep(call)?;
    let new = Configuration {
        revision: revision::new(),
        modified: Timestamp::now(),
        state: State::Pending,
        update: Update::None,
        code: kept,
        runtime: None,
        handler: None,
        role: String::new(),
        description: String::new(),
        timeout_seconds: 3,
        memory_mebibytes: 128,
        storage_mebibytes: 512,
        architecture: architectures
            .and_then(|mut given| given.pop())
            .unwrap_or_else(|| "x86_64".to_owned()),
        environment: None,
        layers: Vec::new(),
        logging: super::settings::default_logging(&named.name),
        tracing: "PassThrough".to_owned(),
        snap_start: "None".to_owned(),
        kept: BTreeMap::new(),
    };
    let shown = call.service.store.write(|records| {
        let mut latest = new;
        settings.apply(&mut latest, &named, records)?;
        latest.check_size()?;
        if let Some(function) = function(records, &named)? {
            return Err(Refusal::conflict(format!(
                "Function already exist: {}",
                function.name
            )));
        }
        account::check_room(records, &named.scope, latest.code.bytes)?;
        if let Some(arn) = &code_signing_config_arn {
            code_signing::check_there(records, &named.scope, arn)?;
            code_signing::link(records, &named, arn)?;
        }
        let mut function = Function {
            name: named.name.clone(),
            last_version: 0,
            published_revision: None,
            latest,
            tags,
            reserved_concurrency: None,
            recursive_loop: None,
            code_signing_config: code_signing_config_arn,
        };
        let mut version = LATEST.to_owned();
        if publish {
            version = versions::publish_now(records, &named, &mut function, None)?.to_string();
        }
        put(records, &named, &function)?;
        let shown = Shown {
            scope: &named.scope,
            name: &named.name,
            version: &version,
            qualifier: None,
        };
        Ok(shown.whole(&function.latest))
    })?;
    call.service.activate(&named.scope, &named.name);
    inspect::later(call.service, &named);
    Ok(Answer::json(shown))
}

/// A name is shorter than what the model allows for an ARN, and of one's own account.
fn check_name(named: &Qualified, caller: &Scope) -> Result<(), Refusal> {
    if named.name.len() > NAME_LIMIT {
        return Err(Refusal::invalid(format!(
            "1 validation error detected: Value '{}' at 'functionName' failed to satisfy \
             constraint: Member must have length less than or equal to {NAME_LIMIT}",
            named.name
        )));
    }
    if named.scope.account != caller.account {
        return Err(access::denied(
            caller,
            "lambda:CreateFunction",
            &named.arn(),
        ));
    }
    Ok(())
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.read(|records| {
        let found = versions::find(records, &named)?;
        let mut answer = json!({
            "Configuration": found.shown(&named).whole(&found.configuration),
            "Code": {
                "RepositoryType": "S3",
                "Location": call.service.code_location(&found.configuration.code),
            },
        });
        if !found.function.tags.is_empty() {
            answer["Tags"] = json!(found.function.tags);
        }
        if let Some(reserved) = found.function.reserved_concurrency {
            answer["Concurrency"] = json!({"ReservedConcurrentExecutions": reserved});
        }
        Ok(Answer::json(answer))
    })
}

pub(crate) fn get_configuration(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.read(|records| {
        let found = versions::find(records, &named)?;
        Ok(Answer::json(
            found.shown(&named).whole(&found.configuration),
        ))
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let page = Page::of(call, PAGE)?;
    let all_versions = call.text("FunctionVersion") == Some("ALL");
    let scope = &call.scope;
    // Before anything is read: what is written meanwhile makes it another generation.
    let generation = call.service.store.generation();
    let asked = Asked {
        scope: scope.clone(),
        after: page.after.clone(),
        size: page.size,
        all_versions,
    };
    if let Some(kept) = call.service.listed.get(&asked, generation) {
        return Ok(Answer::written(kept));
    }
    let answer = call.service.store.read(|records| {
        let mut functions = records.list::<Function>(scope, "", &page.after, page.reach())?;
        let next = page.cut(&mut functions);
        let mut shown: Vec<Value> = Vec::new();
        for (name, function) in &functions {
            let entry = |version: &str, configuration: &Configuration| {
                let shown = Shown {
                    scope,
                    name,
                    version,
                    qualifier: all_versions.then_some(version),
                };
                Value::Object(shown.entry(configuration))
            };
            shown.push(entry(LATEST, &function.latest));
            if all_versions {
                for (_, published) in records.list::<Published>(scope, name, "", usize::MAX)? {
                    let version = published.number.to_string();
                    shown.push(entry(&version, &published.configuration));
                }
            }
        }
        let mut answer = Map::new();
        answer.insert("Functions".to_owned(), shown.into());
        if let Some(next) = next {
            answer.insert("NextMarker".to_owned(), next.into());
        }
        Ok::<_, Refusal>(Value::Object(answer))
    })?;
    let written = Bytes::from(answer.to_string());
    call.service.listed.keep(asked, generation, written.clone());
    Ok(Answer::written(written))
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    if named.qualifier.as_deref() == Some(LATEST) {
        return Err(Refusal::invalid(
            "$LATEST version cannot be deleted without deleting the function.",
        ));
    }
    call.service.store.write(|records| {
        if function(records, &named)?.is_none() {
            return Err(Refusal::not_found(format!(
                "Function not found: {}",
                named.unqualified_arn()
            )));
        }
        match (Version::named(&named), &named.qualifier) {
            (Some(Version::Published(number)), _) => versions::delete(records, &named, number),
            (_, None) => delete_whole(records, &named),
            (_, Some(_)) => Err(Refusal::invalid(
                "Deletion of aliases is not currently supported.",
            )),
        }
    })?;
    call.service.retire(&named);
    Ok(Answer {
        status: Some(204),
        ..Answer::empty()
    })
}

fn delete_whole(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    let Qualified { scope, name, .. } = named;
    if let Some(function) = function(records, named)? {
        let signing = function.code_signing_config.as_deref();
        code_signing::unlink(records, named, signing)?;
    }
    records.remove::<Function>(scope, "", name)?;
    records.remove_all::<Published>(scope, name)?;
    records.remove_all::<Alias>(scope, name)?;
    records.remove_all::<Policy>(scope, name)?;
    records.remove_all::<Provisioned>(scope, name)?;
    records.remove_all::<EventInvokeConfig>(scope, name)?;
    records.remove_all::<RuntimeManagement>(scope, name)?;
    urls::remove_all(records, named)
}

/// What a version or an alias that goes has of its own.
pub(super) fn remove_owned(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    let Qualified { scope, name, .. } = named;
    let key = named.qualifier_or_latest();
    records.remove::<Policy>(scope, name, key)?;
    records.remove::<Provisioned>(scope, name, key)?;
    records.remove::<EventInvokeConfig>(scope, name, key)?;
    records.remove::<RuntimeManagement>(scope, name, key)?;
    urls::remove_one(records, named)
}

/// The function itself, whichever version of it is meant.
pub(crate) fn function(
    records: &Records<'_>,
    named: &Qualified,
) -> Result<Option<Function>, Refusal> {
    Ok(records.get(&named.scope, "", &named.name)?)
}

/// The same, where it has to be there.
pub(crate) fn existing(records: &Records<'_>, named: &Qualified) -> Result<Function, Refusal> {
    function(records, named)?.ok_or_else(|| named.not_found())
}

pub(crate) fn put(
    records: &Records<'_>,
    named: &Qualified,
    function: &Function,
) -> Result<(), Refusal> {
    Ok(records.put(&named.scope, "", &named.name, function)?)
}

/// The key of a version among its function's.
pub(crate) fn version_key(number: u64) -> String {
    number_key(number)
}
