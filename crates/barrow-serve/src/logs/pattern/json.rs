//! Conditions on messages that are JSON.
//!
//! ```text
//! { any }      any: all ("||" all)*      all: one ("&&" one)*
//! one: "(" any ")" | selector comparison value
//!    | selector "IS" ("NULL" | "TRUE" | "FALSE") | selector "NOT EXISTS"
//! ```

use serde_json::Value;

use super::InvalidPattern;
use super::cursor::Cursor;
use super::value::Test;

#[derive(Debug)]
pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    One(Selector, Demand),
}

#[derive(Debug)]
pub(super) enum Demand {
    Is(Value),
    NotExists,
    Compares(Test),
}

/// `$.users[0].name`
#[derive(Debug)]
pub(super) struct Selector(Vec<Step>);

#[derive(Debug)]
enum Step {
    Name(String),
    Number(usize),
    /// Every item or member.
    Each,
}

/// What ends a value that is not quoted.
const ENDS: [char; 5] = ['}', ')', '(', '&', '|'];

pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Condition, InvalidPattern> {
    cursor.expect("{", "expected `{`")?;
    let condition = any(cursor)?;
    cursor.expect("}", "expected `&&`, `||` or `}`")?;
    cursor.skip_blanks();
    match cursor.peek() {
        None => Ok(condition),
        Some(_) => Err(cursor.invalid("expected the end")),
    }
}

fn any(cursor: &mut Cursor<'_>) -> Result<Condition, InvalidPattern> {
    let mut parts = vec![all(cursor)?];
    while cursor.eat("||") {
        parts.push(all(cursor)?);
    }
    Ok(Condition::Any(parts))
}

fn all(cursor: &mut Cursor<'_>) -> Result<Condition, InvalidPattern> {
    let mut parts = vec![one(cursor)?];
    while cursor.eat("&&") {
        parts.push(one(cursor)?);
    }
    Ok(Condition::All(parts))
}

fn one(cursor: &mut Cursor<'_>) -> Result<Condition, InvalidPattern> {
    cursor.skip_blanks();
    let condition = if cursor.eat("(") {
        let inside = any(cursor)?;
        cursor.expect(")", "expected `)`")?;
        inside
    } else {
        let selector = Selector::parse(cursor)?;
        cursor.skip_blanks();
        Condition::One(selector, demand(cursor)?)
    };
    cursor.skip_blanks();
    Ok(condition)
}

fn demand(cursor: &mut Cursor<'_>) -> Result<Demand, InvalidPattern> {
    if cursor.eat_word("NOT") {
        cursor.skip_blanks();
        if !cursor.eat_word("EXISTS") {
            return Err(cursor.invalid("expected `EXISTS`"));
        }
        return Ok(Demand::NotExists);
    }
    if cursor.eat_word("IS") {
        cursor.skip_blanks();
        for (word, value) in [
            ("NULL", Value::Null),
            ("TRUE", Value::Bool(true)),
            ("FALSE", Value::Bool(false)),
        ] {
            if cursor.eat_word(word) {
                return Ok(Demand::Is(value));
            }
        }
        return Err(cursor.invalid("expected `NULL`, `TRUE` or `FALSE`"));
    }
    Test::parse(cursor, &ENDS).map(Demand::Compares)
}

impl Condition {
    pub(super) fn matches(&self, message: &Value) -> bool {
        match self {
            Self::Any(parts) => parts.iter().any(|part| part.matches(message)),
            Self::All(parts) => parts.iter().all(|part| part.matches(message)),
            Self::One(selector, demand) => match demand {
                Demand::NotExists => !selector.finds(message, |_| true),
                Demand::Is(wanted) => selector.finds(message, |value| value == wanted),
                Demand::Compares(test) => {
                    selector.finds(message, |value| test.matches_value(value))
                }
            },
        }
    }
}

impl Selector {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        cursor.expect("$", "expected a selector, which begins with `$`")?;
        let mut steps = Vec::new();
        loop {
            // `.["name"]` is `["name"]`.
            let dot = cursor.eat(".");
            if cursor.eat("[") {
                steps.push(Step::in_brackets(cursor)?);
                cursor.expect("]", "expected `]`")?;
            } else if !dot {
                return Ok(Self(steps));
            } else if cursor.eat("*") {
                steps.push(Step::Each);
            } else {
                let name = cursor.take_while(|character| {
                    !character.is_whitespace() && !".[]=!<>&|(){}\"".contains(character)
                });
                if name.is_empty() {
                    return Err(cursor.invalid("expected the name of a property"));
                }
                steps.push(Step::Name(name.to_owned()));
            }
        }
    }

    /// Whether a value that the selector leads to is wanted.
    fn finds(&self, message: &Value, wanted: impl Fn(&Value) -> bool + Copy) -> bool {
        find(&self.0, message, wanted)
    }
}

fn find(steps: &[Step], value: &Value, wanted: impl Fn(&Value) -> bool + Copy) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return wanted(value);
    };
    let next = match step {
        Step::Name(name) => value.as_object().and_then(|members| members.get(name)),
        Step::Number(number) => value.as_array().and_then(|items| items.get(*number)),
        Step::Each => {
            return match value {
                Value::Array(items) => items.iter().any(|item| find(rest, item, wanted)),
                Value::Object(members) => members.values().any(|member| find(rest, member, wanted)),
                _ => false,
            };
        }
    };
    next.is_some_and(|next| find(rest, next, wanted))
}

impl Step {
    fn in_brackets(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        match cursor.peek() {
            Some(mark @ ('"' | '\'')) => Ok(Self::Name(cursor.between(mark)?.to_owned())),
            Some('*') => {
                cursor.eat("*");
                Ok(Self::Each)
            }
            _ => {
                let digits = cursor.take_while(|character| character.is_ascii_digit());
                let number = digits.parse();
                number
                    .map(Self::Number)
                    .map_err(|_| cursor.invalid("expected a number"))
            }
        }
    }
}
