//! Tags of a bucket.

use s3s::dto::{
    DeleteBucketTaggingInput, DeleteBucketTaggingOutput, GetBucketTaggingInput,
    GetBucketTaggingOutput, PutBucketTaggingInput, PutBucketTaggingOutput, Tagging,
};

use super::Kind;
use crate::Storage;
use crate::operations::{Call, fields};
use crate::refusal::Refusal;

/// S3's limit for buckets.
const MOST_TAGS: usize = 50;

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetBucketTaggingInput>,
) -> Result<GetBucketTaggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found: Option<Tagging> = super::read(storage, &caller, &input.bucket, Kind::Tagging)?;
    let found = found.ok_or(Refusal::NoDocument {
        code: "NoSuchTagSet",
        message: "The TagSet does not exist",
    })?;
    Ok(GetBucketTaggingOutput {
        tag_set: found.tag_set,
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutBucketTaggingInput>,
) -> Result<PutBucketTaggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let tags = fields::tags_of_set(input.tagging.tag_set, MOST_TAGS)?;
    let tagging = Tagging {
        tag_set: fields::tag_set(&tags),
    };
    super::write(storage, &caller, &input.bucket, Kind::Tagging, &tagging)?;
    Ok(PutBucketTaggingOutput::default())
}

pub(in crate::operations) fn delete(
    storage: &Storage,
    call: Call<DeleteBucketTaggingInput>,
) -> Result<DeleteBucketTaggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    super::remove(storage, &caller, &input.bucket, Kind::Tagging)?;
    Ok(DeleteBucketTaggingOutput::default())
}
