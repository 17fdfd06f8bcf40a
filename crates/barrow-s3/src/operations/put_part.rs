//! Parts that clients send.

use s3s::dto::{UploadPartInput, UploadPartOutput};

use super::fields::{self, checksums_of, set_checksums};
use super::promise::{self, Headers, Promise};
use super::{Call, get};
use crate::Storage;
use crate::checksum::{Algorithm, Fields};
use crate::receive::{self, Arrived};
use crate::records::upload::{self, NewPart, Upload};
use crate::records::version::Moment;
use crate::refusal::{Refusal, invalid_argument, invalid_request};
use crate::service::Trailers;

const MOST_PARTS: i32 = 10_000;

pub(super) async fn part(
    storage: &Storage,
    mut call: Call<UploadPartInput>,
) -> Result<UploadPartOutput, Refusal> {
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
    let arrived = receive::receive(storage.files(), body, plan.length, plan.algorithm).await?;
    storage
        .blocking(move |storage| plan.carry_out(storage, arrived))
        .await
}

/// All that is known before the body comes.
struct Plan {
    upload: Upload,
    number: i32,
    promise: Promise,
    algorithm: Option<Algorithm>,
    trailers: Trailers,
    length: Option<u64>,
}

impl Plan {
    fn of(storage: &Storage, call: Call<UploadPartInput>) -> Result<Self, Refusal> {
        let Call { caller, input, .. } = call;
        get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
        check_number(input.part_number)?;
        let promise = Promise::of(Headers {
            content_md5: input.content_md5.as_deref(),
            checksums: checksums_of!(input),
            trailer: call.announced_trailer.as_deref(),
            algorithm: input.checksum_algorithm.as_ref(),
        })?;
        let upload = storage.read(|records| {
            let bucket = caller.bucket(records, &input.bucket)?;
            upload::get(records, bucket.id, &input.key, &input.upload_id)
        })?;
        let announced = upload.detail.announced.map(|announced| announced.algorithm);
        Ok(Self {
            algorithm: agreed(announced, promise.algorithm())?,
            upload,
            number: input.part_number,
            promise,
            trailers: call.trailers,
            length: promise::body_length(input.content_length)?,
        })
    }

    fn carry_out(self, storage: &Storage, arrived: Arrived) -> Result<UploadPartOutput, Refusal> {
        let received = arrived.finish()?;
        self.promise.check(&received, &self.trailers)?;
        let etag = received.etag();
        let checksum = received.checksum;
        let known = self.upload;
        // One that nobody announced is checked, and then of no use.
        let kept = checksum
            .as_ref()
            .filter(|_| known.detail.announced.is_some());
        storage.write(|writing| {
            let upload = upload::get(writing.records(), known.bucket, &known.key, &known.name)?;
            let part = NewPart {
                number: self.number,
                modified: Moment::now(),
                etag: &etag,
                size_bytes: received.size_bytes,
                checksum: kept.map(|(_, value)| value.as_str()),
            };
            let id = upload::put_part(writing, upload.id, &part)?;
            received
                .incoming
                .keep_as(&writing.files.part(upload.id, id))?;
            Ok(())
        })?;
        let (server_side_encryption, ssekms_key_id) =
            fields::shown_encryption(known.detail.encryption.as_ref());
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
}

/// What the part is to be hashed with.
fn agreed(
    announced: Option<Algorithm>,
    promised: Option<Algorithm>,
) -> Result<Option<Algorithm>, Refusal> {
    match (announced, promised) {
        (Some(announced), Some(promised)) if announced != promised => {
            Err(invalid_request(format!(
                "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
                announced.name().to_ascii_lowercase(),
                promised.name().to_ascii_lowercase()
            )))
        }
        (announced, promised) => Ok(announced.or(promised)),
    }
}

pub(super) fn check_number(number: i32) -> Result<(), Refusal> {
    if (1..=MOST_PARTS).contains(&number) {
        Ok(())
    } else {
        Err(invalid_argument(
            "Part number must be an integer between 1 and 10000, inclusive",
        ))
    }
}
