//! Buckets: made, found, listed, deleted; where they are and whether they keep versions.

use s3s::dto::{
    Bucket, BucketLocationConstraint, BucketVersioningStatus, CreateBucketInput,
    CreateBucketOutput, DeleteBucketInput, DeleteBucketOutput, GetBucketLocationInput,
    GetBucketLocationOutput, GetBucketVersioningInput, GetBucketVersioningOutput, HeadBucketInput,
    HeadBucketOutput, ListBucketsInput, ListBucketsOutput, MFADelete, PutBucketVersioningInput,
    PutBucketVersioningOutput,
};

use super::{Call, documents, fields};
use crate::Storage;
use crate::records::bucket::{self, Versioning, Wanted};
use crate::records::upload;
use crate::records::version::{self, Moment};
use crate::refusal::{Refusal, invalid_argument};

/// The region that has no name as a location.
const FIRST_REGION: &str = "us-east-1";

/// The most buckets on one page, as S3 has it.
const MOST_BUCKETS: usize = 10_000;

pub(super) fn create(
    storage: &Storage,
    call: Call<CreateBucketInput>,
) -> Result<CreateBucketOutput, Refusal> {
    let Call { caller, input, .. } = call;
    if input.object_lock_enabled_for_bucket == Some(true) {
        return Err(Refusal::NotImplemented);
    }
    let constraint = input
        .create_bucket_configuration
        .and_then(|configuration| configuration.location_constraint);
    let region = region(
        &caller.region,
        constraint.as_ref().map(BucketLocationConstraint::as_str),
    )?;
    let ownership = input.object_ownership;
    let name = input.bucket;
    storage.write(|writing| {
        let records = writing.records();
        if let Some(existing) = bucket::find(records, &name)? {
            return match existing.owned_by(&caller.account) {
                Err(_) => Err(Refusal::BucketAlreadyExists),
                // What S3 has always done there.
                Ok(()) if caller.region == FIRST_REGION && existing.region == FIRST_REGION => {
                    Ok(())
                }
                Ok(()) => Err(Refusal::BucketAlreadyOwnedByYou),
            };
        }
        let id = bucket::insert(records, &name, &caller.account, &region, Moment::now())?;
        documents::put_defaults(records, id, ownership)
    })?;
    Ok(CreateBucketOutput {
        location: Some(format!("/{name}")),
    })
}

/// Where a bucket is to be that is asked for in one region, perhaps for another.
fn region(endpoint: &str, constraint: Option<&str>) -> Result<String, Refusal> {
    let incompatible = |constraint: &str| Refusal::IllegalLocationConstraint {
        constraint: constraint.to_owned(),
    };
    match constraint.filter(|constraint| !constraint.is_empty()) {
        None if endpoint == FIRST_REGION => Ok(FIRST_REGION.to_owned()),
        None => Err(incompatible("unspecified")),
        Some(FIRST_REGION) => Err(Refusal::InvalidLocationConstraint),
        Some(constraint) => {
            // `EU` is the name of the first region in Europe from before regions had names.
            let region = if constraint == "EU" {
                "eu-west-1"
            } else {
                constraint
            };
            if endpoint == FIRST_REGION || endpoint == region {
                Ok(region.to_owned())
            } else {
                Err(incompatible(constraint))
            }
        }
    }
}

pub(super) fn delete(
    storage: &Storage,
    call: Call<DeleteBucketInput>,
) -> Result<DeleteBucketOutput, Refusal> {
    let Call { caller, input, .. } = call;
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        if version::any(writing.records(), bucket.id)? {
            return Err(Refusal::BucketNotEmpty {
                versions: bucket.versioning != Versioning::Never,
            });
        }
        for id in upload::all_of(writing.records(), bucket.id)? {
            upload::remove(writing, id)?;
        }
        bucket::remove(writing.records(), bucket.id)?;
        Ok(DeleteBucketOutput::default())
    })
}

pub(super) fn head(
    storage: &Storage,
    call: Call<HeadBucketInput>,
) -> Result<HeadBucketOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let bucket = storage.read(|records| caller.bucket(records, &input.bucket))?;
    Ok(HeadBucketOutput {
        bucket_region: Some(bucket.region),
        access_point_alias: Some(false),
        ..HeadBucketOutput::default()
    })
}

pub(super) fn list(
    storage: &Storage,
    call: Call<ListBucketsInput>,
) -> Result<ListBucketsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let at_most = match input.max_buckets {
        None => MOST_BUCKETS,
        Some(wanted) => usize::try_from(wanted)
            .ok()
            .filter(|wanted| (1..=MOST_BUCKETS).contains(wanted))
            .ok_or_else(|| {
                invalid_argument("Argument max-buckets must be an integer between 1 and 10000")
            })?,
    };
    let mut found = storage.read(|records| {
        Ok(bucket::list(
            records,
            &Wanted {
                account: &caller.account,
                region: input.bucket_region.as_deref(),
                prefix: input.prefix.as_deref().unwrap_or_default(),
                after: input.continuation_token.as_deref().unwrap_or_default(),
                at_most: at_most + 1,
            },
        )?)
    })?;
    let more = found.len() > at_most;
    found.truncate(at_most);
    let next = found.last().filter(|_| more).map(|last| last.name.clone());
    let shown = |bucket: bucket::Bucket| Bucket {
        bucket_region: Some(bucket.region),
        creation_date: Some(bucket.created.to_timestamp()),
        name: Some(bucket.name),
    };
    Ok(ListBucketsOutput {
        buckets: Some(found.into_iter().map(shown).collect()),
        continuation_token: next,
        owner: Some(fields::owner(&caller.account)),
        prefix: input.prefix,
    })
}

pub(super) fn location(
    storage: &Storage,
    call: Call<GetBucketLocationInput>,
) -> Result<GetBucketLocationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let bucket = storage.read(|records| caller.bucket(records, &input.bucket))?;
    let named = bucket.region != FIRST_REGION;
    Ok(GetBucketLocationOutput {
        location_constraint: named.then(|| BucketLocationConstraint::from(bucket.region)),
    })
}

pub(super) fn versioning(
    storage: &Storage,
    call: Call<GetBucketVersioningInput>,
) -> Result<GetBucketVersioningOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let bucket = storage.read(|records| caller.bucket(records, &input.bucket))?;
    let status = match bucket.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some(BucketVersioningStatus::ENABLED),
        Versioning::Suspended => Some(BucketVersioningStatus::SUSPENDED),
    };
    Ok(GetBucketVersioningOutput {
        status: status.map(BucketVersioningStatus::from_static),
        ..GetBucketVersioningOutput::default()
    })
}

pub(super) fn set_versioning(
    storage: &Storage,
    call: Call<PutBucketVersioningInput>,
) -> Result<PutBucketVersioningOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let wanted = input.versioning_configuration;
    if wanted
        .mfa_delete
        .as_ref()
        .is_some_and(|status| status.as_str() == MFADelete::ENABLED)
    {
        return Err(Refusal::NotImplemented);
    }
    let versioning = match wanted.status.as_ref().map(BucketVersioningStatus::as_str) {
        Some(BucketVersioningStatus::ENABLED) => Versioning::Enabled,
        Some(BucketVersioningStatus::SUSPENDED) => Versioning::Suspended,
        Some(_) => return Err(Refusal::MalformedXml),
        None => return Err(Refusal::IllegalVersioning),
    };
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        bucket::set_versioning(writing.records(), bucket.id, versioning)?;
        Ok(PutBucketVersioningOutput::default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_where_it_is_asked_for_or_constrained_to() {
        for (endpoint, constraint, expected) in [
            ("us-east-1", None, Ok("us-east-1")),
            ("us-east-1", Some("eu-west-1"), Ok("eu-west-1")),
            ("us-east-1", Some("EU"), Ok("eu-west-1")),
            (
                "us-east-1",
                Some("us-east-1"),
                Err("InvalidLocationConstraint"),
            ),
            ("eu-west-1", Some("eu-west-1"), Ok("eu-west-1")),
            ("eu-west-1", None, Err("unspecified")),
            ("eu-west-1", Some("us-west-2"), Err("us-west-2")),
        ] {
            let seen = region(endpoint, constraint).map_err(|refusal| match refusal {
                Refusal::IllegalLocationConstraint { constraint } => constraint,
                _ => "InvalidLocationConstraint".to_owned(),
            });
            assert_eq!(seen.as_deref().map_err(String::as_str), expected);
        }
    }
}
