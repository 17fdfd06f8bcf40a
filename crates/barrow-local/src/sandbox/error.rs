//! Why there is no sandbox, what that loses, and what to do about it.

use std::io;

use barrow_model::{Explain, Fault};

use super::wire::{Failed, What};

#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("this host does not let us make namespaces")]
    Namespaces { source: io::Error },
    #[error("this host does not let us give the sandbox its users")]
    Users { source: io::Error },
    #[error("cannot {}", doing(.failed))]
    Step { failed: Failed, source: io::Error },
    #[error("the sandbox's first process ended before it said why")]
    Silent,
    #[error("cannot speak with the sandbox's first process")]
    Speak { source: io::Error },
    #[error("cannot start `{program}`")]
    Start { program: String, source: io::Error },
}

impl SandboxError {
    pub(super) fn step(failed: Failed) -> Self {
        let source = io::Error::from_raw_os_error(failed.errno);
        Self::Step { failed, source }
    }

    fn is_forbidden(&self) -> bool {
        let (Self::Namespaces { source } | Self::Users { source } | Self::Step { source, .. }) =
            self
        else {
            return false;
        };
        matches!(
            source.kind(),
            io::ErrorKind::PermissionDenied
                | io::ErrorKind::Unsupported
                | io::ErrorKind::StorageFull
        )
    }
}

/// What was being done, as a phrase.
fn doing(failed: &Failed) -> String {
    let path = &failed.path;
    match failed.what {
        What::Listen => format!("listen on `{path}` in the sandbox"),
        What::MakeDirectory => format!("make the folder `{path}` in the sandbox"),
        What::WriteFile => format!("write `{path}` in the sandbox"),
        What::MakeLink => format!("make the link `{path}` in the sandbox"),
        What::Mount => format!("mount `{path}` in the sandbox"),
        What::MountReadOnly => format!("show `{path}` read-only in the sandbox"),
        What::MountProcesses => "mount `/proc` in the sandbox".to_owned(),
        What::ChangeRoot => "give the sandbox a root of its own".to_owned(),
        What::NameHost => "name the sandbox's host".to_owned(),
        What::RaiseLoopback => "give the sandbox a network of its own".to_owned(),
        What::Filter => "make the filter of system calls".to_owned(),
        What::Start => format!("start `{path}` in the sandbox"),
    }
}

impl Explain for SandboxError {
    fn fault(&self) -> Fault {
        Fault::Machine
    }

    fn details(&self) -> Vec<String> {
        if self.is_forbidden() {
            super::host::obstacles()
        } else {
            Vec::new()
        }
    }

    fn hints(&self) -> Vec<String> {
        if !self.is_forbidden() {
            return Vec::new();
        }
        vec![
            "`barrow doctor` says what this host allows".to_owned(),
            "`--isolation none` runs the function as a plain process, which sees and may do all that you may"
                .to_owned(),
        ]
    }
}
