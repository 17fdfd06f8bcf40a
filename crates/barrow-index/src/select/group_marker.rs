//! Markers that ask about extras and dependency groups, as PEP 751 allows in lock files.
//!
//! `'dev' in dependency_groups and python_version < '3.13'`: what asks about a set is answered
//! here; every other comparison is handed on.

/// A marker that says nothing that we understand.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{seen}` is not an environment marker: {reason}")]
pub struct MarkerError {
    pub seen: String,
    pub reason: String,
}

/// The sets that a lock file's markers may ask about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    Extras,
    DependencyGroups,
}

pub(super) fn mentions_a_set(marker: &str) -> bool {
    tokens(marker).iter().any(|token| set(token).is_some())
}

/// `contains` answers for a set, `plain` for any other comparison.
pub(super) fn evaluate(
    marker: &str,
    contains: &dyn Fn(Set, &str) -> bool,
    plain: &dyn Fn(&str) -> Result<bool, MarkerError>,
) -> Result<bool, MarkerError> {
    let mut parser = Parser {
        marker,
        tokens: tokens(marker),
        position: 0,
        depth: 0,
        contains,
        plain,
    };
    let value = parser.any()?;
    match parser.next() {
        None => Ok(value),
        Some(token) => Err(parser.error(format!("`{token}` is not expected"))),
    }
}

/// Deeper than any tool nests; keeps a hostile file from exhausting the stack.
const DEPTH_LIMIT: usize = 64;

struct Parser<'m> {
    marker: &'m str,
    tokens: Vec<&'m str>,
    position: usize,
    depth: usize,
    contains: &'m dyn Fn(Set, &str) -> bool,
    plain: &'m dyn Fn(&str) -> Result<bool, MarkerError>,
}

impl<'m> Parser<'m> {
    /// `and` binds tighter than `or`. Both sides are read even when one decides.
    fn any(&mut self) -> Result<bool, MarkerError> {
        let mut value = self.all()?;
        while self.next_if("or") {
            value |= self.all()?;
        }
        Ok(value)
    }

    fn all(&mut self) -> Result<bool, MarkerError> {
        let mut value = self.one()?;
        while self.next_if("and") {
            value &= self.one()?;
        }
        Ok(value)
    }

    fn one(&mut self) -> Result<bool, MarkerError> {
        if !self.next_if("(") {
            return self.comparison();
        }
        self.depth += 1;
        if self.depth > DEPTH_LIMIT {
            return Err(self.error("it is nested too deeply".to_owned()));
        }
        let value = self.any()?;
        self.depth -= 1;
        if self.next_if(")") {
            Ok(value)
        } else {
            Err(self.error("a `)` is missing".to_owned()))
        }
    }

    fn comparison(&mut self) -> Result<bool, MarkerError> {
        let mut next = || {
            self.tokens
                .get(self.position)
                .inspect(|_| self.position += 1)
                .copied()
        };
        let (Some(left), Some(mut operator)) = (next(), next()) else {
            return Err(self.error("it ends too early".to_owned()));
        };
        if operator == "not" && next() == Some("in") {
            operator = "not in";
        }
        let Some(right) = next() else {
            return Err(self.error("it ends too early".to_owned()));
        };
        match (unquoted(left), operator, set(right)) {
            (Some(name), "in", Some(set)) => Ok((self.contains)(set, name)),
            (Some(name), "not in", Some(set)) => Ok(!(self.contains)(set, name)),
            (_, _, Some(_)) => Err(self.error("a set takes `in` and `not in` only".to_owned())),
            (_, operator, None) => (self.plain)(&format!("{left} {operator} {right}")),
        }
    }

    fn next(&mut self) -> Option<&'m str> {
        self.tokens
            .get(self.position)
            .inspect(|_| self.position += 1)
            .copied()
    }

    fn next_if(&mut self, expected: &str) -> bool {
        let matches = self.tokens.get(self.position) == Some(&expected);
        self.position += usize::from(matches);
        matches
    }

    fn error(&self, reason: String) -> MarkerError {
        MarkerError {
            seen: self.marker.to_owned(),
            reason,
        }
    }
}

fn set(token: &str) -> Option<Set> {
    match token {
        "extras" => Some(Set::Extras),
        "dependency_groups" => Some(Set::DependencyGroups),
        _ => None,
    }
}

fn unquoted(token: &str) -> Option<&str> {
    let inner = |quote: char| token.strip_prefix(quote)?.strip_suffix(quote);
    inner('\'').or_else(|| inner('"'))
}

/// Parentheses, quoted strings, words and operators.
fn tokens(marker: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '(' | ')' => 1,
            '\'' | '"' => rest[1..].find(first).map_or(rest.len(), |end| end + 2),
            '<' | '>' | '=' | '!' | '~' => {
                rest.find(|c| !"<>=!~".contains(c)).unwrap_or(rest.len())
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "()'\"<>=!~".contains(c);
                rest.find(ends).unwrap_or(rest.len())
            }
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}
