//! Why something could not be fetched. URLs are shown without logins and queries.

use std::io;

use barrow_model::{Bytes, Explain, Fault};
use camino::Utf8PathBuf;

use crate::address::{Address, ParseAddressError};

/// Why a page or a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(transparent)]
    Address(#[from] ParseAddressError),
    #[error("cannot read `{path}`")]
    Local {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot read certificates from `{path}`")]
    Roots {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot fetch `{address}`{}", after(*.tries))]
    Unreachable {
        address: Address,
        tries: u32,
        source: io::Error,
    },
    #[error(
        "`{address}` is {expected_bytes} bytes long; the connection ended after {seen_bytes}{}",
        after(*.tries)
    )]
    Cut {
        address: Address,
        tries: u32,
        seen_bytes: u64,
        expected_bytes: u64,
    },
    #[error("cannot trust the server of `{address}`")]
    Untrusted { address: Address, source: io::Error },
    #[error(
        "`{address}` answered {}{}",
        reason(*.status),
        if *.logged_in { " to the login it was sent" } else { "; no login is known for it" }
    )]
    Refused {
        address: Address,
        status: u16,
        logged_in: bool,
    },
    #[error("`{address}` answered {}{}", reason(*.status), after(*.tries))]
    Status {
        address: Address,
        status: u16,
        tries: u32,
    },
    #[error("`{address}` redirects {problem}")]
    Redirect {
        address: Address,
        problem: &'static str,
    },
    #[error("`{address}` is longer than {}", Bytes(*.limit_bytes))]
    TooLarge { address: Address, limit_bytes: u64 },
    #[error("`{address}` is not text in UTF-8")]
    NotText { address: Address },
    #[error("cannot keep what `{address}` sends")]
    Write { address: Address, source: io::Error },
    #[error("`{address}` was not fetched because something else failed")]
    Stopped { address: Address },
}

impl ClientError {
    /// Whether the host could not be reached at all, so that asking again for another file would
    /// take as long and fail as well.
    pub fn is_unreachable(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. } | Self::Untrusted { .. } | Self::Roots { .. }
        )
    }
}

impl Explain for ClientError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::Refused {
                address, logged_in, ..
            } => {
                let host = address.origin().host;
                vec![match logged_in {
                    true => format!(
                        "check the login for `{host}` in the index URL, in netrc or in the keyring"
                    ),
                    false => {
                        format!("put a login for `{host}` into the index URL or into `~/.netrc`")
                    }
                }]
            }
            Self::Untrusted { .. } => vec![
                "name a file with your organisation's certificates in `SSL_CERT_FILE`".to_owned(),
            ],
            Self::Unreachable { .. } => vec![
                "check the network, and `HTTPS_PROXY` if you are behind a proxy".to_owned(),
                "`--offline` builds from what earlier builds fetched".to_owned(),
            ],
            Self::Status {
                status: 404 | 410, ..
            } => {
                vec!["the file may be gone from the index; `--upgrade` resolves again".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

/// A fault that may pass.
#[derive(Debug)]
pub(super) enum Passing {
    Transport(io::Error),
    Status(u16),
    /// The connection ended early.
    Cut {
        seen_bytes: u64,
        expected_bytes: u64,
    },
    /// The server sent another part than the one that was asked for.
    WrongPart,
}

impl Passing {
    pub(super) fn transport(error: io::Error) -> Self {
        let inner = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<ureq::Error>());
        Self::Transport(match inner {
            Some(ureq::Error::Timeout(_)) => {
                io::Error::new(io::ErrorKind::TimedOut, "the server did not answer in time")
            }
            _ => error,
        })
    }

    pub(super) fn into_error(self, address: &Address, tries: u32) -> ClientError {
        let address = address.clone();
        match self {
            Self::Status(status) => ClientError::Status {
                address,
                status,
                tries,
            },
            Self::Transport(source) => ClientError::Unreachable {
                address,
                tries,
                source,
            },
            Self::Cut {
                seen_bytes,
                expected_bytes,
            } => ClientError::Cut {
                address,
                tries,
                seen_bytes,
                expected_bytes,
            },
            Self::WrongPart => {
                let source = io::Error::other(self.reason());
                ClientError::Unreachable {
                    address,
                    tries,
                    source,
                }
            }
        }
    }

    pub(super) fn reason(&self) -> String {
        match self {
            Self::Transport(error) => error.to_string(),
            Self::Status(status) => format!("the server answered {}", reason(*status)),
            Self::Cut {
                seen_bytes,
                expected_bytes,
            } => {
                format!("the connection ended after {seen_bytes} of {expected_bytes} bytes")
            }
            Self::WrongPart => "the server sent another part than asked for".to_owned(),
        }
    }
}

fn after(tries: u32) -> String {
    if tries > 1 {
        format!(" ({tries} tries)")
    } else {
        String::new()
    }
}

/// `404 Not Found`.
fn reason(status: u16) -> String {
    match ureq::http::StatusCode::from_u16(status) {
        Ok(code) => code
            .to_string()
            .trim_end_matches(" <unknown status code>")
            .to_owned(),
        Err(_) => status.to_string(),
    }
}
