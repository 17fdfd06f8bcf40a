//! Objects deleted: for good, or behind a marker where versions are kept.

use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject,
    ETagCondition, Error, ObjectIdentifier,
};

use super::Call;
use crate::Storage;
use crate::conditions::Placing;
use crate::records::bucket::{Bucket, Versioning};
use crate::records::version::{self, Content, Moment, NULL};
use crate::refusal::Refusal;
use crate::storage::Writing;

/// The most keys in one request.
const MOST_KEYS: usize = 1000;

pub(super) fn one(
    storage: &Storage,
    call: Call<DeleteObjectInput>,
) -> Result<DeleteObjectOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let conditions = Placing {
        matches: input.if_match,
        matches_none: None,
    };
    let deleted = storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        if conditions.matches.is_some() {
            let latest = version::latest(writing.records(), bucket.id, &input.key)?;
            conditions.check(latest.as_ref())?;
        }
        delete(writing, &bucket, &input.key, input.version_id.as_deref())
    })?;
    Ok(match deleted {
        Deleted::Nothing | Deleted::Body { version: None } => DeleteObjectOutput::default(),
        Deleted::Body { version } => DeleteObjectOutput {
            version_id: version,
            ..DeleteObjectOutput::default()
        },
        Deleted::Marker { version } | Deleted::Marked { version } => DeleteObjectOutput {
            delete_marker: Some(true),
            version_id: Some(version),
            ..DeleteObjectOutput::default()
        },
    })
}

pub(super) fn many(
    storage: &Storage,
    call: Call<DeleteObjectsInput>,
) -> Result<DeleteObjectsOutput, Refusal> {
    let Call { caller, input, .. } = call;
    let keys = input.delete.objects;
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err(Refusal::MalformedXml);
    }
    let quiet = input.delete.quiet == Some(true);
    let mut deleted = Vec::new();
    let mut errors = Vec::new();
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), &input.bucket)?;
        for wanted in &keys {
            match delete_wanted(writing, &bucket, wanted) {
                Ok(done) => deleted.push(shown(wanted, done)),
                Err(refusal) => errors.push(failed(wanted, refusal)?),
            }
        }
        Ok(())
    })?;
    Ok(DeleteObjectsOutput {
        deleted: (!quiet).then_some(deleted),
        errors: (!errors.is_empty()).then_some(errors),
        ..DeleteObjectsOutput::default()
    })
}

fn delete_wanted(
    writing: &mut Writing<'_>,
    bucket: &Bucket,
    wanted: &ObjectIdentifier,
) -> Result<Deleted, Refusal> {
    if let Some(etag) = &wanted.e_tag {
        let conditions = Placing {
            matches: Some(ETagCondition::ETag(etag.clone())),
            matches_none: None,
        };
        let latest = version::latest(writing.records(), bucket.id, &wanted.key)?;
        conditions.check(latest.as_ref())?;
    }
    delete(writing, bucket, &wanted.key, wanted.version_id.as_deref())
}

fn shown(wanted: &ObjectIdentifier, done: Deleted) -> DeletedObject {
    let key = Some(wanted.key.clone());
    let version_id = wanted.version_id.clone();
    match done {
        Deleted::Nothing | Deleted::Body { .. } => DeletedObject {
            key,
            version_id,
            ..DeletedObject::default()
        },
        Deleted::Marker { version } | Deleted::Marked { version } => DeletedObject {
            delete_marker: Some(true),
            delete_marker_version_id: Some(version),
            key,
            version_id,
        },
    }
}

/// What the client did wrong is said for each key; what we did wrong fails the whole.
fn failed(wanted: &ObjectIdentifier, refusal: Refusal) -> Result<Error, Refusal> {
    if refusal.is_fault() {
        return Err(refusal);
    }
    Ok(Error {
        code: Some(refusal.code().as_str().to_owned()),
        key: Some(wanted.key.clone()),
        message: Some(refusal.to_string()),
        version_id: wanted.version_id.clone(),
    })
}

enum Deleted {
    Nothing,
    Body {
        version: Option<String>,
    },
    /// A delete marker went away.
    Marker {
        version: String,
    },
    /// A delete marker came.
    Marked {
        version: String,
    },
}

fn delete(
    writing: &mut Writing<'_>,
    bucket: &Bucket,
    key: &str,
    name: Option<&str>,
) -> Result<Deleted, Refusal> {
    let (name, hide) = match name {
        Some(name) => {
            version::check_name(name)?;
            (name, false)
        }
        None => (NULL, bucket.versioning != Versioning::Never),
    };
    if hide {
        let marker = Content::DeleteMarker;
        let placed = version::place(writing, bucket, key, Moment::now(), &marker)?;
        return Ok(Deleted::Marked {
            version: placed.name,
        });
    }
    let Some(found) = version::named(writing.records(), bucket.id, key, name)? else {
        return Ok(Deleted::Nothing);
    };
    version::remove(writing, bucket, &found)?;
    Ok(match found.content {
        Content::Body(_) => Deleted::Body {
            version: bucket.shown_version(&found.name),
        },
        Content::DeleteMarker => Deleted::Marker {
            version: found.name,
        },
    })
}
