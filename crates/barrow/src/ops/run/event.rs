//! The events that a function is run with.

use std::io::BufRead as _;

use anyhow::Context as _;
use barrow_model::Bytes;
use barrow_model::limits::EVENT_LIMIT_BYTES;
use serde::de::IgnoredAny;

use crate::outcome::{Failure, Result};

/// Where events come from.
#[derive(Debug)]
pub struct Events {
    name: String,
    source: Source,
}

#[derive(Debug)]
enum Source {
    /// Those that are known, last first.
    Known(Vec<Vec<u8>>),
    /// One a line, read when the one before has been dealt with.
    Lines { waiting: Option<Vec<u8>> },
}

impl Events {
    /// `-` is standard input; else a file, if there is one of that name; else JSON itself.
    pub fn new(argument: Option<&str>) -> Result<Self> {
        let Some(argument) = argument else {
            return Ok(Self::known("the default", vec![b"{}".to_vec()]));
        };
        if argument == "-" {
            return Self::of_input();
        }
        let path = camino::Utf8Path::new(argument);
        if path.is_file() {
            let text =
                std::fs::read(path).with_context(|| format!("cannot read the event `{path}`"))?;
            return Self::of_text(&format!("`{path}`"), text);
        }
        match is_json(argument.as_bytes()) {
            Ok(()) => Ok(Self::known("the event", vec![argument.as_bytes().to_vec()])),
            Err(error) => Err(Failure::input(format_args!(
                "`{argument}` is neither a file nor JSON: {error}"
            ))
            .hint("an event is a file, `-` for standard input, or JSON: `--event '{\"a\": 1}'`")),
        }
    }

    /// One document, or one document a line.
    fn of_text(name: &str, text: Vec<u8>) -> Result<Self> {
        let Err(whole) = is_json(&text) else {
            return Ok(Self::known(name, vec![text]));
        };
        let mut events = Vec::new();
        for (number, line) in (1..).zip(text.split(|byte| *byte == b'\n')) {
            if line.trim_ascii().is_empty() {
                continue;
            }
            // What is wrong with a document over many lines is not what is wrong with its first.
            is_json(line).map_err(|error| match number {
                1 => Failure::input(format_args!("{name} is not JSON: {whole}")),
                _ => Failure::input(format_args!("line {number} of {name} is not JSON: {error}")),
            })?;
            events.push(line.trim_ascii().to_vec());
        }
        if events.is_empty() {
            return Err(Failure::input(format_args!("{name} is empty"))
                .hint("an event is JSON; `{}` is the smallest"));
        }
        Ok(Self::known(name, events))
    }

    fn of_input() -> Result<Self> {
        let mut input = std::io::stdin().lock();
        let mut first = Vec::new();
        let failed = "cannot read the event from standard input";
        input.read_until(b'\n', &mut first).context(failed)?;
        if is_json(&first).is_err() {
            std::io::Read::read_to_end(&mut input, &mut first).context(failed)?;
            return Self::of_text("standard input", first);
        }
        Ok(Self {
            name: "standard input".to_owned(),
            source: Source::Lines {
                waiting: Some(first),
            },
        })
    }

    fn known(name: &str, mut events: Vec<Vec<u8>>) -> Self {
        events.reverse();
        Self {
            name: name.to_owned(),
            source: Source::Known(events),
        }
    }

    /// Only the first of them.
    #[must_use]
    pub fn first(mut self) -> Self {
        if let Source::Known(events) = &mut self.source {
            // The last is the first.
            let all_but_one = events.len().saturating_sub(1);
            events.drain(..all_but_one);
        }
        self
    }

    /// The next event; waits for it, where it is typed or piped.
    pub fn take_next(&mut self) -> Result<Option<Vec<u8>>> {
        let event = match &mut self.source {
            Source::Known(events) => events.pop(),
            Source::Lines { waiting } => match waiting.take() {
                Some(line) => Some(line),
                None => next_line()?,
            },
        };
        let Some(event) = event else {
            return Ok(None);
        };
        if let Err(error) = is_json(&event) {
            return Err(Failure::input(format_args!(
                "a line of {} is not JSON: {error}",
                self.name
            )));
        }
        if event.len() > EVENT_LIMIT_BYTES {
            return Err(Failure::input(format_args!(
                "{} has {}; Lambda takes events of at most {}",
                self.name,
                Bytes(event.len() as u64),
                Bytes(EVENT_LIMIT_BYTES as u64)
            )));
        }
        Ok(Some(event.trim_ascii().to_vec()))
    }
}

fn next_line() -> Result<Option<Vec<u8>>> {
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let count = input
            .read_until(b'\n', &mut line)
            .context("cannot read the next event from standard input")?;
        if count == 0 {
            return Ok(None);
        }
        if !line.trim_ascii().is_empty() {
            return Ok(Some(line));
        }
    }
}

fn is_json(text: &[u8]) -> serde_json::Result<()> {
    serde_json::from_slice::<IgnoredAny>(text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> std::result::Result<Vec<String>, String> {
        let text = text.as_bytes().to_vec();
        let mut events =
            Events::of_text("`e.json`", text).map_err(|failure| failure.error.to_string())?;
        let mut all = Vec::new();
        while let Some(event) = events
            .take_next()
            .map_err(|failure| failure.error.to_string())?
        {
            all.push(String::from_utf8(event).unwrap());
        }
        Ok(all)
    }

    #[test]
    fn a_document_is_one_event_however_many_lines_it_has() {
        assert_eq!(all("{\n  \"a\": 1\n}\n").unwrap(), ["{\n  \"a\": 1\n}"]);
    }

    #[test]
    fn a_document_a_line_is_an_event_a_line() {
        assert_eq!(
            all("{\"a\": 1}\n\n[2]\n\"x\"").unwrap(),
            ["{\"a\": 1}", "[2]", "\"x\""]
        );
    }

    #[test]
    fn what_is_not_json_is_said_to_be_none() {
        assert!(
            all("{\"a\": 1}\n{oops")
                .unwrap_err()
                .starts_with("line 2 of `e.json` is not JSON")
        );
        assert!(
            all("{\n oops")
                .unwrap_err()
                .starts_with("`e.json` is not JSON")
        );
        assert_eq!(all("").unwrap_err(), "`e.json` is empty");
        assert!(
            Events::new(Some("{oops"))
                .unwrap_err()
                .error
                .to_string()
                .contains("neither a file nor JSON")
        );
    }
}
