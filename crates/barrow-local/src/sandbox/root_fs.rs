//! The unpacked root of a container image, made ready to be a sandbox's.
//!
//! What we mount needs something to be mounted on. It is made here, before there is a sandbox, and
//! never through a link: where an image's links lead is nobody's business but the image's.

use std::fs;
use std::io;

use barrow_model::{Explain, Fault, Runtime};
use camino::{Utf8Path, Utf8PathBuf};

use super::accounts::account_files;

const FOLDERS: [&str; 5] = ["dev", "opt", "proc", "tmp", "var/task"];
const FILES: [&str; 3] = ["etc/group", "etc/passwd", "etc/resolv.conf"];

/// The program that starts the runtime.
pub const BOOTSTRAP: &str = "/var/runtime/bootstrap";

/// A root file system that a sandbox can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootFs {
    path: Utf8PathBuf,
    /// Files of ours that are shown in place of its own.
    accounts: Utf8PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum RootFsError {
    #[error("the image has no `{missing}`; expected an image of Lambda's {runtime}")]
    OtherImage { missing: String, runtime: Runtime },
    #[error("the image has a link at `/{path}`, where a sandbox needs a place of its own")]
    Link { path: String },
    #[error("cannot make `{path}`")]
    Make {
        path: Utf8PathBuf,
        source: io::Error,
    },
}

impl Explain for RootFsError {
    fn fault(&self) -> Fault {
        match self {
            Self::OtherImage { .. } | Self::Link { .. } => Fault::Input,
            Self::Make { .. } => Fault::Machine,
        }
    }

    fn hints(&self) -> Vec<String> {
        match self {
            Self::OtherImage { runtime, .. } => vec![format!(
                "Lambda's own is `public.ecr.aws/lambda/python:{}`",
                runtime.python_version()
            )],
            _ => Vec::new(),
        }
    }
}

impl RootFs {
    /// Looks whether the root at `path` is one of `runtime`, and makes it ready. `accounts` is a
    /// folder of ours for the files that name its users.
    pub fn prepare(
        path: &Utf8Path,
        runtime: Runtime,
        accounts: &Utf8Path,
    ) -> Result<Self, RootFsError> {
        for needed in [runtime.interpreter(), BOOTSTRAP.to_owned()] {
            let place = path.join(needed.trim_start_matches('/'));
            if fs::symlink_metadata(place).is_err() {
                return Err(RootFsError::OtherImage {
                    missing: needed,
                    runtime,
                });
            }
        }
        for folder in FOLDERS {
            place(path, folder, true)?;
        }
        for file in FILES {
            place(path, file, false)?;
        }
        let root_fs = Self {
            path: path.to_owned(),
            accounts: accounts.to_owned(),
        };
        for (file, text) in account_files() {
            let path = root_fs.account_file(file);
            let made = path.parent().map_or(Ok(()), fs::create_dir_all);
            made.and_then(|()| fs::write(&path, text))
                .map_err(|source| RootFsError::Make { path, source })?;
        }
        Ok(root_fs)
    }

    pub fn path(&self) -> &Utf8Path {
        &self.path
    }

    pub(super) fn account_file(&self, file: &str) -> Utf8PathBuf {
        self.accounts.join(file.trim_start_matches('/'))
    }
}

/// Something to mount on, made part by part.
fn place(root: &Utf8Path, name: &str, folder: bool) -> Result<(), RootFsError> {
    let mut path = root.to_owned();
    let parts: Vec<&str> = name.split('/').collect();
    for (position, part) in parts.iter().enumerate() {
        path.push(part);
        let is_last = position + 1 == parts.len();
        match fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_symlink() => {
                return Err(RootFsError::Link {
                    path: parts[..=position].join("/"),
                });
            }
            Ok(_) => continue,
            Err(_) => {}
        }
        let made = if folder || !is_last {
            fs::create_dir(&path)
        } else {
            fs::write(&path, "")
        };
        made.map_err(|source| RootFsError::Make {
            path: path.clone(),
            source,
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn image(folder: &Utf8Path) -> Utf8PathBuf {
        let root = folder.join("root");
        for file in ["var/lang/bin/python3.13", "var/runtime/bootstrap"] {
            fs::create_dir_all(root.join(file).parent().unwrap()).unwrap();
            fs::write(root.join(file), "").unwrap();
        }
        root
    }

    fn prepare(folder: &Utf8Path, root: &Utf8Path, runtime: &str) -> Result<RootFs, RootFsError> {
        RootFs::prepare(root, runtime.parse().unwrap(), &folder.join("accounts"))
    }

    #[test]
    fn an_image_gets_what_is_mounted_on() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let root = image(folder);
        let root_fs = prepare(folder, &root, "python3.13").unwrap();
        assert!(root.join("var/task").is_dir());
        assert!(root.join("etc/resolv.conf").is_file());
        let accounts = fs::read_to_string(root_fs.account_file("/etc/passwd")).unwrap();
        assert!(accounts.contains("sbx_user1051:x:993:990"), "{accounts}");
    }

    #[test]
    fn an_image_of_something_else_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let error = prepare(folder, &image(folder), "python3.12").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the image has no `/var/lang/bin/python3.12`; expected an image of Lambda's python3.12"
        );
    }

    #[test]
    fn an_images_links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(folder.path()).unwrap();
        let root = image(folder);
        fs::create_dir(folder.join("outside")).unwrap();
        symlink(folder.join("outside"), root.join("etc")).unwrap();
        let error = prepare(folder, &root, "python3.13").unwrap_err();
        assert!(matches!(error, RootFsError::Link { .. }), "{error}");
        assert_eq!(fs::read_dir(folder.join("outside")).unwrap().count(), 0);
    }
}
