//! One process in namespaces of its own: the only place where a process is made by hand.
//!
//! The standard library can start programs, but not into namespaces: a PID namespace is only
//! entered by being born in it. The child does nothing here but five system calls and `execve`,
//! none of which allocates or locks, because other threads of the parent may hold any lock.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, FromRawFd as _, OwnedFd, RawFd};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};

/// Where the child finds its socket to us; 0, 1 and 2 are where they always are.
pub(super) const CONTROL: RawFd = 3;

/// What the child inherits, and nothing else.
#[derive(Clone, Copy)]
pub(super) struct Descriptors<'a> {
    pub(super) input: BorrowedFd<'a>,
    pub(super) log: BorrowedFd<'a>,
    pub(super) control: BorrowedFd<'a>,
}

/// The child, seen from its parent. It ends when this is dropped, and takes with it whatever is in
/// its namespace.
#[derive(Debug)]
pub(super) struct Cloned {
    pub(super) pid: Pid,
    /// Readable once the child has ended; names it even when its number is used again.
    pub(super) pidfd: OwnedFd,
}

impl Drop for Cloned {
    fn drop(&mut self) {
        // One that has ended already is only waited for, so that its number is free.
        let _ = pidfd_send_signal(&self.pidfd, Signal::KILL);
        let _ = waitid(WaitId::PidFd(self.pidfd.as_fd()), WaitIdOptions::EXITED);
    }
}

/// Whether the child shares the network with us.
pub(super) fn flags(own_network: bool) -> u64 {
    let network = if own_network { libc::CLONE_NEWNET } else { 0 };
    let flags = libc::CLONE_NEWUSER
        | libc::CLONE_NEWNS
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUTS
        | libc::CLONE_PIDFD
        | network;
    u64::from(flags.cast_unsigned())
}

/// Starts `program` with the one argument `name` and no variables, in new namespaces.
///
/// The child waits for one byte on its control socket before it becomes `program`: by then its
/// user namespace has been given its users, without which `execve` would take its privileges.
#[expect(unsafe_code, reason = "the standard library has no call for this")]
pub(super) fn spawn(
    program: &CStr,
    name: &CStr,
    flags: u64,
    descriptors: Descriptors<'_>,
) -> io::Result<Cloned> {
    let mut pidfd: RawFd = -1;
    let arguments = [name.as_ptr(), std::ptr::null()];
    let variables = [std::ptr::null::<libc::c_char>()];
    // SAFETY: all zeroes is a valid value of this plain C struct.
    let mut ask: libc::clone_args = unsafe { std::mem::zeroed() };
    ask.flags = flags;
    ask.pidfd = (&raw mut pidfd) as u64;
    ask.exit_signal = libc::SIGCHLD.cast_unsigned().into();

    // SAFETY: `ask` is a valid `clone_args` of the size given, and outlives the call. Without
    // CLONE_VM the child has a copy of our memory, so it may use what it finds on this stack.
    let pid = unsafe {
        libc::syscall(
            libc::SYS_clone3,
            &raw mut ask,
            std::mem::size_of::<libc::clone_args>(),
        )
    };
    match pid {
        -1 => Err(io::Error::last_os_error()),
        0 => {
            // SAFETY: we are the child; the pointers were made before it was born, and its copies
            // of them are valid.
            unsafe { become_program(program, arguments.as_ptr(), variables.as_ptr(), descriptors) }
        }
        pid => Ok(Cloned {
            pid: i32::try_from(pid)
                .ok()
                .and_then(Pid::from_raw)
                .expect("the kernel gives a process number"),
            // SAFETY: the kernel put a descriptor there that nobody else owns.
            pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) },
        }),
    }
}

/// What the child does. Ends in `program` or not at all.
///
/// # Safety
///
/// `arguments` and `variables` are arrays of C strings that end with a null pointer. Only to be
/// called in a process that has just been cloned: it gives up every descriptor but four.
#[expect(
    unsafe_code,
    reason = "only system calls are allowed between clone and exec"
)]
unsafe fn become_program(
    program: &CStr,
    arguments: *const *const libc::c_char,
    variables: *const *const libc::c_char,
    descriptors: Descriptors<'_>,
) -> ! {
    let wanted = [
        descriptors.input.as_raw_fd(),
        descriptors.log.as_raw_fd(),
        descriptors.log.as_raw_fd(),
        descriptors.control.as_raw_fd(),
    ];
    // SAFETY: every call below is a bare system call on numbers and on pointers that the caller
    // vouches for.
    unsafe {
        // First out of the way, so that no source is overwritten before it was copied.
        let mut high = [0; 4];
        for (high, wanted) in high.iter_mut().zip(wanted) {
            *high = libc::fcntl(wanted, libc::F_DUPFD, 16);
        }
        for (low, high) in (0..).zip(high) {
            if libc::dup2(high, low) < 0 {
                libc::_exit(126);
            }
        }
        // Including our copy of the parent's end of the socket: while that is open, its death
        // would go unnoticed.
        if libc::syscall(libc::SYS_close_range, 4, u32::MAX, 0) < 0 {
            for descriptor in 4..1 << 16 {
                libc::close(descriptor);
            }
        }
        let mut byte = 0_u8;
        if libc::read(CONTROL, (&raw mut byte).cast(), 1) != 1 {
            libc::_exit(0);
        }
        libc::execve(program.as_ptr(), arguments, variables);
        libc::_exit(127)
    }
}
