//! The page that shows where a start spends its time: one file, which needs nothing else.
//!
//! Names of modules are whatever a package calls them. They reach the page as text in the table and
//! as JSON for the chart, both escaped, and the page's own policy lets it load nothing.

use barrow_core::trace::{Import, Origin, Summary};

use super::page::{self, Page, html};

mod data;
mod table;
mod words;

const BODY: &str = include_str!("page.html");
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
    let body = page::fill(
        BODY,
        &[
            ("title", &html(title)),
            ("lead", &words::lead(&summary)),
            ("shares", &words::shares(&summary)),
            ("advice", &words::advice(&summary, notes)),
            ("rows", &table::rows(&summary)),
            ("caption", &table::caption(&summary)),
        ],
    );
    Page {
        title: &format!("{title} · import times"),
        state: if trace.is_empty() { "nothing" } else { "some" },
        style: STYLE,
        body: &body,
        data: &data::json(trace, &origin_of),
        script: SCRIPT,
    }
    .document()
}

#[cfg(test)]
mod tests;
