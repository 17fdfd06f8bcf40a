//! What the child is told: every directory, file and mount, in order, and the program to start.
//!
//! All decisions are made before the child exists. The child carries the list out and decides
//! nothing, so what a function can see is a plain value that a test can look at.

use camino::Utf8PathBuf;
use serde::{Deserialize, Serialize};

/// The function's user, as recorded in Lambda (python3.12, 2025-11).
pub const USER_NAME: &str = "sbx_user1051";
pub const USER_ID: u32 = 993;
pub const GROUP_ID: u32 = 990;

/// What a sandbox stands on, whatever function it is for. It is laid while the function is still
/// being built.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    pub root: Root,
    /// Carried out in order.
    pub steps: Vec<Step>,
    pub network: Network,
}

/// What comes on top of the ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Carried out in order.
    pub steps: Vec<Step>,
    pub identity: Identity,
    pub program: Program,
}

/// What lies under everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Root {
    /// Nothing: the steps make all there is.
    Empty,
    /// The unpacked root of a container image, read-only. The steps only mount onto what it has.
    Image(Utf8PathBuf),
}

/// One thing to make below the new root. `path` is absolute, as the function will see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    Directory {
        path: Utf8PathBuf,
    },
    File {
        path: Utf8PathBuf,
        text: String,
    },
    Link {
        path: Utf8PathBuf,
        target: Utf8PathBuf,
    },
    /// A file or directory of the host, read-only with all that is mounted below it.
    ReadOnly {
        source: Utf8PathBuf,
        path: Utf8PathBuf,
    },
    /// A character device of the host.
    Device {
        path: Utf8PathBuf,
    },
    /// Memory of at most so many bytes, for everyone or for the set-up only.
    Memory {
        path: Utf8PathBuf,
        bytes: u64,
        shared: bool,
    },
    /// From here on read-only, without what is mounted below.
    Seal {
        path: Utf8PathBuf,
    },
    /// The sandbox's own processes.
    Processes {
        path: Utf8PathBuf,
    },
}

/// What the function can reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Network {
    /// Whatever the host reaches.
    #[default]
    Host,
    /// Itself only.
    None,
}

/// How the function's user comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Identity {
    /// Root and the function's user are two users of the host.
    Two,
    /// The host lends only one user: set-up is its root, and the function gets a user namespace
    /// of its own in which the same user has the function's number.
    One,
}

/// What to start, and with what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    pub arguments: Vec<String>,
    /// `AWS_LAMBDA_RUNTIME_API` is added once its port is known.
    pub variables: Vec<(String, String)>,
    pub directory: Utf8PathBuf,
    /// It speaks with the user, so it keeps the standard input.
    pub terminal: bool,
}
