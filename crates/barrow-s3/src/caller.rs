//! Who asks, and where.

use hyper::header::HeaderMap;
use s3s::S3Request;

use crate::records::bucket::{self, Bucket};
use crate::refusal::Refusal;
use rusqlite::Connection;

/// What a request says of itself that nobody has verified.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    pub(crate) access_key: Option<String>,
    pub(crate) region: Option<String>,
}

/// Whose a request is, where somebody who let it in knows: an extension of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account(pub String);

#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) account: String,
    pub(crate) region: String,
    /// `x-amz-expected-bucket-owner`.
    expected_owner: Option<String>,
    expected_source_owner: Option<String>,
}

impl Caller {
    pub(crate) fn of<I>(request: &S3Request<I>, default_account: &str) -> Self {
        let claims = request.extensions.get::<Claims>();
        let access_key = match &request.credentials {
            Some(credentials) => Some(credentials.access_key.as_str()),
            None => claims.and_then(|claims| claims.access_key.as_deref()),
        };
        let region = match &request.region {
            Some(region) => Some(region.as_str()),
            None => claims.and_then(|claims| claims.region.as_deref()),
        };
        let account = match request.extensions.get::<Account>() {
            Some(Account(account)) => account.as_str(),
            None => account_of(access_key, default_account),
        };
        Self {
            account: account.to_owned(),
            region: region.unwrap_or("us-east-1").to_owned(),
            expected_owner: text(&request.headers, "x-amz-expected-bucket-owner"),
            expected_source_owner: text(&request.headers, "x-amz-source-expected-bucket-owner"),
        }
    }

    /// The bucket that the request is about, if the caller may use it.
    pub(crate) fn bucket(&self, records: &Connection, name: &str) -> Result<Bucket, Refusal> {
        self.usable(records, name, self.expected_owner.as_deref())
    }

    /// The bucket that the request copies from.
    pub(crate) fn source_bucket(
        &self,
        records: &Connection,
        name: &str,
    ) -> Result<Bucket, Refusal> {
        self.usable(records, name, self.expected_source_owner.as_deref())
    }

    fn usable(
        &self,
        records: &Connection,
        name: &str,
        expected_owner: Option<&str>,
    ) -> Result<Bucket, Refusal> {
        let bucket = bucket::get(records, name)?;
        bucket.owned_by(&self.account)?;
        if let Some(owner) = expected_owner {
            bucket.owned_by(owner)?;
        }
        Ok(bucket)
    }
}

/// An access key of twelve digits is the account's number.
fn account_of<'a>(access_key: Option<&'a str>, default: &'a str) -> &'a str {
    access_key
        .filter(|key| key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit()))
        .unwrap_or(default)
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_are_an_account() {
        for (access_key, account) in [
            (Some("111122223333"), "111122223333"),
            (Some("11112222333"), "000000000000"),
            (Some("11112222333x"), "000000000000"),
            (Some("AKIAIOSFODNN7EXAMPLE"), "000000000000"),
            (None, "000000000000"),
        ] {
            assert_eq!(account_of(access_key, "000000000000"), account);
        }
    }
}
