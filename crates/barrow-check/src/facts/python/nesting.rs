//! How deep a source nests, before it is parsed.
//!
//! Trees are walked, and dropped, by functions that call themselves. The parser grows its own stack
//! without a bound. So hostile sources are told from their tokens, with the bounds that Python itself has.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// `MAXLEVEL` of the tokenizer: one more is "too many nested parentheses".
const BRACKETS: usize = 200;
/// Its `MAXINDENT`: "too many levels of indentation".
const BLOCKS: usize = 100;
/// Operators, calls and attributes in one expression. The compiler gives up below 10 000 of them
/// (`RecursionError`).
const LINKS: usize = 10_000;

/// What nests too deep for any Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooDeep {
    Brackets,
    Blocks,
    Links,
}

/// An upper bound for the depth of the source's tree.
pub(super) fn bound(source: &str) -> Result<usize, TooDeep> {
    let mut lexer = lexer::lex(source, Mode::Module);
    // One count for each open bracket: what links within it since the last comma.
    let mut open = vec![0usize];
    let (mut blocks, mut lambdas, mut deepest) = (0usize, 0usize, 0usize);
    loop {
        let link = match lexer.next_token() {
            TokenKind::EndOfFile => return Ok(deepest),
            TokenKind::Newline | TokenKind::Semi => {
                open.truncate(1);
                (open[0], lambdas) = (0, 0);
                continue;
            }
            TokenKind::Indent => {
                blocks += 1;
                false
            }
            TokenKind::Dedent => {
                blocks = blocks.saturating_sub(1);
                false
            }
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                count(&mut open);
                open.push(0);
                true
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if open.len() > 1 {
                    open.pop();
                }
                false
            }
            TokenKind::Comma => {
                if let Some(last) = open.last_mut() {
                    *last = 0;
                }
                false
            }
            // Its parameters have commas of their own.
            TokenKind::Lambda => {
                lambdas += 1;
                true
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => false,
            _ => {
                count(&mut open);
                true
            }
        };
        if open.len() > BRACKETS {
            return Err(TooDeep::Brackets);
        }
        if blocks > BLOCKS {
            return Err(TooDeep::Blocks);
        }
        if link {
            let depth = open.iter().sum::<usize>() + lambdas + blocks;
            if depth > LINKS {
                return Err(TooDeep::Links);
            }
            deepest = deepest.max(depth);
        }
    }
}

fn count(open: &mut [usize]) {
    if let Some(last) = open.last_mut() {
        *last += 1;
    }
}

impl TooDeep {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Brackets => "too many nested parentheses",
            Self::Blocks => "too many levels of indentation",
            Self::Links => "an expression is too long to be compiled",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nests_too_deep_for_python_is_not_parsed() {
        assert_eq!(bound(&"[".repeat(500)), Err(TooDeep::Brackets));
        assert_eq!(bound(&"not ".repeat(20_000)), Err(TooDeep::Links));
        assert_eq!(bound(&"lambda a, b: ".repeat(20_000)), Err(TooDeep::Links));
        assert_eq!(bound(&"f(a, b)".repeat(20_000)), Err(TooDeep::Links));
        let blocks: String = (0..150)
            .map(|depth| format!("{}if x:\n", " ".repeat(depth)))
            .collect();
        assert_eq!(bound(&blocks), Err(TooDeep::Blocks));
    }

    #[test]
    fn long_tables_are_flat() {
        let table = format!("x = [{}]\n", "(1, -2), ".repeat(50_000));
        assert!(bound(&table).is_ok_and(|depth| depth < 20));
        assert!(bound(&"x = a + b\n".repeat(50_000)).is_ok_and(|depth| depth < 20));
    }
}
