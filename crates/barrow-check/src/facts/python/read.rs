//! Parses a file for the target's version, and keeps its facts.

use barrow_model::{Runtime, Target};
use ruff_python_ast::token::Token;
use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{
    Mode, ParseOptions, Parsed, UnsupportedSyntaxError, UnsupportedSyntaxErrorKind, parse_unchecked,
};
use ruff_text_size::Ranged;

use super::lines::Lines;
use super::nesting::{FEW_LINKS, TooDeep};
use super::source::{Text, decode};
use super::walk::walk;
use super::{Module, SyntaxFault, compile, nesting};

/// Enough stack for one level of a syntax tree, to walk it and to drop it.
const LEVEL_BYTES: usize = if cfg!(debug_assertions) {
    8 << 10
} else {
    2 << 10
};
/// For everything besides.
const GROUND_BYTES: usize = 256 << 10;

/// Threads with this much stack read most sources on it as it is; for others, it is made first.
pub const STACK_BYTES: usize = 2 * GROUND_BYTES + FEW_LINKS * LEVEL_BYTES;

/// Reads a source file as the target's Python would.
pub fn read(content: &[u8], target: Target) -> Module {
    let (text, is_exact) = match decode(content) {
        Text::Exact(text) => (text, true),
        Text::Approximate(text) => (text.into(), false),
        Text::Undecodable { line, message } => return failed(line, message),
    };
    let crude = nesting::crude_bound(&text);
    let depth = if crude <= FEW_LINKS {
        Ok(crude)
    } else {
        nesting::bound(&text)
    };
    let depth = match depth {
        Ok(depth) => depth,
        Err(too_deep) => return too_deep_to_read(too_deep),
    };
    let stack_bytes = GROUND_BYTES + depth * LEVEL_BYTES;
    stacker::maybe_grow(stack_bytes, stack_bytes, || parse(&text, is_exact, target))
}

fn parse(text: &str, is_exact: bool, target: Target) -> Module {
    let minor = target.runtime.minor();
    let parsed = parse_for(text, minor);
    if let Err(too_deep) = depth_of(&parsed, text) {
        return too_deep_to_read(too_deep);
    }
    let lines = Lines::of(text);
    if is_exact && let Some(fault) = fault(&parsed, text, &lines, minor) {
        return Module {
            fault: Some(fault),
            ..Module::default()
        };
    }
    match parsed.syntax() {
        Mod::Module(module) => match compile::fault(&module.body) {
            Some((range, message)) => failed(lines.line_at(range.start()), message.to_owned()),
            None => walk(&module.body, lines, target),
        },
        Mod::Expression(_) => Module::default(),
    }
}

fn depth_of(parsed: &Parsed<Mod>, text: &str) -> Result<usize, TooDeep> {
    if parsed.errors().is_empty() {
        nesting::bound_of(parsed.tokens().iter().map(Token::kind))
    } else {
        // The parser closes what somebody left open, and reads the rest with other eyes.
        nesting::bound(text)
    }
}

fn parse_for(text: &str, minor: u8) -> Parsed<Mod> {
    let version = PythonVersion { major: 3, minor };
    let options = ParseOptions::from(Mode::Module).with_target_version(version);
    parse_unchecked(text, options)
}

/// The first thing that is wrong.
fn fault(parsed: &Parsed<Mod>, text: &str, lines: &Lines, minor: u8) -> Option<SyntaxFault> {
    if let Some(error) = parsed
        .errors()
        .iter()
        .min_by_key(|error| error.location.start())
    {
        return Some(SyntaxFault {
            line: lines.line_at(error.location.start()),
            message: lower_first(&error.error.to_string()),
            first_minor: None,
        });
    }
    let unsupported = parsed.unsupported_syntax_errors().iter();
    let error = unsupported
        .filter(|error| !is_read_otherwise(error))
        .min_by_key(|error| error.range.start())?;
    let newest = Runtime::all().next_back().map_or(minor, Runtime::minor);
    let reads_it = |minor: &u8| {
        parse_for(text, *minor)
            .unsupported_syntax_errors()
            .is_empty()
    };
    Some(SyntaxFault {
        line: lines.line_at(error.start()),
        message: lower_first(
            &error
                .to_string()
                .replace(&format!(" on Python 3.{minor}"), ""),
        ),
        first_minor: (minor + 1..=newest).find(reads_it),
    })
}

/// `with (a, b):` is a tuple to Python 3.8: not what was meant, but no error before it is executed.
fn is_read_otherwise(error: &UnsupportedSyntaxError) -> bool {
    error.kind == UnsupportedSyntaxErrorKind::ParenthesizedContextManager
}

fn too_deep_to_read(too_deep: TooDeep) -> Module {
    failed(1, too_deep.message().to_owned())
}

fn failed(line: u32, message: String) -> Module {
    Module {
        fault: Some(SyntaxFault {
            line,
            message: message.into(),
            first_minor: None,
        }),
        ..Module::default()
    }
}

/// The parser begins its messages with a capital, unless the first word is code.
fn lower_first(message: &str) -> Box<str> {
    let mut characters = message.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => message.into(),
    }
}
