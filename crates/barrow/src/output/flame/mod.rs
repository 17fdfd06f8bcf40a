//! The page that shows where a start spends its time: one file, which needs nothing else.
//!
//! Names of modules are whatever a package calls them. They reach the page as text in the table and
//! as JSON for the chart, both escaped, and the page's own policy lets it load nothing.

use barrow_core::trace::{Import, Origin, Summary};

mod data;
mod escape;
mod table;
mod template;
mod words;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// A whole HTML document. `title` names what was started; `notes` are sentences about this
/// recording, shown after the advice.
pub fn page(
    trace: &[Import],
    title: &str,
    origin_of: impl Fn(&str) -> Origin,
    notes: &[&str],
) -> String {
    let summary = Summary::of(trace, &origin_of);
    template::fill(
        PAGE,
        &[
            ("state", if trace.is_empty() { "nothing" } else { "some" }),
            ("title", &escape::html(title)),
            ("style", STYLE),
            ("script", SCRIPT),
            ("lead", &words::lead(&summary)),
            ("shares", &words::shares(&summary)),
            ("advice", &words::advice(&summary, notes)),
            ("rows", &table::rows(&summary)),
            ("caption", &table::caption(&summary)),
            ("data", &data::json(trace, &origin_of)),
        ],
    )
}

#[cfg(test)]
mod tests;
