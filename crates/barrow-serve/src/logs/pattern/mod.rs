//! Filter patterns: which events somebody wants to see.
//!
//! As `CloudWatch` documents them: terms (`ERROR -"exit code"`, `?a ?b`), `%regular expressions%`,
//! conditions on JSON (`{ $.level = "ERROR" && $.ms > 100 }`) and on fields between blanks
//! (`[ip, ..., status = 5*]`). Terms that are not quoted may have any character but blanks here.

mod cursor;
mod fields;
mod json;
mod terms;
#[cfg(test)]
mod tests;
mod value;

use cursor::Cursor;
use fields::Fields;
use json::Condition;
use terms::Terms;

/// A pattern that was understood.
#[derive(Debug)]
pub(super) struct Pattern(Kind);

#[derive(Debug)]
enum Kind {
    Everything,
    Terms(Terms),
    Json(Condition),
    Fields(Fields),
}

/// What is wrong with a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid filter pattern: {what} at character {at}")]
pub(super) struct InvalidPattern {
    what: &'static str,
    at: usize,
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidPattern> {
        let mut cursor = Cursor::new(text.trim());
        let kind = match cursor.peek() {
            None => Kind::Everything,
            Some('{') => Kind::Json(json::parse(&mut cursor)?),
            Some('[') => Kind::Fields(fields::parse(&mut cursor)?),
            Some(_) => Kind::Terms(terms::parse(&mut cursor)?),
        };
        Ok(Self(kind))
    }

    pub(super) fn matches(&self, message: &str) -> bool {
        match &self.0 {
            Kind::Everything => true,
            Kind::Terms(terms) => terms.matches(message),
            Kind::Json(condition) => {
                serde_json::from_str(message).is_ok_and(|message| condition.matches(&message))
            }
            Kind::Fields(fields) => fields.matches(message),
        }
    }
}
