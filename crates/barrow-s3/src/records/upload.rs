//! Uploads in parts that are not finished.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::detail::Detail;
use super::version::{Moment, read_detail, write_detail};
use crate::refusal::Refusal;
use crate::storage::{Writing, upload_name};

#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) id: i64,
    pub(crate) bucket: i64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) initiated: Moment,
    pub(crate) detail: Detail,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) id: i64,
    pub(crate) number: i32,
    pub(crate) modified: Moment,
    /// MD5 in hexadecimal.
    pub(crate) etag: String,
    pub(crate) size_bytes: u64,
    pub(crate) checksum: Option<String>,
}

pub(crate) const COLUMNS: &str = "id, bucket, key, name, initiated, detail";

pub(crate) fn from_row(row: &Row<'_>) -> Result<Upload, Refusal> {
    let text = |index| {
        row.get_ref(index)?
            .as_bytes()
            .map_err(rusqlite::Error::from)
    };
    Ok(Upload {
        id: row.get(0)?,
        bucket: row.get(1)?,
        key: String::from_utf8_lossy(text(2)?).into_owned(),
        name: row.get(3)?,
        initiated: Moment(row.get(4)?),
        detail: read_detail(&String::from_utf8_lossy(text(5)?))?,
    })
}

pub(crate) fn insert(
    records: &Connection,
    bucket: i64,
    key: &str,
    initiated: Moment,
    detail: &Detail,
) -> Result<String, Refusal> {
    // As long as Amazon's, and as opaque.
    let name: String = std::iter::repeat_with(fastrand::alphanumeric)
        .take(128)
        .collect();
    records
        .prepare_cached(
            "INSERT INTO upload (bucket, key, name, initiated, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .insert(params![
            bucket,
            key.as_bytes(),
            name,
            initiated.0,
            write_detail(detail)?
        ])?;
    Ok(name)
}

pub(crate) fn get(
    records: &Connection,
    bucket: i64,
    key: &str,
    name: &str,
) -> Result<Upload, Refusal> {
    records
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM upload WHERE name = ?1 AND bucket = ?2 AND key = ?3"
        ))?
        .query_row(params![name, bucket, key.as_bytes()], |row| {
            Ok(from_row(row))
        })
        .optional()?
        .transpose()?
        .ok_or(Refusal::NoSuchUpload)
}

/// Forgets an upload and its parts.
pub(crate) fn remove(writing: &mut Writing<'_>, upload: i64) -> Result<(), Refusal> {
    let records = writing.records();
    records
        .prepare_cached("DELETE FROM part WHERE upload = ?1")?
        .execute([upload])?;
    records
        .prepare_cached("DELETE FROM upload WHERE id = ?1")?
        .execute([upload])?;
    writing.drop_file(upload_name(upload));
    Ok(())
}

/// The ids of all uploads to a bucket.
pub(crate) fn all_of(records: &Connection, bucket: i64) -> Result<Vec<i64>, rusqlite::Error> {
    records
        .prepare_cached("SELECT id FROM upload WHERE bucket = ?1")?
        .query_map([bucket], |row| row.get(0))?
        .collect()
}

/// What is known of a part that is put.
pub(crate) struct NewPart<'a> {
    pub(crate) number: i32,
    pub(crate) modified: Moment,
    pub(crate) etag: &'a str,
    pub(crate) size_bytes: u64,
    pub(crate) checksum: Option<&'a str>,
}

/// Puts a part, in the place of an earlier one with the same number. Says its id.
pub(crate) fn put_part(
    writing: &mut Writing<'_>,
    upload: i64,
    part: &NewPart<'_>,
) -> Result<i64, Refusal> {
    let records = writing.records();
    let replaced: Option<i64> = records
        .prepare_cached("DELETE FROM part WHERE upload = ?1 AND number = ?2 RETURNING id")?
        .query_row(params![upload, part.number], |row| row.get(0))
        .optional()?;
    let id = records
        .prepare_cached(
            "INSERT INTO part (upload, number, modified, etag, size, checksum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .insert(params![
            upload,
            part.number,
            part.modified.0,
            part.etag,
            part.size_bytes,
            part.checksum
        ])?;
    if let Some(replaced) = replaced {
        writing.drop_file(crate::storage::part_name(upload, replaced));
    }
    Ok(id)
}

/// Parts by number.
pub(crate) fn parts(
    records: &Connection,
    upload: i64,
    after: i32,
    at_most: usize,
) -> Result<Vec<Part>, rusqlite::Error> {
    records
        .prepare_cached(
            "SELECT id, number, modified, etag, size, checksum FROM part
             WHERE upload = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
        )?
        .query_map(params![upload, after, at_most], |row| {
            Ok(Part {
                id: row.get(0)?,
                number: row.get(1)?,
                modified: Moment(row.get(2)?),
                etag: row.get(3)?,
                size_bytes: row.get(4)?,
                checksum: row.get(5)?,
            })
        })?
        .collect()
}
