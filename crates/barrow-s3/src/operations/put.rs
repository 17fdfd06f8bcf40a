//! Objects that clients send.

use s3s::dto::{ObjectCannedACL, PutObjectInput, PutObjectOutput, StorageClass};

use super::fields::{self, checksums_of, headers_of, set_checksums};
use super::promise::{self, Headers, Promise};
use super::{Call, acl, get};
use crate::Storage;
use crate::caller::Caller;
use crate::checksum::{Algorithm, Checksum, Fields};
use crate::conditions::Placing;
use crate::receive::{self, Arrived};
use crate::records::detail::Detail;
use crate::records::version::{self, Body, Content, Moment};
use crate::refusal::Refusal;
use crate::service::Trailers;

/// What S3 makes of a body for which the client names nothing.
const USUAL_ALGORITHM: Algorithm = Algorithm::Crc64nvme;

pub(super) async fn object(
    storage: &Storage,
    mut call: Call<PutObjectInput>,
) -> Result<PutObjectOutput, Refusal> {
    let body = call.input.body.take();
    let waits = call.waits_for_word;
    let plan = match storage
        .blocking(move |storage| Plan::of(storage, call))
        .await
    {
        Ok(plan) => plan,
        Err(refusal) => {
            receive::discard(body, waits).await;
            return Err(refusal);
        }
    };
    let algorithm = plan.promise.algorithm().unwrap_or(USUAL_ALGORITHM);
    let arrived = receive::receive(storage.files(), body, plan.length, Some(algorithm)).await?;
    storage
        .blocking(move |storage| plan.carry_out(storage, arrived))
        .await
}

/// All that is known before the body comes.
struct Plan {
    caller: Caller,
    bucket: String,
    key: String,
    conditions: Placing,
    promise: Promise,
    trailers: Trailers,
    length: Option<u64>,
    detail: Detail,
}

impl Plan {
    /// No body is taken that is not to stay.
    fn of(storage: &Storage, call: Call<PutObjectInput>) -> Result<Self, Refusal> {
        let Call { caller, input, .. } = call;
        get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
        if input.write_offset_bytes.is_some() || input.object_lock_mode.is_some() {
            return Err(Refusal::NotImplemented);
        }
        acl::check_canned(input.acl.as_ref().map(ObjectCannedACL::as_str))?;
        let promise = Promise::of(Headers {
            content_md5: input.content_md5.as_deref(),
            checksums: checksums_of!(input),
            trailer: call.announced_trailer.as_deref(),
            algorithm: input.checksum_algorithm.as_ref(),
        })?;
        let detail = Detail {
            headers: headers_of!(input),
            metadata: fields::metadata(input.metadata)?,
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
        storage.read(|records| caller.bucket(records, &input.bucket).map(|_| ()))?;
        Ok(Self {
            caller,
            bucket: input.bucket,
            key: input.key,
            conditions: Placing {
                matches: input.if_match,
                matches_none: input.if_none_match,
            },
            promise,
            trailers: call.trailers,
            length: promise::body_length(input.content_length)?,
            detail,
        })
    }

    fn carry_out(
        mut self,
        storage: &Storage,
        arrived: Arrived,
    ) -> Result<PutObjectOutput, Refusal> {
        let received = arrived.finish()?;
        self.promise.check(&received, &self.trailers)?;
        let etag = received.etag();
        let checksum = received.checksum.map(|(algorithm, value)| Checksum {
            algorithm,
            value,
            whole: true,
        });
        self.detail.checksum.clone_from(&checksum);
        let (server_side_encryption, ssekms_key_id) =
            fields::shown_encryption(self.detail.encryption.as_ref());
        let content = Content::Body(Box::new(Body {
            etag: etag.clone(),
            size_bytes: received.size_bytes,
            detail: self.detail,
        }));
        let version_id = storage.write(|writing| {
            let records = writing.records();
            let bucket = self.caller.bucket(records, &self.bucket)?;
            let latest = version::latest(records, bucket.id, &self.key)?;
            self.conditions.check(latest.as_ref())?;
            let placed = version::place(writing, &bucket, &self.key, Moment::now(), &content)?;
            received.incoming.keep_as(&writing.files.blob(placed.id))?;
            Ok(bucket.shown_version(&placed.name))
        })?;
        let mut output = PutObjectOutput {
            e_tag: Some(fields::etag(&etag)),
            checksum_type: fields::checksum_type_of(checksum.as_ref()),
            server_side_encryption,
            ssekms_key_id,
            version_id,
            ..PutObjectOutput::default()
        };
        set_checksums!(output, Fields::of_checksum(checksum.as_ref()));
        Ok(output)
    }
}
