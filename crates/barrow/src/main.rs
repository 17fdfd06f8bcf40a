//! The binary. Everything it does is in the library beside it.

fn main() -> std::process::ExitCode {
    barrow::cli::main(std::env::args_os())
}
