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

/// Found by fuzzing: whole files and files in parts were of two minds about it.
#[test]
fn a_string_table_may_claim_to_be_longer_than_the_file() {
    let mut file = vec![0; 400];
    let words: [(usize, u64); 17] = [
        (0x20, 64),
        (0x36, 56),
        (0x38, 2),
        (64, 1),
        (64 + 32, 400),
        (64 + 40, 400),
        (120, 2),
        (120 + 8, 200),
        (120 + 16, 200),
        (120 + 32, 64),
        (200, 5),
        (208, 300),
        (216, 10),
        (224, 1 << 30),
        (232, 1),
        (240, 1),
        (248, 0),
    ];
    for (at, word) in words {
        file[at..at + 8].copy_from_slice(&word.to_le_bytes());
    }
    file[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    file[16..24].copy_from_slice(&[3, 0, 62, 0, 1, 0, 0, 0]);
    file[301..305].copy_from_slice(b"libx");
    assert_eq!(read(file.as_slice()).unwrap().needed, ["libx"]);
}

#[test]
fn what_is_no_elf_is_none() {
    for content in [&b""[..], b"\x7fEL", b"MZ\x90\0\x03", b"\x7fELF"] {
        assert_eq!(read(content), None);
    }
}
