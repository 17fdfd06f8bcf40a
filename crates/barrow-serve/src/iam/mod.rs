//! IAM: roles and policies, as far as tools that deploy functions insist on them.
//!
//! All of it is stored and shown; nothing of it is enforced. Whoever may reach the service may do
//! everything, whatever a role's policies say.

mod attached;
mod aws_managed;
mod inline;
mod pages;
mod policies;
mod policy_versions;
mod records;
mod roles;
mod tags;

use data_encoding::BASE32_NOPAD;
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::api::Refusal;
use crate::front::Operation;
use crate::service::Service;
use crate::store::{Scope, StoreError};
use crate::sts::AssumedRole;
use records::Role;

pub(crate) const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

pub(crate) fn operation(name: &str) -> Option<Operation> {
    Some(match name {
        "CreateRole" => roles::create,
        "CreateServiceLinkedRole" => roles::create_linked,
        "GetRole" => roles::get,
        "ListRoles" => roles::list,
        "UpdateRole" => roles::update,
        "UpdateRoleDescription" => roles::update_description,
        "UpdateAssumeRolePolicy" => roles::update_trust,
        "DeleteRole" => roles::delete,
        "ListInstanceProfiles" | "ListInstanceProfilesForRole" => roles::no_instance_profiles,
        "ListRoleTags" => tags::of_role,
        "TagRole" => tags::tag_role,
        "UntagRole" => tags::untag_role,
        "ListPolicyTags" => tags::of_policy,
        "TagPolicy" => tags::tag_policy,
        "UntagPolicy" => tags::untag_policy,
        "PutRolePolicy" => inline::put,
        "GetRolePolicy" => inline::get,
        "ListRolePolicies" => inline::list,
        "DeleteRolePolicy" => inline::delete,
        "AttachRolePolicy" => attached::attach,
        "DetachRolePolicy" => attached::detach,
        "ListAttachedRolePolicies" => attached::list,
        "ListEntitiesForPolicy" => attached::entities,
        "CreatePolicy" => policies::create,
        "GetPolicy" => policies::get,
        "ListPolicies" => policies::list,
        "DeletePolicy" => policies::delete,
        "CreatePolicyVersion" => policy_versions::create,
        "GetPolicyVersion" => policy_versions::get,
        "ListPolicyVersions" => policy_versions::list,
        "DeletePolicyVersion" => policy_versions::delete,
        "SetDefaultPolicyVersion" => policy_versions::set_default,
        _ => return None,
    })
}

/// Who acts in a role. It need not be there: then its id is made from its name.
pub(crate) fn assumed(
    service: &Service,
    account: &str,
    role_arn: &str,
    session_name: String,
) -> Result<AssumedRole, StoreError> {
    let (owner, name) = role_of_arn(role_arn).unwrap_or((account, role_arn));
    let role = service
        .store
        .read(|records| records.get::<Role>(&scope(owner), "", name))?;
    let id = role.map_or_else(|| id("AROA", &Sha256::digest(role_arn)), |role| role.id);
    Ok(AssumedRole {
        id,
        name: name.to_owned(),
        session_name,
    })
}

/// Account and name out of `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
pub(crate) fn role_of_arn(arn: &str) -> Option<(&str, &str)> {
    let mut parts = arn.splitn(6, ':');
    let (arn, _, iam) = (parts.next()?, parts.next()?, parts.next()?);
    let (_, account, role) = (parts.next()?, parts.next()?, parts.next()?);
    let name = role.strip_prefix("role/")?.rsplit('/').next()?;
    (arn == "arn" && iam == "iam" && account.len() == 12 && !name.is_empty())
        .then_some((account, name))
}

/// IAM has no regions.
fn scope(account: &str) -> Scope {
    Scope {
        account: account.to_owned(),
        region: "aws-global".to_owned(),
    }
}

/// As AWS makes them: four letters for what it is, then letters and digits.
fn id(kind: &str, bytes: &[u8]) -> String {
    let mut id = kind.to_owned() + &BASE32_NOPAD.encode(bytes);
    id.truncate(21);
    id
}

fn new_id(kind: &str) -> String {
    id(kind, &fastrand::u128(..).to_be_bytes())
}

/// `2026-11-21T22:00:00Z`
pub(crate) fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Everything but letters, digits and these is escaped in a document that is shown.
const OF_DOCUMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

fn escaped(document: &str) -> String {
    utf8_percent_encode(document, OF_DOCUMENT).to_string()
}

/// A policy has to be JSON; what it says is its author's business.
fn check_document(document: &str) -> Result<(), Refusal> {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(document) {
        Ok(told) if told.contains_key("Statement") => Ok(()),
        Ok(_) => Err(Refusal::new(
            "MalformedPolicyDocument",
            "Syntax errors in policy.",
        )),
        Err(_) => Err(Refusal::new(
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        )),
    }
}

fn no_entity(message: impl Into<String>) -> Refusal {
    Refusal::new("NoSuchEntity", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_roles_name_is_behind_its_path() {
        let arn = "arn:aws:iam::111122223333:role/service-role/my-lambda-role";
        assert_eq!(role_of_arn(arn), Some(("111122223333", "my-lambda-role")));
        for wrong in [
            "",
            "r",
            "arn:aws:iam::1:role/r",
            "arn:aws:iam::111122223333:user/r",
        ] {
            assert_eq!(role_of_arn(wrong), None, "{wrong}");
        }
        assert_eq!(new_id("AROA").len(), 21);
    }
}
