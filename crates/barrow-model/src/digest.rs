//! SHA-256 digests, in the three spellings that the trade uses.

use std::fmt;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER, HEXLOWER_PERMISSIVE};

/// A SHA-256 digest. Shown in lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256([u8; 32]);

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is not a SHA-256 digest; expected 64 hexadecimal digits")]
pub struct ParseSha256Error {
    pub seen: String,
}

impl Sha256 {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Index pages and lock files: 64 hexadecimal digits.
    pub fn parse_hex(text: &str) -> Result<Self, ParseSha256Error> {
        let error = || ParseSha256Error {
            seen: text.to_owned(),
        };
        let bytes = HEXLOWER_PERMISSIVE
            .decode(text.as_bytes())
            .map_err(|_| error())?;
        bytes.try_into().map(Self).map_err(|_| error())
    }

    /// The `RECORD` file of a wheel: URL-safe base64 without padding.
    pub fn parse_record(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('=');
        BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()?
            .try_into()
            .ok()
            .map(Self)
    }

    pub fn to_hex(self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub fn to_record(self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Lambda's `CodeSha256`: base64 of the digest of the zip file.
    pub fn to_code_sha256(self) -> String {
        BASE64.encode(&self.0)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_spellings_name_one_digest() {
        // SHA-256 of the empty input.
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let digest = Sha256::parse_hex(hex).unwrap();
        assert_eq!(digest.to_string(), hex);
        assert_eq!(
            digest.to_record(),
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"
        );
        assert_eq!(
            digest.to_code_sha256(),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
        assert_eq!(Sha256::parse_record(&digest.to_record()), Some(digest));
    }

    #[test]
    fn short_digests_are_refused() {
        assert!(Sha256::parse_hex("abcd").is_err());
        assert_eq!(Sha256::parse_record("abcd"), None);
    }
}
