//! What the service can do: one line for each of S3's operations, one file for each kind of thing.
//!
//! What is not named here answers `NotImplemented`.

mod acl;
mod attributes;
mod bucket;
mod copy;
mod delete;
mod documents;
mod fields;
mod get;
mod list;
mod list_versions;
mod promise;
mod put;
mod put_part;
mod tagging;
mod upload;
mod upload_complete;
mod upload_list;

use std::sync::Arc;

use async_trait::async_trait;
use s3s::{S3, S3Request, S3Response, S3Result, dto};

use crate::Reporter;
use crate::Storage;
use crate::caller::Caller;
use crate::refusal::Refusal;
use crate::service::Trailers;

/// S3's operations on a storage.
pub(crate) struct Operations {
    pub(crate) storage: Storage,
    pub(crate) default_account: String,
    pub(crate) reporter: Arc<dyn Reporter>,
}

/// A request on its way to one operation.
pub(crate) struct Call<I> {
    pub(crate) caller: Caller,
    pub(crate) input: I,
    pub(crate) trailers: Trailers,
    /// `x-amz-trailer`: the name of what follows the body.
    pub(crate) announced_trailer: Option<String>,
    /// `Expect: 100-continue`: the body comes only when it is asked for.
    pub(crate) waits_for_word: bool,
}

impl Operations {
    /// Tells of what is our fault; all else the client is told.
    fn answer<O>(
        &self,
        operation: &'static str,
        done: Result<O, Refusal>,
    ) -> S3Result<S3Response<O>> {
        match done {
            Ok(output) => Ok(S3Response::new(output)),
            Err(refusal) => {
                if refusal.is_fault() {
                    self.reporter.failed(operation, &refusal);
                }
                Err(refusal.into())
            }
        }
    }

    fn call<I>(&self, request: S3Request<I>) -> Call<I> {
        let caller = Caller::of(&request, &self.default_account);
        let trailers = request.extensions.get::<Trailers>().cloned();
        let announced = request.headers.get("x-amz-trailer");
        Call {
            caller,
            announced_trailer: announced
                .and_then(|name| Some(name.to_str().ok()?.trim().to_owned())),
            waits_for_word: request.headers.contains_key(hyper::header::EXPECT),
            trailers: trailers.unwrap_or_default().with(request.trailing_headers),
            input: request.input,
        }
    }
}

macro_rules! operations {
    (
        on_disk { $($name:ident($input:ident) -> $output:ident = $run:path;)* }
        with_body { $($body_name:ident($body_input:ident) -> $body_output:ident = $body_run:path;)* }
    ) => {
        #[async_trait]
        impl S3 for Operations {
            $(async fn $name(&self, request: S3Request<dto::$input>) -> S3Result<S3Response<dto::$output>> {
                let call = self.call(request);
                let done = self.storage.blocking(move |storage| $run(storage, call)).await;
                self.answer(stringify!($name), done)
            })*
            $(async fn $body_name(
                &self,
                request: S3Request<dto::$body_input>,
            ) -> S3Result<S3Response<dto::$body_output>> {
                let call = self.call(request);
                let done = $body_run(&self.storage, call).await;
                self.answer(stringify!($body_name), done)
            })*
        }
    };
}

operations! {
    on_disk {
    create_bucket(CreateBucketInput) -> CreateBucketOutput = bucket::create;
    delete_bucket(DeleteBucketInput) -> DeleteBucketOutput = bucket::delete;
    head_bucket(HeadBucketInput) -> HeadBucketOutput = bucket::head;
    list_buckets(ListBucketsInput) -> ListBucketsOutput = bucket::list;
    get_bucket_location(GetBucketLocationInput) -> GetBucketLocationOutput = bucket::location;
    get_bucket_versioning(GetBucketVersioningInput) -> GetBucketVersioningOutput = bucket::versioning;
    put_bucket_versioning(PutBucketVersioningInput) -> PutBucketVersioningOutput = bucket::set_versioning;

    get_bucket_acl(GetBucketAclInput) -> GetBucketAclOutput = acl::of_bucket;
    put_bucket_acl(PutBucketAclInput) -> PutBucketAclOutput = acl::set_of_bucket;
    get_object_acl(GetObjectAclInput) -> GetObjectAclOutput = acl::of_object;
    put_object_acl(PutObjectAclInput) -> PutObjectAclOutput = acl::set_of_object;

    get_bucket_encryption(GetBucketEncryptionInput) -> GetBucketEncryptionOutput = documents::encryption::get;
    put_bucket_encryption(PutBucketEncryptionInput) -> PutBucketEncryptionOutput = documents::encryption::put;
    delete_bucket_encryption(DeleteBucketEncryptionInput) -> DeleteBucketEncryptionOutput = documents::encryption::delete;
    get_bucket_lifecycle_configuration(GetBucketLifecycleConfigurationInput) -> GetBucketLifecycleConfigurationOutput = documents::lifecycle::get;
    put_bucket_lifecycle_configuration(PutBucketLifecycleConfigurationInput) -> PutBucketLifecycleConfigurationOutput = documents::lifecycle::put;
    delete_bucket_lifecycle(DeleteBucketLifecycleInput) -> DeleteBucketLifecycleOutput = documents::lifecycle::delete;
    get_bucket_notification_configuration(GetBucketNotificationConfigurationInput) -> GetBucketNotificationConfigurationOutput = documents::notification::get;
    put_bucket_notification_configuration(PutBucketNotificationConfigurationInput) -> PutBucketNotificationConfigurationOutput = documents::notification::put;
    get_bucket_ownership_controls(GetBucketOwnershipControlsInput) -> GetBucketOwnershipControlsOutput = documents::ownership::get;
    put_bucket_ownership_controls(PutBucketOwnershipControlsInput) -> PutBucketOwnershipControlsOutput = documents::ownership::put;
    delete_bucket_ownership_controls(DeleteBucketOwnershipControlsInput) -> DeleteBucketOwnershipControlsOutput = documents::ownership::delete;
    get_bucket_policy(GetBucketPolicyInput) -> GetBucketPolicyOutput = documents::policy::get;
    put_bucket_policy(PutBucketPolicyInput) -> PutBucketPolicyOutput = documents::policy::put;
    delete_bucket_policy(DeleteBucketPolicyInput) -> DeleteBucketPolicyOutput = documents::policy::delete;
    get_public_access_block(GetPublicAccessBlockInput) -> GetPublicAccessBlockOutput = documents::public_access::get;
    put_public_access_block(PutPublicAccessBlockInput) -> PutPublicAccessBlockOutput = documents::public_access::put;
    delete_public_access_block(DeletePublicAccessBlockInput) -> DeletePublicAccessBlockOutput = documents::public_access::delete;
    get_bucket_tagging(GetBucketTaggingInput) -> GetBucketTaggingOutput = documents::tagging::get;
    put_bucket_tagging(PutBucketTaggingInput) -> PutBucketTaggingOutput = documents::tagging::put;
    delete_bucket_tagging(DeleteBucketTaggingInput) -> DeleteBucketTaggingOutput = documents::tagging::delete;

    get_bucket_accelerate_configuration(GetBucketAccelerateConfigurationInput) -> GetBucketAccelerateConfigurationOutput = documents::absent::accelerate;
    get_bucket_cors(GetBucketCorsInput) -> GetBucketCorsOutput = documents::absent::cors;
    get_bucket_logging(GetBucketLoggingInput) -> GetBucketLoggingOutput = documents::absent::logging;
    get_bucket_replication(GetBucketReplicationInput) -> GetBucketReplicationOutput = documents::absent::replication;
    get_bucket_request_payment(GetBucketRequestPaymentInput) -> GetBucketRequestPaymentOutput = documents::absent::request_payment;
    get_bucket_website(GetBucketWebsiteInput) -> GetBucketWebsiteOutput = documents::absent::website;
    get_object_lock_configuration(GetObjectLockConfigurationInput) -> GetObjectLockConfigurationOutput = documents::absent::object_lock;

    get_object(GetObjectInput) -> GetObjectOutput = get::get;
    head_object(HeadObjectInput) -> HeadObjectOutput = get::head;
    get_object_attributes(GetObjectAttributesInput) -> GetObjectAttributesOutput = attributes::get;
    delete_object(DeleteObjectInput) -> DeleteObjectOutput = delete::one;
    delete_objects(DeleteObjectsInput) -> DeleteObjectsOutput = delete::many;
    copy_object(CopyObjectInput) -> CopyObjectOutput = copy::object;
    get_object_tagging(GetObjectTaggingInput) -> GetObjectTaggingOutput = tagging::get;
    put_object_tagging(PutObjectTaggingInput) -> PutObjectTaggingOutput = tagging::put;
    delete_object_tagging(DeleteObjectTaggingInput) -> DeleteObjectTaggingOutput = tagging::delete;

    list_objects(ListObjectsInput) -> ListObjectsOutput = list::v1;
    list_objects_v2(ListObjectsV2Input) -> ListObjectsV2Output = list::v2;
    list_object_versions(ListObjectVersionsInput) -> ListObjectVersionsOutput = list_versions::list;

    create_multipart_upload(CreateMultipartUploadInput) -> CreateMultipartUploadOutput = upload::create;
    upload_part_copy(UploadPartCopyInput) -> UploadPartCopyOutput = copy::part;
    complete_multipart_upload(CompleteMultipartUploadInput) -> CompleteMultipartUploadOutput = upload_complete::complete;
    abort_multipart_upload(AbortMultipartUploadInput) -> AbortMultipartUploadOutput = upload::abort;
    list_parts(ListPartsInput) -> ListPartsOutput = upload_list::parts;
    list_multipart_uploads(ListMultipartUploadsInput) -> ListMultipartUploadsOutput = upload_list::uploads;
    }
    with_body {
    put_object(PutObjectInput) -> PutObjectOutput = put::object;
    upload_part(UploadPartInput) -> UploadPartOutput = put_part::part;
    }
}
