//! The checksums that clients send along and want back.

use data_encoding::BASE64;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Sha1, Sha256};
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 5] = [
        Self::Crc32,
        Self::Crc32c,
        Self::Crc64nvme,
        Self::Sha1,
        Self::Sha256,
    ];

    /// As in `x-amz-sdk-checksum-algorithm: CRC32`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Crc32 => "CRC32",
            Self::Crc32c => "CRC32C",
            Self::Crc64nvme => "CRC64NVME",
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
        }
    }

    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        let names = |algorithm: &Self| algorithm.name().eq_ignore_ascii_case(name);
        Self::ALL.into_iter().find(names)
    }

    pub(crate) fn of_header(header: &str) -> Option<Self> {
        let names = |algorithm: &Self| algorithm.header().eq_ignore_ascii_case(header);
        Self::ALL.into_iter().find(names)
    }

    pub(crate) fn is_crc(self) -> bool {
        matches!(self, Self::Crc32 | Self::Crc32c | Self::Crc64nvme)
    }

    pub(crate) fn hasher(self) -> Hasher {
        match self {
            Self::Crc32 => Hasher::Crc32(Crc32::new()),
            Self::Crc32c => Hasher::Crc32c(Crc32c::new()),
            Self::Crc64nvme => Hasher::Crc64nvme(Crc64Nvme::new()),
            Self::Sha1 => Hasher::Sha1(Sha1::new()),
            Self::Sha256 => Hasher::Sha256(Sha256::new()),
        }
    }
}

/// The checksum of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Checksum {
    pub(crate) algorithm: Algorithm,
    /// In base64; with the number of parts behind a hyphen when it is over their checksums.
    pub(crate) value: String,
    /// Whether it is that of the whole object and not one over those of its parts.
    pub(crate) whole: bool,
}

impl Checksum {
    /// The checksum over the checksums of an object's parts.
    pub(crate) fn over_parts<'a>(
        algorithm: Algorithm,
        parts: impl ExactSizeIterator<Item = &'a str>,
    ) -> Result<Self, Refusal> {
        let count = parts.len();
        let mut hasher = algorithm.hasher();
        for part in parts {
            let bytes = BASE64
                .decode(part.as_bytes())
                .map_err(|_| Refusal::InvalidPart)?;
            hasher.update(&bytes);
        }
        Ok(Self {
            algorithm,
            value: format!("{}-{count}", hasher.finish()),
            whole: false,
        })
    }
}

pub(crate) enum Hasher {
    Crc32(Crc32),
    Crc32c(Crc32c),
    Crc64nvme(Crc64Nvme),
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Hasher {
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Crc32(hasher) => hasher.update(bytes),
            Self::Crc32c(hasher) => hasher.update(bytes),
            Self::Crc64nvme(hasher) => hasher.update(bytes),
            Self::Sha1(hasher) => hasher.update(bytes),
            Self::Sha256(hasher) => hasher.update(bytes),
        }
    }

    /// In base64.
    pub(crate) fn finish(self) -> String {
        match self {
            Self::Crc32(hasher) => BASE64.encode(&hasher.finalize()),
            Self::Crc32c(hasher) => BASE64.encode(&hasher.finalize()),
            Self::Crc64nvme(hasher) => BASE64.encode(&hasher.finalize()),
            Self::Sha1(hasher) => BASE64.encode(&hasher.finalize()),
            Self::Sha256(hasher) => BASE64.encode(&hasher.finalize()),
        }
    }
}

/// One field for each algorithm, as S3's shapes have them.
#[derive(Debug, Default, Clone)]
pub(crate) struct Fields {
    pub(crate) crc32: Option<String>,
    pub(crate) crc32c: Option<String>,
    pub(crate) crc64nvme: Option<String>,
    pub(crate) sha1: Option<String>,
    pub(crate) sha256: Option<String>,
}

impl Fields {
    pub(crate) fn of(algorithm: Algorithm, value: &str) -> Self {
        let mut fields = Self::default();
        let field = match algorithm {
            Algorithm::Crc32 => &mut fields.crc32,
            Algorithm::Crc32c => &mut fields.crc32c,
            Algorithm::Crc64nvme => &mut fields.crc64nvme,
            Algorithm::Sha1 => &mut fields.sha1,
            Algorithm::Sha256 => &mut fields.sha256,
        };
        *field = Some(value.to_owned());
        fields
    }

    pub(crate) fn of_checksum(checksum: Option<&Checksum>) -> Self {
        checksum.map_or_else(Self::default, |checksum| {
            Self::of(checksum.algorithm, &checksum.value)
        })
    }

    /// The one that is there.
    pub(crate) fn given(self) -> Option<(Algorithm, String)> {
        [
            (Algorithm::Crc32, self.crc32),
            (Algorithm::Crc32c, self.crc32c),
            (Algorithm::Crc64nvme, self.crc64nvme),
            (Algorithm::Sha1, self.sha1),
            (Algorithm::Sha256, self.sha256),
        ]
        .into_iter()
        .find_map(|(algorithm, value)| Some((algorithm, value?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_the_catalogues() {
        // Over "123456789", as the catalogue of CRCs and `sha1sum` have them.
        for (algorithm, expected) in [
            (Algorithm::Crc32, "y/Q5Jg=="),
            (Algorithm::Crc32c, "4waSgw=="),
            (Algorithm::Crc64nvme, "rosUhgp5mIg="),
            (Algorithm::Sha1, "98O8HYCOBHMq32eZZczDTKeuNEE="),
        ] {
            let mut hasher = algorithm.hasher();
            hasher.update(b"1234");
            hasher.update(b"56789");
            let value = hasher.finish();
            assert_eq!(value, expected, "{}", algorithm.name());
        }
    }

    #[test]
    fn a_checksum_over_parts_says_how_many() {
        let parts = ["y/Q5Jg==", "y/Q5Jg=="];
        let checksum = Checksum::over_parts(Algorithm::Crc32, parts.into_iter()).unwrap();
        assert!(checksum.value.ends_with("-2"));
        assert!(!checksum.whole);
    }
}
