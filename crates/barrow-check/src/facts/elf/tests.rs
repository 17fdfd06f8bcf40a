//! Libraries of this machine's own toolchain, whole and in parts.

use super::*;

/// This very test: a program for the machine that it runs on.
fn this_program() -> Vec<u8> {
    std::fs::read(std::env::current_exe().unwrap()).unwrap()
}

#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn a_program_of_this_machine_is_read() {
    let elf = read(this_program().as_slice()).unwrap();
    assert!(elf.is_complete);
    assert!(matches!(elf.kind, Kind::Program { interpreter: Some(path) } if path.contains("ld-")));
    assert!(elf.needed.iter().any(|name| name == "libc.so.6"));
    let libc = elf
        .versions
        .iter()
        .find(|it| it.library == "libc.so.6")
        .unwrap();
    assert!(libc.names.iter().any(|name| name.starts_with("GLIBC_2.")));
    assert!(elf.strippable_bytes > 0);
}

#[test]
fn what_is_cut_anywhere_is_no_panic() {
    let program = this_program();
    for end in (0..4096).chain([program.len() / 2, program.len() - 1]) {
        let _ = read(&program[..end.min(program.len())]);
    }
}

#[test]
fn what_is_no_elf_is_none() {
    for content in [&b""[..], b"\x7fEL", b"MZ\x90\0\x03", b"\x7fELF"] {
        assert_eq!(read(content), None);
    }
}
