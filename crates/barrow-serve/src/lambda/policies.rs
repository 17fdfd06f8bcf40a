//! Resource policies: who else may use a function, a version, an alias or a layer.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::names::{is_account, partition};
use super::revision;
use crate::api::Refusal;
use crate::store::Record;

/// Of more than this a policy cannot be made.
const LENGTH_LIMIT: usize = 20_480;

/// The owner is a function or a layer, the key what of it is meant: a qualifier, a version.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Policy {
    pub revision: String,
    pub statements: Vec<Statement>,
}

impl Record for Policy {
    const KIND: &'static str = "policy";
}

/// As it is written in a policy, member for member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Statement {
    pub sid: String,
    pub effect: Effect,
    pub principal: Principal,
    pub action: String,
    pub resource: String,
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub condition: Condition,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Effect {
    Allow,
}

/// Everybody (`"*"`), a service, or an account or somebody in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Principal {
    Everybody(Star),
    Service {
        #[serde(rename = "Service")]
        service: String,
    },
    Account {
        #[serde(rename = "AWS")]
        arn: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Star {
    #[serde(rename = "*")]
    Star,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Condition {
    #[serde(
        rename = "StringEquals",
        default,
        skip_serializing_if = "StringEquals::is_empty"
    )]
    pub equals: StringEquals,
    #[serde(rename = "Bool", default, skip_serializing_if = "Option::is_none")]
    pub is: Option<Bool>,
    #[serde(rename = "ArnLike", default, skip_serializing_if = "Option::is_none")]
    pub like: Option<ArnLike>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StringEquals {
    #[serde(
        rename = "AWS:SourceAccount",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub source_account: Option<String>,
    #[serde(
        rename = "lambda:FunctionUrlAuthType",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub url_auth_type: Option<String>,
    #[serde(
        rename = "lambda:EventSourceToken",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub event_source_token: Option<String>,
    #[serde(
        rename = "aws:PrincipalOrgID",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub organization: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Bool {
    #[serde(rename = "lambda:InvokedViaFunctionUrl")]
    pub via_url: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ArnLike {
    #[serde(rename = "AWS:SourceArn")]
    pub source_arn: String,
}

impl StringEquals {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Condition {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Principal {
    /// As requests name them: `*`, `s3.amazonaws.com`, an account, an ARN.
    pub(super) fn parse(text: &str, region: &str) -> Result<Self, Refusal> {
        if text == "*" {
            return Ok(Self::Everybody(Star::Star));
        }
        if is_account(text) {
            let partition = partition(region);
            return Ok(Self::Account {
                arn: format!("arn:{partition}:iam::{text}:root"),
            });
        }
        let is_service = [".amazonaws.com", ".amazonaws.com.cn", ".amazon.com"]
            .iter()
            .any(|end| text.ends_with(end));
        if is_service {
            return Ok(Self::Service {
                service: text.to_owned(),
            });
        }
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        if let ["arn", _, "iam" | "sts", _, account, _] = parts[..]
            && is_account(account)
        {
            return Ok(Self::Account {
                arn: text.to_owned(),
            });
        }
        Err(Refusal::invalid(
            "The provided principal was invalid. Please check the principal and try again.",
        ))
    }

    fn is_in(&self, account: &str) -> bool {
        match self {
            Self::Everybody(_) => true,
            Self::Service { .. } => false,
            Self::Account { arn } => arn.split(':').nth(4) == Some(account),
        }
    }
}

impl Policy {
    pub(super) fn new() -> Self {
        Self {
            revision: revision::new(),
            statements: Vec::new(),
        }
    }

    /// Whether an account may do something for no other reason than who it is.
    pub(super) fn lets_in(&self, account: &str, action: &str) -> bool {
        self.statements.iter().any(|statement| {
            let is_meant =
                matches!(statement.action.as_str(), "*" | "lambda:*") || statement.action == action;
            is_meant && statement.condition.is_empty() && statement.principal.is_in(account)
        })
    }

    /// Whether everybody may come by a function's URL.
    pub(super) fn opens_url(&self, auth_type: &str) -> bool {
        self.statements.iter().any(|statement| {
            let action = statement.action.as_str();
            let is_meant = matches!(action, "*" | "lambda:*" | "lambda:InvokeFunctionUrl");
            let wanted = statement.condition.equals.url_auth_type.as_deref();
            is_meant
                && wanted.is_none_or(|wanted| wanted == auth_type)
                && matches!(statement.principal, Principal::Everybody(_))
        })
    }

    /// A name is in a policy once.
    pub(super) fn check_new(&self, sid: &str) -> Result<(), Refusal> {
        if self.statements.iter().any(|statement| statement.sid == sid) {
            return Err(Refusal::conflict(format!(
                "The statement id ({sid}) provided already exists. Please provide a new statement \
                 id, or remove the existing statement."
            )));
        }
        Ok(())
    }

    pub(super) fn add(&mut self, statement: Statement) -> Result<(), Refusal> {
        self.statements.push(statement);
        self.revision = revision::new();
        let length = self.text().len();
        if length > LENGTH_LIMIT {
            return Err(Refusal::new(
                "PolicyLengthExceededException",
                format!(
                    "The final policy size ({length}) is bigger than the limit ({LENGTH_LIMIT})."
                ),
            ));
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, sid: &str) -> Result<(), Refusal> {
        let before = self.statements.len();
        self.statements.retain(|statement| statement.sid != sid);
        if self.statements.len() == before {
            return Err(Refusal::not_found(format!(
                "Statement {sid} is not found in resource policy."
            )));
        }
        self.revision = revision::new();
        Ok(())
    }

    fn text(&self) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "PascalCase")]
        struct Document<'p> {
            version: &'static str,
            id: &'static str,
            statement: &'p [Statement],
        }
        let document = Document {
            version: "2012-10-17",
            id: "default",
            statement: &self.statements,
        };
        serde_json::to_string(&document).expect("policies have texts for keys")
    }

    pub(super) fn shown(&self) -> Value {
        json!({"Policy": self.text(), "RevisionId": self.revision})
    }
}

impl Statement {
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("statements have texts for keys")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(principal: &str, action: &str) -> Statement {
        Statement {
            sid: "one".to_owned(),
            effect: Effect::Allow,
            principal: Principal::parse(principal, "us-east-1").unwrap(),
            action: action.to_owned(),
            resource: "arn:f".to_owned(),
            condition: Condition::default(),
        }
    }

    #[test]
    fn a_statement_is_written_as_lambda_writes_it() {
        let mut told = statement("s3.amazonaws.com", "lambda:InvokeFunction");
        told.condition.equals.source_account = Some("111122223333".to_owned());
        told.condition.like = Some(ArnLike {
            source_arn: "arn:aws:s3:::b".to_owned(),
        });
        assert_eq!(
            told.text(),
            r#"{"Sid":"one","Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:f","Condition":{"StringEquals":{"AWS:SourceAccount":"111122223333"},"ArnLike":{"AWS:SourceArn":"arn:aws:s3:::b"}}}"#
        );
        let told: Statement = serde_json::from_str(&told.text()).unwrap();
        assert!(matches!(told.principal, Principal::Service { .. }));
        let star = statement("*", "*").text();
        assert!(star.contains(r#""Principal":"*""#), "{star}");
        let star: Statement = serde_json::from_str(&star).unwrap();
        assert_eq!(star.principal, Principal::Everybody(Star::Star));
    }

    #[test]
    fn principals_are_known_by_their_form() {
        for (given, expected) in [
            ("*", Some(r#""*""#)),
            (
                "111122223333",
                Some(r#"{"AWS":"arn:aws:iam::111122223333:root"}"#),
            ),
            (
                "events.amazonaws.com",
                Some(r#"{"Service":"events.amazonaws.com"}"#),
            ),
            (
                "arn:aws:iam::111122223333:user/u",
                Some(r#"{"AWS":"arn:aws:iam::111122223333:user/u"}"#),
            ),
            ("example.com", None),
            ("arn:aws:s3:::b", None),
            ("1111", None),
        ] {
            let parsed = Principal::parse(given, "us-east-1").ok();
            let parsed = parsed.map(|parsed| serde_json::to_string(&parsed).unwrap());
            assert_eq!(parsed.as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn a_policy_lets_in_whom_it_names() {
        let policy = |principal, action| Policy {
            revision: String::new(),
            statements: vec![statement(principal, action)],
        };
        let get = "lambda:GetFunction";
        assert!(policy("111122223333", "lambda:*").lets_in("111122223333", get));
        assert!(policy("*", get).lets_in("111122223333", get));
        assert!(!policy("444455556666", "lambda:*").lets_in("111122223333", get));
        assert!(!policy("111122223333", "lambda:InvokeFunction").lets_in("111122223333", get));
        assert!(!policy("s3.amazonaws.com", "lambda:*").lets_in("111122223333", get));
        let mut narrowed = policy("*", "lambda:*");
        narrowed.statements[0].condition.equals.organization = Some("o-1".to_owned());
        assert!(!narrowed.lets_in("111122223333", get));
    }
}
