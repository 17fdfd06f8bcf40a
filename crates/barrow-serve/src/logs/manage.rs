//! Groups and streams are made, changed and deleted.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::groups::StreamRow;
use super::operations::{existing, invalid, name_of, no_group, no_stream};
use crate::api::Refusal;
use crate::front::Call;
use crate::store::StoreError;

/// Days that a group can keep its events.
const RETENTIONS: [i64; 23] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3650, 3653,
];

/// Of a group.
const TAG_LIMIT: usize = 50;

type Tags = BTreeMap<String, String>;

pub(super) fn create_group(call: &Call<'_>) -> Result<Value, Refusal> {
    let class = call.optional("logGroupClass").unwrap_or("STANDARD");
    let tags = call.input.get("tags").cloned().unwrap_or_else(|| json!({}));
    let (scope, name) = (&call.caller.scope, call.text("logGroupName"));
    let made = call
        .service
        .logs
        .write(|writer| writer.create_group(scope, name, class, &tags.to_string()))?;
    done_unless(!made, || exists("The specified log group already exists"))
}

pub(super) fn create_stream(call: &Call<'_>) -> Result<Value, Refusal> {
    let (scope, name) = (&call.caller.scope, call.text("logGroupName"));
    let made = call.service.logs.write(|writer| {
        let group = existing(writer.connection(), scope, name)?;
        Ok::<_, Refusal>(writer.create_stream(group.id, call.text("logStreamName"))?)
    })?;
    done_unless(!made, || exists("The specified log stream already exists"))
}

pub(super) fn delete_group(call: &Call<'_>) -> Result<Value, Refusal> {
    let name = call.text("logGroupName");
    let deleted = call.service.logs.delete_group(&call.caller.scope, name)?;
    done_unless(!deleted, no_group)
}

pub(super) fn delete_stream(call: &Call<'_>) -> Result<Value, Refusal> {
    let (scope, name) = (&call.caller.scope, call.text("logGroupName"));
    call.service.logs.write(|writer| {
        let group = existing(writer.connection(), scope, name)?;
        let stream = StreamRow::find(writer.connection(), group.id, call.text("logStreamName"));
        let stream = stream.map_err(StoreError::from)?.ok_or_else(no_stream)?;
        writer.delete_stream(stream.id)?;
        Ok(Value::Null)
    })
}

pub(super) fn put_retention(call: &Call<'_>) -> Result<Value, Refusal> {
    let days = call.number("retentionInDays").unwrap_or_default();
    if !RETENTIONS.contains(&days) {
        let days_allowed: Vec<String> = RETENTIONS.iter().map(ToString::to_string).collect();
        return Err(invalid(format!(
            "1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy \
             constraint: Member must satisfy enum value set: [{}]",
            days_allowed.join(", ")
        )));
    }
    set_retention(call, Some(days))
}

pub(super) fn delete_retention(call: &Call<'_>) -> Result<Value, Refusal> {
    set_retention(call, None)
}

fn set_retention(call: &Call<'_>, days: Option<i64>) -> Result<Value, Refusal> {
    let (scope, name) = (&call.caller.scope, call.text("logGroupName"));
    call.service.logs.write(|writer| {
        let group = existing(writer.connection(), scope, name)?;
        writer.set_retention(group.id, days)?;
        Ok::<_, Refusal>(())
    })?;
    // What is too old now goes at once.
    call.service.logs.wake();
    Ok(Value::Null)
}

pub(super) fn list_tags_of_group(call: &Call<'_>) -> Result<Value, Refusal> {
    tags_of(call, call.text("logGroupName"))
}

pub(super) fn list_tags_of_resource(call: &Call<'_>) -> Result<Value, Refusal> {
    tags_of(call, name_of(call.text("resourceArn")))
}

fn tags_of(call: &Call<'_>, name: &str) -> Result<Value, Refusal> {
    call.service.logs.read(|connection| {
        let group = existing(connection, &call.caller.scope, name)?;
        Ok(json!({"tags": read(&group.tags)}))
    })
}

pub(super) fn tag_group(call: &Call<'_>) -> Result<Value, Refusal> {
    change_tags(call, call.text("logGroupName"), |tags| {
        add(call, tags);
    })
}

pub(super) fn tag_resource(call: &Call<'_>) -> Result<Value, Refusal> {
    change_tags(call, name_of(call.text("resourceArn")), |tags| {
        add(call, tags);
    })
}

pub(super) fn untag_group(call: &Call<'_>) -> Result<Value, Refusal> {
    change_tags(call, call.text("logGroupName"), |tags| {
        remove(tags, call.items("tags"));
    })
}

pub(super) fn untag_resource(call: &Call<'_>) -> Result<Value, Refusal> {
    change_tags(call, name_of(call.text("resourceArn")), |tags| {
        remove(tags, call.items("tagKeys"));
    })
}

fn change_tags(
    call: &Call<'_>,
    name: &str,
    change: impl FnOnce(&mut Tags),
) -> Result<Value, Refusal> {
    call.service.logs.write(|writer| {
        let group = existing(writer.connection(), &call.caller.scope, name)?;
        let mut tags = read(&group.tags);
        change(&mut tags);
        if tags.len() > TAG_LIMIT {
            return Err(Refusal::new(
                "TooManyTagsException",
                "The resource can have no more than 50 tags.",
            ));
        }
        writer.set_tags(group.id, &json!(tags).to_string())?;
        Ok(Value::Null)
    })
}

/// What we wrote ourselves.
fn read(tags: &str) -> Tags {
    serde_json::from_str(tags).unwrap_or_default()
}

fn add(call: &Call<'_>, tags: &mut Tags) {
    let none = Map::new();
    let added = call
        .input
        .get("tags")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    for (key, value) in added {
        tags.insert(key.clone(), value.as_str().unwrap_or_default().to_owned());
    }
}

fn remove(tags: &mut Tags, keys: &[Value]) {
    for key in keys.iter().filter_map(Value::as_str) {
        tags.remove(key);
    }
}

fn exists(message: &str) -> Refusal {
    Refusal::new("ResourceAlreadyExistsException", message)
}

fn done_unless(wrong: bool, refusal: impl FnOnce() -> Refusal) -> Result<Value, Refusal> {
    if wrong {
        Err(refusal())
    } else {
        Ok(Value::Null)
    }
}
