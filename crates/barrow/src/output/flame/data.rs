//! The recording as the page's script reads it.

use std::time::Duration;

use barrow_core::trace::{Import, Origin, walk};
use serde::Serialize;

use crate::output::{page, text};

/// One import: how many importers it has above it, its name, total and self time in microseconds,
/// and the position of its origin in [`Origin::ALL`].
#[derive(Serialize)]
struct Cell(usize, String, u64, u64, usize);

/// All imports, each before those that it caused.
pub(super) fn json(trace: &[Import], origin_of: impl Fn(&str) -> Origin) -> String {
    let mut cells = Vec::new();
    walk(trace, |importers, import| {
        let origin = origin_of(&import.module);
        cells.push(Cell(
            importers.len(),
            text::visible(&import.module),
            micros(import.total),
            micros(import.self_time),
            Origin::ALL
                .iter()
                .position(|&other| other == origin)
                .unwrap_or(0),
        ));
    });
    page::json(&cells)
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
