//! Unfinished uploads, and their parts.

use std::cell::Cell;
use std::ops::ControlFlow;

use rusqlite::{Connection, params};
use s3s::dto::{
    ListMultipartUploadsInput, ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput,
    MultipartUpload, Part, StorageClass,
};

use super::fields::{self, set_checksums};
use super::{Call, list};
use crate::Storage;
use crate::checksum::Fields;
use crate::listing::{From, Last, Query, page};
use crate::records::upload::{self, Upload};
use crate::refusal::Refusal;

pub(super) fn parts(
    storage: &Storage,
    call: Call<ListPartsInput>,
) -> Result<ListPartsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let max_parts = fields::page_size(input.max_parts, "max-parts")?;
    let marker = input.part_number_marker.unwrap_or(0);
    let (upload, mut found) = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let upload = upload::get(records, bucket.id, &input.key, &input.upload_id)?;
        let found = upload::parts(records, upload.id, marker, max_parts + 1)?;
        Ok((upload, found))
    })?;
    let more = found.len() > max_parts;
    found.truncate(max_parts);
    let announced = upload.detail.announced;
    let shown = |part: &upload::Part| {
        let mut shown = Part {
            e_tag: Some(fields::etag(&part.etag)),
            last_modified: Some(part.modified.to_timestamp()),
            part_number: Some(part.number),
            size: fields::signed(part.size_bytes),
            ..Part::default()
        };
        if let Some((announced, value)) = announced.zip(part.checksum.as_deref()) {
            set_checksums!(shown, Fields::of(announced.algorithm, value));
        }
        shown
    };
    let class = fields::shown_class(upload.detail.storage_class.as_ref());
    Ok(ListPartsOutput {
        bucket: Some(input.bucket),
        checksum_algorithm: announced.map(|it| fields::checksum_algorithm(it.algorithm)),
        checksum_type: announced.map(|it| fields::checksum_type(it.whole)),
        initiator: Some(fields::initiator(&caller.account)),
        is_truncated: Some(more),
        key: Some(input.key),
        max_parts: fields::shown_size(max_parts),
        next_part_number_marker: Some(found.last().map_or(0, |last| last.number)),
        owner: Some(fields::owner(&caller.account)),
        part_number_marker: Some(marker),
        parts: Some(found.iter().map(shown).collect()),
        storage_class: Some(StorageClass::from(class)),
        upload_id: Some(input.upload_id),
        ..ListPartsOutput::default()
    })
}

pub(super) fn uploads(
    storage: &Storage,
    call: Call<ListMultipartUploadsInput>,
) -> Result<ListMultipartUploadsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let max_uploads = fields::page_size(input.max_uploads, "max-uploads")?;
    let encoding = list::encoding(input.encoding_type.as_ref())?;
    let key_marker = input.key_marker.clone().unwrap_or_default();
    // Without a key it says nothing.
    let upload_marker = input
        .upload_id_marker
        .clone()
        .filter(|name| !name.is_empty() && !key_marker.is_empty());
    let prefix = input.prefix.clone().unwrap_or_default();
    let delimiter = input.delimiter.clone().unwrap_or_default();
    let query = Query {
        from: match &upload_marker {
            Some(_) => From::Key(key_marker.clone().into_bytes()),
            None => list::after_marker(&key_marker, &prefix, &delimiter),
        },
        prefix,
        delimiter,
        at_most: max_uploads,
    };
    let found = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let after = Cell::new(match &upload_marker {
            Some(name) => match upload::get(records, bucket.id, &key_marker, name) {
                Ok(upload) => Some(upload.id),
                Err(Refusal::NoSuchUpload) => None,
                Err(other) => return Err(other),
            },
            None => None,
        });
        page(
            &query,
            |upload: &Upload| &upload.key,
            |from, see| {
                scan(records, bucket.id, from, &mut |upload| {
                    let shown = upload.key == key_marker
                        && after.get().is_some_and(|after| upload.id <= after);
                    if shown {
                        ControlFlow::Continue(())
                    } else {
                        see(upload)
                    }
                })
            },
        )
    })?;
    let (next_key, next_upload) = match (&found.next, found.items.last()) {
        (Some(Last::Prefix(prefix)), _) => (Some(prefix.clone()), None),
        (Some(Last::Item), Some(last)) => (Some(last.key.clone()), Some(last.name.clone())),
        _ => (None, None),
    };
    let shown = |upload: &Upload| {
        let announced = upload.detail.announced;
        let class = fields::shown_class(upload.detail.storage_class.as_ref());
        MultipartUpload {
            checksum_algorithm: announced.map(|it| fields::checksum_algorithm(it.algorithm)),
            checksum_type: announced.map(|it| fields::checksum_type(it.whole)),
            initiated: Some(upload.initiated.to_timestamp()),
            initiator: Some(fields::initiator(&caller.account)),
            key: Some(encoding.text(&upload.key)),
            owner: Some(fields::owner(&caller.account)),
            storage_class: Some(StorageClass::from(class)),
            upload_id: Some(upload.name.clone()),
        }
    };
    Ok(ListMultipartUploadsOutput {
        bucket: Some(input.bucket),
        common_prefixes: Some(list::common_prefixes(&found.prefixes, encoding)),
        delimiter: input.delimiter.map(|text| encoding.text(&text)),
        encoding_type: input.encoding_type,
        is_truncated: Some(found.next.is_some()),
        key_marker: Some(encoding.text(&key_marker)),
        max_uploads: fields::shown_size(max_uploads),
        next_key_marker: next_key.map(|text| encoding.text(&text)),
        next_upload_id_marker: next_upload,
        prefix: Some(encoding.text(&query.prefix)),
        request_charged: None,
        upload_id_marker: Some(upload_marker.unwrap_or_default()),
        uploads: Some(found.items.iter().map(shown).collect()),
    })
}

fn scan(
    records: &Connection,
    bucket: i64,
    from: &From,
    see: &mut dyn FnMut(Upload) -> ControlFlow<()>,
) -> Result<(), Refusal> {
    let (start, compare) = from.bound();
    let mut statement = records.prepare_cached(&format!(
        "SELECT {} FROM upload WHERE bucket = ?1 AND key {compare} ?2 ORDER BY key, id",
        upload::COLUMNS
    ))?;
    let mut rows = statement.query(params![bucket, start])?;
    while let Some(row) = rows.next()? {
        if see(upload::from_row(row)?).is_break() {
            break;
        }
    }
    Ok(())
}
