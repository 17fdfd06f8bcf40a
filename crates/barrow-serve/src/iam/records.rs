//! What is stored, and how it is shown.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{escaped, no_entity, time};
use crate::api::Refusal;
use crate::front::Call;
use crate::store::{Record, Records};

pub(super) type Tags = BTreeMap<String, String>;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Role {
    pub name: String,
    /// `/service-role/`
    pub path: String,
    pub id: String,
    pub created: Timestamp,
    /// Who may take the role.
    pub trust: String,
    pub description: Option<String>,
    pub longest_session_seconds: i64,
    pub boundary: Option<String>,
    pub tags: Tags,
    /// Documents of its own, by name.
    pub policies: BTreeMap<String, String>,
    /// ARNs of others.
    pub attached: BTreeSet<String>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Policy {
    pub name: String,
    pub path: String,
    pub id: String,
    pub created: Timestamp,
    pub updated: Timestamp,
    pub description: Option<String>,
    pub tags: Tags,
    /// Never empty: there is one that is the default.
    pub versions: BTreeMap<u32, Version>,
    pub default: u32,
    /// Numbers are not used twice.
    pub last: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Version {
    pub document: String,
    pub created: Timestamp,
}

impl Record for Role {
    const KIND: &'static str = "iam-role";
}

impl Record for Policy {
    const KIND: &'static str = "iam-policy";
}

impl Role {
    /// The role that a request is about.
    pub(super) fn of(call: &Call<'_>, records: &Records<'_>) -> Result<Self, Refusal> {
        let name = call.text("RoleName");
        let role = records.get(&super::scope(&call.caller.scope.account), "", name)?;
        role.ok_or_else(|| no_entity(format!("The role with name {name} cannot be found.")))
    }

    pub(super) fn put(&self, call: &Call<'_>, records: &Records<'_>) -> Result<(), Refusal> {
        let scope = super::scope(&call.caller.scope.account);
        Ok(records.put(&scope, "", &self.name, self)?)
    }

    pub(super) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
    }

    pub(super) fn shown(&self, account: &str) -> Value {
        let mut shown = json!({
            "Path": self.path,
            "RoleName": self.name,
            "RoleId": self.id,
            "Arn": self.arn(account),
            "CreateDate": time(self.created),
            "AssumeRolePolicyDocument": escaped(&self.trust),
            "MaxSessionDuration": self.longest_session_seconds,
        });
        if let Some(description) = &self.description {
            shown["Description"] = description.as_str().into();
        }
        if let Some(boundary) = &self.boundary {
            shown["PermissionsBoundary"] = json!({
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": boundary,
            });
        }
        shown
    }
}

impl Policy {
    pub(super) fn arn(&self, account: &str) -> String {
        format!("arn:aws:iam::{account}:policy{}{}", self.path, self.name)
    }

    pub(super) fn shown(&self, account: &str, attachments: usize) -> Value {
        let mut shown = json!({
            "PolicyName": self.name,
            "PolicyId": self.id,
            "Arn": self.arn(account),
            "Path": self.path,
            "DefaultVersionId": format!("v{}", self.default),
            "AttachmentCount": attachments,
            "PermissionsBoundaryUsageCount": 0,
            "IsAttachable": true,
            "CreateDate": time(self.created),
            "UpdateDate": time(self.updated),
        });
        if let Some(description) = &self.description {
            shown["Description"] = description.as_str().into();
        }
        shown
    }
}

/// Tags as requests bring them: a list of keys and values.
pub(super) fn tags_of(items: &[Value]) -> Tags {
    let text = |item: &Value, name: &str| item[name].as_str().unwrap_or_default().to_owned();
    let pairs = items
        .iter()
        .map(|item| (text(item, "Key"), text(item, "Value")));
    pairs.collect()
}

/// Tags as answers show them.
pub(super) fn shown_tags(tags: &Tags) -> Value {
    let pairs = tags.iter();
    pairs
        .map(|(key, value)| json!({"Key": key, "Value": value}))
        .collect()
}
