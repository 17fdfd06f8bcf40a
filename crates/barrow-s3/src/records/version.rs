//! Versions of objects. A bucket that keeps none has one for each key, which is named `null`.

use std::error::Error;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::{Connection, OptionalExtension, Row, params};
use s3s::dto::{Timestamp, TimestampFormat};

use super::bucket::{Bucket, Versioning};
use super::detail::Detail;
use crate::refusal::Refusal;
use crate::storage::{Writing, blob_name};

/// The name of a version in a bucket that keeps none.
pub(crate) const NULL: &str = "null";

/// Characters of the name of a version that is kept beside others.
const NAME_LENGTH: usize = 32;

/// Seconds since 1970, as exact as S3 is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) i64);

impl Moment {
    pub(crate) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        }))
    }

    pub(crate) fn of(timestamp: &Timestamp) -> Self {
        let mut text = Vec::new();
        // The fraction, if there is one, is dropped.
        let _ = timestamp.format(TimestampFormat::EpochSeconds, &mut text);
        let text = String::from_utf8_lossy(&text);
        let seconds = text
            .split('.')
            .next()
            .and_then(|seconds| seconds.parse().ok());
        Self(seconds.unwrap_or(0))
    }

    pub(crate) fn to_timestamp(self) -> Timestamp {
        let seconds = Duration::from_secs(u64::try_from(self.0).unwrap_or(0));
        Timestamp::from(UNIX_EPOCH + seconds)
    }

    pub(crate) fn to_http_date(self) -> String {
        let mut text = Vec::new();
        let _ = self
            .to_timestamp()
            .format(TimestampFormat::HttpDate, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) id: i64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) latest: bool,
    pub(crate) modified: Moment,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Body(Box<Body>),
    /// Says that the key was deleted.
    DeleteMarker,
}

#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) etag: String,
    pub(crate) size_bytes: u64,
    pub(crate) detail: Detail,
}

impl Version {
    /// The body, which a version that was [`wanted`] has.
    pub(crate) fn body(&self) -> Result<&Body, Refusal> {
        match &self.content {
            Content::Body(body) => Ok(body),
            Content::DeleteMarker => Err(Refusal::NoSuchKey {
                marker: Some(self.name.clone()),
            }),
        }
    }
}

pub(crate) const COLUMNS: &str = "id, key, name, latest, modified, etag, size, detail";

pub(crate) fn from_row(row: &Row<'_>) -> Result<Version, Refusal> {
    let content = match row.get::<_, Option<String>>(5)? {
        Some(etag) => {
            let detail = row.get_ref(7)?.as_str().map_err(rusqlite::Error::from)?;
            Content::Body(Box::new(Body {
                etag,
                size_bytes: row.get(6)?,
                detail: read_detail(detail)?,
            }))
        }
        None => Content::DeleteMarker,
    };
    Ok(Version {
        id: row.get(0)?,
        key: String::from_utf8_lossy(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)
            .into_owned(),
        name: row.get(2)?,
        latest: row.get(3)?,
        modified: Moment(row.get(4)?),
        content,
    })
}

pub(crate) fn read_detail(text: &str) -> Result<Detail, Refusal> {
    serde_json::from_str(text).map_err(unreadable)
}

pub(crate) fn write_detail(detail: &Detail) -> Result<String, Refusal> {
    serde_json::to_string(detail).map_err(unreadable)
}

pub(super) fn unreadable(error: impl Error + Send + Sync + 'static) -> Refusal {
    Refusal::Record {
        source: Box::new(error),
    }
}

pub(crate) fn latest(
    records: &Connection,
    bucket: i64,
    key: &str,
) -> Result<Option<Version>, Refusal> {
    records
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM version WHERE bucket = ?1 AND key = ?2 AND latest"
        ))?
        .query_row(params![bucket, key.as_bytes()], |row| Ok(from_row(row)))
        .optional()?
        .transpose()
}

pub(crate) fn named(
    records: &Connection,
    bucket: i64,
    key: &str,
    name: &str,
) -> Result<Option<Version>, Refusal> {
    records
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM version WHERE bucket = ?1 AND key = ?2 AND name = ?3"
        ))?
        .query_row(params![bucket, key.as_bytes(), name], |row| {
            Ok(from_row(row))
        })
        .optional()?
        .transpose()
}

pub(crate) fn check_name(name: &str) -> Result<(), Refusal> {
    if name == NULL || name.len() == NAME_LENGTH {
        Ok(())
    } else {
        Err(Refusal::InvalidVersion)
    }
}

/// The version that someone means who names a key and perhaps a version: one with a body.
pub(crate) fn wanted(
    records: &Connection,
    bucket: &Bucket,
    key: &str,
    name: Option<&str>,
) -> Result<Version, Refusal> {
    let Some(name) = name else {
        let version =
            latest(records, bucket.id, key)?.ok_or(Refusal::NoSuchKey { marker: None })?;
        version.body()?;
        return Ok(version);
    };
    check_name(name)?;
    let version = named(records, bucket.id, key, name)?.ok_or(Refusal::NoSuchVersion)?;
    match version.content {
        Content::Body(_) => Ok(version),
        Content::DeleteMarker => Err(Refusal::DeleteMarker {
            version: version.name,
            modified: version.modified,
        }),
    }
}

pub(crate) struct Placed {
    pub(crate) id: i64,
    pub(crate) name: String,
}

/// Makes `content` the latest version of the key, beside the older ones or in their place, as the
/// bucket wants it.
pub(crate) fn place(
    writing: &mut Writing<'_>,
    bucket: &Bucket,
    key: &str,
    modified: Moment,
    content: &Content,
) -> Result<Placed, Refusal> {
    let name = match bucket.versioning {
        Versioning::Enabled => fresh_name(),
        Versioning::Never | Versioning::Suspended => {
            if let Some(replaced) = named(writing.records(), bucket.id, key, NULL)? {
                drop_version(writing, &replaced)?;
            }
            NULL.to_owned()
        }
    };
    let records = writing.records();
    records
        .prepare_cached("UPDATE version SET latest = 0 WHERE bucket = ?1 AND key = ?2 AND latest")?
        .execute(params![bucket.id, key.as_bytes()])?;
    let (etag, size_bytes, detail) = match content {
        Content::Body(body) => (
            Some(&body.etag),
            body.size_bytes,
            write_detail(&body.detail)?,
        ),
        Content::DeleteMarker => (None, 0, "{}".to_owned()),
    };
    let id = records
        .prepare_cached(
            "INSERT INTO version (bucket, key, name, latest, modified, etag, size, detail)
             VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7)",
        )?
        .insert(params![
            bucket.id,
            key.as_bytes(),
            name,
            modified.0,
            etag,
            size_bytes,
            detail
        ])?;
    Ok(Placed { id, name })
}

/// Removes one version for good. The one before it is the latest then.
pub(crate) fn remove(
    writing: &mut Writing<'_>,
    bucket: &Bucket,
    version: &Version,
) -> Result<(), Refusal> {
    drop_version(writing, version)?;
    if version.latest {
        writing
            .records()
            .prepare_cached(
                "UPDATE version SET latest = 1 WHERE id =
                 (SELECT max(id) FROM version WHERE bucket = ?1 AND key = ?2)",
            )?
            .execute(params![bucket.id, version.key.as_bytes()])?;
    }
    Ok(())
}

fn drop_version(writing: &mut Writing<'_>, version: &Version) -> Result<(), Refusal> {
    writing
        .records()
        .prepare_cached("DELETE FROM version WHERE id = ?1")?
        .execute([version.id])?;
    if let Content::Body(_) = version.content {
        writing.drop_file(blob_name(version.id));
    }
    Ok(())
}

pub(crate) fn set_detail(
    records: &Connection,
    version: i64,
    detail: &Detail,
) -> Result<(), Refusal> {
    records
        .prepare_cached("UPDATE version SET detail = ?2 WHERE id = ?1")?
        .execute(params![version, write_detail(detail)?])?;
    Ok(())
}

/// What is left in a bucket: a version that is shown, one that is not, or nothing.
pub(crate) fn any(records: &Connection, bucket: i64) -> Result<bool, rusqlite::Error> {
    records
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM version WHERE bucket = ?1)")?
        .query_row([bucket], |row| row.get(0))
}

fn fresh_name() -> String {
    std::iter::repeat_with(fastrand::alphanumeric)
        .take(NAME_LENGTH)
        .collect()
}
