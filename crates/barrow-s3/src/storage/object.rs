//! An object as other parts of the program get it, without HTTP.

use std::fs::File;
use std::io;

use camino::Utf8PathBuf;

use super::Storage;
use crate::NoObject;
use crate::records::{bucket, version};
use crate::refusal::Refusal;

/// An object that can be read.
#[derive(Debug)]
pub struct Object {
    /// Open for reading: it stays what it is even when the object is deleted meanwhile.
    pub file: File,
    /// Where the file lies until the object is deleted or overwritten. Never to be changed.
    pub path: Utf8PathBuf,
    pub size_bytes: u64,
    /// None in a bucket that never had versions.
    pub version: Option<String>,
    /// The region of the bucket.
    pub region: String,
}

impl Storage {
    /// The object that `account` finds under this name, in its latest version unless one is named.
    pub fn object(
        &self,
        account: &str,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Object, NoObject> {
        self.find_object(account, bucket, key, version)
            .map_err(into_no_object)
    }

    fn find_object(
        &self,
        account: &str,
        bucket: &str,
        key: &str,
        version: Option<&str>,
    ) -> Result<Object, Refusal> {
        let find = || {
            self.read(|records| {
                let bucket = bucket::get(records, bucket)?;
                bucket.owned_by(account)?;
                let found = version::wanted(records, &bucket, key, version)?;
                Ok((bucket, found))
            })
        };
        let (bucket, found, path, file) = self.open_body(find)?;
        Ok(Object {
            file,
            path,
            size_bytes: found.body()?.size_bytes,
            version: bucket.shown_version(&found.name),
            region: bucket.region,
        })
    }

    /// Opens the body of a version that `find` finds. When a version is deleted just then, `find`
    /// is asked again what there is now.
    pub(crate) fn open_body(
        &self,
        find: impl Fn() -> Result<(bucket::Bucket, version::Version), Refusal>,
    ) -> Result<(bucket::Bucket, version::Version, Utf8PathBuf, File), Refusal> {
        let mut last = 0;
        loop {
            let (bucket, found) = find()?;
            let path = self.files().blob(found.id);
            match File::open(&path) {
                Ok(file) => return Ok((bucket, found, path, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound && found.id != last => {
                    last = found.id;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn into_no_object(refusal: Refusal) -> NoObject {
    match refusal {
        Refusal::NoSuchBucket => NoObject::NoSuchBucket,
        Refusal::NoSuchKey { .. } => NoObject::NoSuchKey,
        Refusal::NoSuchVersion => NoObject::NoSuchVersion,
        Refusal::InvalidVersion => NoObject::InvalidVersion,
        Refusal::DeleteMarker { .. } => NoObject::DeleteMarker,
        Refusal::AccessDenied => NoObject::AccessDenied,
        other => NoObject::Internal {
            source: io::Error::other(other),
        },
    }
}
