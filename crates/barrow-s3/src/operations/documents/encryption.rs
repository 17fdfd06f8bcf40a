//! How objects are to be encrypted. There is always an answer.

use s3s::dto::{
    DeleteBucketEncryptionInput, DeleteBucketEncryptionOutput, GetBucketEncryptionInput,
    GetBucketEncryptionOutput, PutBucketEncryptionInput, PutBucketEncryptionOutput,
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration,
    ServerSideEncryptionRule,
};

use super::Kind;
use crate::Storage;
use crate::operations::Call;
use crate::refusal::Refusal;

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetBucketEncryptionInput>,
) -> Result<GetBucketEncryptionOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found = super::read(storage, &caller, &input.bucket, Kind::Encryption)?;
    Ok(GetBucketEncryptionOutput {
        server_side_encryption_configuration: Some(found.unwrap_or_else(default)),
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutBucketEncryptionInput>,
) -> Result<PutBucketEncryptionOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let wanted = &input.server_side_encryption_configuration;
    super::write(storage, &caller, &input.bucket, Kind::Encryption, wanted)?;
    Ok(PutBucketEncryptionOutput::default())
}

pub(in crate::operations) fn delete(
    storage: &Storage,
    call: Call<DeleteBucketEncryptionInput>,
) -> Result<DeleteBucketEncryptionOutput, Refusal> {
    let Call { caller, input, .. } = call;
    super::remove(storage, &caller, &input.bucket, Kind::Encryption)?;
    Ok(DeleteBucketEncryptionOutput::default())
}

/// What S3 does where nobody says anything, since January 2023.
fn default() -> ServerSideEncryptionConfiguration {
    ServerSideEncryptionConfiguration {
        rules: vec![ServerSideEncryptionRule {
            apply_server_side_encryption_by_default: Some(ServerSideEncryptionByDefault {
                kms_master_key_id: None,
                sse_algorithm: ServerSideEncryption::from_static(ServerSideEncryption::AES256),
            }),
            bucket_key_enabled: Some(false),
        }],
    }
}
