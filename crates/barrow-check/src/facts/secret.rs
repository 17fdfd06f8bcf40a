//! Keys and passwords, known by their shape.
//!
//! Only shapes that are documented and long enough not to occur by chance; what is well known to
//! be an example is passed over. The secret itself is never kept.

use std::fmt;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Match, packed};
use barrow_model::EntryPath;
use serde::{Deserialize, Serialize};

/// A secret that a file seems to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Secret {
    pub kind: Kind,
    /// From 1.
    pub line: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// An access key id with its secret access key near it.
    AwsKey,
    PrivateKey,
    GitHubToken,
    SlackToken,
    StripeKey,
    /// A line of a `.env` file whose name says that its value is secret.
    Assignment,
}

/// Code and configuration are shorter.
const LONGEST_FILE_BYTES: usize = 1 << 20;
/// One is enough to act on.
const MOST_PER_FILE: usize = 8;
/// Where the two halves of an AWS key are looked for: a few lines.
const NEAR_BYTES: usize = 400;

/// What a secret begins with, or stands behind, and how what follows is judged.
type Judge = fn(text: &[u8], found: usize) -> Option<Kind>;

static MARKS: &[(&str, Judge)] = &[
    ("AKIA", aws_key),
    ("ASIA", aws_key),
    ("PRIVATE KEY-----", private_key),
    ("ghp_", github_token),
    ("gho_", github_token),
    ("ghu_", github_token),
    ("ghs_", github_token),
    ("ghr_", github_token),
    ("github_pat_", github_token),
    ("xoxb-", slack_token),
    ("xoxp-", slack_token),
    ("sk_live_", stripe_key),
    ("rk_live_", stripe_key),
];

/// With the processor's wide instructions where it has them: the automaton takes ten times as long,
/// which was a twelfth of a whole survey.
enum Search {
    Wide(packed::Searcher),
    Plain(AhoCorasick),
}

static SEARCH: LazyLock<Search> = LazyLock::new(|| {
    let marks = || MARKS.iter().map(|(mark, _)| mark);
    match packed::Searcher::new(marks()) {
        Some(searcher) => Search::Wide(searcher),
        None => Search::Plain(AhoCorasick::new(marks()).expect("a dozen short words are fine")),
    }
});

impl Search {
    fn find_iter<'s>(&'s self, content: &'s [u8]) -> Box<dyn Iterator<Item = Match> + 's> {
        match self {
            Self::Wide(searcher) => Box::new(searcher.find_iter(content)),
            Self::Plain(automaton) => Box::new(automaton.find_iter(content)),
        }
    }
}

/// In the order of their lines.
pub fn read(path: &EntryPath, content: &[u8]) -> Vec<Secret> {
    if content.len() > LONGEST_FILE_BYTES || !is_text(content) {
        return Vec::new();
    }
    let mut secrets = Vec::new();
    for found in SEARCH.find_iter(content) {
        let (_, judge) = MARKS[found.pattern().as_usize()];
        if let Some(kind) = judge(content, found.start()) {
            let line = line_of(content, found.start());
            secrets.push(Secret { kind, line });
            if secrets.len() == MOST_PER_FILE {
                break;
            }
        }
    }
    if is_environment_file(path.file_name()) {
        secrets.extend(assignments(content));
    }
    secrets.sort_by_key(|secret| (secret.line, secret.kind));
    secrets.dedup_by_key(|secret| secret.line);
    secrets
}

fn is_text(content: &[u8]) -> bool {
    let start = &content[..content.len().min(1024)];
    !start.contains(&0)
}

/// `.env` and `.env.production`, but not `.env.example`.
fn is_environment_file(name: &str) -> bool {
    let Some(kind) = name.strip_prefix(".env") else {
        return false;
    };
    let is_model = ["example", "sample", "template", "dist", "defaults"]
        .iter()
        .any(|word| kind.contains(word));
    (kind.is_empty() || kind.starts_with('.')) && !is_model
}

fn assignments(content: &[u8]) -> Vec<Secret> {
    let text = String::from_utf8_lossy(content);
    let secret = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let name = name
            .trim()
            .trim_start_matches("export ")
            .to_ascii_uppercase();
        let value = value.trim().trim_matches(['"', '\'']);
        let is_secret = [
            "SECRET",
            "TOKEN",
            "PASSWORD",
            "PASSWD",
            "API_KEY",
            "APIKEY",
            "PRIVATE_KEY",
        ]
        .iter()
        .any(|word| name.contains(word));
        let is_reference = value.starts_with('$') || value.starts_with("arn:");
        (is_secret && !name.starts_with('#') && value.len() >= 8 && !is_reference)
            .then(|| !is_fake(value.as_bytes()))
            .filter(|is_real| *is_real)
    };
    let lines = (1..).zip(text.lines());
    lines
        .filter(|(_, line)| secret(line).is_some())
        .map(|(line, _)| Secret {
            kind: Kind::Assignment,
            line,
        })
        .take(MOST_PER_FILE)
        .collect()
}

/// 20 characters, and 40 of a secret access key within a few lines.
fn aws_key(text: &[u8], found: usize) -> Option<Kind> {
    let id = word(text, found, |byte| byte.is_ascii_alphanumeric())?;
    let is_id = id.len() == 20
        && id
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'));
    if !is_id || is_fake(id) {
        return None;
    }
    let start = found.saturating_sub(NEAR_BYTES);
    let near = &text[start..text.len().min(found + NEAR_BYTES)];
    let mut words = near.split(|byte| !is_base64(*byte) || *byte == b'=');
    words
        .any(|word| word.len() == 40 && is_mixed(word) && !is_fake(word))
        .then_some(Kind::AwsKey)
}

/// Followed by at least a line of base64, after line ends as they are or as `\n` in a literal.
/// One that is encrypted is no secret by itself.
fn private_key(text: &[u8], found: usize) -> Option<Kind> {
    let header_start = text[..found].iter().rposition(|byte| *byte == b'\n');
    let header = &text[header_start.map_or(0, |at| at + 1)..found];
    let is_header = header.windows(11).any(|it| it == b"-----BEGIN ");
    if !is_header || header.ends_with(b"ENCRYPTED ") {
        return None;
    }
    let body = &text[found + "PRIVATE KEY-----".len()..];
    let body = &body[..body.len().min(400)];
    if body.windows(10).any(|it| it == b"Proc-Type:") {
        return None;
    }
    let mut lines = body.split(|byte| !is_base64(*byte));
    lines
        .any(|line| {
            // The `n` of a line end that is written as `\n`.
            let line = line.strip_prefix(b"n").unwrap_or(line);
            line.len() >= 48 && is_mixed(line) && !is_fake(line)
        })
        .then_some(Kind::PrivateKey)
}

fn github_token(text: &[u8], found: usize) -> Option<Kind> {
    let token = word(text, found, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'_'
    })?;
    let is_token = match token.strip_prefix(b"github_pat_") {
        Some(rest) => rest.len() == 82,
        None => token.len() == 40,
    };
    (is_token && is_mixed(token) && !is_fake(token)).then_some(Kind::GitHubToken)
}

/// `xoxb-`, two numbers and 24 characters.
fn slack_token(text: &[u8], found: usize) -> Option<Kind> {
    let token = word(text, found, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'-'
    })?;
    let parts: Vec<&[u8]> = token.split(|byte| *byte == b'-').collect();
    let is_number = |part: &[u8]| part.len() >= 10 && part.iter().all(u8::is_ascii_digit);
    let is_token = match parts.as_slice() {
        [_, team, rest @ .., last] => is_number(team) && !rest.is_empty() && last.len() >= 24,
        _ => false,
    };
    (is_token && !is_fake(token)).then_some(Kind::SlackToken)
}

fn stripe_key(text: &[u8], found: usize) -> Option<Kind> {
    let key = word(text, found, |byte| {
        byte.is_ascii_alphanumeric() || byte == b'_'
    })?;
    (key.len() >= 32 && is_mixed(key) && !is_fake(key)).then_some(Kind::StripeKey)
}

/// The word that starts at `start`; `None` where that is within a longer one.
fn word(text: &[u8], start: usize, is_part: fn(u8) -> bool) -> Option<&[u8]> {
    let before = start.checked_sub(1).map(|at| text[at]);
    if before.is_some_and(is_part) {
        return None;
    }
    let rest = &text[start..];
    let end = rest.iter().position(|byte| !is_part(*byte));
    Some(&rest[..end.unwrap_or(rest.len())])
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Random base64 of this length has all three.
fn is_mixed(word: &[u8]) -> bool {
    word.iter().any(u8::is_ascii_digit)
        && word.iter().any(u8::is_ascii_lowercase)
        && word.iter().any(u8::is_ascii_uppercase)
}

/// Whether a person wrote it to stand for a secret.
fn is_fake(word: &[u8]) -> bool {
    let lower = word.to_ascii_lowercase();
    let words: [&[u8]; 13] = [
        b"example",
        b"xxxx",
        b"0000",
        b"1234567",
        b"abcdef",
        b"dummy",
        b"sample",
        b"your",
        b"changeme",
        b"change-me",
        b"redacted",
        b"placeholder",
        b"secret",
    ];
    let is_named = words
        .iter()
        .any(|fake| lower.windows(fake.len()).any(|it| it == *fake));
    let mut distinct = lower;
    distinct.sort_unstable();
    distinct.dedup();
    is_named || distinct.len() < 6
}

fn line_of(text: &[u8], at: usize) -> u32 {
    text[..at].split(|byte| *byte == b'\n').count() as u32
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AwsKey => "an AWS access key",
            Self::PrivateKey => "a private key",
            Self::GitHubToken => "a GitHub token",
            Self::SlackToken => "a Slack token",
            Self::StripeKey => "a live Stripe key",
            Self::Assignment => "a password or token",
        })
    }
}

#[cfg(test)]
mod tests;
