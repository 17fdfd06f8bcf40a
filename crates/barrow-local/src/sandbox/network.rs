//! A network of the sandbox's own: itself, and nobody else.

use std::io;

/// In a new network namespace even the loopback interface is down.
#[expect(
    unsafe_code,
    reason = "an interface is raised by `ioctl`, which takes a union"
)]
pub(super) fn raise_loopback() -> io::Result<()> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0")?;
    // SAFETY: all zeroes is a valid value of this plain C struct.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (place, byte) in request.ifr_name.iter_mut().zip(b"lo\0") {
        *place = (*byte).cast_signed();
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING)
        .try_into()
        .expect("two low bits");
    // SAFETY: the request is a whole `ifreq` with a name that ends in NUL and outlives the call.
    let result = unsafe {
        libc::ioctl(
            std::os::fd::AsRawFd::as_raw_fd(&socket),
            libc::SIOCSIFFLAGS,
            &raw const request,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
