//! Buckets. Their names are one space for all accounts.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::version::Moment;
use crate::refusal::Refusal;

#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) created: Moment,
    pub(crate) versioning: Versioning,
}

/// Once versioning was on, it can only be suspended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Versioning {
    Never,
    Enabled,
    Suspended,
}

impl Versioning {
    fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Enabled => "enabled",
            Self::Suspended => "suspended",
        }
    }

    fn of(text: &str) -> Self {
        match text {
            "enabled" => Self::Enabled,
            "suspended" => Self::Suspended,
            _ => Self::Never,
        }
    }
}

impl Bucket {
    pub(crate) fn owned_by(&self, account: &str) -> Result<(), Refusal> {
        if self.account == account {
            Ok(())
        } else {
            Err(Refusal::AccessDenied)
        }
    }

    /// The name of a version, for those who are to see that there are versions.
    pub(crate) fn shown_version(&self, name: &str) -> Option<String> {
        (self.versioning != Versioning::Never).then(|| name.to_owned())
    }
}

const COLUMNS: &str = "id, name, account, region, created, versioning";

fn from_row(row: &Row<'_>) -> Result<Bucket, rusqlite::Error> {
    Ok(Bucket {
        id: row.get(0)?,
        name: row.get(1)?,
        account: row.get(2)?,
        region: row.get(3)?,
        created: Moment(row.get(4)?),
        versioning: Versioning::of(&row.get::<_, String>(5)?),
    })
}

pub(crate) fn find(records: &Connection, name: &str) -> Result<Option<Bucket>, rusqlite::Error> {
    records
        .prepare_cached(&format!("SELECT {COLUMNS} FROM bucket WHERE name = ?1"))?
        .query_row([name], from_row)
        .optional()
}

pub(crate) fn get(records: &Connection, name: &str) -> Result<Bucket, Refusal> {
    find(records, name)?.ok_or(Refusal::NoSuchBucket)
}

pub(crate) fn insert(
    records: &Connection,
    name: &str,
    account: &str,
    region: &str,
    created: Moment,
) -> Result<i64, rusqlite::Error> {
    records
        .prepare_cached(
            "INSERT INTO bucket (name, account, region, created, versioning) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .insert(params![
            name,
            account,
            region,
            created.0,
            Versioning::Never.as_str()
        ])
}

pub(crate) fn set_versioning(
    records: &Connection,
    bucket: i64,
    versioning: Versioning,
) -> Result<(), rusqlite::Error> {
    records
        .prepare_cached("UPDATE bucket SET versioning = ?2 WHERE id = ?1")?
        .execute(params![bucket, versioning.as_str()])
        .map(|_| ())
}

/// Removes a bucket with all that is known about it. It has no versions and no uploads any more.
pub(crate) fn remove(records: &Connection, bucket: i64) -> Result<(), rusqlite::Error> {
    records.execute("DELETE FROM document WHERE bucket = ?1", [bucket])?;
    records.execute("DELETE FROM bucket WHERE id = ?1", [bucket])?;
    Ok(())
}

pub(crate) struct Wanted<'a> {
    pub(crate) account: &'a str,
    pub(crate) region: Option<&'a str>,
    pub(crate) prefix: &'a str,
    pub(crate) after: &'a str,
    pub(crate) at_most: usize,
}

/// An account's buckets by name.
pub(crate) fn list(
    records: &Connection,
    wanted: &Wanted<'_>,
) -> Result<Vec<Bucket>, rusqlite::Error> {
    records
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM bucket
             WHERE account = ?1 AND name > ?2 AND substr(name, 1, length(?3)) = ?3
               AND (?4 IS NULL OR region = ?4)
             ORDER BY name LIMIT ?5"
        ))?
        .query_map(
            params![
                wanted.account,
                wanted.after,
                wanted.prefix,
                wanted.region,
                wanted.at_most
            ],
            from_row,
        )?
        .collect()
}
