//! Bucket policies, in JSON. They are kept as they come, and not obeyed.

use s3s::dto::{
    DeleteBucketPolicyInput, DeleteBucketPolicyOutput, GetBucketPolicyInput, GetBucketPolicyOutput,
    PutBucketPolicyInput, PutBucketPolicyOutput,
};

use super::Kind;
use crate::Storage;
use crate::operations::Call;
use crate::records::document;
use crate::refusal::Refusal;

/// S3's limit.
const LARGEST_POLICY_BYTES: usize = 20 * 1024;

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetBucketPolicyInput>,
) -> Result<GetBucketPolicyOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        Ok(document::get_bytes(records, bucket.id, Kind::Policy)?)
    })?;
    let found = found.ok_or(Refusal::NoDocument {
        code: "NoSuchBucketPolicy",
        message: "The bucket policy does not exist",
    })?;
    Ok(GetBucketPolicyOutput {
        policy: Some(String::from_utf8_lossy(&found).into_owned()),
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutBucketPolicyInput>,
) -> Result<PutBucketPolicyOutput, Refusal> {
    let Call { caller, input, .. } = call;
    check(&input.policy)?;
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        let policy = input.policy.as_bytes();
        document::put_bytes(writing.records(), bucket.id, Kind::Policy, policy)?;
        Ok(PutBucketPolicyOutput::default())
    })
}

fn check(policy: &str) -> Result<(), Refusal> {
    let malformed = |message: &'static str| Refusal::MalformedPolicy {
        message: message.into(),
    };
    if policy.len() > LARGEST_POLICY_BYTES {
        return Err(malformed(
            "Your policy exceeds the maximum allowed policy size",
        ));
    }
    let known: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(policy);
    let known = known
        .map_err(|_| malformed("Policies must be valid JSON and the first byte must be '{'"))?;
    if !known.contains_key("Statement") {
        return Err(malformed("Missing required field Statement"));
    }
    Ok(())
}

pub(in crate::operations) fn delete(
    storage: &Storage,
    call: Call<DeleteBucketPolicyInput>,
) -> Result<DeleteBucketPolicyOutput, Refusal> {
    let Call { caller, input, .. } = call;
    super::remove(storage, &caller, &input.bucket, Kind::Policy)?;
    Ok(DeleteBucketPolicyOutput::default())
}
