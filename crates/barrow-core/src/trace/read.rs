//! Reads what `-X importtime` prints, and leaves everything else on the stream as it is.
//!
//! ```text
//! import time: self [us] | cumulative | imported package
//! import time:       114 |        114 |     _operator
//! import time:       386 |        500 |   operator
//! import time:      2016 |       7088 | enum
//! import time: cached    | cached     | sys
//! ```
//!
//! An import is printed when it is done, so children come before their parents, two blanks deeper.
//! Python 3.8 to 3.14 print alike. The last form, of modules that were loaded already, comes from
//! `-X importtime=2` of 3.14; it is passed over, because it has neither a time nor a reliable depth.

use std::time::Duration;

use super::Import;

/// What one recording holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recording {
    /// The imports that no other one caused. Of a program that was stopped amid an import, also
    /// what that import had caused so far.
    pub imports: Vec<Import>,
    /// All other bytes of the stream, in their order: what the program itself wrote.
    pub rest: Vec<u8>,
}

/// Reads a whole stream.
pub fn read(output: &[u8]) -> Recording {
    let mut reader = Reader::default();
    let mut rest = Vec::new();
    for line in output.split_inclusive(|&byte| byte == b'\n') {
        rest.extend_from_slice(reader.take(line));
    }
    Recording {
        imports: reader.finish(),
        rest,
    }
}

/// Reads a stream line by line, for those who pass on the rest while it comes.
#[derive(Debug, Default)]
pub struct Reader {
    /// Imports whose importer is not known yet, each with its depth.
    waiting: Vec<(usize, Import)>,
}

/// Deeper imports count as siblings. Python's own limit of 1000 frames, several for each import,
/// ends before this; it keeps made-up input from making trees that are too deep to drop.
const DEEPEST: usize = 1000;

const OPENING: &[u8] = b"import time: ";
const HEADER: &[u8] = b"self [us] | cumulative | imported package";
const CACHED: &[u8] = b"cached    | cached     | ";

/// Python prints `%9ld | %10ld`.
const SELF_WIDTH: usize = 9;
const TOTAL_WIDTH: usize = 10;
/// As long as a number of 64 bits gets.
const LONGEST_NUMBER: usize = 20;

impl Reader {
    /// Takes one line with its end, and gives back what of it is not Python's: all of it, nothing,
    /// or what the program had written before, without ending the line.
    pub fn take<'l>(&mut self, line: &'l [u8]) -> &'l [u8] {
        let mut from = 0;
        while let Some(found) = position(&line[from..], OPENING) {
            let start = from + found;
            from = start + OPENING.len();
            match Record::parse(without_end(&line[from..])) {
                Some(Record::Done { depth, import }) => self.done(depth.min(DEEPEST), import),
                Some(Record::Aside) => {}
                None => continue,
            }
            return &line[..start];
        }
        line
    }

    /// What was read, in the order of the outermost imports.
    pub fn finish(self) -> Vec<Import> {
        self.waiting.into_iter().map(|(_, import)| import).collect()
    }

    /// All that waits deeper than this import was caused by it. Not only one level deeper: threads
    /// that import at once make Python's count jump.
    fn done(&mut self, depth: usize, mut import: Import) {
        let shallower = |(other, _): &(usize, Import)| *other <= depth;
        let first = self
            .waiting
            .iter()
            .rposition(shallower)
            .map_or(0, |i| i + 1);
        import.children = self
            .waiting
            .drain(first..)
            .map(|(_, child)| child)
            .collect();
        self.waiting.push((depth, import));
    }
}

/// A line of Python's, after its opening.
enum Record {
    Done {
        depth: usize,
        import: Import,
    },
    /// The header, or a module that was loaded already.
    Aside,
}

impl Record {
    /// As strict as the format allows, so that a program's own line is not taken for one.
    fn parse(line: &[u8]) -> Option<Self> {
        if line == HEADER {
            return Some(Self::Aside);
        }
        if let Some(name) = line.strip_prefix(CACHED) {
            return (!name.trim_ascii().is_empty()).then_some(Self::Aside);
        }
        let (self_time, line) = field(line, SELF_WIDTH)?;
        let (total, line) = field(line.strip_prefix(b" ")?, TOTAL_WIDTH)?;
        let name = line.strip_prefix(b" ")?;
        let blanks = name.iter().take_while(|&&byte| byte == b' ').count();
        let depth = blanks / 2;
        let module = &name[2 * depth..];
        if module.trim_ascii().is_empty() {
            return None;
        }
        let import = Import {
            module: String::from_utf8_lossy(module).into_owned(),
            self_time,
            total,
            children: Vec::new(),
        };
        Some(Self::Done { depth, import })
    }
}

/// A number of microseconds, padded with blanks on the left to `width`, up to and with ` |`.
fn field(line: &[u8], width: usize) -> Option<(Duration, &[u8])> {
    let end = position(&line[..line.len().min(LONGEST_NUMBER + 2)], b" |")?;
    let text = str::from_utf8(&line[..end]).ok()?;
    let number = text.trim_start_matches(' ');
    let is_padded = text.len() == width || (text.len() > width && text.len() == number.len());
    let digits = number.strip_prefix('-').unwrap_or(number);
    if !is_padded || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let micros: u64 = digits.parse().ok()?;
    // Threads that import at once share Python's sum of children; a self time below nought comes
    // of it.
    let micros = if digits.len() < number.len() {
        0
    } else {
        micros
    };
    Some((Duration::from_micros(micros), &line[end + 2..]))
}

/// Where `wanted` first stands in `bytes`.
fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

/// Windows ends lines with two bytes.
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests;
