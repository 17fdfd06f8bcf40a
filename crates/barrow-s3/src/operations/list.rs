//! The objects of a bucket, in both versions of the listing.

use std::ops::ControlFlow;

use rusqlite::{Connection, params};
use s3s::dto::{
    CommonPrefix, EncodingType, ListObjectsInput, ListObjectsOutput, ListObjectsV2Input,
    ListObjectsV2Output, Object, ObjectStorageClass, Owner,
};

use super::{Call, fields};
use crate::Storage;
use crate::caller::Caller;
use crate::listing::{Encoding, From, Last, Page, Query, Token, page};
use crate::records::version::{self, Version};
use crate::refusal::{Refusal, invalid_argument};

pub(super) fn v2(
    storage: &Storage,
    call: Call<ListObjectsV2Input>,
) -> Result<ListObjectsV2Output, Refusal> {
    let Call { caller, input, .. } = call;
    let max_keys = fields::page_size(input.max_keys, "max-keys")?;
    let encoding = encoding(input.encoding_type.as_ref())?;
    let from = match (&input.continuation_token, &input.start_after) {
        (Some(token), _) => Token::parse(token)
            .ok_or_else(|| invalid_argument("The continuation token provided is incorrect"))?
            .place(),
        (None, Some(after)) => From::AfterKey(after.clone().into_bytes()),
        (None, None) => From::Start,
    };
    let query = Query {
        prefix: input.prefix.clone().unwrap_or_default(),
        delimiter: input.delimiter.clone().unwrap_or_default(),
        from,
        at_most: max_keys,
    };
    let found = find(storage, &caller, &input.bucket, &query)?;
    let next = found.next.as_ref().map(|last| match last {
        Last::Prefix(prefix) => Token::AfterPrefix(prefix.clone()),
        Last::Item => Token::AfterKey(last_key(&found)),
    });
    let owner = (input.fetch_owner == Some(true)).then(|| fields::owner(&caller.account));
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(encoding.text(&query.prefix)),
        max_keys: fields::shown_size(max_keys),
        key_count: fields::shown_size(found.items.len() + found.prefixes.len()),
        continuation_token: input.continuation_token,
        is_truncated: Some(next.is_some()),
        next_continuation_token: next.map(|token| token.to_text()),
        common_prefixes: Some(common_prefixes(&found.prefixes, encoding)),
        contents: Some(contents(&found.items, encoding, owner.as_ref())?),
        delimiter: input.delimiter.map(|text| encoding.text(&text)),
        encoding_type: input.encoding_type,
        start_after: input.start_after.map(|text| encoding.text(&text)),
        request_charged: None,
    })
}

pub(super) fn v1(
    storage: &Storage,
    call: Call<ListObjectsInput>,
) -> Result<ListObjectsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let max_keys = fields::page_size(input.max_keys, "max-keys")?;
    let encoding = encoding(input.encoding_type.as_ref())?;
    let prefix = input.prefix.clone().unwrap_or_default();
    let delimiter = input.delimiter.clone().unwrap_or_default();
    let marker = input.marker.clone().unwrap_or_default();
    let query = Query {
        from: after_marker(&marker, &prefix, &delimiter),
        prefix,
        delimiter,
        at_most: max_keys,
    };
    let found = find(storage, &caller, &input.bucket, &query)?;
    // Without a delimiter clients take the last key.
    let next = found.next.as_ref().filter(|_| !query.delimiter.is_empty());
    let next = next.map(|last| match last {
        Last::Prefix(prefix) => prefix.clone(),
        Last::Item => last_key(&found),
    });
    Ok(ListObjectsOutput {
        name: Some(input.bucket),
        prefix: Some(encoding.text(&query.prefix)),
        marker: Some(encoding.text(&marker)),
        max_keys: fields::shown_size(max_keys),
        is_truncated: Some(found.next.is_some()),
        next_marker: next.map(|text| encoding.text(&text)),
        common_prefixes: Some(common_prefixes(&found.prefixes, encoding)),
        contents: Some(contents(
            &found.items,
            encoding,
            Some(&fields::owner(&caller.account)),
        )?),
        delimiter: input.delimiter.map(|text| encoding.text(&text)),
        encoding_type: input.encoding_type,
        request_charged: None,
    })
}

/// A marker that is a common prefix was one on the page before, and stands for all its keys.
pub(super) fn after_marker(marker: &str, prefix: &str, delimiter: &str) -> From {
    if marker.is_empty() {
        return From::Start;
    }
    let end = marker
        .strip_prefix(prefix)
        .filter(|_| !delimiter.is_empty())
        .and_then(|rest| Some(prefix.len() + rest.find(delimiter)? + delimiter.len()));
    if end == Some(marker.len()) {
        From::after_prefix(marker)
    } else {
        From::AfterKey(marker.as_bytes().to_vec())
    }
}

fn find(
    storage: &Storage,
    caller: &Caller,
    bucket: &str,
    query: &Query,
) -> Result<Page<Version>, Refusal> {
    storage.read(|records| {
        let bucket = caller.bucket(records, bucket)?;
        page(
            query,
            |version: &Version| &version.key,
            |from, see| scan(records, bucket.id, from, see),
        )
    })
}

/// Shows the objects that are there, from a place on.
fn scan(
    records: &Connection,
    bucket: i64,
    from: &From,
    see: &mut dyn FnMut(Version) -> ControlFlow<()>,
) -> Result<(), Refusal> {
    let (start, compare) = from.bound();
    let mut statement = records.prepare_cached(&format!(
        "SELECT {} FROM version
         WHERE bucket = ?1 AND latest AND key {compare} ?2 AND etag IS NOT NULL
         ORDER BY key",
        version::COLUMNS
    ))?;
    let mut rows = statement.query(params![bucket, start])?;
    while let Some(row) = rows.next()? {
        if see(version::from_row(row)?).is_break() {
            break;
        }
    }
    Ok(())
}

fn last_key(found: &Page<Version>) -> String {
    found
        .items
        .last()
        .map(|version| version.key.clone())
        .unwrap_or_default()
}

fn contents(
    versions: &[Version],
    encoding: Encoding,
    owner: Option<&Owner>,
) -> Result<Vec<Object>, Refusal> {
    let mut objects = Vec::with_capacity(versions.len());
    for version in versions {
        let body = version.body()?;
        let checksum = body.detail.checksum.as_ref();
        let class = fields::shown_class(body.detail.storage_class.as_ref());
        objects.push(Object {
            checksum_algorithm: checksum
                .map(|checksum| vec![fields::checksum_algorithm(checksum.algorithm)]),
            checksum_type: fields::checksum_type_of(checksum),
            e_tag: Some(fields::etag(&body.etag)),
            key: Some(encoding.text(&version.key)),
            last_modified: Some(version.modified.to_timestamp()),
            owner: owner.cloned(),
            restore_status: None,
            size: fields::signed(body.size_bytes),
            storage_class: Some(ObjectStorageClass::from(class)),
        });
    }
    Ok(objects)
}

pub(super) fn common_prefixes(prefixes: &[String], encoding: Encoding) -> Vec<CommonPrefix> {
    let shown = |prefix: &String| CommonPrefix {
        prefix: Some(encoding.text(prefix)),
    };
    prefixes.iter().map(shown).collect()
}

pub(super) fn encoding(wanted: Option<&EncodingType>) -> Result<Encoding, Refusal> {
    match wanted.map(EncodingType::as_str) {
        None => Ok(Encoding::Plain),
        Some(EncodingType::URL) => Ok(Encoding::Url),
        Some(_) => Err(invalid_argument(
            "Invalid Encoding Method specified in Request",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_common_prefix_stands_for_its_keys() {
        for (marker, prefix, delimiter, common) in [
            ("a/", "", "/", true),
            ("x/a/", "x/", "/", true),
            ("a/b/", "", "/", false),
            ("a", "", "/", false),
            ("a/", "", "", false),
            // Shorter than the delimiter.
            ("a", "", "//", false),
        ] {
            let expected = if common {
                From::after_prefix(marker)
            } else {
                From::AfterKey(marker.as_bytes().to_vec())
            };
            assert_eq!(
                after_marker(marker, prefix, delimiter),
                expected,
                "{marker}"
            );
        }
    }
}
