//! What the checks found, for people, for programs, and for the services that show findings.

mod document;
mod github;
mod human;
mod sarif;

use barrow_check::Finding;

use super::Output;

pub use document::{CheckDocument, FindingDocument, FixDocument};
pub use human::{closing, mended, shown};

/// How to print findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people
    #[default]
    Human,
    /// One JSON document
    Json,
    /// SARIF 2.1.0, which code scanning services read
    Sarif,
    /// Workflow commands, which become annotations on GitHub
    Github,
}

impl Output {
    /// The findings on stdout, and for people a closing line on stderr.
    pub fn findings(self, format: Format, document: &CheckDocument, findings: &[Finding]) {
        match format {
            Format::Human => {
                if let Some(fixed) = &document.fixed {
                    self.say(mended(fixed));
                }
                for finding in findings {
                    self.line(shown(finding).trim_end());
                }
                self.say(closing(document));
            }
            Format::Json => self.document(document),
            Format::Sarif => self.document(&sarif::log(document, findings)),
            Format::Github => {
                for finding in findings {
                    self.line(github::command(finding, &document.package));
                }
            }
        }
    }
}
