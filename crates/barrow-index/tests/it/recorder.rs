//! A reporter that remembers.

use std::sync::Mutex;

use barrow_index::Reporter;

#[derive(Debug, Default)]
pub(crate) struct Recorder {
    lines: Mutex<Vec<String>>,
    advanced: Mutex<u64>,
}

impl Recorder {
    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }

    /// Bytes that were reported as downloaded.
    pub(crate) fn advanced(&self) -> u64 {
        *self.advanced.lock().unwrap()
    }

    fn push(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
}

impl Reporter for Recorder {
    fn download_started(&self, file: &str, bytes: Option<u64>) {
        self.push(format!(
            "started {file} {}",
            bytes.map_or("?".to_owned(), |it| it.to_string())
        ));
    }

    fn download_advanced(&self, _: &str, bytes: u64) {
        *self.advanced.lock().unwrap() += bytes;
    }

    fn verifying(&self, file: &str) {
        self.push(format!("verifying {file}"));
    }

    fn download_finished(&self, file: &str) {
        self.push(format!("finished {file}"));
    }

    fn retrying(&self, file: &str, reason: &str, _: f32) {
        self.push(format!("retrying {file}: {reason}"));
    }

    fn note(&self, text: &str) {
        self.push(format!("note {text}"));
    }
}
