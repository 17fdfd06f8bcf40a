//! What an interpreter says about itself, remembered by the stamp of its file.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use camino::{Utf8Path, Utf8PathBuf};
use serde::{Deserialize, Serialize};

use super::Interpreter;

/// Without the user's settings and packages. Of a virtual environment, what it stands on.
const QUESTION: &str = r"
import json, os, platform, sys, sysconfig
base = getattr(sys, '_base_executable', None) or sys.executable
name = sysconfig.get_config_var('INSTSONAME') or ''
shared = None
if sysconfig.get_config_var('Py_ENABLE_SHARED') and '.so' in name:
    for folder in (sysconfig.get_config_var('LIBDIR') or '', os.path.join(sys.base_prefix, 'lib')):
        if os.path.exists(os.path.join(folder, name)):
            shared = os.path.realpath(os.path.join(folder, name))
            break
print(json.dumps({
    'implementation': platform.python_implementation(),
    'executable': os.path.realpath(base),
    'version': sys.version_info[:3],
    'prefix': os.path.realpath(sys.base_prefix),
    'library': os.path.realpath(os.path.dirname(os.__file__)),
    'shared_library': shared,
}))
";

#[derive(Deserialize)]
struct Answer {
    implementation: String,
    #[serde(flatten)]
    interpreter: Interpreter,
}

/// Answers of earlier questions, by path.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Memory {
    answers: BTreeMap<Utf8PathBuf, Remembered>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Remembered {
    bytes: u64,
    modified_nanoseconds: u128,
    interpreter: Interpreter,
}

/// Asks the program at `path`; `None` if it is no `CPython` or does not run.
///
/// Asking takes as long as starting Python; `memory` is the file that makes it once.
pub(super) fn probe(path: &Utf8Path, memory: &Utf8Path) -> Option<Interpreter> {
    let metadata = std::fs::metadata(path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    let (bytes, modified_nanoseconds) = (metadata.len(), modified.as_nanos());
    let mut remembered = read(memory);
    if let Some(answer) = remembered.answers.get(path)
        && (answer.bytes, answer.modified_nanoseconds) == (bytes, modified_nanoseconds)
        && answer.interpreter.library.is_dir()
    {
        return Some(answer.interpreter.clone());
    }
    let interpreter = ask(path)?;
    let answer = Remembered {
        bytes,
        modified_nanoseconds,
        interpreter: interpreter.clone(),
    };
    remembered.answers.insert(path.to_owned(), answer);
    // What cannot be remembered is asked again.
    let _ = write(memory, &remembered);
    Some(interpreter)
}

fn ask(path: &Utf8Path) -> Option<Interpreter> {
    let output = Command::new(path)
        .args(["-I", "-c", QUESTION])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let answer: Answer = serde_json::from_slice(&output.stdout).ok()?;
    (answer.implementation == "CPython").then_some(answer.interpreter)
}

fn read(memory: &Utf8Path) -> Memory {
    let bytes = std::fs::read(memory).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn write(memory: &Utf8Path, remembered: &Memory) -> std::io::Result<()> {
    let folder = memory.parent().ok_or(std::io::ErrorKind::NotFound)?;
    std::fs::create_dir_all(folder)?;
    let new = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer(&new, remembered)?;
    new.persist(memory)?;
    Ok(())
}
