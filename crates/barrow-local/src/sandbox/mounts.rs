//! The function's file system, made from nothing but what the spec names.
//!
//! The host's root is set aside, the new one is put together beside it, and then the host's is
//! let go. All of it happens in a mount namespace of its own: nobody else sees any of these mounts,
//! and they are gone when the last process in it is.

use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use camino::Utf8Path;
use rustix::fs::{StatVfsMountFlags, statvfs};
use rustix::io::Errno;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change,
    mount_remount, unmount,
};
use rustix::process::{chdir, pivot_root};

use super::spec::{Root, Step};
use super::wire::{Failed, What};

/// A directory that every Linux has. What lies there is only hidden from us, and not for long.
const STAGE: &str = "/tmp";
/// Below the stage: the host's root, and the sandbox's.
const OLD: &str = "/old";
const NEW: &str = "/new";

/// Sets the host's root aside and makes another beside it.
pub(super) fn lay(root: &Root, steps: &[Step]) -> Result<(), Failed> {
    set_host_aside().map_err(failed(What::ChangeRoot, STAGE))?;
    make_root(root).map_err(failed(What::ChangeRoot, NEW))?;
    steps.iter().try_for_each(carry_out)
}

/// Completes the sandbox's root and moves into it. The host's lies on top of it until
/// [`let_host_go`]: no path leads there, only our working directory does.
pub(super) fn enter(steps: &[Step]) -> Result<(), Failed> {
    steps.iter().try_for_each(carry_out)?;
    // Without what is mounted below: `/tmp` stays as it is.
    restrict(Path::new(NEW), false).map_err(failed(What::MountReadOnly, "/"))?;
    let enter = || -> io::Result<()> {
        chdir(NEW)?;
        Ok(pivot_root(".", ".")?)
    };
    enter().map_err(failed(What::ChangeRoot, "/"))
}

/// Takes the host's root off. The kernel waits milliseconds for whoever may still be looking at
/// it, so where possible this is done while the interpreter starts, long before the function's
/// code is read.
pub(super) fn let_host_go() -> Result<(), Failed> {
    let leave = || -> io::Result<()> {
        unmount(".", UnmountFlags::DETACH)?;
        Ok(chdir("/")?)
    };
    leave().map_err(failed(What::ChangeRoot, "/"))
}

fn set_host_aside() -> io::Result<()> {
    // What we mount must not travel back to the host.
    mount_change(
        "/",
        MountPropagationFlags::PRIVATE | MountPropagationFlags::REC,
    )?;
    mount_memory(Path::new(STAGE), "mode=0755,size=16m")?;
    let below = |name: &str| PathBuf::from(format!("{STAGE}{name}"));
    std::fs::create_dir(below(OLD))?;
    std::fs::create_dir(below(NEW))?;
    pivot_root(STAGE, below(OLD))?;
    Ok(chdir("/")?)
}

/// The new root must be a mount of its own to become the root.
fn make_root(root: &Root) -> io::Result<()> {
    match root {
        Root::Empty => mount_memory(Path::new(NEW), "mode=0755,size=16m"),
        Root::Image(rootfs) => Ok(mount_bind_recursive(of_host(rootfs), NEW)?),
    }
}

fn carry_out(step: &Step) -> Result<(), Failed> {
    match step {
        Step::Directory { path } => {
            std::fs::create_dir_all(new(path)).map_err(failed(What::MakeDirectory, path))
        }
        Step::File { path, text } => {
            std::fs::write(new(path), text).map_err(failed(What::WriteFile, path))
        }
        Step::Link { path, target } => {
            symlink(target, new(path)).map_err(failed(What::MakeLink, path))
        }
        Step::ReadOnly { source, path } => bind(source, path)
            .and_then(|()| restrict(&new(path), true))
            .map_err(failed(What::MountReadOnly, source)),
        Step::Device { path } => bind(path, path).map_err(failed(What::Mount, path)),
        Step::Memory {
            path,
            bytes,
            shared,
        } => {
            let mode = if *shared { "1777" } else { "0755" };
            let options = format!("mode={mode},size={bytes}");
            mount_memory(&new(path), &options).map_err(failed(What::Mount, path))
        }
        Step::Seal { path } => {
            restrict(&new(path), false).map_err(failed(What::MountReadOnly, path))
        }
        Step::Processes { path } => {
            mount_processes(&new(path)).map_err(failed(What::MountProcesses, path))
        }
    }
}

/// A file needs a file to be mounted on, a directory a directory.
fn bind(source: &Utf8Path, path: &Utf8Path) -> io::Result<()> {
    let (source, target) = (of_host(source), new(path));
    if !target.exists() {
        if source.is_dir() {
            std::fs::create_dir_all(&target)?;
        } else {
            std::fs::write(&target, "")?;
        }
    }
    // With what is mounted below: a part of it must not come to light.
    Ok(mount_bind_recursive(source, target)?)
}

fn mount_memory(target: &Path, options: &str) -> io::Result<()> {
    std::fs::create_dir_all(target)?;
    let options = std::ffi::CString::new(options).map_err(io::Error::other)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV;
    Ok(mount(
        "tmpfs",
        target,
        "tmpfs",
        flags,
        Some(options.as_c_str()),
    )?)
}

fn mount_processes(target: &Path) -> io::Result<()> {
    std::fs::create_dir_all(target)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC;
    Ok(mount("proc", target, "proc", flags, None)?)
}

/// Read-only, without set-user-ID programs and devices.
#[expect(unsafe_code, reason = "rustix has no `mount_setattr` yet")]
fn restrict(target: &Path, recursive: bool) -> io::Result<()> {
    let attributes = libc::mount_attr {
        attr_set: libc::MOUNT_ATTR_RDONLY | libc::MOUNT_ATTR_NOSUID | libc::MOUNT_ATTR_NODEV,
        attr_clr: 0,
        propagation: 0,
        userns_fd: 0,
    };
    let path =
        std::ffi::CString::new(target.as_os_str().as_encoded_bytes()).map_err(io::Error::other)?;
    let flags = if recursive { libc::AT_RECURSIVE } else { 0 };
    // SAFETY: the path is a C string, the attributes a struct of the size given; the kernel reads
    // both during the call only.
    let result = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            libc::AT_FDCWD,
            path.as_ptr(),
            flags,
            &raw const attributes,
            std::mem::size_of_val(&attributes),
        )
    };
    if result == 0 {
        return Ok(());
    }
    match io::Error::last_os_error() {
        // Linux before 5.12.
        error if error.raw_os_error() == Some(libc::ENOSYS) => remount(target),
        error => Err(error),
    }
}

/// The same, without what is mounted below. Flags that the host has set must be named again.
fn remount(target: &Path) -> io::Result<()> {
    let present = statvfs(target)?.f_flag;
    let mut flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    for (present_flag, flag) in [
        (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
        (StatVfsMountFlags::NOATIME, MountFlags::NOATIME),
        (StatVfsMountFlags::NODIRATIME, MountFlags::NODIRATIME),
        (StatVfsMountFlags::RELATIME, MountFlags::RELATIME),
    ] {
        flags.set(flag, present.contains(present_flag));
    }
    Ok(mount_remount(target, flags, "")?)
}

fn new(path: &Utf8Path) -> PathBuf {
    PathBuf::from(format!("{NEW}{path}"))
}

fn of_host(path: &Utf8Path) -> PathBuf {
    PathBuf::from(format!("{OLD}{path}"))
}

/// Puts a name to what the kernel said no to.
pub(super) fn failed(what: What, path: impl AsRef<str>) -> impl FnOnce(io::Error) -> Failed {
    let path = path.as_ref().to_owned();
    move |error| Failed {
        what,
        path,
        errno: error.raw_os_error().unwrap_or(Errno::IO.raw_os_error()),
    }
}
