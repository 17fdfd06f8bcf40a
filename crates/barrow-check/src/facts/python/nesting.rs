//! How deep a source nests.
//!
//! Trees are walked, and dropped, by functions that call themselves. The parser grows its own stack
//! without a bound. So hostile sources are told from their tokens, with the bounds that Python itself
//! has; before they are parsed, unless they are too short to nest very deep.

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

/// Sources that cannot have more links than that are parsed without looking at their tokens first.
pub(super) const FEW_LINKS: usize = 20_000;

/// An upper bound for what [`bound`] finds, for a fraction of the work.
pub(super) fn crude_bound(source: &str) -> usize {
    // The `n`th block is indented by `n` characters or more.
    let blocks = (2 * source.len()).isqrt() + 1;
    // No byte begins more than one.
    if source.len() + blocks <= FEW_LINKS {
        return source.len() + blocks;
    }
    let (mut links, mut before) = (0, FLAT);
    for &byte in source.as_bytes() {
        let class = CLASSES[usize::from(byte)];
        // A keyword begins a word, or follows a number in it (`0or 1`).
        let begins_word = (class & !before) & WORD;
        links += usize::from((class & LINK) + begins_word / WORD);
        before = class;
    }
    links + blocks
}

const FLAT: u8 = 0;
const LINK: u8 = 1;
const WORD: u8 = 2;

const CLASSES: [u8; 256] = {
    let mut classes = [LINK; 256];
    let mut byte = 0;
    while byte < classes.len() {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' => WORD,
            // From 0x80 on: inside of a character.
            b' '
            | b'\t'
            | b'\n'
            | b'\r'
            | b'\x0c'
            | 0x80..=0xbf
            | b','
            | b')'
            | b']'
            | b'}'
            | b'"'
            | b'\''
            | b'#' => FLAT,
            _ => LINK,
        };
        byte += 1;
    }
    classes
};

/// An upper bound for the depth of a source's tree.
pub(super) fn bound(source: &str) -> Result<usize, TooDeep> {
    let mut lexer = lexer::lex(source, Mode::Module);
    bound_of(std::iter::from_fn(|| Some(lexer.next_token())))
}

/// The same, from its tokens.
pub(super) fn bound_of(mut tokens: impl Iterator<Item = TokenKind>) -> Result<usize, TooDeep> {
    // What links on the way from the statement to here, since the last comma of each bracket; and
    // for each open bracket, how much of that was before it.
    let (mut links, mut open) = (0usize, vec![0usize]);
    let (mut blocks, mut lambdas, mut deepest) = (0usize, 0usize, 0usize);
    loop {
        let link = match tokens.next().unwrap_or(TokenKind::EndOfFile) {
            TokenKind::EndOfFile => return Ok(deepest),
            TokenKind::Newline | TokenKind::Semi => {
                open.truncate(1);
                (links, lambdas) = (0, 0);
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
                links += 1;
                open.push(links);
                true
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd => {
                if open.len() > 1 {
                    links = open.pop().unwrap_or(0);
                }
                false
            }
            TokenKind::Comma => {
                links = open.last().copied().unwrap_or(0);
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
                links += 1;
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
            let depth = links + lambdas + blocks;
            if depth > LINKS {
                return Err(TooDeep::Links);
            }
            deepest = deepest.max(depth);
        }
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
    fn the_crude_bound_is_never_lower() {
        let blocks: String = (0..90)
            .map(|depth| format!("{}if x:\n", " ".repeat(depth)))
            .collect();
        let sources = [
            blocks.as_str(),
            "x = 1if 0or 0xfor 1else not-~+y\n",
            "[[[[(({{f'{f\"{x:{y}}\"}'}}))]]]]",
            "f''f\"\"f''f''",
            "lambda a: lambda b: await yield c.d.e[f](g)(h)",
            "€€€$$$???\x01\x02!!``\\\\",
            "a=b==c!=d<=e>>f**g//h->i:=j@k...",
        ];
        for source in sources {
            for source in [source.to_owned(), source.repeat(30)] {
                let exact = bound(&source).unwrap_or(BRACKETS);
                assert!(exact <= crude_bound(&source), "{source}");
            }
        }
    }

    #[test]
    fn long_tables_are_flat() {
        let table = format!("x = [{}]\n", "(1, -2), ".repeat(50_000));
        assert!(bound(&table).is_ok_and(|depth| depth < 20));
        assert!(bound(&"x = a + b\n".repeat(50_000)).is_ok_and(|depth| depth < 20));
    }
}
