//! The operations.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::session::account_of;
use super::{Credentials, Session};
use crate::api::Refusal;
use crate::front::{Call, Principal};
use crate::iam::{self, time};

#[expect(clippy::unnecessary_wraps, reason = "operations have one form")]
pub(super) fn get_caller_identity(call: &Call<'_>) -> Result<Value, Refusal> {
    let account = &call.caller.scope.account;
    let (id, arn) = match &call.caller.principal {
        Principal::Account => (account.clone(), format!("arn:aws:iam::{account}:root")),
        Principal::Role(role) => (
            format!("{}:{}", role.id, role.session_name),
            assumed_arn(account, &role.name, &role.session_name),
        ),
    };
    Ok(json!({"UserId": id, "Account": account, "Arn": arn}))
}

pub(super) fn assume_role(call: &Call<'_>) -> Result<Value, Refusal> {
    let (arn, session_name) = (call.text("RoleArn"), call.text("RoleSessionName"));
    let Some((account, _)) = iam::role_of_arn(arn) else {
        return Err(Refusal::new("ValidationError", format!("{arn} is invalid")));
    };
    let session = Session {
        role: Some(iam::assumed(
            call.service,
            account,
            arn,
            session_name.to_owned(),
        )?),
        account: account.to_owned(),
        expires: expires(call, 3600),
        serial: fastrand::u64(..),
    };
    let mut answer = json!({"Credentials": shown(&call.service.sessions.credentials(&session))});
    if let Some(role) = &session.role {
        answer["AssumedRoleUser"] = json!({
            "AssumedRoleId": format!("{}:{}", role.id, role.session_name),
            "Arn": assumed_arn(account, &role.name, &role.session_name),
        });
    }
    Ok(answer)
}

#[expect(clippy::unnecessary_wraps, reason = "operations have one form")]
pub(super) fn get_session_token(call: &Call<'_>) -> Result<Value, Refusal> {
    let session = Session {
        account: call.caller.scope.account.clone(),
        role: None,
        expires: expires(call, 43_200),
        serial: fastrand::u64(..),
    };
    Ok(json!({"Credentials": shown(&call.service.sessions.credentials(&session))}))
}

#[expect(clippy::unnecessary_wraps, reason = "operations have one form")]
pub(super) fn get_access_key_info(call: &Call<'_>) -> Result<Value, Refusal> {
    let key = call.text("AccessKeyId");
    let account = account_of(key).unwrap_or_else(|| call.service.options.account.clone());
    Ok(json!({"Account": account}))
}

fn expires(call: &Call<'_>, default_seconds: i64) -> Option<Timestamp> {
    let seconds = call.number("DurationSeconds").unwrap_or(default_seconds);
    let expires = Timestamp::now() + SignedDuration::from_secs(seconds);
    // To the second, as it is shown.
    Timestamp::from_second(expires.as_second()).ok()
}

fn assumed_arn(account: &str, role: &str, session: &str) -> String {
    format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
}

fn shown(credentials: &Credentials) -> Value {
    json!({
        "AccessKeyId": credentials.access_key,
        "SecretAccessKey": credentials.secret_key,
        "SessionToken": credentials.session_token,
        "Expiration": credentials.expires.map(time),
    })
}
