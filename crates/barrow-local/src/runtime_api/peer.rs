//! Who is on the other side of a connection over loopback.
//!
//! Where the sandbox shares the host's network, so does everybody else on the host. The kernel
//! knows which user opened a socket.

use std::io;
use std::net::SocketAddrV4;

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with,
};

/// Whether the socket at `peer`, connected to `own`, is of `user`.
pub(super) fn is_of(user: u32, peer: SocketAddrV4, own: SocketAddrV4) -> bool {
    let owner = asked(peer, own).unwrap_or_else(|_| {
        // Takes milliseconds where the kernel has room for many connections, but is always there.
        let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
        owner(&table, peer, own)
    });
    owner == Some(user)
}

/// Asks the kernel about one connection (`sock_diag(7)`).
fn asked(local: SocketAddrV4, remote: SocketAddrV4) -> io::Result<Option<u32>> {
    let kernel = socket_with(
        AddressFamily::NETLINK,
        SocketType::RAW,
        SocketFlags::CLOEXEC,
        Some(netlink::SOCK_DIAG),
    )?;
    send(&kernel, &question(local, remote), SendFlags::empty())?;
    let mut answer = [0; 512];
    let (length, _) = recv(&kernel, answer.as_mut_slice(), RecvFlags::empty())?;
    Ok(user_in(&answer[..length]))
}

/// `SOCK_DIAG_BY_FAMILY`, and the size of the header in front of it.
const BY_FAMILY: u16 = 20;
const HEADER_BYTES: usize = 16;
/// Where `struct inet_diag_msg` has the socket's user: behind 4 bytes of state, 48 of addresses,
/// and 12 of queues.
const USER_AT: usize = HEADER_BYTES + 64;

/// A header and a `struct inet_diag_req_v2`.
fn question(local: SocketAddrV4, remote: SocketAddrV4) -> Vec<u8> {
    let mut asked: Vec<u8> = vec![2, 6, 0, 0]; // AF_INET, TCP, no extensions
    asked.extend(u32::MAX.to_ne_bytes()); // in whatever state
    asked.extend(local.port().to_be_bytes());
    asked.extend(remote.port().to_be_bytes());
    for address in [local, remote] {
        asked.extend(address.ip().octets());
        asked.extend([0; 12]);
    }
    asked.extend([0; 4]); // through whatever interface
    asked.extend([0xff; 8]); // whatever its cookie
    let length = u32::try_from(HEADER_BYTES + asked.len()).expect("72 bytes");
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(BY_FAMILY.to_ne_bytes());
    message.extend(1_u16.to_ne_bytes()); // a request
    message.extend([0; 8]); // the first, from wherever
    message.extend(asked);
    message
}

fn user_in(answer: &[u8]) -> Option<u32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let user = answer.get(USER_AT..USER_AT + 4)?.try_into().ok()?;
    (kind == BY_FAMILY).then(|| u32::from_ne_bytes(user))
}

/// Looks a connection up in the kernel's table.
fn owner(table: &str, local: SocketAddrV4, remote: SocketAddrV4) -> Option<u32> {
    let (local, remote) = (shown(local), shown(remote));
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let same = fields.next()? == local && fields.next()? == remote;
        same.then(|| fields.nth(4)?.parse().ok()).flatten()
    })
}

/// The kernel writes the address as a number of this machine, the port as a plain one.
fn shown(address: SocketAddrV4) -> String {
    let number = u32::from_ne_bytes(address.ip().octets());
    format!("{number:08X}:{:04X}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_knows_whose_a_connection_is() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = |address: std::net::SocketAddr| address.to_string().parse().unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (theirs, ours) = (
            address(client.local_addr().unwrap()),
            address(client.peer_addr().unwrap()),
        );
        let user = rustix::process::geteuid().as_raw();
        assert_eq!(asked(theirs, ours).unwrap(), Some(user));
        assert!(is_of(user, theirs, ours));
        assert!(!is_of(user + 1, theirs, ours));
        assert_eq!(asked(theirs, "127.0.0.1:1".parse().unwrap()).unwrap(), None);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_connection_belongs_to_a_user() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n\
            0: 0100007F:A3F1 0100007F:2329 01 00000000:00000000 00:00000000 00000000  1000        0 84 1\n\
            1: 0100007F:2329 0100007F:A3F1 01 00000000:00000000 00:00000000 00000000     0        0 85 1\n";
        let address = |text: &str| text.parse().unwrap();
        let (theirs, ours) = (address("127.0.0.1:41969"), address("127.0.0.1:9001"));
        assert_eq!(owner(table, theirs, ours), Some(1000));
        assert_eq!(owner(table, ours, theirs), Some(0));
        assert_eq!(owner(table, ours, ours), None);
        assert_eq!(owner("", ours, theirs), None);
    }
}
