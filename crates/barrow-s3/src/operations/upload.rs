//! Uploads in parts: begun, given up.

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumType,
    CreateMultipartUploadInput, CreateMultipartUploadOutput, ObjectCannedACL, StorageClass,
};

use super::fields::{self, headers_of};
use super::{Call, acl, get, promise};
use crate::Storage;
use crate::checksum::Algorithm;
use crate::records::detail::{Announced, Detail};
use crate::records::upload;
use crate::records::version::Moment;
use crate::refusal::{Refusal, invalid_request};

pub(super) fn create(
    storage: &Storage,
    call: Call<CreateMultipartUploadInput>,
) -> Result<CreateMultipartUploadOutput, Refusal> {
    let Call {
        caller, mut input, ..
    } = call;
    get::refuse_customer_keys(input.sse_customer_algorithm.as_ref())?;
    if input.object_lock_mode.is_some() {
        return Err(Refusal::NotImplemented);
    }
    acl::check_canned(input.acl.as_ref().map(ObjectCannedACL::as_str))?;
    let announced = announced(
        promise::named_algorithm(input.checksum_algorithm.as_ref())?,
        input.checksum_type.as_ref().map(ChecksumType::as_str),
    )?;
    let detail = Detail {
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
        announced,
        ..Detail::default()
    };
    let upload_id = storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        upload::insert(
            writing.records(),
            bucket.id,
            &input.key,
            Moment::now(),
            &detail,
        )
    })?;
    let (server_side_encryption, ssekms_key_id) =
        fields::shown_encryption(detail.encryption.as_ref());
    Ok(CreateMultipartUploadOutput {
        bucket: Some(input.bucket),
        checksum_algorithm: announced.map(|it| fields::checksum_algorithm(it.algorithm)),
        checksum_type: announced.map(|it| fields::checksum_type(it.whole)),
        key: Some(input.key),
        server_side_encryption,
        ssekms_key_id,
        upload_id: Some(upload_id),
        ..CreateMultipartUploadOutput::default()
    })
}

/// CRCs of parts can be made into one of the whole, hashes cannot. One CRC is always of the whole.
fn announced(
    algorithm: Option<Algorithm>,
    kind: Option<&str>,
) -> Result<Option<Announced>, Refusal> {
    let Some(algorithm) = algorithm else {
        return match kind {
            None => Ok(None),
            Some(_) => Err(invalid_request(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
            )),
        };
    };
    let impossible = |kind: &str| {
        Err(invalid_request(format!(
            "The {kind} checksum type cannot be used with the {} checksum algorithm.",
            algorithm.name().to_ascii_lowercase()
        )))
    };
    let whole = match kind {
        None => algorithm == Algorithm::Crc64nvme,
        Some(ChecksumType::FULL_OBJECT) if algorithm.is_crc() => true,
        Some(ChecksumType::COMPOSITE) if algorithm != Algorithm::Crc64nvme => false,
        Some(kind @ (ChecksumType::FULL_OBJECT | ChecksumType::COMPOSITE)) => {
            return impossible(kind);
        }
        Some(_) => {
            return Err(invalid_request(
                "Value for x-amz-checksum-type header is invalid.",
            ));
        }
    };
    Ok(Some(Announced { algorithm, whole }))
}

pub(super) fn abort(
    storage: &Storage,
    call: Call<AbortMultipartUploadInput>,
) -> Result<AbortMultipartUploadOutput, Refusal> {
    let Call { caller, input, .. } = call;
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        let found = upload::get(writing.records(), bucket.id, &input.key, &input.upload_id)?;
        upload::remove(writing, found.id)?;
        Ok(AbortMultipartUploadOutput::default())
    })
}
