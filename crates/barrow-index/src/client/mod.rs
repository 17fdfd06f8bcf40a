//! HTTP as an index needs it: small pages, large files, patience, and no secrets in messages.
//!
//! Passing faults (cut connections, timeouts, 408, 425, 429 and 5xx) are tried again with growing pauses;
//! a download goes on where it was cut. What will not change by itself (401, 403, 404, a bad
//! certificate) is reported at once. Nothing is set up before the first request.

use std::io;
use std::sync::OnceLock;

use camino::Utf8Path;

use crate::address::Address;
use crate::credentials::Credentials;

mod agent;
mod download;
mod error;
mod options;
mod proxy;
mod request;
mod resolver;
mod retry;
mod text;

pub use download::{Download, DownloadSink, Downloaded};
pub use error::ClientError;
pub use options::ClientOptions;
pub use proxy::Proxies;
pub use retry::Patience;
pub use text::Text;

/// Speaks to indexes. Shared by all threads; connections are kept and used again.
#[derive(Debug)]
pub struct Client {
    options: ClientOptions,
    credentials: Credentials,
    /// For hosts whose certificate is checked, and for those that the user trusts blindly.
    agents: [OnceLock<ureq::Agent>; 2],
}

impl Client {
    pub fn new(options: ClientOptions, credentials: Credentials) -> Self {
        Self {
            options,
            credentials,
            agents: Default::default(),
        }
    }

    fn agent(&self, address: &Address) -> Result<&ureq::Agent, ClientError> {
        let trusted = self.options.trusts(address);
        let cell = &self.agents[usize::from(trusted)];
        if let Some(agent) = cell.get() {
            return Ok(agent);
        }
        let agent = agent::build(&self.options, trusted)?;
        Ok(cell.get_or_init(|| agent))
    }
}

/// Opens the file behind a `file:` URL.
fn open_local(path: &Utf8Path) -> Result<std::fs::File, ClientError> {
    let source = match std::fs::File::open(path) {
        Ok(file) => match file.metadata() {
            Ok(metadata) if metadata.is_dir() => io::ErrorKind::IsADirectory.into(),
            Ok(_) => return Ok(file),
            Err(error) => error,
        },
        Err(error) => error,
    };
    Err(ClientError::Local {
        path: path.to_owned(),
        source,
    })
}
