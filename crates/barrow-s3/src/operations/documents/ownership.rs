//! Who owns the objects that others put.

use s3s::dto::{
    DeleteBucketOwnershipControlsInput, DeleteBucketOwnershipControlsOutput,
    GetBucketOwnershipControlsInput, GetBucketOwnershipControlsOutput, OwnershipControls,
    PutBucketOwnershipControlsInput, PutBucketOwnershipControlsOutput,
};

use super::Kind;
use crate::Storage;
use crate::operations::Call;
use crate::refusal::Refusal;

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetBucketOwnershipControlsInput>,
) -> Result<GetBucketOwnershipControlsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found: Option<OwnershipControls> =
        super::read(storage, &caller, &input.bucket, Kind::Ownership)?;
    let found = found.ok_or(Refusal::NoDocument {
        code: "OwnershipControlsNotFoundError",
        message: "The bucket ownership controls were not found",
    })?;
    Ok(GetBucketOwnershipControlsOutput {
        ownership_controls: Some(found),
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutBucketOwnershipControlsInput>,
) -> Result<PutBucketOwnershipControlsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let wanted = &input.ownership_controls;
    if wanted.rules.len() != 1 {
        return Err(Refusal::MalformedXml);
    }
    super::write(storage, &caller, &input.bucket, Kind::Ownership, wanted)?;
    Ok(PutBucketOwnershipControlsOutput::default())
}

pub(in crate::operations) fn delete(
    storage: &Storage,
    call: Call<DeleteBucketOwnershipControlsInput>,
) -> Result<DeleteBucketOwnershipControlsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    super::remove(storage, &caller, &input.bucket, Kind::Ownership)?;
    Ok(DeleteBucketOwnershipControlsOutput::default())
}
