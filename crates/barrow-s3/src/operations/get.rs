//! An object, or only what is known about it.

use std::fs::File;

use s3s::dto::{
    ChecksumMode, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, StorageClass,
};

use super::Call;
use super::fields::{self, set_checksums};
use crate::Storage;
use crate::checksum::Fields;
use crate::conditions::Reading;
use crate::ranges::{self, Stretch};
use crate::records::bucket::Bucket;
use crate::records::version::{self, Version};
use crate::refusal::Refusal;
use crate::send;

/// What both operations say. Their shapes have the same fields and no common type.
macro_rules! described {
    ($output:ident, $input:expr, $found:expr) => {{
        let (bucket, found, stretch): (&Bucket, &Version, &Stretch) = $found;
        let body = found.body()?;
        let detail = &body.detail;
        let headers = &detail.headers;
        let (server_side_encryption, ssekms_key_id) =
            fields::shown_encryption(detail.encryption.as_ref());
        let mut output = $output {
            accept_ranges: Some("bytes".to_owned()),
            cache_control: headers.cache_control.clone(),
            content_disposition: headers.content_disposition.clone(),
            content_encoding: headers.content_encoding.clone(),
            content_language: headers.content_language.clone(),
            content_length: fields::signed(stretch.bytes.end - stretch.bytes.start),
            content_range: stretch.content_range.clone(),
            content_type: Some(content_type(headers.content_type.as_deref())),
            e_tag: Some(fields::etag(&body.etag)),
            expires: fields::expires(headers),
            last_modified: Some(found.modified.to_timestamp()),
            metadata: Some(detail.metadata.clone().into_iter().collect()),
            parts_count: stretch.parts,
            server_side_encryption,
            ssekms_key_id,
            storage_class: detail.storage_class.clone().map(StorageClass::from),
            version_id: bucket.shown_version(&found.name),
            website_redirect_location: headers.website_redirect.clone(),
            ..$output::default()
        };
        let whole = stretch.content_range.is_none();
        if whole && checksums_wanted($input.checksum_mode.as_ref()) {
            set_checksums!(output, Fields::of_checksum(detail.checksum.as_ref()));
            output.checksum_type = fields::checksum_type_of(detail.checksum.as_ref());
        }
        output
    }};
}

pub(super) fn get(
    storage: &Storage,
    call: Call<GetObjectInput>,
) -> Result<GetObjectOutput, Refusal> {
    let Call { caller, input, .. } = call;
    refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    let find = || {
        storage.read(|records| {
            let bucket = caller.bucket(records, &input.bucket)?;
            let name = input.version_id.as_deref();
            let found = version::wanted(records, &bucket, &input.key, name)?;
            Ok((bucket, found))
        })
    };
    let (bucket, found, _, file): (_, _, _, File) = storage.open_body(find)?;
    let conditions = Reading {
        matches: input.if_match,
        matches_none: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    };
    conditions.check(found.body()?, found.modified)?;
    let stretch = ranges::stretch(found.body()?, input.range.as_ref(), input.part_number)?;
    let mut output = described!(GetObjectOutput, input, (&bucket, &found, &stretch));
    let tags = found.body()?.detail.tags.len();
    output.tag_count = i32::try_from(tags).ok().filter(|count| *count > 0);
    output.body = Some(send::send(file, &stretch.bytes)?);
    Ok(output)
}

pub(super) fn head(
    storage: &Storage,
    call: Call<HeadObjectInput>,
) -> Result<HeadObjectOutput, Refusal> {
    let Call { caller, input, .. } = call;
    refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    let (bucket, found) = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let name = input.version_id.as_deref();
        let found = version::wanted(records, &bucket, &input.key, name)?;
        Ok((bucket, found))
    })?;
    let conditions = Reading {
        matches: input.if_match,
        matches_none: input.if_none_match,
        modified_since: input.if_modified_since,
        unmodified_since: input.if_unmodified_since,
    };
    conditions.check(found.body()?, found.modified)?;
    let stretch = ranges::stretch(found.body()?, input.range.as_ref(), input.part_number)?;
    Ok(described!(
        HeadObjectOutput,
        input,
        (&bucket, &found, &stretch)
    ))
}

/// Objects that only a key of the client's can open are none that anybody keeps here.
pub(super) fn refuse_customer_keys<T>(algorithm: Option<&T>) -> Result<(), Refusal> {
    match algorithm {
        None => Ok(()),
        Some(_) => Err(Refusal::NotImplemented),
    }
}

fn checksums_wanted(mode: Option<&ChecksumMode>) -> bool {
    mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
}

fn content_type(given: Option<&str>) -> String {
    given.unwrap_or("binary/octet-stream").to_owned()
}
