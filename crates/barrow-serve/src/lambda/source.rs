//! Where a request says its code is.

use serde::Deserialize;

use super::{Call, Code};
use crate::api::Refusal;

/// `FunctionCode` and the content of a layer have these members in common.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Source<'i> {
    /// Base64. Of the request's own bytes: it may be seventy megabytes.
    #[serde(borrow)]
    pub zip_file: Option<&'i str>,
    #[serde(rename = "S3Bucket")]
    pub s3_bucket: Option<String>,
    #[serde(rename = "S3Key")]
    pub s3_key: Option<String>,
    #[serde(rename = "S3ObjectVersion")]
    pub s3_object_version: Option<String>,
    pub image_uri: Option<String>,
}

impl Source<'_> {
    /// Takes the package into what the service keeps.
    pub(super) fn keep(&self, call: &Call<'_>) -> Result<Code, Refusal> {
        match (&self.zip_file, &self.s3_bucket, &self.s3_key) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => Err(Refusal::invalid(
                "Please do not provide other FunctionCode parameters when providing a ZipFile.",
            )),
            (Some(base64), None, None) => call.service.codes.keep_direct(base64),
            (None, Some(bucket), Some(key)) => {
                let version = self.s3_object_version.as_deref();
                call.service.fetch(&call.scope, bucket, key, version)
            }
            (None, Some(_), None) => Err(Refusal::invalid("S3 Error Code: Missing S3Key.")),
            (None, None, _) => Err(Refusal::invalid(
                "Please provide a source for function code.",
            )),
        }
    }
}
