//! A pattern as it is read, from left to right.

use super::InvalidPattern;

#[derive(Debug)]
pub(super) struct Cursor<'p> {
    text: &'p str,
    at: usize,
}

impl<'p> Cursor<'p> {
    pub(super) fn new(text: &'p str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'p str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Goes behind a word, if it comes next.
    pub(super) fn eat(&mut self, word: &str) -> bool {
        let comes = self.rest().starts_with(word);
        if comes {
            self.at += word.len();
        }
        comes
    }

    /// The same, in any case, where no other letter follows.
    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let comes = self
            .rest()
            .get(..word.len())
            .is_some_and(|next| next.eq_ignore_ascii_case(word));
        let ends = comes
            && !self.rest()[word.len()..]
                .chars()
                .next()
                .is_some_and(char::is_alphanumeric);
        if ends {
            self.at += word.len();
        }
        ends
    }

    pub(super) fn expect(&mut self, word: &str, what: &'static str) -> Result<(), InvalidPattern> {
        if self.eat(word) {
            Ok(())
        } else {
            Err(self.invalid(what))
        }
    }

    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'p str {
        let rest = self.rest();
        let length = rest
            .find(|character| !wanted(character))
            .unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// What stands between two of the same character, the first of which comes next. A backslash
    /// keeps what follows from ending it.
    pub(super) fn between(&mut self, mark: char) -> Result<&'p str, InvalidPattern> {
        let begin = self.at;
        let inside = &self.rest()[mark.len_utf8()..];
        let mut escaped = false;
        for (offset, character) in inside.char_indices() {
            match character {
                '\\' if !escaped => escaped = true,
                end if end == mark && !escaped => {
                    self.at = begin + offset + 2 * mark.len_utf8();
                    return Ok(&inside[..offset]);
                }
                _ => escaped = false,
            }
        }
        Err(self.invalid("what begins here does not end"))
    }

    pub(super) fn invalid(&self, what: &'static str) -> InvalidPattern {
        InvalidPattern {
            what,
            at: self.text[..self.at].chars().count() + 1,
        }
    }
}
