//! Access control lists. As on any new bucket of S3's, the owner has everything, and that is all.

use s3s::dto::{
    BucketCannedACL, GetBucketAclInput, GetBucketAclOutput, GetObjectAclInput, GetObjectAclOutput,
    Grant, Grantee, ObjectCannedACL, Permission, PutBucketAclInput, PutBucketAclOutput,
    PutObjectAclInput, PutObjectAclOutput, Type,
};

use super::{Call, fields};
use crate::Storage;
use crate::records::version;
use crate::refusal::Refusal;

pub(super) fn of_bucket(
    storage: &Storage,
    call: Call<GetBucketAclInput>,
) -> Result<GetBucketAclOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let bucket = storage.read(|records| caller.bucket(records, &input.bucket))?;
    Ok(GetBucketAclOutput {
        grants: Some(vec![everything(&bucket.account)]),
        owner: Some(fields::owner(&bucket.account)),
    })
}

pub(super) fn of_object(
    storage: &Storage,
    call: Call<GetObjectAclInput>,
) -> Result<GetObjectAclOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let bucket = storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        version::wanted(records, &bucket, &input.key, input.version_id.as_deref())?;
        Ok(bucket)
    })?;
    Ok(GetObjectAclOutput {
        grants: Some(vec![everything(&bucket.account)]),
        owner: Some(fields::owner(&bucket.account)),
        request_charged: None,
    })
}

pub(super) fn set_of_bucket(
    storage: &Storage,
    call: Call<PutBucketAclInput>,
) -> Result<PutBucketAclOutput, Refusal> {
    let Call { caller, input, .. } = call;
    storage.read(|records| caller.bucket(records, &input.bucket))?;
    check_canned(input.acl.as_ref().map(BucketCannedACL::as_str))?;
    Ok(PutBucketAclOutput::default())
}

pub(super) fn set_of_object(
    storage: &Storage,
    call: Call<PutObjectAclInput>,
) -> Result<PutObjectAclOutput, Refusal> {
    let Call { caller, input, .. } = call;
    storage.read(|records| {
        let bucket = caller.bucket(records, &input.bucket)?;
        version::wanted(records, &bucket, &input.key, input.version_id.as_deref())
    })?;
    check_canned(input.acl.as_ref().map(ObjectCannedACL::as_str))?;
    Ok(PutObjectAclOutput::default())
}

/// Whether an ACL says what holds anyway. A list of grants is not looked into.
pub(super) fn check_canned(acl: Option<&str>) -> Result<(), Refusal> {
    match acl {
        None | Some(ObjectCannedACL::PRIVATE | ObjectCannedACL::BUCKET_OWNER_FULL_CONTROL) => {
            Ok(())
        }
        Some(_) => Err(Refusal::AclNotSupported),
    }
}

fn everything(account: &str) -> Grant {
    Grant {
        grantee: Some(Grantee {
            display_name: None,
            email_address: None,
            id: Some(fields::owner_id(account)),
            type_: Type::from_static(Type::CANONICAL_USER),
            uri: None,
        }),
        permission: Some(Permission::from_static(Permission::FULL_CONTROL)),
    }
}
