//! Trees by digest: unpacked once, whole or not at all, whoever else does it at the same time.

use std::fs::{self, File, Permissions};
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;

use barrow_model::Sha256;
use camino::{Utf8Path, Utf8PathBuf};
use sha2::Digest as _;

use super::error::UnpackError;
use super::shelf;
use super::unpack::Unpacking;

/// Where trees are kept, below the cache.
pub const FOLDER: &str = "trees";

/// Changes when the same packages would give other trees.
const GENERATION: u8 = 2;

/// A package, known by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub path: Utf8PathBuf,
    pub sha256: Sha256,
}

impl Package {
    /// Reads all of it. Whoever has just made a package knows its digest already.
    pub fn read(path: Utf8PathBuf) -> Result<Self, UnpackError> {
        let hashed = || -> io::Result<Sha256> {
            let mut hasher = sha2::Sha256::new();
            let mut file = File::open(&path)?;
            let mut bytes = vec![0; 256 << 10];
            loop {
                match file.read(&mut bytes)? {
                    0 => return Ok(Sha256::new(hasher.finalize().into())),
                    count => hasher.update(&bytes[..count]),
                }
            }
        };
        match hashed() {
            Ok(sha256) => Ok(Self { path, sha256 }),
            Err(source) => Err(UnpackError::Open {
                package: path,
                source,
            }),
        }
    }
}

/// The directory that has what these packages have, the later ones over the earlier ones.
///
/// `identity_differs` says whether the function's user is another than ours. Where it is not, we
/// own what it must not be able to read, so that is taken from the owner too.
pub fn unpacked(
    packages: &[Package],
    cache: &Utf8Path,
    identity_differs: bool,
) -> Result<Utf8PathBuf, UnpackError> {
    let mut name = sha2::Sha256::new();
    name.update([GENERATION, u8::from(identity_differs)]);
    for package in packages {
        name.update(package.sha256.as_bytes());
    }
    let name = Sha256::new(name.finalize().into()).to_hex();
    let folder = cache.join(FOLDER);
    let tree = folder.join(&name);
    if tree.is_dir() {
        shelf::touch(&tree);
        return Ok(tree);
    }
    let write = |path: &Utf8Path| {
        let path = path.to_owned();
        |source| UnpackError::Write { path, source }
    };
    fs::create_dir_all(&folder).map_err(write(&folder))?;
    let new = tempfile::Builder::new()
        .prefix(".new-")
        .tempdir_in(&folder)
        .map_err(write(&folder))?;
    let root = Utf8Path::from_path(new.path()).expect("our folder has a name in UTF-8");
    for package in packages {
        Unpacking {
            package: &package.path,
            root,
            identity_differs,
        }
        .unpack()?;
    }
    fs::set_permissions(root, Permissions::from_mode(0o755)).map_err(write(root))?;
    match fs::rename(root, &tree) {
        // Its guard has nothing left to remove.
        Ok(()) => drop(new.keep()),
        // Another process was quicker; its tree is the same.
        Err(_) if tree.is_dir() => {}
        Err(source) => return Err(write(&tree)(source)),
    }
    Ok(tree)
}
