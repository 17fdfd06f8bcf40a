//! All versions of the objects of a bucket: by key, and of a key the latest first.

use std::cell::Cell;
use std::ops::ControlFlow;

use rusqlite::{Connection, params};
use s3s::dto::{
    DeleteMarkerEntry, ListObjectVersionsInput, ListObjectVersionsOutput, ObjectVersion,
    ObjectVersionStorageClass,
};

use super::{Call, fields, list};
use crate::Storage;
use crate::listing::{Encoding, From, Last, Page, Query, page};
use crate::records::version::{self, Content, Version};
use crate::refusal::{Refusal, invalid_argument};

pub(super) fn list(
    storage: &Storage,
    call: Call<ListObjectVersionsInput>,
) -> Result<ListObjectVersionsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let max_keys = fields::page_size(input.max_keys, "max-keys")?;
    let encoding = list::encoding(input.encoding_type.as_ref())?;
    let key_marker = input.key_marker.clone().unwrap_or_default();
    let version_marker = input
        .version_id_marker
        .clone()
        .filter(|name| !name.is_empty());
    if version_marker.is_some() && key_marker.is_empty() {
        return Err(invalid_argument(
            "A version-id marker cannot be specified without a key marker.",
        ));
    }
    let prefix = input.prefix.clone().unwrap_or_default();
    let delimiter = input.delimiter.clone().unwrap_or_default();
    let from = match &version_marker {
        Some(_) => From::Key(key_marker.clone().into_bytes()),
        None => list::after_marker(&key_marker, &prefix, &delimiter),
    };
    let query = Query {
        prefix,
        delimiter,
        from,
        at_most: max_keys,
    };
    let found = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let before = match &version_marker {
            Some(name) => version::named(records, bucket.id, &key_marker, name)?.map(|it| it.id),
            None => None,
        };
        find(records, bucket.id, &query, &key_marker, before)
    })?;
    let (next_key, next_version) = match (&found.next, found.items.last()) {
        (Some(Last::Prefix(prefix)), _) => (Some(prefix.clone()), None),
        (Some(Last::Item), Some(last)) => (Some(last.key.clone()), Some(last.name.clone())),
        _ => (None, None),
    };
    let (versions, delete_markers) = shown(&found, encoding, &caller.account);
    Ok(ListObjectVersionsOutput {
        common_prefixes: Some(list::common_prefixes(&found.prefixes, encoding)),
        delete_markers: Some(delete_markers),
        delimiter: input.delimiter.map(|text| encoding.text(&text)),
        encoding_type: input.encoding_type,
        is_truncated: Some(found.next.is_some()),
        key_marker: Some(encoding.text(&key_marker)),
        max_keys: fields::shown_size(max_keys),
        name: Some(input.bucket),
        next_key_marker: next_key.map(|text| encoding.text(&text)),
        next_version_id_marker: next_version,
        prefix: Some(encoding.text(&query.prefix)),
        request_charged: None,
        version_id_marker: Some(version_marker.unwrap_or_default()),
        versions: Some(versions),
    })
}

/// A page of versions. Of the key at the marker only those are left that are older than `before`.
fn find(
    records: &Connection,
    bucket: i64,
    query: &Query,
    marker: &str,
    before: Option<i64>,
) -> Result<Page<Version>, Refusal> {
    let before = Cell::new(before);
    page(
        query,
        |version: &Version| &version.key,
        |from, see| {
            scan(records, bucket, from, &mut |version| {
                if version.key == marker && before.get().is_some_and(|before| version.id >= before)
                {
                    return ControlFlow::Continue(());
                }
                see(version)
            })
        },
    )
}

fn scan(
    records: &Connection,
    bucket: i64,
    from: &From,
    see: &mut dyn FnMut(Version) -> ControlFlow<()>,
) -> Result<(), Refusal> {
    let (start, compare) = from.bound();
    let mut statement = records.prepare_cached(&format!(
        "SELECT {} FROM version WHERE bucket = ?1 AND key {compare} ?2 ORDER BY key, id DESC",
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

fn shown(
    found: &Page<Version>,
    encoding: Encoding,
    account: &str,
) -> (Vec<ObjectVersion>, Vec<DeleteMarkerEntry>) {
    let mut versions = Vec::new();
    let mut markers = Vec::new();
    for version in &found.items {
        let key = Some(encoding.text(&version.key));
        let last_modified = Some(version.modified.to_timestamp());
        let owner = Some(fields::owner(account));
        let version_id = Some(version.name.clone());
        match &version.content {
            Content::Body(body) => {
                let checksum = body.detail.checksum.as_ref();
                let class = fields::shown_class(body.detail.storage_class.as_ref());
                versions.push(ObjectVersion {
                    checksum_algorithm: checksum
                        .map(|checksum| vec![fields::checksum_algorithm(checksum.algorithm)]),
                    checksum_type: fields::checksum_type_of(checksum),
                    e_tag: Some(fields::etag(&body.etag)),
                    is_latest: Some(version.latest),
                    key,
                    last_modified,
                    owner,
                    restore_status: None,
                    size: fields::signed(body.size_bytes),
                    storage_class: Some(ObjectVersionStorageClass::from(class)),
                    version_id,
                });
            }
            Content::DeleteMarker => markers.push(DeleteMarkerEntry {
                is_latest: Some(version.latest),
                key,
                last_modified,
                owner,
                version_id,
            }),
        }
    }
    (versions, markers)
}
