//! An upload that becomes an object.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;

use data_encoding::HEXLOWER;
use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart};

use super::Call;
use super::fields::{self, checksums_of, set_checksums};
use crate::Storage;
use crate::checksum::{Algorithm, Checksum, Fields};
use crate::conditions::Placing;
use crate::records::detail::{self, Announced, Detail};
use crate::records::upload::{self, Part, Upload};
use crate::records::version::{self, Body, Content, Moment};
use crate::refusal::{Refusal, invalid_request};
use crate::storage::{Files, Incoming};

/// Every part but the last has 5 MiB.
const SMALLEST_PART_BYTES: u64 = 5 << 20;

/// 50 TB, which S3 takes since December 2025.
const LARGEST_OBJECT_BYTES: u64 = 50_000_000_000_000;

const BUFFER_BYTES: usize = 256 * 1024;

pub(super) fn complete(
    storage: &Storage,
    call: Call<CompleteMultipartUploadInput>,
) -> Result<CompleteMultipartUploadOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let wanted = input
        .multipart_upload
        .as_ref()
        .and_then(|list| list.parts.as_ref());
    let wanted = wanted
        .filter(|parts| !parts.is_empty())
        .ok_or(Refusal::MalformedXml)?;
    let (upload, known) = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let upload = upload::get(records, bucket.id, &input.key, &input.upload_id)?;
        let known = upload::parts(records, upload.id, 0, usize::MAX >> 1)?;
        Ok((upload, known))
    })?;
    let parts = chosen(wanted, &known, upload.detail.announced)?;
    let size_bytes: u64 = parts.iter().map(|part| part.size_bytes).sum();
    if size_bytes > LARGEST_OBJECT_BYTES {
        return Err(Refusal::EntityTooLarge);
    }
    if input
        .mpu_object_size
        .is_some_and(|wanted| fields::signed(size_bytes) != Some(wanted))
    {
        return Err(invalid_request(
            "The provided 'x-amz-mp-object-size' header does not match the size of the uploaded object.",
        ));
    }
    let etag = etag(&parts)?;
    let (incoming, checksum) = assembled(storage.files(), &upload, &parts)?;
    if let Some((algorithm, value)) = checksums_of!(input).given()
        && (algorithm, &value) != (checksum.algorithm, &checksum.value)
    {
        return Err(Refusal::BadDigest {
            what: algorithm.name(),
        });
    }
    let content = Content::Body(Box::new(Body {
        etag: etag.clone(),
        size_bytes,
        detail: Detail {
            checksum: Some(checksum.clone()),
            announced: None,
            parts: parts.iter().map(kept).collect(),
            ..upload.detail.clone()
        },
    }));
    let conditions = Placing {
        matches: input.if_match.clone(),
        matches_none: input.if_none_match.clone(),
    };
    let version_id = storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        upload::get(writing.records(), bucket.id, &input.key, &input.upload_id)?;
        conditions.check(version::latest(writing.records(), bucket.id, &input.key)?.as_ref())?;
        let placed = version::place(writing, &bucket, &input.key, Moment::now(), &content)?;
        incoming.keep_as(&writing.files.blob(placed.id))?;
        upload::remove(writing, upload.id)?;
        Ok(bucket.shown_version(&placed.name))
    })?;
    let (server_side_encryption, ssekms_key_id) =
        fields::shown_encryption(upload.detail.encryption.as_ref());
    let mut output = CompleteMultipartUploadOutput {
        location: Some(format!("/{}/{}", input.bucket, input.key)),
        bucket: Some(input.bucket),
        key: Some(input.key),
        e_tag: Some(fields::etag(&etag)),
        checksum_type: Some(fields::checksum_type(checksum.whole)),
        server_side_encryption,
        ssekms_key_id,
        version_id,
        ..CompleteMultipartUploadOutput::default()
    };
    set_checksums!(output, Fields::of_checksum(Some(&checksum)));
    Ok(output)
}

/// The parts that the client names, in its order, if they are what it takes them for.
fn chosen(
    wanted: &[CompletedPart],
    known: &[Part],
    announced: Option<Announced>,
) -> Result<Vec<Part>, Refusal> {
    let mut parts: Vec<Part> = Vec::with_capacity(wanted.len());
    for named in wanted {
        let number = named.part_number.ok_or(Refusal::MalformedXml)?;
        if parts.last().is_some_and(|last| last.number >= number) {
            return Err(Refusal::InvalidPartOrder);
        }
        let at = known.binary_search_by_key(&number, |part| part.number);
        let part = at.map(|at| &known[at]).map_err(|_| Refusal::InvalidPart)?;
        let same_etag = named
            .e_tag
            .as_ref()
            .is_some_and(|etag| etag.value() == part.etag);
        let same_checksum = match (checksums_of!(named).given(), announced) {
            // Where nobody announced any, none was kept.
            (None, _) | (_, None) => true,
            (Some((algorithm, value)), Some(announced)) => {
                algorithm == announced.algorithm && Some(value) == part.checksum
            }
        };
        if !same_etag || !same_checksum {
            return Err(Refusal::InvalidPart);
        }
        parts.push(part.clone());
    }
    let all_but_last = parts.len().saturating_sub(1);
    if parts[..all_but_last]
        .iter()
        .any(|part| part.size_bytes < SMALLEST_PART_BYTES)
    {
        return Err(Refusal::EntityTooSmall);
    }
    Ok(parts)
}

/// The MD5 of the MD5s of the parts, and how many they are.
fn etag(parts: &[Part]) -> Result<String, Refusal> {
    let mut md5 = Md5::new();
    for part in parts {
        let bytes = HEXLOWER.decode(part.etag.as_bytes());
        md5.update(&bytes.map_err(|_| Refusal::InvalidPart)?);
    }
    Ok(format!(
        "{}-{}",
        HEXLOWER.encode(&md5.finalize()),
        parts.len()
    ))
}

fn kept(part: &Part) -> detail::Part {
    detail::Part {
        number: part.number,
        size_bytes: part.size_bytes,
        checksum: part.checksum.clone(),
    }
}

/// Puts the parts one behind the other. Meanwhile the upload may be given up by someone else.
fn assembled(
    files: &Arc<Files>,
    upload: &Upload,
    parts: &[Part],
) -> Result<(Incoming, Checksum), Refusal> {
    let announced = upload.detail.announced;
    let over_parts = announced.filter(|announced| !announced.whole);
    let algorithm = announced.map_or(Algorithm::Crc64nvme, |announced| announced.algorithm);
    let mut hasher = algorithm.hasher();
    let (incoming, mut file) = files.receive()?;
    let mut buffer = vec![0; BUFFER_BYTES];
    for part in parts {
        let mut source = File::open(files.part(upload.id, part.id)).map_err(given_up)?;
        loop {
            let read = source.read(&mut buffer)?;
            if read == 0 {
                break;
            }
            if over_parts.is_none() {
                hasher.update(&buffer[..read]);
            }
            file.write_all(&buffer[..read])?;
        }
    }
    let checksum = match over_parts {
        Some(announced) => {
            let values: Option<Vec<&str>> =
                parts.iter().map(|part| part.checksum.as_deref()).collect();
            let values = values.ok_or(Refusal::InvalidPart)?;
            Checksum::over_parts(announced.algorithm, values.into_iter())?
        }
        None => Checksum {
            algorithm,
            value: hasher.finish(),
            whole: true,
        },
    };
    Ok((incoming, checksum))
}

fn given_up(error: io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::NotFound => Refusal::NoSuchUpload,
        _ => error.into(),
    }
}
