//! The function as a plain process: for hosts that have no sandbox, and only when asked for.

use std::ffi::OsStr;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};

use camino::Utf8Path;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::sync::oneshot;

use crate::processes::{self, End, Order};

/// A process and its group; the group ends when this is dropped.
#[derive(Debug)]
pub(super) struct Bare {
    group: Pid,
    waiting: oneshot::Receiver<End>,
    ended: Option<End>,
}

/// A started process, and what it is spoken to through.
pub(super) struct StartedBare {
    pub(super) bare: Bare,
    pub(super) listener: TcpListener,
    pub(super) log: OwnedFd,
}

impl Bare {
    /// `AWS_LAMBDA_RUNTIME_API` is added to the variables.
    pub(super) fn start(
        arguments: &[String],
        variables: &[(String, String)],
        directory: &Utf8Path,
    ) -> io::Result<StartedBare> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?.to_string();
        let (log, log_end) = io::pipe()?;
        let log = OwnedFd::from(log);
        rustix::io::ioctl_fionbio(&log, true)?;
        let mut child = Command::new(OsStr::new(&arguments[0]))
            .args(&arguments[1..])
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .env("AWS_LAMBDA_RUNTIME_API", address)
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(log_end.try_clone()?)
            .stderr(log_end)
            .process_group(0)
            .spawn()?;
        let group = Pid::from_child(&child);
        let (sender, waiting) = oneshot::channel();
        std::thread::spawn(move || {
            let status = child.wait();
            // Nobody listens any more when the environment is gone.
            let _ = sender.send(
                match status.map(|status| (status.code(), status.signal())) {
                    Ok((Some(code), _)) => End::Code(code),
                    Ok((None, Some(signal))) => End::Signal(signal),
                    Ok((None, None)) | Err(_) => End::Code(1),
                },
            );
        });
        let bare = Self {
            group,
            waiting,
            ended: None,
        };
        Ok(StartedBare {
            bare,
            listener,
            log,
        })
    }

    pub(super) fn pid(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    pub(super) fn order(&self, order: Order) {
        let signal = match order {
            Order::Freeze => Signal::STOP,
            Order::Thaw => Signal::CONT,
            Order::Kill => Signal::KILL,
        };
        // A group that has ended needs no orders.
        let _ = kill_process_group(self.group, signal);
    }

    pub(super) fn is_alive(&self) -> bool {
        self.ended.is_none() && !processes::is_ending(self.pid())
    }

    pub(super) async fn ended(&mut self) -> End {
        if let Some(end) = self.ended {
            return end;
        }
        let end = (&mut self.waiting).await.unwrap_or(End::Code(1));
        self.order(Order::Kill);
        self.ended = Some(end);
        end
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.order(Order::Kill);
    }
}
