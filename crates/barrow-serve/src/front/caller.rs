//! Who asks, as the signature says.

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use crate::store::Scope;

/// What a signature of version 4 says of itself:
/// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, …`, or the same in a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub access_key: String,
    pub region: String,
    pub service: String,
}

impl Signature {
    pub(crate) fn read(headers: &HeaderMap, query: &[(String, String)]) -> Option<Self> {
        let header = headers.get(AUTHORIZATION);
        let in_header = header.and_then(|header| {
            let text = header.to_str().ok()?;
            let (_, rest) = text.split_once("Credential=")?;
            Self::of_scope(rest.split([',', ' ']).next()?)
        });
        in_header.or_else(|| {
            let mut pairs = query.iter();
            let (_, scope) = pairs.find(|(name, _)| name == "X-Amz-Credential")?;
            Self::of_scope(scope)
        })
    }

    fn of_scope(scope: &str) -> Option<Self> {
        // The access key may itself have a slash; the others cannot.
        let mut parts = scope.rsplitn(5, '/');
        let (_request, service) = (parts.next()?, parts.next()?);
        let (region, _date, access_key) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            access_key: access_key.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
        })
    }
}

/// Whose records a request is about.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub scope: Scope,
}

impl Caller {
    /// An access key of twelve digits names its account.
    pub(crate) fn of(signature: Option<&Signature>, account: &str, region: &str) -> Self {
        let key = signature.map_or("", |signature| &signature.access_key);
        let is_account = key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
        let scope = Scope {
            account: if is_account { key } else { account }.to_owned(),
            region: signature
                .map_or(region, |signature| &signature.region)
                .to_owned(),
        };
        Self { scope }
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
        let caller = Caller::of(Some(&signature), "111122223333", "us-east-1");
        assert_eq!(caller.scope.account, "111122223333");
        let scope = "123456789012/20261121/us-east-1/s3/aws4_request".to_owned();
        let query = [("X-Amz-Credential".to_owned(), scope)];
        let signature = Signature::read(&HeaderMap::new(), &query).unwrap();
        let caller = Caller::of(Some(&signature), "0", "us-east-1");
        assert_eq!(caller.scope.account, "123456789012");
    }
}
