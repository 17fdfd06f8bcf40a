//! What a field is compared with.

use regex::{Regex, RegexBuilder};
use serde_json::Value;

use super::InvalidPattern;
use super::cursor::Cursor;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A comparison with a value.
#[derive(Debug)]
pub(super) struct Test {
    comparison: Comparison,
    wanted: Wanted,
}

#[derive(Debug)]
enum Wanted {
    /// A number, and how it was written.
    Number(f64, String),
    Text(Glob),
    Regex(Regex),
}

/// A text with `*` before it, behind it, or both. Inside, a `*` is itself.
#[derive(Debug, PartialEq, Eq)]
struct Glob {
    text: String,
    open_before: bool,
    open_behind: bool,
}

impl Comparison {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        for (sign, comparison) in [
            ("!=", Self::NotEqual),
            ("=!", Self::NotEqual),
            ("<=", Self::LessOrEqual),
            (">=", Self::GreaterOrEqual),
            ("=", Self::Equal),
            ("<", Self::Less),
            (">", Self::Greater),
        ] {
            if cursor.eat(sign) {
                return Ok(comparison);
            }
        }
        Err(cursor.invalid("expected a comparison"))
    }

    #[expect(
        clippy::float_cmp,
        reason = "a number that is written is meant to the last digit"
    )]
    fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Test {
    /// A comparison and its value; what is not quoted ends at a blank or at one of `ends`.
    pub(super) fn parse(cursor: &mut Cursor<'_>, ends: &[char]) -> Result<Self, InvalidPattern> {
        let comparison = Comparison::parse(cursor)?;
        cursor.skip_blanks();
        let wanted = Wanted::parse(cursor, ends)?;
        let has_order = matches!(wanted, Wanted::Number(..));
        if !has_order && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return Err(cursor.invalid("only numbers are less or greater"));
        }
        Ok(Self { comparison, wanted })
    }

    pub(super) fn matches_text(&self, text: &str) -> bool {
        let is_equal = match &self.wanted {
            Wanted::Number(wanted, written) => match number(text) {
                Some(found) => return self.comparison.holds(found, *wanted),
                None => text == written,
            },
            Wanted::Text(glob) => glob.matches(text),
            Wanted::Regex(regex) => regex.is_match(text),
        };
        match self.comparison {
            Comparison::Equal => is_equal,
            Comparison::NotEqual => !is_equal,
            _ => false,
        }
    }

    /// Lists, objects and `null` are nothing that can be compared.
    pub(super) fn matches_value(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Array(_) | Value::Object(_) => false,
            Value::String(text) => match (&self.wanted, self.comparison) {
                // A text is no number, even if it looks like one.
                (Wanted::Number(_, written), Comparison::Equal) => text == written,
                (Wanted::Number(_, written), Comparison::NotEqual) => text != written,
                (Wanted::Number(..), _) => false,
                _ => self.matches_text(text),
            },
            Value::Bool(_) | Value::Number(_) => self.matches_text(&value.to_string()),
        }
    }
}

impl Wanted {
    fn parse(cursor: &mut Cursor<'_>, ends: &[char]) -> Result<Self, InvalidPattern> {
        match cursor.peek() {
            Some('"') => Ok(Self::Text(Glob::of(&unescaped(cursor.between('"')?)))),
            Some('%') => regex(cursor).map(Self::Regex),
            _ => {
                let bare = cursor.take_while(|character| {
                    !character.is_whitespace() && !ends.contains(&character)
                });
                if bare.is_empty() {
                    return Err(cursor.invalid("expected a value"));
                }
                Ok(match number(bare) {
                    Some(number) => Self::Number(number, bare.to_owned()),
                    None => Self::Text(Glob::of(bare)),
                })
            }
        }
    }
}

impl Glob {
    fn of(text: &str) -> Self {
        let behind = text.strip_prefix('*');
        let inside = behind.unwrap_or(text);
        let before = inside.strip_suffix('*');
        Self {
            open_before: behind.is_some(),
            open_behind: before.is_some(),
            text: before.unwrap_or(inside).to_owned(),
        }
    }

    fn matches(&self, text: &str) -> bool {
        match (self.open_before, self.open_behind) {
            (true, true) => text.contains(&self.text),
            (true, false) => text.ends_with(&self.text),
            (false, true) => text.starts_with(&self.text),
            (false, false) => text == self.text,
        }
    }
}

/// `-1`, `+2.5`, `10e-3`; not `inf`, which is a word.
fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    text.parse().ok()
}

/// Without the backslashes that keep quotes and backslashes.
pub(super) fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some(kept @ ('"' | '\\')) => plain.push(kept),
                Some(other) => plain.extend(['\\', other]),
                None => plain.push('\\'),
            },
            other => plain.push(other),
        }
    }
    plain
}

/// What a compiled expression may take: a millisecond to make, and little to keep.
const REGEX_LIMIT_BYTES: usize = 1 << 18;

/// Between percent signs. A search takes time in proportion to the text, whatever is searched for.
pub(super) fn regex(cursor: &mut Cursor<'_>) -> Result<Regex, InvalidPattern> {
    let error = cursor.invalid("not a regular expression that is supported");
    let text = cursor.between('%')?;
    let allowed = |character: char| {
        character.is_ascii_alphanumeric() || r" :_#=@/;,-^$?[]{}|\*+.".contains(character)
    };
    if text.is_empty() || !text.chars().all(allowed) {
        return Err(error);
    }
    RegexBuilder::new(text)
        .size_limit(REGEX_LIMIT_BYTES)
        .build()
        .map_err(|_| error)
}
