//! Function URLs: their configurations. Who comes by one is served elsewhere.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::functions::function;
use super::names::Qualified;
use super::pages::Page;
use super::{Answer, Call, aliases, times};
use crate::api::Refusal;
use crate::service::Service;
use crate::store::{Record, Records, Scope};

const PAGE: usize = 50;

/// How long the names of URLs are.
const ID_LENGTH: usize = 32;

/// The owner is the function, the key `$LATEST` or an alias.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct FunctionUrl {
    pub id: String,
    /// `NONE` or `AWS_IAM`.
    pub auth_type: String,
    /// As it came.
    pub cors: Option<Value>,
    /// `BUFFERED` or `RESPONSE_STREAM`.
    pub invoke_mode: String,
    pub created: Timestamp,
    pub modified: Timestamp,
}

impl Record for FunctionUrl {
    const KIND: &'static str = "url";
}

/// Whose URL one is; the key is its name, which says nothing of accounts and regions.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct UrlOwner {
    scope: Scope,
    name: String,
    qualifier: Option<String>,
}

impl Record for UrlOwner {
    const KIND: &'static str = "url-owner";
}

fn nowhere() -> Scope {
    Scope {
        account: String::new(),
        region: String::new(),
    }
}

/// The function that a URL leads to, and how it is to be served.
pub(crate) fn by_id(
    records: &Records<'_>,
    id: &str,
) -> Result<Option<(Qualified, FunctionUrl)>, Refusal> {
    let Some(owner) = records.get::<UrlOwner>(&nowhere(), "", id)? else {
        return Ok(None);
    };
    let named = Qualified {
        scope: owner.scope,
        name: owner.name,
        qualifier: owner.qualifier,
    };
    let url = find(records, &named)?;
    Ok(url.map(|url| (named, url)))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Given {
    auth_type: Option<String>,
    cors: Option<Value>,
    invoke_mode: Option<String>,
}

pub(crate) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let given: Given = call.input()?;
    call.service.store.write(|records| {
        check_there(records, &named)?;
        if find(records, &named)?.is_some() {
            return Err(Refusal::conflict(format!(
                "Failed to create function url config for [functionArn = {}]. Error message:  \
                 FunctionUrlConfig exists for this Lambda function",
                named.arn()
            )));
        }
        let now = Timestamp::now();
        let is_mode_given = given.invoke_mode.is_some();
        let url = FunctionUrl {
            id: new_id(),
            auth_type: given.auth_type.unwrap_or_default(),
            cors: given.cors,
            invoke_mode: given.invoke_mode.unwrap_or_else(|| "BUFFERED".to_owned()),
            created: now,
            modified: now,
        };
        put(records, &named, &url)?;
        let owner = UrlOwner {
            scope: named.scope.clone(),
            name: named.name.clone(),
            qualifier: named.qualifier.clone(),
        };
        records.put(&nowhere(), "", &url.id, &owner)?;
        let mut shown = url.shown(call.service, &named);
        remove(&mut shown, "LastModifiedTime");
        if !is_mode_given {
            remove(&mut shown, "InvokeMode");
        }
        Ok(Answer::json(shown))
    })
}

pub(crate) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.read(|records| {
        let url = find(records, &named)?.ok_or_else(missing)?;
        Ok(Answer::json(url.shown(call.service, &named)))
    })
}

pub(crate) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    let given: Given = call.input()?;
    call.service.store.write(|records| {
        check_there(records, &named)?;
        let mut url = find(records, &named)?.ok_or_else(missing)?;
        let is_mode_given = given.invoke_mode.is_some();
        url.auth_type = given.auth_type.unwrap_or(url.auth_type);
        url.cors = given.cors.or(url.cors);
        url.invoke_mode = given.invoke_mode.unwrap_or(url.invoke_mode);
        url.modified = Timestamp::now();
        put(records, &named, &url)?;
        let mut shown = url.shown(call.service, &named);
        if !is_mode_given {
            remove(&mut shown, "InvokeMode");
        }
        Ok(Answer::json(shown))
    })
}

pub(crate) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.function()?;
    call.service.store.write(|records| {
        let url = find(records, &named)?.ok_or_else(missing)?;
        records.remove::<FunctionUrl>(&named.scope, &named.name, named.qualifier_or_latest())?;
        records.remove::<UrlOwner>(&nowhere(), "", &url.id)?;
        Ok(Answer::empty())
    })
}

pub(crate) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let named = call.whole_function()?;
    let page = Page::of(call, PAGE)?;
    call.service.store.read(|records| {
        check_there(records, &named)?;
        let Qualified { scope, name, .. } = &named;
        let mut urls = records.list::<FunctionUrl>(scope, name, &page.after, page.reach())?;
        let next = page.cut(&mut urls);
        let shown = urls.iter().map(|(key, url)| {
            let of_alias = named.with_qualifier(key);
            let is_alias = key != super::names::LATEST;
            url.shown(call.service, if is_alias { &of_alias } else { &named })
        });
        let mut answer = json!({"FunctionUrlConfigs": shown.collect::<Vec<_>>()});
        if let Some(next) = next {
            answer["NextMarker"] = next.into();
        }
        Ok(Answer::json(answer))
    })
}

/// All URLs of a function that goes.
pub(super) fn remove_all(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    let Qualified { scope, name, .. } = named;
    for (_, url) in records.list::<FunctionUrl>(scope, name, "", usize::MAX)? {
        records.remove::<UrlOwner>(&nowhere(), "", &url.id)?;
    }
    Ok(records.remove_all::<FunctionUrl>(scope, name)?)
}

/// The URL of an alias that goes.
pub(super) fn remove_one(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    if let Some(url) = find(records, named)? {
        records.remove::<UrlOwner>(&nowhere(), "", &url.id)?;
        records.remove::<FunctionUrl>(&named.scope, &named.name, named.qualifier_or_latest())?;
    }
    Ok(())
}

fn find(records: &Records<'_>, named: &Qualified) -> Result<Option<FunctionUrl>, Refusal> {
    let key = named.qualifier_or_latest();
    Ok(records.get(&named.scope, &named.name, key)?)
}

fn put(records: &Records<'_>, named: &Qualified, url: &FunctionUrl) -> Result<(), Refusal> {
    let key = named.qualifier_or_latest();
    Ok(records.put(&named.scope, &named.name, key, url)?)
}

fn check_there(records: &Records<'_>, named: &Qualified) -> Result<(), Refusal> {
    let is_there = function(records, named)?.is_some()
        && match &named.qualifier {
            Some(alias) => aliases::find(records, named, alias)?.is_some(),
            None => true,
        };
    if is_there {
        Ok(())
    } else {
        Err(Refusal::not_found("Function does not exist"))
    }
}

fn missing() -> Refusal {
    Refusal::not_found("The resource you requested does not exist.")
}

impl FunctionUrl {
    fn shown(&self, service: &Service, named: &Qualified) -> Value {
        let mut shown = json!({
            "FunctionUrl": service.function_url(&self.id),
            "FunctionArn": named.arn(),
            "AuthType": self.auth_type,
            "CreationTime": times::precise(self.created),
            "LastModifiedTime": times::precise(self.modified),
            "InvokeMode": self.invoke_mode,
        });
        if let Some(cors) = &self.cors {
            shown["Cors"] = cors.clone();
        }
        shown
    }
}

fn remove(shown: &mut Value, name: &str) {
    if let Some(members) = shown.as_object_mut() {
        members.remove(name);
    }
}

/// Letters and digits, as Lambda's own have.
fn new_id() -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let letter = |_| char::from(LETTERS[fastrand::usize(..LETTERS.len())]);
    (0..ID_LENGTH).map(letter).collect()
}
