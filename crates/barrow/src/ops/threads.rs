//! The threads on which packages are surveyed.

use barrow_check::facts::python::STACK_BYTES;

/// Gives them stacks on which Python is read without larger ones being made for most files. Of a
/// stack only what is used takes memory. Where there are threads already, they stay as they are.
pub(super) fn prepare() {
    let threads = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES);
    let _ = threads.build_global();
}
