//! Bodies that are here already.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};

use camino::Utf8Path;
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopyPartResult, CopySource,
    MetadataDirective, ObjectCannedACL, StorageClass, TaggingDirective, UploadPartCopyInput,
    UploadPartCopyOutput,
};

use super::fields::{self, headers_of, set_checksums};
use super::{Call, acl, get, promise, put_part};
use crate::Storage;
use crate::caller::Caller;
use crate::checksum::{Algorithm, Checksum, Fields};
use crate::conditions::Reading;
use crate::receive::{LARGEST_BODY_BYTES, Received, Sink};
use crate::records::bucket::Bucket;
use crate::records::detail::Detail;
use crate::records::upload::{self, NewPart};
use crate::records::version::{self, Body, Content, Moment, Version};
use crate::refusal::{Refusal, invalid_argument, invalid_request};
use crate::storage::Incoming;

const BUFFER_BYTES: usize = 256 * 1024;

pub(super) fn object(
    storage: &Storage,
    call: Call<CopyObjectInput>,
) -> Result<CopyObjectOutput, Refusal> {
    let Call {
        caller, mut input, ..
    } = call;
    get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    get::refuse_customer_keys(input.copy_source_sse_customer_algorithm.as_ref())?;
    acl::check_canned(input.acl.as_ref().map(ObjectCannedACL::as_str))?;
    let source = Source::of(&input.copy_source)?;
    let new_metadata = replaces(
        input
            .metadata_directive
            .as_ref()
            .map(MetadataDirective::as_str),
    )?;
    if source.is(&input.bucket, &input.key) && !new_metadata && !changes(&input) {
        return Err(invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        ));
    }
    let conditions = Reading {
        matches: input.copy_source_if_match.take(),
        matches_none: input.copy_source_if_none_match.take(),
        modified_since: input.copy_source_if_modified_since.take(),
        unmodified_since: input.copy_source_if_unmodified_since.take(),
    };
    // The target is looked for first, as its owner is told first.
    storage.read(|records| caller.bucket(records, &input.bucket).map(|_| ()))?;
    let (from, found, mut file) = source.open(storage, &caller)?;
    let body = found.body()?;
    conditions.check_source(body, found.modified)?;
    if body.size_bytes > LARGEST_BODY_BYTES {
        return Err(invalid_request(
            "The specified copy source is larger than the maximum allowable size for a copy source: 5368709120",
        ));
    }
    let mut copy = Body {
        etag: body.etag.clone(),
        size_bytes: body.size_bytes,
        detail: detail(&mut input, body, new_metadata)?,
    };
    let wanted = promise::named_algorithm(input.checksum_algorithm.as_ref())?;
    let incoming = rehashed(storage, &mut file, &mut copy, wanted)?;
    let modified = Moment::now();
    let content = Content::Body(Box::new(copy.clone()));
    let source_blob = storage.files().blob(found.id);
    let (bucket, placed) = storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        let placed = version::place(writing, &bucket, &input.key, modified, &content)?;
        let target = writing.files.blob(placed.id);
        match incoming {
            Some(incoming) => incoming.keep_as(&target)?,
            None => linked(&source_blob, &mut file, &target)?,
        }
        Ok((bucket, placed))
    })?;
    let (server_side_encryption, ssekms_key_id) =
        fields::shown_encryption(copy.detail.encryption.as_ref());
    let checksum = copy.detail.checksum.as_ref();
    let mut result = CopyObjectResult {
        e_tag: Some(fields::etag(&copy.etag)),
        last_modified: Some(modified.to_timestamp()),
        checksum_type: fields::checksum_type_of(checksum),
        ..CopyObjectResult::default()
    };
    set_checksums!(result, Fields::of_checksum(checksum));
    Ok(CopyObjectOutput {
        copy_object_result: Some(result),
        copy_source_version_id: from.shown_version(&found.name),
        server_side_encryption,
        ssekms_key_id,
        version_id: bucket.shown_version(&placed.name),
        ..CopyObjectOutput::default()
    })
}

fn replaces(directive: Option<&str>) -> Result<bool, Refusal> {
    match directive {
        None | Some(MetadataDirective::COPY) => Ok(false),
        Some(MetadataDirective::REPLACE) => Ok(true),
        Some(_) => Err(invalid_argument("Unknown metadata directive.")),
    }
}

/// Whether a copy onto itself is of any use.
fn changes(input: &CopyObjectInput) -> bool {
    input.storage_class.is_some()
        || input.server_side_encryption.is_some()
        || input.website_redirect_location.is_some()
}

/// What is known about the copy: partly what is known about the source.
fn detail(
    input: &mut CopyObjectInput,
    source: &Body,
    new_metadata: bool,
) -> Result<Detail, Refusal> {
    let mut detail = Detail {
        storage_class: fields::storage_class(
            input.storage_class.as_ref().map(StorageClass::as_str),
        )?,
        encryption: fields::encryption(
            input.server_side_encryption.as_ref(),
            input.ssekms_key_id.as_ref(),
        ),
        ..source.detail.clone()
    };
    if new_metadata {
        detail.headers = headers_of!(input);
        detail.metadata = fields::metadata(input.metadata.take())?;
    } else {
        // The one header that is never copied.
        detail.headers.website_redirect = input.website_redirect_location.take();
    }
    if replaces(
        input
            .tagging_directive
            .as_ref()
            .map(TaggingDirective::as_str),
    )? {
        detail.tags = fields::tags_of_header(input.tagging.as_deref())?;
    }
    Ok(detail)
}

/// A copy is one whole, whatever the source came in. Where its tag or checksum is another than the
/// source's, the bytes are read and written once more.
fn rehashed(
    storage: &Storage,
    file: &mut File,
    copy: &mut Body,
    wanted: Option<Algorithm>,
) -> Result<Option<Incoming>, Refusal> {
    let detail = &mut copy.detail;
    let known = detail.checksum.as_ref().map(|checksum| checksum.algorithm);
    let algorithm = wanted.or(known).unwrap_or(Algorithm::Crc64nvme);
    if detail.parts.is_empty() && Some(algorithm) == known {
        return Ok(None);
    }
    detail.parts.clear();
    let received = copied(storage, file, 0, copy.size_bytes, algorithm)?;
    copy.etag = received.etag();
    detail.checksum = received.checksum.map(|(algorithm, value)| Checksum {
        algorithm,
        value,
        whole: true,
    });
    Ok(Some(received.incoming))
}

pub(super) fn part(
    storage: &Storage,
    call: Call<UploadPartCopyInput>,
) -> Result<UploadPartCopyOutput, Refusal> {
    let Call {
        caller, mut input, ..
    } = call;
    get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    get::refuse_customer_keys(input.copy_source_sse_customer_algorithm.as_ref())?;
    put_part::check_number(input.part_number)?;
    let source = Source::of(&input.copy_source)?;
    let conditions = Reading {
        matches: input.copy_source_if_match.take(),
        matches_none: input.copy_source_if_none_match.take(),
        modified_since: input.copy_source_if_modified_since.take(),
        unmodified_since: input.copy_source_if_unmodified_since.take(),
    };
    let upload = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        upload::get(records, bucket.id, &input.key, &input.upload_id)
    })?;
    let (from, found, mut file) = source.open(storage, &caller)?;
    let body = found.body()?;
    conditions.check_source(body, found.modified)?;
    let (start, end) = copy_range(input.copy_source_range.as_deref(), body.size_bytes)?;
    let announced = upload.detail.announced.map(|announced| announced.algorithm);
    let algorithm = announced.unwrap_or(Algorithm::Crc64nvme);
    let received = copied(storage, &mut file, start, end - start, algorithm)?;
    let etag = received.etag();
    let checksum = announced.and(received.checksum);
    let modified = Moment::now();
    storage.write(|writing| {
        let upload = upload::get(writing.records(), upload.bucket, &input.key, &upload.name)?;
        let part = NewPart {
            number: input.part_number,
            modified,
            etag: &etag,
            size_bytes: received.size_bytes,
            checksum: checksum.as_ref().map(|(_, value)| value.as_str()),
        };
        let id = upload::put_part(writing, upload.id, &part)?;
        received
            .incoming
            .keep_as(&writing.files.part(upload.id, id))?;
        Ok(())
    })?;
    let mut result = CopyPartResult {
        e_tag: Some(fields::etag(&etag)),
        last_modified: Some(modified.to_timestamp()),
        ..CopyPartResult::default()
    };
    if let Some((algorithm, value)) = &checksum {
        set_checksums!(result, Fields::of(*algorithm, value));
    }
    let (server_side_encryption, ssekms_key_id) =
        fields::shown_encryption(upload.detail.encryption.as_ref());
    Ok(UploadPartCopyOutput {
        copy_part_result: Some(result),
        copy_source_version_id: from.shown_version(&found.name),
        server_side_encryption,
        ssekms_key_id,
        ..UploadPartCopyOutput::default()
    })
}

/// `x-amz-copy-source`.
struct Source {
    bucket: String,
    key: String,
    version: Option<String>,
}

impl Source {
    fn of(header: &CopySource) -> Result<Self, Refusal> {
        match header {
            CopySource::Bucket {
                bucket,
                key,
                version_id,
            } => Ok(Self {
                bucket: bucket.to_string(),
                key: key.to_string(),
                version: version_id.as_ref().map(ToString::to_string),
            }),
            CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
                Err(Refusal::NotImplemented)
            }
        }
    }

    /// Whether that is what a key shows now.
    fn is(&self, bucket: &str, key: &str) -> bool {
        self.bucket == bucket && self.key == key && self.version.is_none()
    }

    fn open(&self, storage: &Storage, caller: &Caller) -> Result<(Bucket, Version, File), Refusal> {
        let find = || {
            storage.read(|records| {
                let bucket = caller.source_bucket(records, &self.bucket)?;
                let name = self.version.as_deref();
                let found = version::wanted(records, &bucket, &self.key, name)?;
                Ok((bucket, found))
            })
        };
        let (bucket, found, _, file) = storage.open_body(find)?;
        Ok((bucket, found, file))
    }
}

/// Bodies never change, so two objects may share one.
fn linked(source: &Utf8Path, file: &mut File, target: &Utf8Path) -> Result<(), Refusal> {
    // Whatever lies there is of a change that was never finished.
    let _ = fs::remove_file(target);
    if fs::hard_link(source, target).is_err() {
        // Not every file system has links, some have only so many for one file, and the source may
        // have been deleted just now.
        file.rewind()?;
        io::copy(file, &mut File::create(target)?)?;
    }
    Ok(())
}

fn copied(
    storage: &Storage,
    file: &mut File,
    start: u64,
    length: u64,
    algorithm: Algorithm,
) -> Result<Received, Refusal> {
    file.seek(SeekFrom::Start(start))?;
    let mut left = file.take(length);
    let mut sink = Sink::open(storage.files(), Some(algorithm))?;
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = left.read(&mut buffer)?;
        if read == 0 {
            return Ok(sink.finish());
        }
        sink.write(&buffer[..read])?;
    }
}

/// `bytes=0-99`, with both ends.
fn copy_range(header: Option<&str>, size_bytes: u64) -> Result<(u64, u64), Refusal> {
    let Some(header) = header else {
        return Ok((0, size_bytes));
    };
    let parsed = || {
        let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
        let range: (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        (range.0 <= range.1).then_some(range)
    };
    let (first, last) = parsed().ok_or_else(|| {
        invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
        )
    })?;
    if last >= size_bytes {
        return Err(invalid_argument(format!(
            "Range specified is not valid for source object of size: {size_bytes}"
        )));
    }
    Ok((first, last + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_names_both_ends_and_stays_inside() {
        assert_eq!(copy_range(None, 10).unwrap(), (0, 10));
        assert_eq!(copy_range(Some("bytes=0-9"), 10).unwrap(), (0, 10));
        assert_eq!(copy_range(Some("bytes=3-3"), 10).unwrap(), (3, 4));
        for wrong in [
            "bytes=0-10",
            "bytes=5-4",
            "bytes=5-",
            "bytes=-5",
            "0-9",
            "bytes=a-b",
        ] {
            assert!(copy_range(Some(wrong), 10).is_err(), "{wrong}");
        }
    }
}
