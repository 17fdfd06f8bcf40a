//! From a spec to a running sandbox, seen from outside.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::net::TcpListener;
use std::os::fd::{AsFd as _, OwnedFd};

use rustix::net::{AddressFamily, SendFlags, SocketFlags, SocketType, send, socketpair};
use rustix::pipe::{PipeFlags, fcntl_setpipe_size, pipe_with};
use rustix::process::Signal;
use tokio::io::unix::AsyncFd;

use super::cgroup::Bound;
use super::clone::{self, Cloned, Descriptors};
use super::error::SandboxError;
use super::layout;
use super::maps::Users;
use super::root_fs::RootFs;
use super::spec::{Network, Root, Spec};
use super::wire::{self, Report};
use crate::processes::{self, End, Order};
use crate::watched::watched;

/// Room for bursts of 64 writes. More would be more to read before anything else is looked at.
const LOG_PIPE_BYTES: usize = 256 << 10;

/// Whatever ends the first process without a word is a signal to it: memory has run out.
const SILENT: Option<End> = Some(End::Signal(Signal::KILL.as_raw()));

/// Where what a sandbox's processes read and write comes from and goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Io {
    /// They read nothing, and write into a log that we read.
    Captured,
    /// They have what we have.
    Inherited,
}

/// A child that waits to be told what to make: namespaces, users, its own program loaded.
#[derive(Debug)]
pub struct Spare {
    child: Cloned,
    control: OwnedFd,
    log: OwnedFd,
    users: Users,
    root: Root,
    network: Network,
}

/// A running sandbox. Everything in it ends when this is dropped.
#[derive(Debug)]
pub struct Sandbox {
    /// Dropped first: the bound can only be removed after it.
    child: Cloned,
    control: AsyncFd<OwnedFd>,
    bound: Option<Bound>,
    /// Orders that have not been carried out yet.
    open_orders: usize,
    ended: Option<End>,
    /// The function's own process.
    function: Option<i32>,
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

impl Spare {
    /// Can be made before it is known what it will be used for; it lays its ground meanwhile.
    ///
    /// Whatever can be found out while the child loads its program is found out then.
    pub fn new(io: Io, image: Option<&RootFs>, network: Network) -> Result<Self, SandboxError> {
        let speak = |source| SandboxError::Speak { source };
        let users = Users::of_this_process();
        let (log, log_end) = log_pipe().map_err(speak)?;
        let (control, control_end) = sockets().map_err(speak)?;
        let nothing = File::open("/dev/null").map_err(speak)?;
        let (input, output) = match io {
            Io::Captured => (nothing.as_fd(), log_end.as_fd()),
            Io::Inherited => (rustix::stdio::stdin(), rustix::stdio::stdout()),
        };
        let descriptors = Descriptors {
            input,
            log: output,
            control: control_end.as_fd(),
        };
        let name = CString::new(super::CHILD_NAME).expect("our own name has no NUL");
        let flags = clone::flags(network == Network::None);
        let child = clone::spawn(c"/proc/self/exe", &name, flags, descriptors)
            .map_err(|source| SandboxError::Namespaces { source })?;
        users
            .write(child.pid)
            .map_err(|source| SandboxError::Users { source })?;
        send(&control, b"!", SendFlags::NOSIGNAL).map_err(|errno| speak(errno.into()))?;
        let ground = layout::ground(image, network);
        wire::send_message(&control, &ground).map_err(speak)?;
        Ok(Self {
            child,
            control,
            log,
            users,
            root: ground.root,
            network,
        })
    }

    /// Whether it still waits. One that could not lay its ground has ended, or will say why.
    pub fn is_alive(&mut self) -> bool {
        !processes::is_ending(self.child.pid.as_raw_nonzero().get())
    }

    /// Whether its ground is that of this image, or of the host, with this network.
    pub fn stands_on(&self, image: Option<&RootFs>, network: Network) -> bool {
        self.root == layout::root(image) && self.network == network
    }

    /// Returns when the function's process has been started, or with what went wrong.
    ///
    /// `memory_bytes` are only kept to where the host lets us bound them.
    pub fn start(
        self,
        spec: impl FnOnce(super::spec::Identity) -> Spec,
        memory_bytes: Option<u64>,
    ) -> Result<Started, SandboxError> {
        let speak = |source| SandboxError::Speak { source };
        let spec = spec(self.users.identity());
        // One that has failed meanwhile cannot hear us; we hear why.
        let _ = wire::send_message(&self.control, &spec);
        let mut sandbox = Sandbox {
            child: self.child,
            control: watched(self.control).map_err(speak)?,
            bound: None,
            open_orders: 0,
            ended: None,
            function: None,
        };
        let listener = sandbox.await_start()?;
        let processes = processes::children(sandbox.first_process());
        sandbox.function = processes.first().copied();
        sandbox.bound = memory_bytes.map(|bytes| Bound::set(processes, bytes));
        Ok(Started {
            sandbox,
            listener,
            log: self.log,
            user: self.users.function_user(),
        })
    }
}

impl Sandbox {
    /// The child's first reports come within milliseconds, so this may block.
    fn await_start(&mut self) -> Result<TcpListener, SandboxError> {
        let speak = |source| SandboxError::Speak { source };
        let mut listener = None;
        loop {
            let report = wire::receive_report(self.control.get_ref()).map_err(speak)?;
            match report.ok_or(SandboxError::Silent)? {
                (Report::Listening(_), socket) => listener = socket,
                (Report::Failed(failed), _) => return Err(SandboxError::step(failed)),
                (Report::Started, _) => break,
                (Report::Obeyed, _) => {}
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
    pub fn order(&mut self, order: Order) {
        if wire::send_message(self.control.get_ref(), &order).is_ok() {
            self.open_orders += 1;
        }
    }

    /// When every order has been carried out.
    pub async fn obeyed(&mut self) {
        while self.open_orders > 0 && self.ended.is_none() {
            self.hear().await;
        }
    }

    /// When everything in the sandbox has ended: how the function's own process did.
    pub async fn ended(&mut self) -> End {
        loop {
            if let Some(end) = self.ended {
                return end;
            }
            self.hear().await;
        }
    }

    /// Whether everything in it goes on. Does not wait.
    pub fn is_alive(&mut self) -> bool {
        while self.ended.is_none() {
            match wire::receive_report(self.control.get_ref()) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                report => self.take(&report),
            }
        }
        let processes = [Some(self.first_process()), self.function];
        let mut processes = processes.into_iter().flatten();
        self.ended.is_none() && !processes.any(processes::is_ending)
    }

    /// Waits for one report.
    async fn hear(&mut self) {
        let Ok(mut ready) = self.control.readable().await else {
            self.ended = SILENT;
            return;
        };
        if let Ok(report) = ready.try_io(|control| wire::receive_report(control.get_ref())) {
            drop(ready);
            self.take(&report);
        }
    }

    fn take(&mut self, report: &io::Result<Option<(Report, Option<OwnedFd>)>>) {
        match report {
            Ok(Some((Report::Ended(end), _))) => self.ended = Some(*end),
            Ok(Some((Report::Obeyed, _))) => self.open_orders -= 1,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => self.ended = SILENT,
        }
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
