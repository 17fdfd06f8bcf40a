//! What is put onto a bucket and given back as it is, in S3's own XML, or JSON for policies.

use rusqlite::{Connection, OptionalExtension, params};
use s3s::xml::{Deserialize, Deserializer, Serialize, Serializer};

use super::version::unreadable;
use crate::refusal::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Encryption,
    Lifecycle,
    Notification,
    Ownership,
    Policy,
    PublicAccess,
    Tagging,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Encryption => "encryption",
            Self::Lifecycle => "lifecycle",
            Self::Notification => "notification",
            Self::Ownership => "ownership",
            Self::Policy => "policy",
            Self::PublicAccess => "public-access",
            Self::Tagging => "tagging",
        }
    }
}

pub(crate) fn put(
    records: &Connection,
    bucket: i64,
    kind: Kind,
    document: &impl Serialize,
) -> Result<(), Refusal> {
    let mut xml = Vec::new();
    document
        .serialize(&mut Serializer::new(&mut xml))
        .map_err(unreadable)?;
    Ok(put_bytes(records, bucket, kind, &xml)?)
}

pub(crate) fn get<T: for<'xml> Deserialize<'xml>>(
    records: &Connection,
    bucket: i64,
    kind: Kind,
) -> Result<Option<T>, Refusal> {
    let Some(xml) = get_bytes(records, bucket, kind)? else {
        return Ok(None);
    };
    let document = T::deserialize(&mut Deserializer::new(&xml));
    document.map(Some).map_err(unreadable)
}

pub(crate) fn put_bytes(
    records: &Connection,
    bucket: i64,
    kind: Kind,
    body: &[u8],
) -> Result<(), rusqlite::Error> {
    records
        .prepare_cached("INSERT OR REPLACE INTO document (bucket, kind, body) VALUES (?1, ?2, ?3)")?
        .execute(params![bucket, kind.as_str(), body])
        .map(|_| ())
}

pub(crate) fn get_bytes(
    records: &Connection,
    bucket: i64,
    kind: Kind,
) -> Result<Option<Vec<u8>>, rusqlite::Error> {
    records
        .prepare_cached("SELECT body FROM document WHERE bucket = ?1 AND kind = ?2")?
        .query_row(params![bucket, kind.as_str()], |row| row.get(0))
        .optional()
}

pub(crate) fn remove(records: &Connection, bucket: i64, kind: Kind) -> Result<(), rusqlite::Error> {
    records
        .prepare_cached("DELETE FROM document WHERE bucket = ?1 AND kind = ?2")?
        .execute(params![bucket, kind.as_str()])
        .map(|_| ())
}
