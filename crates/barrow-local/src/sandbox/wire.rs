//! What parent and child say to each other, over one socket that keeps messages apart.
//!
//! Parent to child: a [`Ground`](super::spec::Ground), a [`Spec`](super::spec::Spec), then orders. Child to parent: [`Report`]s.
//! When the parent dies, however it dies, the child reads an end and takes everything with it.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::net::SocketAddrV4;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, send, sendmsg,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::processes::End;

/// A spec has some hundred paths and at most 4 KB of the user's variables.
const LARGEST_MESSAGE_BYTES: usize = 160 << 10;
/// A report has at most one path.
const LARGEST_REPORT_BYTES: usize = 8 << 10;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Report {
    /// The socket that the runtime API is served on comes with it.
    Listening(SocketAddrV4),
    Failed(Failed),
    Started,
    /// An order has been carried out.
    Obeyed,
    /// The runtime's own process has ended, and everything else with it.
    Ended(End),
}

/// A step of the set-up that the host did not let us do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    pub what: What,
    /// What it was done to, if there is such a thing.
    pub path: String,
    pub errno: i32,
}

/// Every kind of step that the child does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    Listen,
    MakeDirectory,
    WriteFile,
    MakeLink,
    Mount,
    MountReadOnly,
    MountProcesses,
    ChangeRoot,
    NameHost,
    RaiseLoopback,
    Filter,
    Start,
}

pub(super) fn send_message<M: Serialize>(socket: impl AsFd, message: &M) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    send(socket, &bytes, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// Sends a message with a file descriptor.
pub(super) fn send_with<M: Serialize>(
    socket: impl AsFd,
    message: &M,
    descriptor: BorrowedFd<'_>,
) -> io::Result<()> {
    let bytes = postcard::to_stdvec(message).map_err(io::Error::other)?;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    if !control.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::Error::other("no room for a file descriptor"));
    }
    let bytes = [IoSlice::new(&bytes)];
    sendmsg(socket, &bytes, &mut control, SendFlags::NOSIGNAL)?;
    Ok(())
}

/// The next message and the file descriptor that came with it; `None` when the other side is gone.
pub(super) fn receive<M: DeserializeOwned>(
    socket: impl AsFd,
) -> io::Result<Option<(M, Option<OwnedFd>)>> {
    receive_into(socket, &mut vec![0; LARGEST_MESSAGE_BYTES])
}

/// The same for what comes often and is small.
pub(super) fn receive_report(socket: impl AsFd) -> io::Result<Option<(Report, Option<OwnedFd>)>> {
    receive_into(socket, &mut [0; LARGEST_REPORT_BYTES])
}

fn receive_into<M: DeserializeOwned>(
    socket: impl AsFd,
    bytes: &mut [u8],
) -> io::Result<Option<(M, Option<OwnedFd>)>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(bytes)];
    let mut next = || recvmsg(&socket, &mut slices, &mut control, RecvFlags::CMSG_CLOEXEC);
    let received = match next() {
        // One that has ended without reading everything says so before its last words.
        Err(Errno::CONNRESET) => next(),
        received => received,
    };
    let length = match received {
        Ok(received) => received.bytes,
        Err(Errno::CONNRESET) => 0,
        Err(errno) => return Err(errno.into()),
    };
    if length == 0 {
        return Ok(None);
    }
    let mut descriptor = None;
    for message in control.drain() {
        if let RecvAncillaryMessage::ScmRights(descriptors) = message {
            descriptor = descriptors.last();
        }
    }
    let message = postcard::from_bytes(&bytes[..length]).map_err(io::Error::other)?;
    Ok(Some((message, descriptor)))
}

#[cfg(test)]
mod tests {
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    #[test]
    fn the_last_words_of_one_who_did_not_listen_are_heard() {
        let (ours, theirs) = socketpair(
            AddressFamily::UNIX,
            SocketType::SEQPACKET,
            SocketFlags::CLOEXEC,
            None,
        )
        .unwrap();
        send_message(&ours, &"never read").unwrap();
        send_message(&theirs, &Report::Ended(End::Code(7))).unwrap();
        drop(theirs);
        let heard = receive::<Report>(&ours).unwrap().unwrap();
        assert_eq!(heard.0, Report::Ended(End::Code(7)));
        assert!(receive::<Report>(&ours).unwrap().is_none());
    }
}
