//! The part of a script that stays when its first line is replaced.

use crate::plan::script::PLACEHOLDER;

/// Collects a script piece by piece, if it starts with the placeholder.
#[derive(Debug)]
pub(super) enum ScriptBody {
    /// Too few bytes so far to tell.
    Start(Vec<u8>),
    Kept(Vec<u8>),
    NotWanted,
}

impl Default for ScriptBody {
    fn default() -> Self {
        Self::Start(Vec::new())
    }
}

impl ScriptBody {
    /// Takes the next piece. `may_keep` is asked before so many bytes are added to memory.
    pub(super) fn take(&mut self, piece: &[u8], may_keep: impl FnOnce(u64) -> bool) {
        if let Self::Start(start) = self {
            start.extend_from_slice(piece);
            if start.len() < PLACEHOLDER.len() {
                return;
            }
            let start = std::mem::take(start);
            let keep = start.starts_with(PLACEHOLDER) && may_keep(start.len() as u64);
            *self = if keep {
                Self::Kept(start)
            } else {
                Self::NotWanted
            };
        } else if let Self::Kept(kept) = self {
            if may_keep(piece.len() as u64) {
                kept.extend_from_slice(piece);
            } else {
                *self = Self::NotWanted;
            }
        }
    }

    /// What stands behind the first line.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let Self::Kept(mut script) = self else {
            return None;
        };
        let line_end = script
            .iter()
            .position(|&byte| byte == b'\n')
            .map_or(script.len(), |at| at + 1);
        script.drain(..line_end);
        Some(script)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds `script` in pieces of each size; at most `limit` bytes may be kept.
    fn check(script: &[u8], limit: u64, expected: Option<&[u8]>) {
        for size in 1..=script.len().max(1) {
            let (mut body, mut kept) = (ScriptBody::default(), 0);
            for piece in script.chunks(size) {
                body.take(piece, |count| {
                    kept += count;
                    kept <= limit
                });
            }
            assert_eq!(body.finish().as_deref(), expected, "pieces of {size}");
        }
    }

    #[test]
    fn the_first_line_goes_whatever_it_asks_for() {
        check(b"#!python\nprint()\n", 99, Some(b"print()\n"));
        check(b"#!pythonw -E\r\nprint()", 99, Some(b"print()"));
        check(b"#!python", 99, Some(b""));
    }

    #[test]
    fn other_scripts_stay_as_they_are() {
        for script in [
            &b"#!/bin/sh\n"[..],
            b"#!pytho",
            b"",
            b"\x7fELF........",
            b"# !python\n",
        ] {
            check(script, 99, None);
        }
    }

    #[test]
    fn nothing_is_kept_beyond_the_limit() {
        check(b"#!python\nprint()\n", 16, None);
    }
}
