//! What functions, versions and aliases are called.

use crate::api::Refusal;
use crate::store::Scope;

pub(crate) const LATEST: &str = "$LATEST";

/// A name as requests have it: `f`, `f:1`, `123456789012:function:f`, or an ARN, with or without
/// a qualifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionName {
    pub account: Option<String>,
    pub region: Option<String>,
    pub name: String,
    pub qualifier: Option<String>,
}

/// A function in its scope, and what of it is meant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Qualified {
    pub scope: Scope,
    pub name: String,
    pub qualifier: Option<String>,
}

impl FunctionName {
    /// Of a text that satisfies the model's pattern.
    pub(crate) fn parse(text: &str) -> Self {
        let rest = text.strip_prefix("arn:").map_or(text, |arn| {
            // `aws:lambda:` in whatever partition.
            arn.splitn(3, ':').nth(2).unwrap_or_default()
        });
        let mut parts: Vec<&str> = rest.split(':').collect();
        let mut name = Self {
            account: None,
            region: None,
            name: String::new(),
            qualifier: None,
        };
        if let Some(at) = parts.iter().position(|part| *part == "function") {
            for part in parts.drain(..=at) {
                if is_account(part) {
                    name.account = Some(part.to_owned());
                } else if part != "function" && !part.is_empty() {
                    name.region = Some(part.to_owned());
                }
            }
        } else if parts.len() > 1 && is_account(parts[0]) {
            name.account = Some(parts.remove(0).to_owned());
        }
        let mut parts = parts.into_iter();
        parts.next().unwrap_or_default().clone_into(&mut name.name);
        name.qualifier = parts.next().map(str::to_owned);
        name
    }

    /// What is meant by a name that one of `scope` uses, with a qualifier given beside it.
    pub(crate) fn qualified(
        self,
        scope: &Scope,
        qualifier: Option<&str>,
    ) -> Result<Qualified, Refusal> {
        if let Some(region) = &self.region
            && *region != scope.region
        {
            return Err(Refusal::not_found(format!(
                "Functions from '{region}' are not reachable in this region ('{}')",
                scope.region
            )));
        }
        if let (Some(own), Some(given)) = (self.qualifier.as_deref(), qualifier)
            && own != given
        {
            return Err(Refusal::invalid(
                "The derived qualifier from the function name does not match the specified \
                 qualifier.",
            ));
        }
        Ok(Qualified {
            scope: Scope {
                account: self.account.unwrap_or_else(|| scope.account.clone()),
                region: scope.region.clone(),
            },
            name: self.name,
            qualifier: self.qualifier.or_else(|| qualifier.map(str::to_owned)),
        })
    }
}

impl Qualified {
    pub(crate) fn unqualified_arn(&self) -> String {
        function_arn(&self.scope, &self.name)
    }

    /// With its qualifier, if one was given.
    pub(crate) fn arn(&self) -> String {
        match &self.qualifier {
            Some(qualifier) => format!("{}:{qualifier}", self.unqualified_arn()),
            None => self.unqualified_arn(),
        }
    }

    /// The function as a whole.
    pub(crate) fn unqualified(&self) -> Self {
        Self {
            qualifier: None,
            ..self.clone()
        }
    }

    pub(crate) fn with_qualifier(&self, qualifier: &str) -> Self {
        Self {
            qualifier: Some(qualifier.to_owned()),
            ..self.clone()
        }
    }

    /// The key of what is kept for each version and alias: the whole function is its `$LATEST`.
    pub(crate) fn qualifier_or_latest(&self) -> &str {
        self.qualifier.as_deref().unwrap_or(LATEST)
    }

    /// `Function not found`, as most operations say it.
    pub(crate) fn not_found(&self) -> Refusal {
        Refusal::not_found(format!("Function not found: {}", self.arn()))
    }
}

pub(crate) fn function_arn(scope: &Scope, name: &str) -> String {
    let Scope { account, region } = scope;
    format!(
        "arn:{}:lambda:{region}:{account}:function:{name}",
        partition(region)
    )
}

/// The part of AWS that a region is in.
pub(crate) fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

pub(crate) fn is_account(text: &str) -> bool {
    text.len() == 12 && is_number(text)
}

/// Whether an alias can have this name.
pub(crate) fn is_alias(qualifier: &str) -> bool {
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    !is_number(qualifier) && qualifier.bytes().all(in_name)
}

/// Versions are numbers, aliases are not.
pub(crate) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        let parsed = |text: &str| {
            let name = FunctionName::parse(text);
            let or_none = |part: Option<String>| part.unwrap_or_else(|| "-".to_owned());
            format!(
                "{} {} {} {}",
                or_none(name.account),
                or_none(name.region),
                name.name,
                or_none(name.qualifier)
            )
        };
        for (text, expected) in [
            ("f", "- - f -"),
            ("f:$LATEST", "- - f $LATEST"),
            ("function:f:live", "- - f live"),
            ("123456789012:f", "123456789012 - f -"),
            ("123456789012:function:f:7", "123456789012 - f 7"),
            (
                "arn:aws:lambda:eu-west-1:123456789012:function:f",
                "123456789012 eu-west-1 f -",
            ),
            (
                "arn:aws-cn:lambda:cn-north-1:123456789012:function:f:live",
                "123456789012 cn-north-1 f live",
            ),
            (
                "eu-west-1:123456789012:function:f",
                "123456789012 eu-west-1 f -",
            ),
        ] {
            assert_eq!(parsed(text), expected, "{text}");
        }
    }
}
