//! `barrow cache`: what is kept between builds.

use std::time::Duration;

use barrow_model::Bytes;

use crate::ops::{self, Context};
use crate::outcome::{Outcome, Result};
use crate::output::json::{
    CacheDirDocument, CachePruneDocument, CacheSizeDocument, CacheVerifyDocument,
};

const EXAMPLES: &str = "\
Examples:
  barrow cache size
  barrow cache prune --days 30
  barrow cache verify";

/// See, shrink and check the cache of wheels, runtimes and unpacked packages
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the cache's folder
    Dir,
    /// Print how much the cache holds
    Size,
    /// Remove what has not been used for a while
    Prune {
        /// Keep what was used within this many days
        #[arg(long, default_value_t = 30)]
        days: u32,
        /// Remove everything
        #[arg(long, conflicts_with = "days")]
        all: bool,
    },
    /// Hold every wheel against its digest again, and drop what is damaged
    Verify,
}

const DAY: Duration = Duration::from_hours(24);

pub fn run(arguments: &Args, context: &Context) -> Result<Outcome> {
    let output = context.output;
    match arguments.command {
        Command::Dir => {
            if output.json {
                output.document(&CacheDirDocument {
                    directory: context.cache.to_string(),
                });
            } else {
                output.line(&context.cache);
            }
            Ok(Outcome::Done)
        }
        Command::Size => {
            let size = ops::cache::size(context)?;
            if output.json {
                output.document(&CacheSizeDocument {
                    directory: context.cache.to_string(),
                    bytes: size.wheels.bytes + size.trees.bytes,
                    wheels: size.wheels.wheels,
                    wheel_bytes: size.wheels.bytes,
                    trees: size.trees.trees,
                    tree_bytes: size.trees.bytes,
                });
            } else {
                output.line(format_args!(
                    "{} in {} wheels, {} unpacked to be run",
                    Bytes(size.wheels.bytes),
                    size.wheels.wheels,
                    Bytes(size.trees.bytes)
                ));
            }
            Ok(Outcome::Done)
        }
        Command::Prune { days, all } => {
            let pruned = ops::cache::prune(context, (!all).then(|| DAY * days))?;
            if output.json {
                output.document(&CachePruneDocument {
                    removed_files: pruned.files,
                    removed_bytes: pruned.bytes,
                });
            } else {
                output.line(format_args!(
                    "removed {} files, {}",
                    pruned.files,
                    Bytes(pruned.bytes)
                ));
            }
            Ok(Outcome::Done)
        }
        Command::Verify => {
            let verified = ops::cache::verify(context)?;
            let outcome = if verified.damaged.is_empty() {
                Outcome::Done
            } else {
                Outcome::InputAtFault
            };
            if output.json {
                output.document(&CacheVerifyDocument {
                    wheels: verified.wheels,
                    damaged: verified.damaged,
                });
            } else {
                for file in &verified.damaged {
                    output.warn(format_args!("`{file}` was damaged and is gone now"));
                }
                output.line(format_args!("verified {} wheels", verified.wheels));
            }
            Ok(outcome)
        }
    }
}
