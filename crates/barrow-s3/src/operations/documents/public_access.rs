//! Whether policies and ACLs may make anything public.

use s3s::dto::{
    DeletePublicAccessBlockInput, DeletePublicAccessBlockOutput, GetPublicAccessBlockInput,
    GetPublicAccessBlockOutput, PublicAccessBlockConfiguration, PutPublicAccessBlockInput,
    PutPublicAccessBlockOutput,
};

use super::Kind;
use crate::Storage;
use crate::operations::Call;
use crate::refusal::Refusal;

pub(super) fn all_blocked() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration {
        block_public_acls: Some(true),
        block_public_policy: Some(true),
        ignore_public_acls: Some(true),
        restrict_public_buckets: Some(true),
    }
}

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetPublicAccessBlockInput>,
) -> Result<GetPublicAccessBlockOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found: Option<PublicAccessBlockConfiguration> =
        super::read(storage, &caller, &input.bucket, Kind::PublicAccess)?;
    let found = found.ok_or(Refusal::NoDocument {
        code: "NoSuchPublicAccessBlockConfiguration",
        message: "The public access block configuration was not found",
    })?;
    Ok(GetPublicAccessBlockOutput {
        public_access_block_configuration: Some(found),
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutPublicAccessBlockInput>,
) -> Result<PutPublicAccessBlockOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let given = input.public_access_block_configuration;
    // What is not said is not blocked.
    let said = |setting: Option<bool>| Some(setting.unwrap_or(false));
    let wanted = PublicAccessBlockConfiguration {
        block_public_acls: said(given.block_public_acls),
        block_public_policy: said(given.block_public_policy),
        ignore_public_acls: said(given.ignore_public_acls),
        restrict_public_buckets: said(given.restrict_public_buckets),
    };
    super::write(storage, &caller, &input.bucket, Kind::PublicAccess, &wanted)?;
    Ok(PutPublicAccessBlockOutput::default())
}

pub(in crate::operations) fn delete(
    storage: &Storage,
    call: Call<DeletePublicAccessBlockInput>,
) -> Result<DeletePublicAccessBlockOutput, Refusal> {
    let Call { caller, input, .. } = call;
    super::remove(storage, &caller, &input.bucket, Kind::PublicAccess)?;
    Ok(DeletePublicAccessBlockOutput::default())
}
