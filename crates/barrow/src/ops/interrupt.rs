//! Ctrl-C: leave nothing half-written behind, and say so with the exit code.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::outcome::Outcome;

/// Files that are being written and must not stay if we are stopped.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

type Instead = Box<dyn FnOnce() + Send>;

/// What the next interrupt does, if somebody has it in hand.
static INSTEAD: Mutex<Option<Instead>> = Mutex::new(None);

/// The next interrupt, or request to end, does this. The one after it ends the process as always.
pub(super) fn instead(act: impl FnOnce() + Send + 'static) {
    *INSTEAD.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(act));
}

/// From now on an interrupt removes unfinished files and ends the process.
///
/// Child processes share our terminal and get the same signal themselves.
pub fn watch() {
    // Only fails when a handler is set already, and then that one does the same.
    let _ = ctrlc::set_handler(|| {
        let instead = INSTEAD
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(instead) = instead {
            instead();
            return;
        }
        for path in unfinished().iter() {
            // Nothing can be done about a file that cannot be removed while dying.
            let _ = std::fs::remove_file(path);
        }
        std::process::exit(i32::from(Outcome::Interrupted.code()));
    });
}

pub(super) fn remember(path: &Path) {
    unfinished().push(path.to_owned());
}

pub(super) fn forget(path: &Path) {
    unfinished().retain(|other| other != path);
}

fn unfinished() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}
