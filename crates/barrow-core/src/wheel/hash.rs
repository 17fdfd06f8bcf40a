//! The digests that `RECORD` may give for a file.

use std::fmt;

use barrow_model::Sha256;
use data_encoding::BASE64URL_NOPAD;
use sha2::Digest as _;

/// A file's digest by its name in `RECORD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordHash {
    Sha256(Sha256),
    Sha384(Box<[u8; 48]>),
    Sha512(Box<[u8; 64]>),
    /// An algorithm that proves nothing (`md5`, `sha1`), or one that we do not know, or no digest
    /// at all behind the name. pip does not look at it either.
    Unproven,
}

impl RecordHash {
    /// `sha256=…` in URL-safe base64, with or without padding.
    pub fn parse(text: &str) -> Self {
        let Some((algorithm, digest)) = text.split_once('=') else {
            return Self::Unproven;
        };
        let hash = match algorithm.to_ascii_lowercase().as_str() {
            "sha256" => Sha256::parse_record(digest).map(Self::Sha256),
            "sha384" => decode(digest).map(Box::new).map(Self::Sha384),
            "sha512" => decode(digest).map(Box::new).map(Self::Sha512),
            _ => None,
        };
        hash.unwrap_or(Self::Unproven)
    }
}

/// `sha256=…`, as in `RECORD`.
impl fmt::Display for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sha256(digest) => write!(f, "sha256={}", digest.to_record()),
            Self::Sha384(digest) => write!(f, "sha384={}", BASE64URL_NOPAD.encode(&**digest)),
            Self::Sha512(digest) => write!(f, "sha512={}", BASE64URL_NOPAD.encode(&**digest)),
            Self::Unproven => f.write_str("no digest"),
        }
    }
}

fn decode<const BYTES: usize>(text: &str) -> Option<[u8; BYTES]> {
    BASE64URL_NOPAD
        .decode(text.trim_end_matches('=').as_bytes())
        .ok()?
        .try_into()
        .ok()
}

/// Computes a file's SHA-256, and beside it whatever else its `RECORD` row needs.
#[derive(Debug)]
pub struct Hasher {
    sha256: sha2::Sha256,
    sha384: Option<sha2::Sha384>,
    sha512: Option<sha2::Sha512>,
}

/// What came out of a [`Hasher`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashes {
    pub sha256: Sha256,
    sha384: Option<[u8; 48]>,
    sha512: Option<[u8; 64]>,
}

impl Hasher {
    /// One that can answer for all of `wanted`.
    pub fn new<'h>(wanted: impl IntoIterator<Item = &'h RecordHash>) -> Self {
        let mut hasher = Self {
            sha256: sha2::Sha256::new(),
            sha384: None,
            sha512: None,
        };
        for hash in wanted {
            match hash {
                RecordHash::Sha384(_) => hasher.sha384 = Some(sha2::Sha384::new()),
                RecordHash::Sha512(_) => hasher.sha512 = Some(sha2::Sha512::new()),
                RecordHash::Sha256(_) | RecordHash::Unproven => {}
            }
        }
        hasher
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(sha384) = &mut self.sha384 {
            sha384.update(bytes);
        }
        if let Some(sha512) = &mut self.sha512 {
            sha512.update(bytes);
        }
    }

    pub fn finish(self) -> Hashes {
        Hashes {
            sha256: Sha256::new(self.sha256.finalize().into()),
            sha384: self.sha384.map(|hash| hash.finalize().into()),
            sha512: self.sha512.map(|hash| hash.finalize().into()),
        }
    }
}

impl Hashes {
    /// Whether the file is the one that `expected` describes; `None` where that proves nothing.
    pub fn agree(&self, expected: &RecordHash) -> Option<bool> {
        match expected {
            RecordHash::Sha256(expected) => Some(self.sha256 == *expected),
            RecordHash::Sha384(expected) => self.sha384.map(|seen| seen == **expected),
            RecordHash::Sha512(expected) => self.sha512.map(|seen| seen == **expected),
            RecordHash::Unproven => None,
        }
    }

    /// The digest by the same algorithm as `other`.
    pub fn like(&self, other: &RecordHash) -> RecordHash {
        match other {
            RecordHash::Sha384(_) => self.sha384.map(Box::new).map(RecordHash::Sha384),
            RecordHash::Sha512(_) => self.sha512.map(Box::new).map(RecordHash::Sha512),
            RecordHash::Sha256(_) | RecordHash::Unproven => None,
        }
        .unwrap_or(RecordHash::Sha256(self.sha256))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Digests of `x = 1\n`, as `hashlib` and `base64.urlsafe_b64encode` give them.
    const ROWS: [&str; 3] = [
        "sha256=nia_NpkRxFwkPGhBR7I_yeHc_PJX0pmhxjIBam_NM_Q",
        "sha384=2Ce4lYIFgerCBE9pWgSgz-9mHzfuOwRgpljykGGUIg6xgKQz2N-zpYv47plg8Bkn",
        "sha512=e73veyKgykOKZRFOeqVV-RiHar0CPb8GFYkM-jCLUlHBkx-rU_sUNgozT0yN7lCJ48E3W_3uNVShst_MuAk21g",
    ];

    fn check(row: &str, bytes: &[u8], expected: Option<bool>) {
        let hash = RecordHash::parse(row);
        let mut hasher = Hasher::new([&hash]);
        hasher.update(bytes);
        assert_eq!(hasher.finish().agree(&hash), expected, "{row}");
    }

    #[test]
    fn strong_digests_tell_files_apart() {
        for row in ROWS {
            check(row, b"x = 1\n", Some(true));
            check(&format!("{row}=="), b"x = 1\n", Some(true));
            check(row, b"x = 2\n", Some(false));
        }
    }

    #[test]
    fn weak_and_broken_digests_prove_nothing() {
        for row in [
            "md5=6a1a8f",
            "sha1=",
            "sha256=short",
            "sha256",
            "",
            "sha512=*",
        ] {
            check(row, b"x = 1\n", None);
        }
    }
}
