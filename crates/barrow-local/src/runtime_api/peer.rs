//! Who is on the other side of a connection over loopback.
//!
//! Where the sandbox shares the host's network, so does everybody else on the host. The kernel
//! knows which user opened a socket.

use std::net::SocketAddrV4;

/// Whether the socket at `peer`, connected to `own`, is of `user`.
pub(super) fn is_of(user: u32, peer: SocketAddrV4, own: SocketAddrV4) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    owner(&table, peer, own) == Some(user)
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
