//! What a client says its body will be, and whether it was that.

use data_encoding::BASE64;
use s3s::dto::ChecksumAlgorithm;

use crate::checksum::{Algorithm, Fields};
use crate::receive::{LARGEST_BODY_BYTES, Received};
use crate::refusal::{Refusal, invalid_request};
use crate::service::Trailers;

/// What the client says the body will be.
pub(super) struct Promise {
    content_md5: Option<[u8; 16]>,
    given: Option<(Algorithm, String)>,
    /// The checksum comes behind the body.
    trailer: Option<Algorithm>,
    /// Only the algorithm is known.
    named: Option<Algorithm>,
}

/// The headers that promise something.
pub(super) struct Headers<'a> {
    pub(super) content_md5: Option<&'a str>,
    pub(super) checksums: Fields,
    pub(super) trailer: Option<&'a str>,
    pub(super) algorithm: Option<&'a ChecksumAlgorithm>,
}

impl Promise {
    pub(super) fn of(headers: Headers<'_>) -> Result<Self, Refusal> {
        Ok(Self {
            content_md5: parse_md5(headers.content_md5)?,
            given: headers.checksums.given(),
            trailer: headers.trailer.and_then(Algorithm::of_header),
            named: named_algorithm(headers.algorithm)?,
        })
    }

    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        self.given
            .as_ref()
            .map(|(algorithm, _)| *algorithm)
            .or(self.trailer)
            .or(self.named)
    }

    pub(super) fn check(&self, received: &Received, trailers: &Trailers) -> Result<(), Refusal> {
        if self
            .content_md5
            .is_some_and(|wanted| wanted != received.md5)
        {
            return Err(Refusal::BadDigest {
                what: "Content-MD5",
            });
        }
        let trailing = || {
            let algorithm = self.trailer?;
            Some((algorithm, trailers.get(algorithm.header())?))
        };
        let promised = self.given.clone().or_else(trailing);
        if let Some((algorithm, _)) = &promised
            && promised != received.checksum
        {
            return Err(Refusal::BadDigest {
                what: algorithm.name(),
            });
        }
        Ok(())
    }
}

pub(super) fn named_algorithm(
    name: Option<&ChecksumAlgorithm>,
) -> Result<Option<Algorithm>, Refusal> {
    let Some(name) = name else { return Ok(None) };
    match Algorithm::named(name.as_str()) {
        Some(algorithm) => Ok(Some(algorithm)),
        None => Err(invalid_request(
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
        )),
    }
}

fn parse_md5(header: Option<&str>) -> Result<Option<[u8; 16]>, Refusal> {
    let Some(header) = header else {
        return Ok(None);
    };
    let bytes = BASE64.decode(header.as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
    bytes.map(Some).ok_or(Refusal::InvalidDigest)
}

pub(super) fn body_length(header: Option<i64>) -> Result<Option<u64>, Refusal> {
    let Some(length) = header else {
        return Ok(None);
    };
    let length = u64::try_from(length).map_err(|_| Refusal::IncompleteBody)?;
    if length > LARGEST_BODY_BYTES {
        return Err(Refusal::EntityTooLarge);
    }
    Ok(Some(length))
}
