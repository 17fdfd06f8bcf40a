//! The binary. Everything it does is in the library beside it.

/// Syntax trees are made and dropped on all cores at once, which takes the C library's allocator a
/// twelfth longer (`bench/check.py`, nothing but modules).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    barrow::cli::main(std::env::args_os())
}
