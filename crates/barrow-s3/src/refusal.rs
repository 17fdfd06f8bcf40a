//! Why a request is refused: S3's codes, and S3's words for them.

use std::borrow::Cow;
use std::error::Error;
use std::io;

use hyper::StatusCode;
use hyper::header::{ETAG, HeaderMap, HeaderName, HeaderValue, LAST_MODIFIED};
use s3s::{S3Error, S3ErrorCode};

use crate::records::version::Moment;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("Access Denied")]
    AccessDenied,
    #[error("Request has expired")]
    Expired,
    #[error("The specified bucket does not exist")]
    NoSuchBucket,
    #[error(
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."
    )]
    BucketAlreadyExists,
    #[error("Your previous request to create the named bucket succeeded and you already own it.")]
    BucketAlreadyOwnedByYou,
    #[error("{}", if *.versions { "The bucket you tried to delete is not empty. You must delete all versions in the bucket." } else { "The bucket you tried to delete is not empty" })]
    BucketNotEmpty { versions: bool },
    #[error(
        "The {constraint} location constraint is incompatible for the region specific endpoint this request was sent to."
    )]
    IllegalLocationConstraint { constraint: String },
    #[error("The specified location-constraint is not valid")]
    InvalidLocationConstraint,
    #[error("The specified key does not exist.")]
    NoSuchKey { marker: Option<String> },
    #[error("The specified version does not exist.")]
    NoSuchVersion,
    #[error("Invalid version id specified")]
    InvalidVersion,
    /// The version that was asked for by its name is a delete marker.
    #[error("The specified method is not allowed against this resource.")]
    DeleteMarker { version: String, modified: Moment },
    #[error(
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."
    )]
    NoSuchUpload,
    #[error(
        "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag."
    )]
    InvalidPart,
    #[error("The list of parts was not in ascending order. Parts must be ordered by part number.")]
    InvalidPartOrder,
    #[error("Your proposed upload is smaller than the minimum allowed size")]
    EntityTooSmall,
    #[error("Your proposed upload exceeds the maximum allowed size")]
    EntityTooLarge,
    #[error("You did not provide the number of bytes specified by the Content-Length HTTP header")]
    IncompleteBody,
    #[error("The {what} you specified did not match {}", if *.what == "Content-MD5" { "what we received." } else { "the calculated checksum." })]
    BadDigest { what: &'static str },
    #[error("The Content-MD5 you specified was invalid.")]
    InvalidDigest,
    #[error("At least one of the pre-conditions you specified did not hold")]
    PreconditionFailed,
    #[error("Not Modified")]
    NotModified { etag: String, modified: Moment },
    #[error("The requested range is not satisfiable")]
    InvalidRange { size_bytes: u64 },
    #[error("Your metadata headers exceed the maximum allowed metadata size")]
    MetadataTooLarge,
    #[error("{message}")]
    InvalidArgument { message: Cow<'static, str> },
    #[error("{message}")]
    InvalidRequest { message: Cow<'static, str> },
    #[error("{message}")]
    BadRequest { message: String },
    #[error("The storage class you specified is not valid")]
    InvalidStorageClass,
    #[error("The Versioning element must be specified")]
    IllegalVersioning,
    #[error("{message}")]
    InvalidTag { message: Cow<'static, str> },
    #[error(
        "The XML you provided was not well-formed or did not validate against our published schema"
    )]
    MalformedXml,
    #[error("{message}")]
    MalformedPolicy { message: Cow<'static, str> },
    /// A document that nobody put: each kind has a code of its own.
    #[error("{message}")]
    NoDocument {
        code: &'static str,
        message: &'static str,
    },
    #[error("The bucket does not allow ACLs")]
    AclNotSupported,
    #[error("A header you provided implies functionality that is not implemented.")]
    NotImplemented,
    #[error("We encountered an internal error. Please try again.")]
    Disk(#[from] io::Error),
    #[error("We encountered an internal error. Please try again.")]
    Database(#[from] rusqlite::Error),
    /// A record that says what none of ours says.
    #[error("We encountered an internal error. Please try again.")]
    Record {
        source: Box<dyn Error + Send + Sync>,
    },
    /// The program ends, or the work panicked.
    #[error("We encountered an internal error. Please try again.")]
    Stopped,
}

pub(crate) fn invalid_argument(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::InvalidArgument {
        message: message.into(),
    }
}

pub(crate) fn invalid_request(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::InvalidRequest {
        message: message.into(),
    }
}

impl Refusal {
    /// Whether it is our fault and not the client's.
    pub(crate) fn is_fault(&self) -> bool {
        matches!(
            self,
            Self::Disk(_) | Self::Database(_) | Self::Record { .. } | Self::Stopped
        )
    }

    pub(crate) fn code(&self) -> S3ErrorCode {
        match self {
            Self::AccessDenied | Self::Expired => S3ErrorCode::AccessDenied,
            Self::NoSuchBucket => S3ErrorCode::NoSuchBucket,
            Self::BucketAlreadyExists => S3ErrorCode::BucketAlreadyExists,
            Self::BucketAlreadyOwnedByYou => S3ErrorCode::BucketAlreadyOwnedByYou,
            Self::BucketNotEmpty { .. } => S3ErrorCode::BucketNotEmpty,
            Self::IllegalLocationConstraint { .. } => {
                S3ErrorCode::IllegalLocationConstraintException
            }
            Self::InvalidLocationConstraint => S3ErrorCode::InvalidLocationConstraint,
            Self::NoSuchKey { .. } => S3ErrorCode::NoSuchKey,
            Self::NoSuchVersion => S3ErrorCode::NoSuchVersion,
            Self::InvalidVersion | Self::InvalidArgument { .. } => S3ErrorCode::InvalidArgument,
            Self::DeleteMarker { .. } => S3ErrorCode::MethodNotAllowed,
            Self::NoSuchUpload => S3ErrorCode::NoSuchUpload,
            Self::InvalidPart => S3ErrorCode::InvalidPart,
            Self::InvalidPartOrder => S3ErrorCode::InvalidPartOrder,
            Self::EntityTooSmall => S3ErrorCode::EntityTooSmall,
            Self::EntityTooLarge => S3ErrorCode::EntityTooLarge,
            Self::IncompleteBody => S3ErrorCode::IncompleteBody,
            Self::BadDigest { .. } => S3ErrorCode::BadDigest,
            Self::InvalidDigest => S3ErrorCode::InvalidDigest,
            Self::PreconditionFailed => S3ErrorCode::PreconditionFailed,
            Self::NotModified { .. } => S3ErrorCode::NotModified,
            Self::InvalidRange { .. } => S3ErrorCode::InvalidRange,
            Self::MetadataTooLarge => S3ErrorCode::MetadataTooLarge,
            Self::InvalidRequest { .. } => S3ErrorCode::InvalidRequest,
            Self::BadRequest { .. } => S3ErrorCode::Custom("BadRequest".into()),
            Self::InvalidStorageClass => S3ErrorCode::InvalidStorageClass,
            Self::IllegalVersioning => S3ErrorCode::IllegalVersioningConfigurationException,
            Self::InvalidTag { .. } => S3ErrorCode::InvalidTag,
            Self::MalformedXml => S3ErrorCode::MalformedXML,
            Self::MalformedPolicy { .. } => S3ErrorCode::MalformedPolicy,
            Self::NoDocument { code, .. } => S3ErrorCode::Custom((*code).into()),
            Self::AclNotSupported => S3ErrorCode::AccessControlListNotSupported,
            Self::NotImplemented => S3ErrorCode::NotImplemented,
            Self::Disk(_) | Self::Database(_) | Self::Record { .. } | Self::Stopped => {
                S3ErrorCode::InternalError
            }
        }
    }

    /// What clients learn from headers, beside the body.
    fn headers(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        let mut add = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        match self {
            Self::NoSuchKey {
                marker: Some(version),
            } => {
                add(DELETE_MARKER, "true");
                add(VERSION_ID, version);
            }
            Self::DeleteMarker { version, modified } => {
                add(DELETE_MARKER, "true");
                add(VERSION_ID, version);
                add(LAST_MODIFIED, &modified.to_http_date());
                add(hyper::header::ALLOW, "DELETE");
            }
            Self::NotModified { etag, modified } => {
                add(ETAG, &format!("\"{etag}\""));
                add(LAST_MODIFIED, &modified.to_http_date());
            }
            Self::InvalidRange { size_bytes } => {
                add(
                    hyper::header::CONTENT_RANGE,
                    &format!("bytes */{size_bytes}"),
                );
            }
            _ => return None,
        }
        Some(headers)
    }
}

const DELETE_MARKER: HeaderName = HeaderName::from_static("x-amz-delete-marker");
const VERSION_ID: HeaderName = HeaderName::from_static("x-amz-version-id");

impl From<Refusal> for S3Error {
    fn from(refusal: Refusal) -> Self {
        let mut error = S3Error::with_message(refusal.code(), refusal.to_string());
        // Codes that the protocol's layer does not know have no status of their own.
        match refusal {
            Refusal::NoDocument { .. } => error.set_status_code(StatusCode::NOT_FOUND),
            Refusal::BadRequest { .. } => error.set_status_code(StatusCode::BAD_REQUEST),
            _ => {}
        }
        if let Some(headers) = refusal.headers() {
            error.set_headers(headers);
        }
        error.set_source(Box::new(refusal));
        error
    }
}
