//! Runtimes that AWS no longer maintains, or soon will not.

use barrow_model::Runtime;
use barrow_model::runtime::{Day, Lifecycle};

use crate::finding::{Finding, Level};
use crate::report::Report;
use crate::scene::Scene;

crate::check! {
    /// # Finds
    /// Runtimes past the day of their deprecation, and those within half a year of it. All dates as
    /// AWS had announced them by 2026-11; it has moved some. Every runtime that can be named exists
    /// for both `x86_64` and `arm64`, so that the pair needs no check.
    ///
    /// # Matters because
    /// From its deprecation on a runtime gets no fixes, and functions that use it no support. Later
    /// Lambda refuses to create functions with it, and then to update them: `The runtime parameter
    /// of python3.8 is no longer supported for creating or updating AWS Lambda functions.`
    /// Functions that exist go on running.
    ///
    /// # For example
    /// python3.10, deprecated on 2026-10-31.
    ///
    /// # To mend it
    /// Move to a newer runtime; `barrow build` chooses wheels for it.
    pub static DEPRECATED_RUNTIME = "deprecated-runtime", Runtime, Warning;
}

/// Half a year: long enough to move, and what AWS itself gives notice.
const NOTICE_DAYS: i32 = 180;

fn run(scene: &Scene<'_>, report: &mut Report) {
    let runtime = scene.target.runtime;
    let dates = runtime.lifecycle();
    let (year, month, day) = scene.today;
    let today = Day { year, month, day };
    let Lifecycle {
        deprecated,
        create_blocked,
        update_blocked,
    } = dates;
    let (level, message) = if today >= update_blocked {
        let message = format!(
            "with {runtime} functions can be neither created nor updated since {update_blocked}"
        );
        (Level::Error, message)
    } else if today >= create_blocked {
        let message = format!(
            "with {runtime} functions cannot be created since {create_blocked}, and can be updated \
             until {update_blocked}"
        );
        (Level::Warning, message)
    } else if today >= deprecated {
        let message = format!(
            "{runtime} is deprecated since {deprecated}; functions can be created until \
             {create_blocked}, and updated until {update_blocked}"
        );
        (Level::Warning, message)
    } else if today.days_until(deprecated) <= NOTICE_DAYS {
        (
            Level::Note,
            format!("{runtime} will be deprecated on {deprecated}"),
        )
    } else {
        return;
    };
    let newer = Runtime::recommended();
    let mut finding = Finding::new(&DEPRECATED_RUNTIME, message)
        .level(level)
        .hint(format!(
            "move to {newer}, supported until {}",
            newer.lifecycle().deprecated
        ));
    if level == Level::Error {
        finding = finding.detail(format!(
            "Lambda: `The runtime parameter of {runtime} is no longer supported for creating or \
             updating AWS Lambda functions.`"
        ));
    }
    report.add(finding);
}
