//! Zips that are too large for a direct upload.

use barrow_model::Bytes;
use barrow_model::limits::DIRECT_UPLOAD_LIMIT_BYTES;

use crate::finding::Finding;
use crate::package::Form;
use crate::report::Report;
use crate::scene::Scene;
use crate::{slimming, weight};

crate::check! {
    /// # Finds
    /// Zips of 52428800 bytes (50 MiB) or more that are not said to go through S3.
    ///
    /// # Matters because
    /// A larger package cannot be part of a request. Lambda answers with `Zipped size must be
    /// smaller than 52428800 bytes`. From a bucket it takes whatever is small enough unzipped.
    ///
    /// # For example
    /// `aws lambda update-function-code --zip-file fileb://app.zip` with 60 MB.
    ///
    /// # To mend it
    /// Upload the package to a bucket and give Lambda the place, or leave out what is not imported.
    pub static OVERSIZED_UPLOAD = "oversized-upload", Limits, Warning;
}

fn run(scene: &Scene<'_>, report: &mut Report) {
    if scene.by_bucket {
        return;
    }
    for package in scene.packages() {
        let Form::Zip { bytes } = package.form else {
            continue;
        };
        if bytes < DIRECT_UPLOAD_LIMIT_BYTES || !package.is_legible() {
            continue;
        }
        let message = format!(
            "`{}` has {} ({bytes} bytes); without a bucket Lambda takes less than {} \
             ({DIRECT_UPLOAD_LIMIT_BYTES} bytes)",
            package.name,
            Bytes(bytes),
            Bytes(DIRECT_UPLOAD_LIMIT_BYTES)
        );
        let mut finding = Finding::new(&OVERSIZED_UPLOAD, message).detail(weight::largest(
            scene,
            &[package],
            |file| file.zipped_bytes,
        ));
        if let Some(needless) = slimming::needless(&[package], |file| file.zipped_bytes) {
            finding = finding.detail(format!("not needed to run: {needless}"));
        }
        report.add(
            finding
                .hint("upload it with `aws s3 cp`, then name it by `--s3-bucket` and `--s3-key`"),
        );
    }
}
