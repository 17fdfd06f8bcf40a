//! When objects are to go away or become cheaper. Nothing goes away here.

use s3s::dto::{
    BucketLifecycleConfiguration, DeleteBucketLifecycleInput, DeleteBucketLifecycleOutput,
    GetBucketLifecycleConfigurationInput, GetBucketLifecycleConfigurationOutput,
    PutBucketLifecycleConfigurationInput, PutBucketLifecycleConfigurationOutput,
    TransitionDefaultMinimumObjectSize,
};

use super::Kind;
use crate::Storage;
use crate::operations::Call;
use crate::refusal::Refusal;

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetBucketLifecycleConfigurationInput>,
) -> Result<GetBucketLifecycleConfigurationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found: Option<BucketLifecycleConfiguration> =
        super::read(storage, &caller, &input.bucket, Kind::Lifecycle)?;
    let found = found.ok_or(Refusal::NoDocument {
        code: "NoSuchLifecycleConfiguration",
        message: "The lifecycle configuration does not exist",
    })?;
    Ok(GetBucketLifecycleConfigurationOutput {
        rules: Some(found.rules),
        transition_default_minimum_object_size: Some(
            TransitionDefaultMinimumObjectSize::from_static(
                TransitionDefaultMinimumObjectSize::ALL_STORAGE_CLASSES_128K,
            ),
        ),
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutBucketLifecycleConfigurationInput>,
) -> Result<PutBucketLifecycleConfigurationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let wanted = input.lifecycle_configuration.ok_or(Refusal::MalformedXml)?;
    super::write(storage, &caller, &input.bucket, Kind::Lifecycle, &wanted)?;
    Ok(PutBucketLifecycleConfigurationOutput {
        transition_default_minimum_object_size: input.transition_default_minimum_object_size,
    })
}

pub(in crate::operations) fn delete(
    storage: &Storage,
    call: Call<DeleteBucketLifecycleInput>,
) -> Result<DeleteBucketLifecycleOutput, Refusal> {
    let Call { caller, input, .. } = call;
    super::remove(storage, &caller, &input.bucket, Kind::Lifecycle)?;
    Ok(DeleteBucketLifecycleOutput::default())
}
