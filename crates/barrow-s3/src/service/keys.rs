//! The keys that a service was started with.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use s3s::auth::{S3Auth, SecretKey};
use s3s::{S3Error, S3ErrorCode, S3Result};

/// Secret keys by access key.
pub(super) struct Keys(HashMap<String, SecretKey>);

impl Keys {
    pub(super) fn new(pairs: Vec<(String, String)>) -> Self {
        let keys = pairs.into_iter();
        Self(
            keys.map(|(access, secret)| (access, secret.into()))
                .collect(),
        )
    }
}

#[async_trait]
impl S3Auth for Keys {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let known = self.0.get(access_key).cloned();
        known.ok_or_else(|| S3Error::new(S3ErrorCode::InvalidAccessKeyId))
    }
}

/// Secret keys that somebody else knows.
pub(super) struct Lookup(pub(super) Arc<super::Lookup>);

#[async_trait]
impl S3Auth for Lookup {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        let known = (self.0)(access_key).map(SecretKey::from);
        known.ok_or_else(|| S3Error::new(S3ErrorCode::InvalidAccessKeyId))
    }
}
