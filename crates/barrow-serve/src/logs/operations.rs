//! The operations, and what they have in common.

use data_encoding::BASE64URL_NOPAD;
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::groups::Group;
use super::{describe, fetch, manage, put};
use crate::api::Refusal;
use crate::front::{Call, Operation};
use crate::store::{Scope, StoreError};

pub(crate) fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        "CreateLogGroup" => manage::create_group,
        "CreateLogStream" => manage::create_stream,
        "DeleteLogGroup" => manage::delete_group,
        "DeleteLogStream" => manage::delete_stream,
        "DeleteRetentionPolicy" => manage::delete_retention,
        "PutRetentionPolicy" => manage::put_retention,
        "ListTagsForResource" => manage::list_tags_of_resource,
        "ListTagsLogGroup" => manage::list_tags_of_group,
        "TagLogGroup" => manage::tag_group,
        "TagResource" => manage::tag_resource,
        "UntagLogGroup" => manage::untag_group,
        "UntagResource" => manage::untag_resource,
        "DescribeLogGroups" => describe::groups,
        "DescribeLogStreams" => describe::streams,
        "FilterLogEvents" => fetch::filter,
        "GetLogEvents" => fetch::get,
        "PutLogEvents" => put::events,
        _ => return None,
    })
}

pub(super) fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("InvalidParameterException", message)
}

pub(super) fn no_group() -> Refusal {
    Refusal::not_found("The specified log group does not exist.")
}

pub(super) fn no_stream() -> Refusal {
    Refusal::not_found("The specified log stream does not exist.")
}

/// The group that a request is about, named or identified.
pub(super) fn named<'c>(call: &'c Call<'_>) -> Result<&'c str, Refusal> {
    match (
        call.optional("logGroupName"),
        call.optional("logGroupIdentifier"),
    ) {
        (Some(name), None) => Ok(name),
        (None, Some(identifier)) => Ok(name_of(identifier)),
        (Some(_), Some(_)) => Err(invalid(
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        )),
        (None, None) => Err(invalid(
            "Either logGroupName or logGroupIdentifier must be specified.",
        )),
    }
}

/// A group's name out of its ARN, which may end in `:*`; anything else is a name.
pub(super) fn name_of(identifier: &str) -> &str {
    let name = match identifier.split_once(":log-group:") {
        Some((_, name)) if identifier.starts_with("arn:") => name,
        _ => identifier,
    };
    name.strip_suffix(":*").unwrap_or(name)
}

pub(super) fn existing(
    connection: &Connection,
    scope: &Scope,
    name: &str,
) -> Result<Group, Refusal> {
    let group = Group::find(connection, scope, name).map_err(StoreError::from)?;
    group.ok_or_else(no_group)
}

/// Where the next page begins, as clients carry it.
pub(super) fn token(place: &impl Serialize) -> Value {
    let place = serde_json::to_vec(place).expect("a place is plain data");
    BASE64URL_NOPAD.encode(&place).into()
}

pub(super) fn place<P: DeserializeOwned>(call: &Call<'_>) -> Result<Option<P>, Refusal> {
    let Some(token) = call.optional("nextToken") else {
        return Ok(None);
    };
    let place = BASE64URL_NOPAD.decode(token.as_bytes()).ok();
    let place = place.and_then(|place| serde_json::from_slice(&place).ok());
    place.map(Some).ok_or_else(wrong_token)
}

pub(super) fn wrong_token() -> Refusal {
    invalid("The specified nextToken is invalid.")
}

pub(super) fn arn(scope: &Scope, group: &str) -> String {
    let Scope { account, region } = scope;
    format!("arn:aws:logs:{region}:{account}:log-group:{group}")
}
