//! Bodies that clients send: objects, and parts of uploads.

use data_encoding::BASE64;
use s3s::dto::{
    ChecksumAlgorithm, ObjectCannedACL, PutObjectInput, PutObjectOutput, StorageClass,
    UploadPartInput, UploadPartOutput,
};

use super::fields::{self, checksums_of, headers_of, set_checksums};
use super::{Call, acl, get};
use crate::Storage;
use crate::checksum::{Algorithm, Checksum, Fields};
use crate::conditions::Placing;
use crate::receive::{LARGEST_BODY_BYTES, Received, receive};
use crate::records::detail::Detail;
use crate::records::upload::{self, NewPart};
use crate::records::version::{self, Body, Content, Moment};
use crate::refusal::{Refusal, invalid_argument, invalid_request};
use crate::service::Trailers;

/// What S3 makes of a body for which the client names nothing.
const USUAL_ALGORITHM: Algorithm = Algorithm::Crc64nvme;

pub(super) const MOST_PARTS: i32 = 10_000;

pub(super) async fn object(
    storage: &Storage,
    call: Call<PutObjectInput>,
) -> Result<PutObjectOutput, Refusal> {
    let Call {
        caller,
        mut input,
        trailers,
        announced_trailer,
    } = call;
    get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    if input.write_offset_bytes.is_some() || input.object_lock_mode.is_some() {
        return Err(Refusal::NotImplemented);
    }
    acl::check_canned(input.acl.as_ref().map(ObjectCannedACL::as_str))?;
    let promise = Promise {
        content_md5: parse_md5(input.content_md5.as_deref())?,
        given: checksums_of!(input).given(),
        trailer: announced_trailer.as_deref().and_then(Algorithm::of_header),
        named: named_algorithm(input.checksum_algorithm.as_ref())?,
    };
    let mut detail = Detail {
        headers: headers_of!(input),
        metadata: fields::metadata(input.metadata.take())?,
        tags: fields::tags_of_header(input.tagging.as_deref())?,
        storage_class: fields::storage_class(
            input.storage_class.as_ref().map(StorageClass::as_str),
        )?,
        encryption: fields::encryption(
            input.server_side_encryption.as_ref(),
            input.ssekms_key_id.as_ref(),
        ),
        ..Detail::default()
    };
    let length = body_length(input.content_length)?;
    let name = input.bucket.clone();
    let asking = caller.clone();
    // No body is taken that is not to stay.
    storage
        .blocking(move |storage| storage.read(|records| asking.bucket(records, &name)))
        .await?;
    let algorithm = promise.algorithm().unwrap_or(USUAL_ALGORITHM);
    let arrived = receive(storage.files(), input.body.take(), length, Some(algorithm)).await?;
    let placed = storage.blocking(move |storage| {
        let received = arrived.finish(storage.files())?;
        promise.check(&received, &trailers)?;
        let etag = received.etag();
        detail.checksum = whole(received.checksum);
        let content = Content::Body(Box::new(Body {
            etag: etag.clone(),
            size_bytes: received.size_bytes,
            detail,
        }));
        let conditions = Placing {
            matches: input.if_match,
            matches_none: input.if_none_match,
        };
        let (bucket, placed) = storage.write(|writing| {
            let bucket = caller.bucket(writing.records(), &input.bucket)?;
            conditions
                .check(version::latest(writing.records(), bucket.id, &input.key)?.as_ref())?;
            let placed = version::place(writing, &bucket, &input.key, Moment::now(), &content)?;
            received.incoming.keep_as(&writing.files.blob(placed.id))?;
            Ok((bucket, placed))
        })?;
        Ok((bucket.shown_version(&placed.name), etag, content))
    });
    let (version_id, etag, content) = placed.await?;
    let Content::Body(body) = content else {
        return Err(Refusal::Stopped);
    };
    let (server_side_encryption, ssekms_key_id) =
        fields::shown_encryption(body.detail.encryption.as_ref());
    let mut output = PutObjectOutput {
        e_tag: Some(fields::etag(&etag)),
        checksum_type: fields::checksum_type_of(body.detail.checksum.as_ref()),
        server_side_encryption,
        ssekms_key_id,
        version_id,
        ..PutObjectOutput::default()
    };
    set_checksums!(output, Fields::of_checksum(body.detail.checksum.as_ref()));
    Ok(output)
}

pub(super) async fn part(
    storage: &Storage,
    call: Call<UploadPartInput>,
) -> Result<UploadPartOutput, Refusal> {
    let Call {
        caller,
        mut input,
        trailers,
        announced_trailer,
    } = call;
    get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    check_part_number(input.part_number)?;
    let promise = Promise {
        content_md5: parse_md5(input.content_md5.as_deref())?,
        given: checksums_of!(input).given(),
        trailer: announced_trailer.as_deref().and_then(Algorithm::of_header),
        named: named_algorithm(input.checksum_algorithm.as_ref())?,
    };
    let length = body_length(input.content_length)?;
    let body = input.body.take();
    let (asking, bucket, key, upload_id) = (
        caller.clone(),
        input.bucket.clone(),
        input.key.clone(),
        input.upload_id.clone(),
    );
    let upload = storage
        .blocking(move |storage| {
            storage.read(|records| {
                let bucket = asking.bucket(records, &bucket)?;
                upload::get(records, bucket.id, &key, &upload_id)
            })
        })
        .await?;
    let announced = upload.detail.announced.map(|announced| announced.algorithm);
    let algorithm = match (announced, promise.algorithm()) {
        (Some(announced), Some(promised)) if announced != promised => {
            return Err(invalid_request(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                announced.name().to_ascii_lowercase(),
                promised.name().to_ascii_lowercase()
            )));
        }
        (announced, promised) => announced.or(promised),
    };
    let arrived = receive(storage.files(), body, length, algorithm).await?;
    let put = storage.blocking(move |storage| {
        let received = arrived.finish(storage.files())?;
        promise.check(&received, &trailers)?;
        let etag = received.etag();
        let checksum = received.checksum;
        storage.write(|writing| {
            let upload = upload::get(writing.records(), upload.bucket, &input.key, &upload.name)?;
            let part = NewPart {
                number: input.part_number,
                modified: Moment::now(),
                etag: &etag,
                size_bytes: received.size_bytes,
                // One that nobody announced is checked, and then of no use.
                checksum: announced
                    .and(checksum.as_ref())
                    .map(|(_, value)| value.as_str()),
            };
            let id = upload::put_part(writing, upload.id, &part)?;
            received
                .incoming
                .keep_as(&writing.files.part(upload.id, id))?;
            Ok(())
        })?;
        Ok((etag, checksum, upload.detail.encryption))
    });
    let (etag, checksum, encryption) = put.await?;
    let (server_side_encryption, ssekms_key_id) = fields::shown_encryption(encryption.as_ref());
    let mut output = UploadPartOutput {
        e_tag: Some(fields::etag(&etag)),
        server_side_encryption,
        ssekms_key_id,
        ..UploadPartOutput::default()
    };
    if let Some((algorithm, value)) = checksum {
        set_checksums!(output, Fields::of(algorithm, &value));
    }
    Ok(output)
}

pub(super) fn check_part_number(number: i32) -> Result<(), Refusal> {
    if (1..=MOST_PARTS).contains(&number) {
        Ok(())
    } else {
        Err(invalid_argument(
            "Part number must be an integer between 1 and 10000, inclusive",
        ))
    }
}

/// What the client says the body will be.
struct Promise {
    content_md5: Option<[u8; 16]>,
    given: Option<(Algorithm, String)>,
    /// The checksum comes behind the body.
    trailer: Option<Algorithm>,
    /// Only the algorithm is known.
    named: Option<Algorithm>,
}

impl Promise {
    fn algorithm(&self) -> Option<Algorithm> {
        self.given
            .as_ref()
            .map(|(algorithm, _)| *algorithm)
            .or(self.trailer)
            .or(self.named)
    }

    fn check(&self, received: &Received, trailers: &Trailers) -> Result<(), Refusal> {
        if self
            .content_md5
            .is_some_and(|wanted| wanted != received.md5)
        {
            return Err(Refusal::BadDigest {
                what: "Content-MD5",
            });
        }
        let trailing = || {
            let algorithm = self.trailer?;
            Some((algorithm, trailers.get(algorithm.header())?))
        };
        let promised = self.given.clone().or_else(trailing);
        if let Some((algorithm, _)) = &promised
            && promised != received.checksum
        {
            return Err(Refusal::BadDigest {
                what: algorithm.name(),
            });
        }
        Ok(())
    }
}

fn whole(checksum: Option<(Algorithm, String)>) -> Option<Checksum> {
    checksum.map(|(algorithm, value)| Checksum {
        algorithm,
        value,
        whole: true,
    })
}

pub(super) fn named_algorithm(
    name: Option<&ChecksumAlgorithm>,
) -> Result<Option<Algorithm>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    match Algorithm::named(name.as_str()) {
        Some(algorithm) => Ok(Some(algorithm)),
        None => Err(invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )),
    }
}

fn parse_md5(header: Option<&str>) -> Result<Option<[u8; 16]>, Refusal> {
    let Some(header) = header else {
        return Ok(None);
    };
    let bytes = BASE64.decode(header.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    bytes.map(Some).ok_or(Refusal::InvalidDigest)
}

fn body_length(header: Option<i64>) -> Result<Option<u64>, Refusal> {
    let Some(length) = header else {
        return Ok(None);
    };
    let length = u64::try_from(length).map_err(|_| Refusal::IncompleteBody)?;
    if length > LARGEST_BODY_BYTES {
        return Err(Refusal::EntityTooLarge);
    }
    Ok(Some(length))
}
