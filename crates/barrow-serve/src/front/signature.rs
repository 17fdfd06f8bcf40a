//! Signatures are checked where the service has credentials, and only read where it has none.

use hyper::http::request::Parts;
use jiff::Timestamp;

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

fn known<'h>(
    service: &Service,
    head: &'h Parts,
    query: &'h [(String, String)],
) -> Result<Option<(Signed<'h>, String)>, Denied> {
    let Some(keys) = &service.options.credentials else {
        return Ok(None);
    };
    let now = Timestamp::now();
    let signed = Signed::read(head, query)?;
    let secret_key = match signed.token {
        None if signed.access_key == keys.access_key => keys.secret_key.clone(),
        None => return Err(Denied::Unknown),
        Some(token) => {
            let session = service.sessions.read(token).ok_or(Denied::Unknown)?;
            let credentials = service.sessions.credentials(&session);
            if signed.access_key != credentials.access_key {
                return Err(Denied::Unknown);
            }
            if session.expires.is_some_and(|expires| expires < now) {
                return Err(Denied::Over);
            }
            credentials.secret_key
        }
    };
    signed.check_time(now)?;
    Ok(Some((signed, secret_key)))
}
