//! Fields that many of S3's shapes have in common.

use std::collections::BTreeMap;

use s3s::crypto::{Checksum as _, Sha256};
use s3s::dto::{
    ChecksumAlgorithm, ChecksumType, ETag, Initiator, Metadata, Owner, ServerSideEncryption, Tag,
    Timestamp,
};

use crate::checksum::{Algorithm, Checksum};
use crate::records::detail::{Encryption, Headers};
use crate::records::version::Moment;
use crate::refusal::{Refusal, invalid_argument};

/// Reads the checksum fields of a shape.
macro_rules! checksums_of {
    ($shape:expr) => {
        $crate::checksum::Fields {
            crc32: $shape.checksum_crc32.clone(),
            crc32c: $shape.checksum_crc32c.clone(),
            crc64nvme: $shape.checksum_crc64nvme.clone(),
            sha1: $shape.checksum_sha1.clone(),
            sha256: $shape.checksum_sha256.clone(),
        }
    };
}

/// Writes the checksum fields of a shape.
macro_rules! set_checksums {
    ($shape:expr, $fields:expr) => {{
        let fields: $crate::checksum::Fields = $fields;
        $shape.checksum_crc32 = fields.crc32;
        $shape.checksum_crc32c = fields.crc32c;
        $shape.checksum_crc64nvme = fields.crc64nvme;
        $shape.checksum_sha1 = fields.sha1;
        $shape.checksum_sha256 = fields.sha256;
    }};
}

/// Reads the headers that are given back as they came.
macro_rules! headers_of {
    ($shape:expr) => {
        $crate::records::detail::Headers {
            cache_control: $shape.cache_control.clone(),
            content_disposition: $shape.content_disposition.clone(),
            content_encoding: $crate::operations::fields::content_encoding(
                $shape.content_encoding.as_deref(),
            ),
            content_language: $shape.content_language.clone(),
            content_type: $shape.content_type.clone(),
            expires: $shape
                .expires
                .as_ref()
                .map(|expires| $crate::records::version::Moment::of(expires).0),
            website_redirect: $shape.website_redirect_location.clone(),
        }
    };
}

pub(super) use {checksums_of, headers_of, set_checksums};

/// User metadata may have 2 KiB, names included.
const LARGEST_METADATA_BYTES: usize = 2048;

/// The limit for objects. Buckets may have 50.
const MOST_TAGS: usize = 10;

/// Nothing else is kept of it than that it was wanted.
const STANDARD: &str = "STANDARD";

/// How a body travelled is not what it is.
pub(super) fn content_encoding(header: Option<&str>) -> Option<String> {
    let kept = header?
        .split(',')
        .map(str::trim)
        .filter(|coding| !coding.is_empty() && *coding != "aws-chunked")
        .collect::<Vec<_>>();
    (!kept.is_empty()).then(|| kept.join(","))
}

pub(super) fn metadata(given: Option<Metadata>) -> Result<BTreeMap<String, String>, Refusal> {
    let metadata: BTreeMap<_, _> = given.unwrap_or_default().into_iter().collect();
    let bytes: usize = metadata
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    if bytes > LARGEST_METADATA_BYTES {
        return Err(Refusal::MetadataTooLarge);
    }
    Ok(metadata)
}

/// `x-amz-tagging: a=1&b=2`
pub(super) fn tags_of_header(header: Option<&str>) -> Result<Vec<(String, String)>, Refusal> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        let decoded = percent_encoding::percent_decode_str(&text).decode_utf8();
        decoded.map(std::borrow::Cow::into_owned).map_err(|_| {
            invalid_argument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
            )
        })
    };
    let mut tags = Vec::new();
    for pair in header
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
    {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        tags.push((decode(name)?, decode(value)?));
    }
    check_tags(&tags, MOST_TAGS)?;
    Ok(tags)
}

pub(super) fn tags_of_set(set: Vec<Tag>, most: usize) -> Result<Vec<(String, String)>, Refusal> {
    let tags: Vec<_> = set
        .into_iter()
        .map(|tag| (tag.key.unwrap_or_default(), tag.value.unwrap_or_default()))
        .collect();
    check_tags(&tags, most)?;
    Ok(tags)
}

pub(super) fn object_tags(set: Vec<Tag>) -> Result<Vec<(String, String)>, Refusal> {
    tags_of_set(set, MOST_TAGS)
}

fn check_tags(tags: &[(String, String)], most: usize) -> Result<(), Refusal> {
    let refused = |message: String| Refusal::InvalidTag {
        message: message.into(),
    };
    if tags.len() > most {
        let thing = if most == MOST_TAGS {
            "Object"
        } else {
            "Bucket"
        };
        return Err(Refusal::BadRequest {
            message: format!("{thing} tags cannot be greater than {most}"),
        });
    }
    for (index, (name, value)) in tags.iter().enumerate() {
        if name.is_empty() || name.chars().count() > 128 {
            return Err(refused(
                "The TagKey you have provided is invalid".to_owned(),
            ));
        }
        if value.chars().count() > 256 {
            return Err(refused(
                "The TagValue you have provided is invalid".to_owned(),
            ));
        }
        if tags[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err(refused(
                "Cannot provide multiple Tags with the same key".to_owned(),
            ));
        }
    }
    Ok(())
}

pub(super) fn tag_set(tags: &[(String, String)]) -> Vec<Tag> {
    let tag = |(key, value): &(String, String)| Tag {
        key: Some(key.clone()),
        value: Some(value.clone()),
    };
    tags.iter().map(tag).collect()
}

/// None for the usual one.
pub(super) fn storage_class(given: Option<&str>) -> Result<Option<String>, Refusal> {
    const KNOWN: [&str; 10] = [
        STANDARD,
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "DEEP_ARCHIVE",
        "GLACIER_IR",
        "EXPRESS_ONEZONE",
        "OUTPOSTS",
    ];
    match given {
        None | Some(STANDARD) => Ok(None),
        Some(class) if KNOWN.contains(&class) => Ok(Some(class.to_owned())),
        Some(_) => Err(Refusal::InvalidStorageClass),
    }
}

pub(super) fn shown_class(class: Option<&String>) -> String {
    class.cloned().unwrap_or_else(|| STANDARD.to_owned())
}

pub(super) fn encryption(
    algorithm: Option<&ServerSideEncryption>,
    key: Option<&String>,
) -> Option<Encryption> {
    let algorithm = algorithm?.as_str();
    (algorithm != ServerSideEncryption::AES256).then(|| Encryption {
        algorithm: algorithm.to_owned(),
        key: key.cloned(),
    })
}

/// Every object is said to be encrypted, as on S3 since 2023.
pub(super) fn shown_encryption(
    wanted: Option<&Encryption>,
) -> (Option<ServerSideEncryption>, Option<String>) {
    match wanted {
        Some(wanted) => (Some(wanted.algorithm.clone().into()), wanted.key.clone()),
        None => (
            Some(ServerSideEncryption::from_static(
                ServerSideEncryption::AES256,
            )),
            None,
        ),
    }
}

pub(super) fn etag(text: &str) -> ETag {
    ETag::Strong(text.to_owned())
}

pub(super) fn checksum_type(whole: bool) -> ChecksumType {
    ChecksumType::from_static(if whole {
        ChecksumType::FULL_OBJECT
    } else {
        ChecksumType::COMPOSITE
    })
}

pub(super) fn checksum_type_of(checksum: Option<&Checksum>) -> Option<ChecksumType> {
    checksum.map(|checksum| checksum_type(checksum.whole))
}

pub(super) fn checksum_algorithm(algorithm: Algorithm) -> ChecksumAlgorithm {
    ChecksumAlgorithm::from_static(algorithm.name())
}

pub(super) fn expires(headers: &Headers) -> Option<Timestamp> {
    headers
        .expires
        .map(|seconds| Moment(seconds).to_timestamp())
}

/// Accounts are known to S3 by another id, 64 hexadecimal digits.
pub(super) fn owner_id(account: &str) -> String {
    data_encoding::HEXLOWER.encode(Sha256::checksum(account.as_bytes()).as_ref())
}

pub(super) fn owner(account: &str) -> Owner {
    Owner {
        display_name: None,
        id: Some(owner_id(account)),
    }
}

pub(super) fn initiator(account: &str) -> Initiator {
    Initiator {
        display_name: None,
        id: Some(format!("arn:aws:iam::{account}:root")),
    }
}

/// How many entries a page is to have.
pub(super) fn page_size(given: Option<i32>, name: &str) -> Result<usize, Refusal> {
    let most = crate::listing::LARGEST_PAGE;
    match given {
        None => Ok(most),
        Some(wanted) => match usize::try_from(wanted) {
            Ok(wanted) => Ok(wanted.min(most)),
            Err(_) => Err(invalid_argument(format!(
                "Argument {name} must be an integer between 0 and 2147483647"
            ))),
        },
    }
}

pub(super) fn shown_size(size: usize) -> Option<i32> {
    i32::try_from(size).ok()
}

/// S3's shapes count bytes with a sign.
pub(super) fn signed(bytes: u64) -> Option<i64> {
    i64::try_from(bytes).ok()
}
