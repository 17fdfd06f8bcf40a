//! Signatures are checked where the service has credentials, and only read where it has none.

use hyper::http::request::Parts;
use jiff::Timestamp;

use super::caller::Signature;
use super::denied::Denied;
use super::verify::Signed;
use crate::service::Service;

/// Whether a request was signed with the service's credentials, or with those of a session.
pub(crate) fn check(
    service: &Service,
    head: &Parts,
    query: &[(String, String)],
    body: &[u8],
) -> Result<(), Denied> {
    let Some((signed, secret_key)) = known(service, head, query)? else {
        return Ok(());
    };
    signed.check(head, &secret_key, body)
}

/// What can be said before the body is there: who signs is known, and does so now.
pub(super) fn precheck(
    service: &Service,
    head: &Parts,
    query: &[(String, String)],
) -> Result<(), Denied> {
    known(service, head, query).map(drop)
}

/// Of a request that S3 itself verifies: whether its session, if it is one's, is not over.
pub(super) fn check_session(
    service: &Service,
    signature: Option<&Signature>,
) -> Result<(), Denied> {
    if service.options.credentials.is_none() {
        return Ok(());
    }
    let Some(signature) = signature else {
        return Ok(());
    };
    match &signature.token {
        Some(token) => session(service, &signature.access_key, token).map(drop),
        None if service.sessions.secret_key(&signature.access_key).is_some() => {
            Err(Denied::Unknown)
        }
        None => Ok(()),
    }
}

/// The secret key of a session that is not over.
fn session(service: &Service, access_key: &str, token: &str) -> Result<String, Denied> {
    let session = service.sessions.read(token).ok_or(Denied::Unknown)?;
    let credentials = service.sessions.credentials(&session);
    if access_key != credentials.access_key {
        return Err(Denied::Unknown);
    }
    let now = Timestamp::now();
    if session.expires.is_some_and(|expires| expires < now) {
        return Err(Denied::Over);
    }
    Ok(credentials.secret_key)
}

fn known<'h>(
    service: &Service,
    head: &'h Parts,
    query: &'h [(String, String)],
) -> Result<Option<(Signed<'h>, String)>, Denied> {
    let Some(keys) = &service.options.credentials else {
        return Ok(None);
    };
    let signed = Signed::read(head, query)?;
    let secret_key = match signed.token {
        None if signed.access_key == keys.access_key => keys.secret_key.clone(),
        None => return Err(Denied::Unknown),
        Some(token) => session(service, signed.access_key, token)?,
    };
    signed.check_time(Timestamp::now())?;
    Ok(Some((signed, secret_key)))
}
