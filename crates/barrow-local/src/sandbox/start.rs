//! From a spec to a running sandbox, seen from outside.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, send, socketpair};
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use rustix::process::{Signal, WaitId, WaitIdOptions, pidfd_send_signal, waitid};
use tokio::io::unix::AsyncFd;

use super::cgroup::{Group, Parent};
use super::clone::{self, Cloned, Descriptors};
use super::error::SandboxError;
use super::maps::Users;
use super::spec::{Network, Spec};
use super::wire::{self, Report};
use crate::processes::{self, End, Order};
use crate::watched::watched;

/// Room for bursts of log lines. The most that an ordinary user may ask for.
const LOG_PIPE_BYTES: usize = 1 << 20;

/// Where what a sandbox's processes read and write comes from and goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Io {
    /// They read nothing, and write into a log that we read.
    Captured,
    /// They have what we have.
    Inherited,
}

/// A running sandbox. Everything in it ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    child: Cloned,
    control: AsyncFd<OwnedFd>,
    /// Bounds the child's memory. Can be removed only after it, so it is dropped last.
    group: Option<Group>,
    ended: Option<End>,
}

/// A sandbox, and what it is spoken to through.
#[derive(Debug)]
pub struct Started {
    pub sandbox: Sandbox,
    /// The socket of the runtime API, open where the function is.
    pub listener: TcpListener,
    /// What the function's processes write; every write of theirs is read as one.
    pub log: OwnedFd,
    /// The function's user as the host numbers it.
    pub user: u32,
}

impl Sandbox {
    /// Returns when the function's process has been started, or with what went wrong.
    ///
    /// `memory_bytes` is only kept to where the host offers a `group` for it.
    pub fn start(
        spec: impl FnOnce(super::spec::Identity) -> Spec,
        io: Io,
        network: Network,
        group: Option<(&Parent, u64)>,
    ) -> Result<Started, SandboxError> {
        let speak = |source| SandboxError::Speak { source };
        let users = Users::of_this_process();
        let spec = spec(users.identity());

        let (log, log_end) = log_pipe().map_err(speak)?;
        let (control, control_end) = sockets().map_err(speak)?;
        let nothing = File::open("/dev/null").map_err(speak)?;
        let child = clone::spawn(
            c"/proc/self/exe",
            &CString::new(super::CHILD_NAME).expect("our own name has no NUL"),
            clone::flags(network == Network::None),
            Descriptors {
                input: match io {
                    Io::Captured => nothing.as_fd(),
                    Io::Inherited => rustix::stdio::stdin(),
                },
                log: match io {
                    Io::Captured => log_end.as_fd(),
                    Io::Inherited => rustix::stdio::stdout(),
                },
                control: control_end.as_fd(),
            },
        )
        .map_err(|source| SandboxError::Namespaces { source })?;
        drop((log_end, control_end, nothing));

        let mut sandbox = Self {
            control: watched(control).map_err(speak)?,
            group: None,
            ended: None,
            child,
        };
        if let Some((parent, bytes)) = group {
            let memory = |source| SandboxError::Memory { source };
            let group = Group::create(parent).map_err(memory)?;
            group.bound(bytes).map_err(memory)?;
            sandbox.group = Some(group);
        }
        users
            .write(sandbox.child.pid)
            .map_err(|source| SandboxError::Users { source })?;
        let control = sandbox.control.get_ref();
        send(control, b"!", SendFlags::NOSIGNAL).map_err(|errno| speak(errno.into()))?;
        wire::send_message(control, &spec).map_err(speak)?;

        let listener = sandbox.await_start()?;
        let first = sandbox.first_process();
        if let Some(group) = &mut sandbox.group {
            for pid in processes::children(first) {
                group.take_in(pid);
            }
        }
        Ok(Started {
            sandbox,
            listener,
            log,
            user: users.function_user(),
        })
    }

    /// The child's first reports come within milliseconds, so this may block.
    fn await_start(&mut self) -> Result<TcpListener, SandboxError> {
        let speak = |source| SandboxError::Speak { source };
        let mut listener = None;
        loop {
            let report = wire::receive(self.control.get_ref()).map_err(speak)?;
            match report.ok_or(SandboxError::Silent)? {
                (Report::Listening(_), socket) => listener = socket,
                (Report::Failed(failed), _) => return Err(SandboxError::step(failed)),
                (Report::Started, _) => break,
                (Report::Ended(end), _) => {
                    self.ended = Some(end);
                    break;
                }
            }
        }
        let listener = listener.ok_or(SandboxError::Silent)?;
        rustix::io::ioctl_fionbio(self.control.get_ref(), true)
            .map_err(|errno| speak(errno.into()))?;
        Ok(listener.into())
    }

    /// The first process's number, whose children are the function's.
    pub fn first_process(&self) -> i32 {
        self.child.pid.as_raw_nonzero().get()
    }

    /// A sandbox that has ended cannot be given orders, and needs none.
    pub fn order(&self, order: Order) {
        let _ = wire::send_message(self.control.get_ref(), &order);
    }

    /// When everything in the sandbox has ended: how the function's own process did.
    pub async fn ended(&mut self) -> End {
        if let Some(end) = self.ended {
            return end;
        }
        // Whatever ends the first process without a word is a signal to it: memory has run out.
        let silent = End::Signal(Signal::KILL.as_raw());
        let end = loop {
            let Ok(mut ready) = self.control.readable().await else {
                break silent;
            };
            let received = ready.try_io(|control| wire::receive::<Report>(control.get_ref()));
            match received {
                Ok(Ok(Some((Report::Ended(end), _)))) => break end,
                Ok(Ok(Some(_))) | Err(_) => {}
                Ok(Ok(None) | Err(_)) => break silent,
            }
        };
        self.ended = Some(end);
        end
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Its first process takes all others with it. One that has ended already is only waited
        // for, so that its number is free.
        let _ = pidfd_send_signal(&self.child.pidfd, Signal::KILL);
        let _ = waitid(
            WaitId::PidFd(self.child.pidfd.as_fd()),
            WaitIdOptions::EXITED,
        );
    }
}

/// What is written at once is read at once, so that records can be told from prints.
fn log_pipe() -> io::Result<(OwnedFd, OwnedFd)> {
    let (read, write) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::DIRECT)?;
    // Less is enough; only bursts wait.
    let _ = fcntl_setpipe_size(&read, LOG_PIPE_BYTES);
    rustix::io::ioctl_fionbio(&read, true)?;
    Ok((read, write))
}

fn sockets() -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(
        AddressFamily::UNIX,
        SocketType::SEQPACKET,
        SocketFlags::CLOEXEC,
        None,
    )?)
}
