//! Progress bars on a terminal, and nothing elsewhere.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use barrow_core::pack::PackProgress;
use barrow_index::Reporter;
use barrow_model::PackageName;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::Output;

/// Shows what the libraries report.
pub struct Progress {
    output: Output,
    shown: bool,
    bars: MultiProgress,
    /// The line for what has no length of its own.
    status: ProgressBar,
    downloads: Mutex<HashMap<String, ProgressBar>>,
    packing: Mutex<Option<ProgressBar>>,
}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Progress")
            .field("shown", &self.shown)
            .finish_non_exhaustive()
    }
}

impl Progress {
    pub fn new(output: Output, shown: bool) -> Self {
        let target = if shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bars = MultiProgress::with_draw_target(target);
        let status = ProgressBar::no_length().with_style(style("{spinner} {msg}"));
        let status = bars.add(status);
        Self {
            output,
            shown,
            bars,
            status,
            downloads: Mutex::new(HashMap::new()),
            packing: Mutex::new(None),
        }
    }

    /// Takes every bar off the screen, so that the summary stands alone.
    pub fn clear(&self) {
        self.status.finish_and_clear();
        for (_, bar) in lock(&self.downloads).drain() {
            bar.finish_and_clear();
        }
        if let Some(bar) = lock(&self.packing).take() {
            bar.finish_and_clear();
        }
        // A terminal that went away is no error of ours.
        let _ = self.bars.clear();
    }

    fn status(&self, text: String) {
        if self.shown {
            self.status.set_message(text);
            self.status.enable_steady_tick(Duration::from_millis(100));
        }
    }

    fn lasting(&self, text: &str) {
        if self.shown {
            self.bars.suspend(|| self.output.say(text));
        } else {
            self.output.say(text);
        }
    }
}

impl Reporter for Progress {
    fn working(&self, what: &str) {
        self.status(what.to_owned());
    }

    fn resolved(&self, packages: usize) {
        let noun = if packages == 1 { "package" } else { "packages" };
        self.status(format!("resolved {packages} {noun}"));
    }

    fn download_started(&self, file: &str, bytes: Option<u64>) {
        if !self.shown {
            return;
        }
        let bar = match bytes {
            Some(bytes) => ProgressBar::new(bytes)
                .with_style(style("  {msg:40!} {bar:30} {bytes:>10}/{total_bytes:10}")),
            None => ProgressBar::no_length().with_style(style("  {msg:40!} {bytes:>10}")),
        };
        bar.set_message(file.to_owned());
        lock(&self.downloads).insert(file.to_owned(), self.bars.add(bar));
    }

    fn download_advanced(&self, file: &str, bytes: u64) {
        if let Some(bar) = lock(&self.downloads).get(file) {
            bar.inc(bytes);
        }
    }

    fn verifying(&self, file: &str) {
        if let Some(bar) = lock(&self.downloads).get(file) {
            bar.set_style(style("  {msg:40!} verifying"));
        }
    }

    fn download_finished(&self, file: &str) {
        if let Some(bar) = lock(&self.downloads).remove(file) {
            bar.finish_and_clear();
        }
    }

    fn retrying(&self, file: &str, reason: &str, seconds: f32) {
        self.lasting(&format!("retrying `{file}` in {seconds:.1} s: {reason}"));
    }

    fn building(&self, name: &PackageName, version: &str) {
        self.status(format!("building `{name} {version}` from source"));
    }

    fn note(&self, text: &str) {
        self.lasting(&format!("note: {text}"));
    }
}

#[cfg(target_os = "linux")]
impl barrow_image::Reporter for Progress {
    fn working(&self, what: &str) {
        Reporter::working(self, what);
    }

    fn download_started(&self, blob: &str, bytes: u64) {
        Reporter::download_started(self, blob, Some(bytes));
    }

    fn download_advanced(&self, blob: &str, bytes: u64) {
        Reporter::download_advanced(self, blob, bytes);
    }

    fn download_finished(&self, blob: &str) {
        Reporter::download_finished(self, blob);
    }

    fn retrying(&self, what: &str, reason: &str, seconds: f32) {
        Reporter::retrying(self, what, reason, seconds);
    }
}

impl PackProgress for Progress {
    fn started(&self, entries: usize) {
        if self.shown {
            let bar = ProgressBar::new(entries as u64)
                .with_style(style("  splicing {bar:30} {pos}/{len} entries"));
            *lock(&self.packing) = Some(self.bars.add(bar));
        }
    }

    fn advanced(&self, entries: usize) {
        if let Some(bar) = lock(&self.packing).as_ref() {
            bar.inc(entries as u64);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates in this file are well formed")
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
