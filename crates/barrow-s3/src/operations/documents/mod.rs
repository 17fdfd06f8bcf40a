//! Settings of a bucket that are stored and given back.
//!
//! Client tools read all of them before they do anything. Nothing here acts on them: there are no
//! other accounts to keep out and no bills to keep small.

pub(super) mod absent;
pub(super) mod encryption;
pub(super) mod lifecycle;
pub(super) mod notification;
pub(super) mod ownership;
pub(super) mod policy;
pub(super) mod public_access;
pub(super) mod tagging;

use rusqlite::Connection;
use s3s::dto::{ObjectOwnership, OwnershipControls, OwnershipControlsRule};
use s3s::xml::{Deserialize, Serialize};

use crate::Storage;
use crate::caller::Caller;
use crate::records::document::{self, Kind};
use crate::refusal::Refusal;

fn read<T: for<'xml> Deserialize<'xml>>(
    storage: &Storage,
    caller: &Caller,
    bucket: &str,
    kind: Kind,
) -> Result<Option<T>, Refusal> {
    storage.read(|records| {
        let bucket = caller.bucket(records, bucket)?;
        document::get(records, bucket.id, kind)
    })
}

fn write(
    storage: &Storage,
    caller: &Caller,
    bucket: &str,
    kind: Kind,
    body: &impl Serialize,
) -> Result<(), Refusal> {
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), bucket)?;
        document::put(writing.records(), bucket.id, kind, body)
    })
}

fn remove(storage: &Storage, caller: &Caller, bucket: &str, kind: Kind) -> Result<(), Refusal> {
    storage.write(|writing| {
        let bucket = caller.bucket(writing.records(), bucket)?;
        Ok(document::remove(writing.records(), bucket.id, kind)?)
    })
}

/// What a new bucket has on S3 since April 2023.
pub(super) fn put_defaults(
    records: &Connection,
    bucket: i64,
    ownership: Option<ObjectOwnership>,
) -> Result<(), Refusal> {
    let object_ownership = ownership
        .unwrap_or_else(|| ObjectOwnership::from_static(ObjectOwnership::BUCKET_OWNER_ENFORCED));
    let controls = OwnershipControls {
        rules: vec![OwnershipControlsRule { object_ownership }],
    };
    document::put(records, bucket, Kind::Ownership, &controls)?;
    document::put(
        records,
        bucket,
        Kind::PublicAccess,
        &public_access::all_blocked(),
    )
}
