//! STS: who somebody is, and credentials for a while.
//!
//! Nobody is refused a role: nothing of what policies say is enforced.

mod identity;
mod session;

pub(crate) use session::{AssumedRole, Credentials, Session, Sessions};

use crate::front::Operation;
use crate::iam;
use crate::service::Service;
use crate::store::{Scope, StoreError};

pub(crate) const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(crate) fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        "AssumeRole" => identity::assume_role,
        "GetAccessKeyInfo" => identity::get_access_key_info,
        "GetCallerIdentity" => identity::get_caller_identity,
        "GetSessionToken" => identity::get_session_token,
        _ => return None,
    })
}

/// Credentials of a function: they lead to its role in the account that the function is in.
pub(crate) fn session(
    service: &Service,
    scope: &Scope,
    role_arn: &str,
    session_name: &str,
) -> Result<Credentials, StoreError> {
    // A name that the pattern for sessions does not allow is made one that it does.
    let session_name = match session_name.len() {
        1 => format!("{session_name}@lambda_function"),
        _ => session_name.chars().take(64).collect(),
    };
    let session = Session {
        account: scope.account.clone(),
        role: Some(iam::assumed(
            service,
            &scope.account,
            role_arn,
            session_name,
        )?),
        expires: None,
        serial: fastrand::u64(..),
    };
    Ok(service.sessions.credentials(&session))
}
