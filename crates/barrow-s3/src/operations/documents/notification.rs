//! Who is to hear of new objects. Nobody is told here.

use s3s::dto::{
    GetBucketNotificationConfigurationInput, GetBucketNotificationConfigurationOutput,
    NotificationConfiguration, PutBucketNotificationConfigurationInput,
    PutBucketNotificationConfigurationOutput,
};

use super::Kind;
use crate::Storage;
use crate::operations::Call;
use crate::refusal::Refusal;

pub(in crate::operations) fn get(
    storage: &Storage,
    call: Call<GetBucketNotificationConfigurationInput>,
) -> Result<GetBucketNotificationConfigurationOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let found: Option<NotificationConfiguration> =
        super::read(storage, &caller, &input.bucket, Kind::Notification)?;
    let found = found.unwrap_or_default();
    Ok(GetBucketNotificationConfigurationOutput {
        event_bridge_configuration: found.event_bridge_configuration,
        lambda_function_configurations: found.lambda_function_configurations,
        queue_configurations: found.queue_configurations,
        topic_configurations: found.topic_configurations,
    })
}

pub(in crate::operations) fn put(
    storage: &Storage,
    call: Call<PutBucketNotificationConfigurationInput>,
) -> Result<PutBucketNotificationConfigurationOutput, Refusal> {
    let Call {
        caller, mut input, ..
    } = call;
    let wanted = &mut input.notification_configuration;
    // S3 names those that have no name.
    let functions = wanted.lambda_function_configurations.iter_mut().flatten();
    let queues = wanted.queue_configurations.iter_mut().flatten();
    let topics = wanted.topic_configurations.iter_mut().flatten();
    for id in functions
        .map(|one| &mut one.id)
        .chain(queues.map(|one| &mut one.id))
        .chain(topics.map(|one| &mut one.id))
    {
        id.get_or_insert_with(|| format!("{:032x}", fastrand::u128(..)));
    }
    super::write(storage, &caller, &input.bucket, Kind::Notification, wanted)?;
    Ok(PutBucketNotificationConfigurationOutput::default())
}
