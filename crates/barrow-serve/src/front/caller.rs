//! Who asks, as the signature says.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use crate::options::Options;
use crate::store::Scope;
use crate::sts::{AssumedRole, Sessions};

/// What a signature of version 4 says of itself:
/// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`, or the same in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub access_key: String,
    pub region: String,
    pub service: String,
    /// Of credentials for a while.
    pub token: Option<String>,
}

impl Signature {
    pub(crate) fn read(headers: &HeaderMap, query: &[(String, String)]) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let in_header = text(AUTHORIZATION.as_str()).and_then(|header| {
            let (_, rest) = header.split_once("Credential=")?;
            let token = text("x-amz-security-token").map(str::to_owned);
            Self::of_scope(rest.split([',', ' ']).next()?, token)
        });
        in_header.or_else(|| {
            let value = |wanted: &str| {
                let (_, value) = query.iter().find(|(name, _)| name == wanted)?;
                Some(value)
            };
            let token = value("X-Amz-Security-Token").cloned();
            Self::of_scope(value("X-Amz-Credential")?, token)
        })
    }

    fn of_scope(scope: &str, token: Option<String>) -> Option<Self> {
        // The access key may itself have a slash; the others cannot.
        let mut parts = scope.rsplitn(5, '/');
        let (_request, service) = (parts.next()?, parts.next()?);
        let (region, _date, access_key) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            access_key: access_key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            token,
        })
    }
}

/// Whose records a request is about, and who asks for them.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub scope: Scope,
    pub principal: Principal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// Whoever has the keys of an account.
    Account,
    Role(AssumedRole),
}

impl Caller {
    /// A session of ours names its account; so does an access key of twelve digits.
    pub(crate) fn of(
        signature: Option<&Signature>,
        options: &Options,
        sessions: &Sessions,
    ) -> Self {
        let key = signature.map_or("", |signature| &signature.access_key);
        let region = signature.map_or(options.region.as_str(), |signature| &signature.region);
        let token = signature.and_then(|signature| signature.token.as_deref());
        let session = token.and_then(|token| sessions.read(token));
        let is_account = key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
        let (account, role) = match session {
            Some(session) => (session.account, session.role),
            None if is_account => (key.to_owned(), None),
            None => (options.account.clone(), None),
        };
        Self {
            scope: Scope {
                account,
                region: region.to_owned(),
            },
            principal: role.map_or(Principal::Account, Principal::Role),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_names_key_region_and_service() {
        let mut headers = HeaderMap::new();
        let header = "AWS4-HMAC-SHA256 Credential=test/20261121/eu-west-1/lambda/aws4_request, \
                      SignedHeaders=host, Signature=0";
        headers.insert(AUTHORIZATION, header.parse().unwrap());
        let signature = Signature::read(&headers, &[]).unwrap();
        let Signature {
            region, service, ..
        } = &signature;
        assert_eq!((region.as_str(), service.as_str()), ("eu-west-1", "lambda"));
        let scope = "123456789012/20261121/us-east-1/s3/aws4_request".to_owned();
        let query = [("X-Amz-Credential".to_owned(), scope)];
        let signature = Signature::read(&HeaderMap::new(), &query).unwrap();
        assert_eq!(signature.access_key, "123456789012");
    }
}
