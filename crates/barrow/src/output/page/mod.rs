//! Pages for a browser: one file each, which needs nothing else.
//!
//! Names in them are whatever a package calls its files. They reach a page as text or as JSON, both
//! escaped, and the page's own policy lets it load nothing.

mod escape;
mod template;

pub(crate) use escape::{html, json};
pub(crate) use template::fill;

const FRAME: &str = include_str!("frame.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What differs from page to page.
pub(crate) struct Page<'a> {
    /// As it is; the other parts are markup, or made harmless already.
    pub(crate) title: &'a str,
    /// Class of the body: `nothing` hides what is measured.
    pub(crate) state: &'a str,
    /// Goes behind the style that all pages share.
    pub(crate) style: &'a str,
    pub(crate) body: &'a str,
    /// From [`json`]: what the script draws.
    pub(crate) data: &'a str,
    /// Goes behind the script that all pages share.
    pub(crate) script: &'a str,
}

impl Page<'_> {
    /// A whole HTML document.
    pub(crate) fn document(&self) -> String {
        fill(
            FRAME,
            &[
                ("title", &html(self.title)),
                ("state", self.state),
                ("common-style", STYLE),
                ("style", self.style),
                ("body", self.body),
                ("data", self.data),
                ("common-script", SCRIPT),
                ("script", self.script),
            ],
        )
    }
}
