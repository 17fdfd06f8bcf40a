//! Event source mappings: kept and shown. Nothing is polled here.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::event_settings::{self, Kind};
use super::functions::function;
use super::names::{FunctionName, Qualified, partition};
use super::pages::Page;
use super::{Answer, Call, access, aliases, revision, tags, times, versions};
use crate::api::Refusal;
use crate::store::{Record, Records, Scope};

use versions::Version;

const PAGE: usize = 100;

/// The key is the mapping's identifier.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct EventSource {
    pub function: String,
    pub qualifier: Option<String>,
    /// Members of the answer that are as they were given, or by default.
    pub settings: Map<String, Value>,
    pub is_enabled: bool,
    pub changed: Timestamp,
    pub change: Change,
    pub tags: BTreeMap<String, String>,
}

/// What was done last; it takes a while until it is true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Change {
    Creating,
    Updating,
    Enabling,
    Disabling,
    Deleting,
}

impl Record for EventSource {
    const KIND: &'static str = "event-source";
}

/// That a source is mapped to a function. The owner is the function, the key which version of it
/// and the source.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Mapped {
    id: String,
}

impl Record for Mapped {
    const KIND: &'static str = "mapped";
}

impl EventSource {
    fn state(&self, settling: Duration) -> &'static str {
        let settled = Timestamp::now().duration_since(self.changed).unsigned_abs() >= settling;
        match (settled, self.change) {
            (true, _) if self.is_enabled => "Enabled",
            (true, _) => "Disabled",
            (false, Change::Creating) => "Creating",
            (false, Change::Updating) => "Updating",
            (false, Change::Enabling) => "Enabling",
            (false, Change::Disabling) => "Disabling",
            (false, Change::Deleting) => "Deleting",
        }
    }

    /// Whether it was deleted, and that is over.
    pub(crate) fn is_gone(&self, settling: Duration) -> bool {
        let age = Timestamp::now().duration_since(self.changed).unsigned_abs();
        self.change == Change::Deleting && age >= settling
    }

    fn source(&self) -> Option<&str> {
        self.settings.get("EventSourceArn")?.as_str()
    }

    /// Of what is mapped, as far as it is mapped only once.
    fn mapped_key(&self) -> Option<String> {
        let source = self.source()?;
        let qualifier = self.qualifier.as_deref().unwrap_or_default();
        Some(format!("{qualifier} {source}"))
    }

    fn named(&self, scope: &Scope) -> Qualified {
        Qualified {
            scope: scope.clone(),
            name: self.function.clone(),
            qualifier: self.qualifier.clone(),
        }
    }

    fn shown(&self, call: &Call<'_>, id: &str) -> Value {
        let mut shown = self.settings.clone();
        let mut add = |name: &str, value: Value| {
            shown.insert(name.to_owned(), value);
        };
        add("UUID", id.into());
        add("EventSourceMappingArn", arn(&call.scope, id).into());
        add("FunctionArn", self.named(&call.scope).arn().into());
        add("LastModified", times::epoch(self.changed));
        let settling = call.service.options.settling;
        add("State", self.state(settling).into());
        let kind = Kind::of(self.source());
        add("StateTransitionReason", kind.reason().into());
        Value::Object(shown)
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create {
    event_source_arn: Option<String>,
    function_name: String,
    enabled: Option<bool>,
    #[serde(default)]
    tags: BTreeMap<String, String>,
}

pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let given: Create = call.input()?;
    let source = given.event_source_arn.as_deref();
    let settings = event_settings::new(source, &call.input)?;
    tags::check_count(&given.tags)?;
    let named = FunctionName::parse(&given.function_name).qualified(&call.scope, None)?;
    access::to_function(call, &named)?;
    call.service.store.write(|records| {
        check_function(records, &named)?;
        let id = revision::new();
        let new = EventSource {
            function: named.name.clone(),
            qualifier: named.qualifier.clone(),
            settings,
            is_enabled: given.enabled.unwrap_or(true),
            changed: Timestamp::now(),
            change: Change::Creating,
            tags: given.tags,
        };
        if let Some(key) = new.mapped_key() {
            if let Some(Mapped { id }) = records.get(&call.scope, &named.name, &key)? {
                let source = source.unwrap_or_default();
                return Err(Kind::of(Some(source)).exists(source, &named.name, &id));
            }
            let mapped = Mapped { id: id.clone() };
            records.put(&call.scope, &named.name, &key, &mapped)?;
        }
        records.put(&call.scope, "", &id, &new)?;
        Ok(Answer::json(new.shown(call, &id)))
    })
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Update {
    function_name: Option<String>,
    enabled: Option<bool>,
}

pub(crate) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let given: Update = call.input()?;
    let id = call.text("UUID").unwrap_or_default();
    let named = given.function_name.as_deref();
    let named = named.map(|name| FunctionName::parse(name).qualified(&call.scope, None));
    let named = named.transpose()?;
    call.service.store.write(|records| {
        let mut source = find(records, call, id)?;
        if source.change == Change::Deleting {
            return Err(in_use());
        }
        if let Some(named) = named {
            check_function(records, &named)?;
            unmap(records, call, &source)?;
            source.function = named.name;
            source.qualifier = named.qualifier;
            if let Some(key) = source.mapped_key() {
                let mapped = Mapped { id: id.to_owned() };
                records.put(&call.scope, &source.function, &key, &mapped)?;
            }
        }
        let kind = Kind::of(source.source());
        event_settings::change(kind, &mut source.settings, &call.input)?;
        source.change = match given.enabled {
            Some(true) if !source.is_enabled => Change::Enabling,
            Some(false) if source.is_enabled => Change::Disabling,
            _ => Change::Updating,
        };
        source.is_enabled = given.enabled.unwrap_or(source.is_enabled);
        source.changed = Timestamp::now();
        records.put(&call.scope, "", id, &source)?;
        Ok(Answer::json(source.shown(call, id)))
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.text("UUID").unwrap_or_default();
    call.service.store.read(|records| {
        let source = find(records, call, id)?;
        Ok(Answer::json(source.shown(call, id)))
    })
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.text("UUID").unwrap_or_default();
    call.service.store.write(|records| {
        let mut source = find(records, call, id)?;
        if source.change == Change::Deleting {
            return Err(in_use());
        }
        unmap(records, call, &source)?;
        source.change = Change::Deleting;
        source.changed = Timestamp::now();
        records.put(&call.scope, "", id, &source)?;
        Ok(Answer::json(source.shown(call, id)))
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let page = Page::of(call, PAGE)?;
    let wanted = call.text("FunctionName");
    let wanted = wanted.map(|name| FunctionName::parse(name).qualified(&call.scope, None));
    let wanted = wanted.transpose()?;
    let source = call.text("EventSourceArn");
    let settling = call.service.options.settling;
    let suits = |found: &EventSource| {
        let by_function = wanted.as_ref().is_none_or(|named| {
            found.function == named.name
                && (named.qualifier.is_none() || named.qualifier == found.qualifier)
        });
        let by_source = source.is_none() || found.source() == source;
        by_function && by_source && !found.is_gone(settling)
    };
    call.service.store.read(|records| {
        let mut shown: Vec<(String, Value)> = Vec::new();
        let mut after = page.after.clone();
        while shown.len() < page.reach() {
            let found = records.list::<EventSource>(&call.scope, "", &after, page.reach())?;
            let Some((last, _)) = found.last() else { break };
            after.clone_from(last);
            let found = found.into_iter().filter(|(_, source)| suits(source));
            shown.extend(found.map(|(id, source)| {
                let entry = source.shown(call, &id);
                (id, entry)
            }));
        }
        let next = page.cut(&mut shown);
        let shown: Vec<Value> = shown.into_iter().map(|(_, entry)| entry).collect();
        let mut answer = json!({"EventSourceMappings": shown});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

fn unmap(records: &Records<'_>, call: &Call<'_>, source: &EventSource) -> Result<(), Refusal> {
    if let Some(key) = source.mapped_key() {
        records.remove::<Mapped>(&call.scope, &source.function, &key)?;
    }
    Ok(())
}

fn find(records: &Records<'_>, call: &Call<'_>, id: &str) -> Result<EventSource, Refusal> {
    let found: Option<EventSource> = records.get(&call.scope, "", id)?;
    found
        .filter(|source| !source.is_gone(call.service.options.settling))
        .ok_or_else(|| Refusal::not_found("The resource you requested does not exist."))
}

fn check_function(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    if function(records, named)?.is_none() {
        return Err(Refusal::invalid("Function does not exist"));
    }
    let is_there = match (Version::named(named), &named.qualifier) {
        (None, None) | (Some(Version::Latest), _) => true,
        (Some(Version::Published(number)), _) => {
            versions::published(records, named, number)?.is_some()
        }
        (None, Some(alias)) => aliases::find(records, named, alias)?.is_some(),
    };
    if is_there {
        Ok(())
    } else {
        Err(Refusal::invalid("Function does not exist"))
    }
}

fn in_use() -> Refusal {
    Refusal::new(
        "ResourceInUseException",
        "Cannot update the event source mapping because it is in use.",
    )
}

fn arn(scope: &Scope, id: &str) -> String {
    let Scope { account, region } = scope;
    let partition = partition(region);
    format!("arn:{partition}:lambda:{region}:{account}:event-source-mapping:{id}")
}

pub(super) fn not_found(arn: &str) -> Refusal {
    Refusal::not_found(format!("Event source mapping not found: {arn}"))
}
