//! Running the function again whenever something that decides its answer has changed.
//!
//! Looking whether a build is up to date takes milliseconds, so we look instead of being told:
//! that works on every file system, and sees what the build sees.

use std::time::{Duration, SystemTime};

use camino::Utf8Path;

use super::{Done, Events, Options, Prepared, invoke_all, log, package, prepare};
use crate::ops::record::Inputs;
use crate::ops::{Context, build};
use crate::outcome::{Failure, Result};
use crate::output::human;
use crate::settings;

/// How often we look.
const EVERY: Duration = Duration::from_millis(250);

/// Never ends by itself. What fails is shown, and tried again after the next change.
pub fn watch(
    options: &Options,
    event: Option<&str>,
    context: &Context,
    done: Done<'_>,
) -> Result<()> {
    if event == Some("-") {
        return Err(Failure::input(
            "standard input has an event once; `--watch` needs it again and again",
        )
        .hint("put the event into a file"));
    }
    let mut seen = None;
    let mut shown = String::new();
    loop {
        let now = look(options, event, context);
        if seen.as_ref() != Some(&now) {
            match attempt(options, event, context, done) {
                Ok(()) => shown.clear(),
                Err(failure) => {
                    let text = human::failure(&failure);
                    if text != shown {
                        context.output.failure(&failure);
                    }
                    shown = text;
                }
            }
            // What the build itself has written is no change.
            seen = Some(look(options, event, context));
            if shown.is_empty() {
                context.output.say(human::note("waiting for a change"));
            }
        }
        std::thread::sleep(EVERY);
    }
}

fn attempt(
    options: &Options,
    event: Option<&str>,
    context: &Context,
    done: Done<'_>,
) -> Result<()> {
    let prepared: Prepared = prepare(options, context)?;
    let (sink, lines) = log(context);
    invoke_all(
        options,
        prepared,
        None,
        Events::new(event)?,
        sink,
        |invoked| {
            done(invoked, lines.try_iter().collect());
        },
    )
}

/// Everything that can change, as it is now; a project that cannot be read is known by what is
/// wrong with it.
#[derive(Debug, PartialEq, Eq)]
struct Look {
    project: std::result::Result<Vec<Inputs>, String>,
    files: Vec<Option<(SystemTime, u64)>>,
}

fn look(options: &Options, event: Option<&str>, context: &Context) -> Look {
    let path = &options.job.path;
    let is_zip = package::is_zip(path);
    let project = if is_zip {
        Ok(Vec::new())
    } else {
        let inputs = settings::jobs(&options.job).and_then(|jobs| build::inputs(&jobs, context));
        inputs.map_err(|failure| human::failure(&failure))
    };
    let event = event.map(Utf8Path::new).filter(|path| path.is_file());
    let package = is_zip.then_some(path.as_path());
    let files = options.layers.iter().chain(&options.variable_files);
    let files = files.map(AsRef::as_ref).chain(event).chain(package);
    Look {
        project,
        files: files.map(stamp).collect(),
    }
}

fn stamp(path: &Utf8Path) -> Option<(SystemTime, u64)> {
    let metadata = path.metadata().ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
