//! `barrow size`: who takes the space.

use anyhow::Context as _;
use camino::Utf8PathBuf;

use crate::ops::{self, Context, new_file};
use crate::outcome::{Outcome, Result};
use crate::output::size::{self as words, Table};
use crate::output::{human, treemap};

const EXAMPLES: &str = "\
Examples:
  barrow size app.zip
      the largest distributions, and what kinds of files they have
  barrow size app.zip --by folder --top 40
  barrow size app.zip --html size.html
      every file as an area, in a page that needs no network
  barrow size app.zip --json | jq '.by_distribution[0]'";

/// Say who takes the space in a package: distributions, folders, kinds of files
///
/// Any zip will do, whoever made it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The package
    #[arg(value_name = "ZIP")]
    path: Utf8PathBuf,
    /// What to add up; can be given more than once [default: distribution and kind]
    #[arg(long, value_enum, value_name = "WHAT")]
    by: Vec<By>,
    /// Lines of a table; the others are summed up in one more
    #[arg(long, value_name = "N", default_value_t = 15)]
    top: usize,
    /// Also write a page that shows every file as an area
    #[arg(long, value_name = "FILE")]
    html: Option<Utf8PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum By {
    /// Who brought the files
    Distribution,
    /// Where they are
    Folder,
    /// What they are good for
    Kind,
}

pub fn run(arguments: &Args, context: &Context) -> Result<Outcome> {
    let sizes = ops::size::size(&arguments.path)?;
    let output = context.output;
    if output.json {
        output.document(&sizes.document);
    } else {
        let tables: Vec<Table> = match arguments.by.as_slice() {
            [] => vec![Table::Distributions, Table::Kinds],
            some => some.iter().map(|by| by.table()).collect(),
        };
        let shown = words::tables(&sizes.document, &tables, arguments.top);
        output.line(shown.trim_end());
    }
    if let Some(path) = &arguments.html {
        let page = treemap::page(&sizes);
        new_file::write(path, page.as_bytes()).with_context(|| format!("cannot write `{path}`"))?;
        output.say(human::note(format_args!("the page is `{path}`")));
    }
    Ok(Outcome::Done)
}

impl By {
    fn table(self) -> Table {
        match self {
            Self::Distribution => Table::Distributions,
            Self::Folder => Table::Folders,
            Self::Kind => Table::Kinds,
        }
    }
}
