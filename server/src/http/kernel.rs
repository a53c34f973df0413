//! What the kernel keeps of a connection whose peer does not read.

use socket2::SockRef;
use tokio::net::TcpStream;

/// How much may wait to be sent, beside the segment that is being filled.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 16 * 1024;

/// Bounds what is kept: so much of what was sent and is not yet acknowledged (the kernel doubles this for
/// what it needs itself), and 16 KiB of what is not sent yet.
pub(crate) fn bound(stream: &TcpStream, sent_bytes: usize) {
    let socket = SockRef::from(stream);
    let bound = || {
        #[cfg(target_os = "linux")]
        socket.set_tcp_notsent_lowat(UNSENT_BYTES)?;
        socket.set_send_buffer_size(sent_bytes)
    };
    if let Err(error) = bound() {
        tracing::debug!(%error, "bounding what the kernel keeps of a connection");
    }
}
