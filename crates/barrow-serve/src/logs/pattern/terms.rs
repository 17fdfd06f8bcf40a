//! Terms that a message has or has not, wherever they stand.

use regex::Regex;

use super::InvalidPattern;
use super::cursor::Cursor;
use super::value::{regex, unescaped};

#[derive(Debug, Default)]
pub(super) struct Terms {
    /// All of them.
    wanted: Vec<Term>,
    /// None of them.
    unwanted: Vec<Term>,
    /// Any of them, where nothing else is said.
    alternatives: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    Text(String),
    Regex(Regex),
}

pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Terms, InvalidPattern> {
    let mut terms = Terms::default();
    loop {
        cursor.skip_blanks();
        if cursor.peek().is_none() {
            return Ok(terms);
        }
        let list = if cursor.eat("-") {
            &mut terms.unwanted
        } else if cursor.eat("?") {
            &mut terms.alternatives
        } else {
            &mut terms.wanted
        };
        // `- term` is `-term`.
        cursor.skip_blanks();
        list.push(Term::parse(cursor)?);
    }
}

impl Terms {
    pub(super) fn matches(&self, message: &str) -> bool {
        let has = |term: &Term| term.is_in(message);
        if self.wanted.is_empty() && self.unwanted.is_empty() {
            return self.alternatives.iter().any(has);
        }
        // Documented: beside other terms, alternatives do not count.
        self.wanted.iter().all(has) && !self.unwanted.iter().any(has)
    }
}

impl Term {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Self, InvalidPattern> {
        match cursor.peek() {
            Some('"') => Ok(Self::Text(unescaped(cursor.between('"')?))),
            Some('%') => regex(cursor).map(Self::Regex),
            Some(_) => {
                let word = cursor.take_while(|character| !character.is_whitespace());
                Ok(Self::Text(word.to_owned()))
            }
            None => Err(cursor.invalid("expected a term")),
        }
    }

    fn is_in(&self, message: &str) -> bool {
        match self {
            Self::Text(text) => message.contains(text.as_str()),
            Self::Regex(regex) => regex.is_match(message),
        }
    }
}
