//! Settings that no bucket has here, so that whoever reads all settings learns that.
//!
//! To put one of them answers `NotImplemented`: it would be forgotten, and its user misled.

use s3s::dto::{
    GetBucketAccelerateConfigurationInput, GetBucketAccelerateConfigurationOutput,
    GetBucketCorsInput, GetBucketCorsOutput, GetBucketLoggingInput, GetBucketLoggingOutput,
    GetBucketReplicationInput, GetBucketReplicationOutput, GetBucketRequestPaymentInput,
    GetBucketRequestPaymentOutput, GetBucketWebsiteInput, GetBucketWebsiteOutput,
    GetObjectLockConfigurationInput, GetObjectLockConfigurationOutput, Payer,
};

use crate::Storage;
use crate::caller::Caller;
use crate::operations::Call;
use crate::refusal::Refusal;

fn of_bucket(storage: &Storage, caller: &Caller, bucket: &str) -> Result<(), Refusal> {
    storage.read(|records| caller.bucket(records, bucket).map(|_| ()))
}

pub(in crate::operations) fn accelerate(
    storage: &Storage,
    call: Call<GetBucketAccelerateConfigurationInput>,
) -> Result<GetBucketAccelerateConfigurationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Ok(GetBucketAccelerateConfigurationOutput::default())
}

pub(in crate::operations) fn cors(
    storage: &Storage,
    call: Call<GetBucketCorsInput>,
) -> Result<GetBucketCorsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Err(Refusal::NoDocument {
        code: "NoSuchCORSConfiguration",
        message: "The CORS configuration does not exist",
    })
}

pub(in crate::operations) fn logging(
    storage: &Storage,
    call: Call<GetBucketLoggingInput>,
) -> Result<GetBucketLoggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Ok(GetBucketLoggingOutput::default())
}

pub(in crate::operations) fn replication(
    storage: &Storage,
    call: Call<GetBucketReplicationInput>,
) -> Result<GetBucketReplicationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Err(Refusal::NoDocument {
        code: "ReplicationConfigurationNotFoundError",
        message: "The replication configuration was not found",
    })
}

pub(in crate::operations) fn request_payment(
    storage: &Storage,
    call: Call<GetBucketRequestPaymentInput>,
) -> Result<GetBucketRequestPaymentOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Ok(GetBucketRequestPaymentOutput {
        payer: Some(Payer::from_static(Payer::BUCKET_OWNER)),
    })
}

pub(in crate::operations) fn website(
    storage: &Storage,
    call: Call<GetBucketWebsiteInput>,
) -> Result<GetBucketWebsiteOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Err(Refusal::NoDocument {
        code: "NoSuchWebsiteConfiguration",
        message: "The specified bucket does not have a website configuration",
    })
}

pub(in crate::operations) fn object_lock(
    storage: &Storage,
    call: Call<GetObjectLockConfigurationInput>,
) -> Result<GetObjectLockConfigurationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    of_bucket(storage, &caller, &input.bucket)?;
    Err(Refusal::NoDocument {
        code: "ObjectLockConfigurationNotFoundError",
        message: "Object Lock configuration does not exist for this bucket",
    })
}
