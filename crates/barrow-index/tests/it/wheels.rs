//! Wheels, stores and clients for tests.

use std::time::Duration;

use barrow_core::testing::WheelBuilder;
use barrow_index::client::{Client, ClientOptions, Patience};
use barrow_index::credentials::{CredentialSources, Credentials};
use barrow_index::lock::{Location, LockedFile};
use barrow_index::select::{Pick, PickSource};
use barrow_index::store::Store;
use barrow_model::Sha256;
use camino::Utf8PathBuf;
use sha2::Digest as _;

/// A directory that goes away with the test.
pub(crate) struct Folder {
    _inner: tempfile::TempDir,
    pub path: Utf8PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        let inner = tempfile::tempdir().unwrap();
        let path = Utf8PathBuf::from_path_buf(inner.path().to_owned()).unwrap();
        Self {
            _inner: inner,
            path,
        }
    }

    pub(crate) fn store(&self) -> Store {
        Store::open(&self.path.join("cache")).unwrap()
    }
}

/// A client that does not wait long for anything.
pub(crate) fn client() -> Client {
    client_with(CredentialSources::default())
}

pub(crate) fn client_with(sources: CredentialSources) -> Client {
    Client::new(options(), Credentials::new(sources))
}

pub(crate) fn options() -> ClientOptions {
    let patience = Patience {
        tries: 3,
        first_pause: Duration::from_millis(2),
        longest_pause: Duration::from_millis(10),
        longest_wait: Duration::from_secs(3),
        stall: Duration::from_millis(400),
    };
    ClientOptions {
        patience,
        ..ClientOptions::default()
    }
}

/// A wheel for any platform with one module.
pub(crate) fn pure(name: &str, content: &str) -> WheelBuilder {
    let module = format!("{name}/__init__.py");
    barrow_core::testing::wheel(&format!("{name}-1.0-py3-none-any.whl")).file(&module, content)
}

/// Bytes that do not compress, the same every time.
pub(crate) fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..bytes).map(|_| next()).collect()
}

pub(crate) fn digest(bytes: &[u8]) -> Sha256 {
    Sha256::new(sha2::Sha256::digest(bytes).into())
}

/// A pick of a wheel.
pub(crate) fn pick(file_name: &str, location: Location, sha256: Option<Sha256>) -> Pick {
    let name = file_name.split('-').next().unwrap();
    Pick {
        name: barrow_model::PackageName::parse(name).unwrap(),
        version: Some("1.0".to_owned()),
        source: PickSource::Wheel(LockedFile {
            file_name: file_name.to_owned(),
            location,
            sha256,
            bytes: None,
        }),
    }
}

/// The message, its causes, and what stands under it, one a line.
pub(crate) fn told(error: &(impl barrow_model::Explain + std::error::Error)) -> Vec<String> {
    let mut lines = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        lines.push(format!("cause: {error}"));
        cause = error.source();
    }
    lines.extend(error.details());
    lines.extend(error.hints().iter().map(|hint| format!("hint: {hint}")));
    lines
}
