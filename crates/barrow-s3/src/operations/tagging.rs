//! Tags of objects.

use s3s::dto::{
    DeleteObjectTaggingInput, DeleteObjectTaggingOutput, GetObjectTaggingInput,
    GetObjectTaggingOutput, PutObjectTaggingInput, PutObjectTaggingOutput,
};

use super::{Call, fields};
use crate::Storage;
use crate::caller::Caller;
use crate::records::version;
use crate::refusal::Refusal;

pub(super) fn get(
    storage: &Storage,
    call: Call<GetObjectTaggingInput>,
) -> Result<GetObjectTaggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        let name = input.version_id.as_deref();
        let found = version::wanted(records, &bucket, &input.key, name)?;
        Ok(GetObjectTaggingOutput {
            tag_set: fields::tag_set(&found.body()?.detail.tags),
            version_id: bucket.shown_version(&found.name),
        })
    })
}

pub(super) fn put(
    storage: &Storage,
    call: Call<PutObjectTaggingInput>,
) -> Result<PutObjectTaggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let tags = fields::object_tags(input.tagging.tag_set)?;
    let name = input.version_id.as_deref();
    let version_id = set(storage, &caller, &input.bucket, &input.key, name, &tags)?;
    Ok(PutObjectTaggingOutput { version_id })
}

pub(super) fn delete(
    storage: &Storage,
    call: Call<DeleteObjectTaggingInput>,
) -> Result<DeleteObjectTaggingOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let name = input.version_id.as_deref();
    let version_id = set(storage, &caller, &input.bucket, &input.key, name, &[])?;
    Ok(DeleteObjectTaggingOutput { version_id })
}

fn set(
    storage: &Storage,
    caller: &Caller,
    bucket: &str,
    key: &str,
    name: Option<&str>,
    tags: &[(String, String)],
) -> Result<Option<String>, Refusal> {
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), bucket)?;
        let found = version::wanted(writing.records(), &bucket, key, name)?;
        let mut detail = found.body()?.detail.clone();
        detail.tags = tags.to_vec();
        version::set_detail(writing.records(), found.id, &detail)?;
        Ok(bucket.shown_version(&found.name))
    })
}
