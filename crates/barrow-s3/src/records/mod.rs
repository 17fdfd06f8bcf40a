//! What is written down about buckets, objects and uploads.

pub(crate) mod bucket;
pub(crate) mod detail;
pub(crate) mod document;
pub(crate) mod upload;
pub(crate) mod version;
