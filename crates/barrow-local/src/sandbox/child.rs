//! The first process of a sandbox: it makes the file system, starts the function's process, and
//! from then on only waits, passes orders on, and takes everything with it when it ends.
//!
//! It is this same program, started anew under another name. It has one thread.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::os::fd::{AsFd as _, FromRawFd as _, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, WaitOptions, pidfd_open, setsid, wait, waitpid};
use seccompiler::BpfProgram;

use super::clone::CONTROL;
use super::mounts::{self, failed};
use super::spec::{Ground, Identity, Network, Program, Spec};
use super::wire::{self, Failed, Report, What};
use super::{network, privileges};
use crate::processes::{End, Order};

/// Where the runtime API was on Lambda before it moved to an address of its own.
const PORT_OF_OWN_NETWORK: u16 = 9001;

/// Where the client writes log records, so that lines of one record stay together.
pub const LOG_DESCRIPTOR: i32 = 3;

/// Ends when the sandbox does.
pub fn main() -> ExitCode {
    let control = control();
    let Ok(Some((ground, _))) = wire::receive::<Ground>(&control) else {
        return ExitCode::FAILURE;
    };
    let prepared = match prepare(&ground, &control) {
        Ok(prepared) => prepared,
        Err(failed) => {
            tell(&control, &Report::Failed(failed));
            return ExitCode::FAILURE;
        }
    };
    let Ok(Some((spec, _))) = wire::receive::<Spec>(&control) else {
        return ExitCode::FAILURE;
    };
    match complete(&spec, prepared) {
        Ok(Started::Running(child)) => attend(child, &control),
        Ok(Started::Refused(code)) => tell(&control, &Report::Ended(End::Code(code))),
        Err(failed) => tell(&control, &Report::Failed(failed)),
    }
    ExitCode::SUCCESS
}

/// What can be made before the function is known.
struct Prepared {
    /// Of the runtime API.
    address: SocketAddrV4,
    filters: [BpfProgram; 2],
}

/// How far the function's program came.
enum Started {
    Running(Child),
    /// The function's wrapper cannot be run; Lambda's shell script ends with this code.
    Refused(i32),
}

#[expect(
    unsafe_code,
    reason = "a descriptor known by its number has no owner yet"
)]
fn control() -> OwnedFd {
    // SAFETY: whoever started us put the socket there, and nothing else knows of it.
    let control = unsafe { OwnedFd::from_raw_fd(CONTROL) };
    // If this fails the function's process inherits a socket that it can do nothing with but end
    // itself.
    let _ = rustix::io::fcntl_setfd(&control, rustix::io::FdFlags::CLOEXEC);
    control
}

/// A parent that is gone cannot be told; we end either way.
fn tell(control: &OwnedFd, report: &Report) {
    let _ = wire::send_message(control, report);
}

fn prepare(ground: &Ground, control: &OwnedFd) -> Result<Prepared, Failed> {
    if ground.network == Network::None {
        network::raise_loopback().map_err(failed(What::RaiseLoopback, "lo"))?;
    }
    let address = listen(ground.network, control).map_err(failed(What::Listen, "127.0.0.1"))?;
    mounts::lay(&ground.root, &ground.steps)?;
    // What functions see on Lambda.
    rustix::system::sethostname(b"169.254.10.1")
        .map_err(io::Error::from)
        .map_err(failed(What::NameHost, ""))?;
    let filters = [
        privileges::filter().map_err(failed(What::Filter, ""))?,
        privileges::filter_of_clone3().map_err(failed(What::Filter, ""))?,
    ];
    Ok(Prepared { address, filters })
}

fn complete(spec: &Spec, prepared: Prepared) -> Result<Started, Failed> {
    if !spec.program.terminal {
        // Whoever interrupts Barrow at its terminal does not interrupt the function. This fails
        // for one who leads a session already, which is as good.
        let _ = setsid();
    }
    mounts::enter(&spec.steps)?;
    match spec.identity {
        Identity::Two => {
            let started = start(spec, prepared)?;
            // If this fails we end, and what was started ends with us.
            mounts::let_host_go()?;
            Ok(started)
        }
        // A process below another's root counts as confined, and may not make the user namespace
        // that it needs.
        Identity::One => {
            mounts::let_host_go()?;
            start(spec, prepared)
        }
    }
}

/// Opens the socket of the runtime API where the function is, and hands it to the parent.
fn listen(network: Network, control: &OwnedFd) -> io::Result<SocketAddrV4> {
    let port = match network {
        Network::Host => 0,
        Network::None => PORT_OF_OWN_NETWORK,
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    let SocketAddr::V4(address) = listener.local_addr()? else {
        return Err(io::Error::other("asked for an IPv4 address, given another"));
    };
    wire::send_with(control, &Report::Listening(address), listener.as_fd())?;
    Ok(address)
}

#[expect(
    unsafe_code,
    reason = "what runs between fork and exec must be vouched for"
)]
fn start(spec: &Spec, prepared: Prepared) -> Result<Started, Failed> {
    let Prepared { address, filters } = prepared;
    let Program {
        arguments,
        variables,
        directory,
        terminal,
    } = &spec.program;
    if let Some(code) = wrapper_fault(variables) {
        return Ok(Started::Refused(code));
    }
    let mut command = Command::new(&arguments[0]);
    command
        .args(&arguments[1..])
        .env_clear()
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .current_dir(directory);
    if !terminal {
        command.stdin(Stdio::null());
    }
    let identity = spec.identity;
    // SAFETY: we have one thread, so no lock is held by another, and what allocates may do so.
    unsafe {
        command.pre_exec(move || {
            // Over our socket: not for the function.
            libc::dup2(1, LOG_DESCRIPTOR);
            privileges::limit_resources()?;
            privileges::become_user(identity)?;
            for filter in &filters {
                seccompiler::apply_filter(filter).map_err(io::Error::other)?;
            }
            Ok(())
        });
    }
    let child = command
        .spawn()
        .map_err(|error| failed(What::Start, &arguments[0])(error))?;
    // If memory runs out, it is the function that has used it. Best effort: without, we both end.
    let _ = std::fs::write(format!("/proc/{}/oom_score_adj", child.id()), "500");
    Ok(Started::Running(child))
}

/// A wrapper script is named by a variable. What is wrong with it goes to the log, in Lambda's
/// words.
fn wrapper_fault(variables: &[(String, String)]) -> Option<i32> {
    let named = variables
        .iter()
        .find(|(name, value)| name == crate::WRAPPER_VARIABLE && !value.is_empty());
    let (_, wrapper) = named?;
    let (fault, code) = match std::fs::metadata(wrapper) {
        Ok(metadata) if metadata.is_file() => {
            if metadata.permissions().mode() & 0o111 != 0 {
                return None;
            }
            ("is not an executable", 126)
        }
        _ => ("does not exist", 127),
    };
    let line = format!("{wrapper}: {fault}\n");
    // Nobody can be told that a log cannot be written.
    let _ = rustix::io::write(rustix::stdio::stdout(), line.as_bytes());
    Some(code)
}

/// Waits for orders, for the function's process to end, and for the parent to be gone.
fn attend(mut child: Child, control: &OwnedFd) {
    tell(control, &Report::Started);
    let pid = Pid::from_child(&child);
    let Ok(ended) = pidfd_open(pid, PidfdFlags::empty()) else {
        return;
    };
    loop {
        let mut events = [
            PollFd::new(control, PollFlags::IN),
            PollFd::new(&ended, PollFlags::IN),
        ];
        match poll(&mut events, None) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return,
        }
        let [order, end] = events.map(|event| !event.revents().is_empty());
        if end {
            let status = child.wait();
            signal_all(Signal::KILL);
            // The log's other end closes when the last of them is gone, so before we say so.
            while wait(WaitOptions::empty()).is_ok() {}
            if let Ok(status) = status {
                tell(control, &Report::Ended(how(status)));
            }
            return;
        }
        if order {
            match wire::receive::<Order>(control) {
                Ok(Some((Order::Freeze, _))) => signal_all(Signal::STOP),
                Ok(Some((Order::Thaw, _))) => signal_all(Signal::CONT),
                Ok(Some((Order::Kill, _))) => signal_all(Signal::KILL),
                // The parent is gone. When we are, the kernel ends all others.
                Ok(None) | Err(_) => return,
            }
            tell(control, &Report::Obeyed);
            reap_orphans(pid);
        }
    }
}

/// Every process of the sandbox but this one.
#[expect(unsafe_code, reason = "rustix has no call for `kill(-1)`")]
fn signal_all(signal: Signal) {
    // SAFETY: two numbers. In a PID namespace -1 means those in it, without the caller.
    unsafe { libc::kill(-1, signal.as_raw()) };
}

/// Processes whose parents have ended become ours. The function's own is left for its status.
fn reap_orphans(child: Pid) {
    let children = std::fs::read_to_string("/proc/self/task/1/children").unwrap_or_default();
    let numbers = children
        .split_whitespace()
        .map_while(|word| word.parse().ok());
    for pid in numbers
        .filter_map(Pid::from_raw)
        .filter(|pid| *pid != child)
    {
        let _ = waitpid(Some(pid), WaitOptions::NOHANG);
    }
}

fn how(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Code(1),
    }
}
