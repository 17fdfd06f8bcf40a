//! Conditions on messages whose fields stand between blanks.
//!
//! `[ip, user, ..., status = 5* || status = 4*, bytes > 1000]`

use super::InvalidPattern;
use super::cursor::Cursor;
use super::value::Test;

#[derive(Debug, Default)]
pub(super) struct Fields {
    /// From the left.
    first: Vec<Field>,
    /// From the right, behind any number of others; without `...` there are no others.
    last: Option<Vec<Field>>,
}

/// What is wanted of one field.
#[derive(Debug)]
enum Field {
    Anything,
    Any(Vec<Field>),
    All(Vec<Field>),
    One(Test),
}

/// What ends a value that is not quoted.
const ENDS: [char; 6] = [',', ']', ')', '(', '&', '|'];

pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Fields, InvalidPattern> {
    let mut fields = Fields::default();
    cursor.expect("[", "expected `[`")?;
    loop {
        cursor.skip_blanks();
        if cursor.eat("...") {
            if fields.last.replace(Vec::new()).is_some() {
                return Err(cursor.invalid("`...` can stand once"));
            }
        } else {
            let field = any(cursor)?;
            fields
                .last
                .as_mut()
                .unwrap_or(&mut fields.first)
                .push(field);
        }
        cursor.skip_blanks();
        if !cursor.eat(",") {
            break;
        }
    }
    cursor.expect("]", "expected `,` or `]`")?;
    cursor.skip_blanks();
    match cursor.peek() {
        None => Ok(fields),
        Some(_) => Err(cursor.invalid("expected the end")),
    }
}

fn any(cursor: &mut Cursor<'_>) -> Result<Field, InvalidPattern> {
    let mut parts = vec![all(cursor)?];
    while cursor.eat("||") {
        parts.push(all(cursor)?);
    }
    Ok(Field::Any(parts))
}

fn all(cursor: &mut Cursor<'_>) -> Result<Field, InvalidPattern> {
    let mut parts = vec![one(cursor)?];
    while cursor.eat("&&") {
        parts.push(one(cursor)?);
    }
    Ok(Field::All(parts))
}

fn one(cursor: &mut Cursor<'_>) -> Result<Field, InvalidPattern> {
    cursor.skip_blanks();
    let field = if cursor.eat("(") {
        let inside = any(cursor)?;
        cursor.expect(")", "expected `)`")?;
        inside
    } else {
        // Names are for those who read the pattern.
        cursor.take_while(|character| {
            !character.is_whitespace() && !",]()=!<>&|".contains(character)
        });
        cursor.skip_blanks();
        match cursor.peek() {
            Some('=' | '!' | '<' | '>') => Field::One(Test::parse(cursor, &ENDS)?),
            _ => Field::Anything,
        }
    };
    cursor.skip_blanks();
    Ok(field)
}

impl Fields {
    pub(super) fn matches(&self, message: &str) -> bool {
        let found = split(message);
        let last = self.last.as_deref();
        let wanted = self.first.len() + last.map_or(0, <[Field]>::len);
        let fits = match last {
            None => found.len() == wanted,
            Some(_) => found.len() >= wanted,
        };
        if !fits {
            return false;
        }
        let (left, rest) = found.split_at(self.first.len());
        let right = &rest[rest.len() - last.map_or(0, <[Field]>::len)..];
        let fields = self.first.iter().chain(last.unwrap_or_default());
        fields
            .zip(left.iter().chain(right))
            .all(|(field, text)| field.matches(text))
    }
}

impl Field {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Any(parts) => parts.iter().any(|part| part.matches(text)),
            Self::All(parts) => parts.iter().all(|part| part.matches(text)),
            Self::One(test) => test.matches_text(text),
        }
    }
}

/// What stands between blanks; what stands in brackets or in quotes is one field.
fn split(message: &str) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut rest = message.trim();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '[' => Some(']'),
            '"' => Some('"'),
            _ => None,
        };
        let closed = end.and_then(|end| Some((&rest[1..], rest[1..].find(end)?)));
        let (field, behind) = match closed {
            Some((inside, length)) => (&inside[..length], &inside[length + 1..]),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        fields.push(field);
        rest = behind.trim_start();
    }
    fields
}
