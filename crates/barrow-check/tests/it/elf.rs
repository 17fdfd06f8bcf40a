//! Writes the smallest ELF files that say what a loader asks of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A shared library for `x86_64` where nothing else is said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Elf {
    /// As `uname -m` says it.
    machine: Option<String>,
    soname: Option<String>,
    needs: Vec<String>,
    rpath: Option<String>,
    runpath: Option<String>,
    /// By library: `"libc.so.6" = ["GLIBC_2.35"]`.
    versions: BTreeMap<String, Vec<String>>,
    /// Makes it a program.
    interpreter: Option<String>,
    /// Between the names and the dynamic segment, as code is in real ones.
    code_bytes: usize,
}

const HEADER_BYTES: usize = 64;
const SEGMENT_BYTES: usize = 56;
const SEGMENTS: usize = 3;

const LOAD: u32 = 1;
const DYNAMIC: u32 = 2;
const INTERPRETER: u32 = 3;

const NULL: u64 = 0;
const NEEDED: u64 = 1;
const STRINGS: u64 = 5;
const STRINGS_BYTES: u64 = 10;
const SONAME: u64 = 14;
const RPATH: u64 = 15;
const RUNPATH: u64 = 29;
const VERSION_NEEDS: u64 = 0x6fff_fffe;
const VERSION_NEEDS_COUNT: u64 = 0x6fff_ffff;

/// Names behind each other, each with its end; the first is empty.
struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, text: &str) -> u64 {
        let at = self.0.len();
        self.0.extend(text.as_bytes());
        self.0.push(0);
        at as u64
    }
}

impl Elf {
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut strings = Strings(vec![0]);
        let mut dynamic: Vec<(u64, u64)> = Vec::new();
        for name in &self.needs {
            dynamic.push((NEEDED, strings.add(name)));
        }
        let texts = [
            (SONAME, &self.soname),
            (RPATH, &self.rpath),
            (RUNPATH, &self.runpath),
        ];
        for (tag, text) in texts {
            if let Some(text) = text {
                dynamic.push((tag, strings.add(text)));
            }
        }
        let versions = self.version_needs(&mut strings);

        let interpreter_at = HEADER_BYTES + SEGMENTS * SEGMENT_BYTES;
        let interpreter = self.interpreter.clone().unwrap_or_default();
        let strings_at = interpreter_at + interpreter.len() + 1;
        let versions_at = strings_at + strings.0.len();
        let dynamic_at = versions_at + versions.len() + self.code_bytes;
        dynamic.push((STRINGS, strings_at as u64));
        dynamic.push((STRINGS_BYTES, strings.0.len() as u64));
        if !self.versions.is_empty() {
            dynamic.push((VERSION_NEEDS, versions_at as u64));
            dynamic.push((VERSION_NEEDS_COUNT, self.versions.len() as u64));
        }
        dynamic.push((NULL, 0));
        let dynamic: Vec<u8> = dynamic
            .iter()
            .flat_map(|(tag, value)| [tag.to_le_bytes(), value.to_le_bytes()])
            .flatten()
            .collect();

        let end = dynamic_at + dynamic.len();
        let mut bytes = self.header();
        bytes.extend(segment(LOAD, 0, end));
        bytes.extend(segment(DYNAMIC, dynamic_at, dynamic.len()));
        bytes.extend(match self.interpreter {
            Some(_) => segment(INTERPRETER, interpreter_at, interpreter.len() + 1),
            None => segment(0, 0, 0),
        });
        bytes.extend(interpreter.as_bytes());
        bytes.push(0);
        bytes.extend(strings.0);
        bytes.extend(versions);
        bytes.resize(dynamic_at, 0);
        bytes.extend(dynamic);
        bytes
    }

    fn header(&self) -> Vec<u8> {
        let machine: u16 = match self.machine.as_deref() {
            None | Some("x86_64") => 62,
            Some("aarch64") => 183,
            Some(other) => panic!("no fixture is for `{other}` yet"),
        };
        let mut header = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
        header.extend(3_u16.to_le_bytes());
        header.extend(machine.to_le_bytes());
        header.extend(1_u32.to_le_bytes());
        for offset in [0, HEADER_BYTES as u64, 0] {
            header.extend(offset.to_le_bytes());
        }
        header.extend(0_u32.to_le_bytes());
        let sizes = [HEADER_BYTES, SEGMENT_BYTES, SEGMENTS, 64, 0, 0];
        header.extend(sizes.iter().flat_map(|size| (*size as u16).to_le_bytes()));
        header
    }

    fn version_needs(&self, strings: &mut Strings) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (number, (library, names)) in (1..).zip(&self.versions) {
            let file = strings.add(library) as u32;
            let is_last = number == self.versions.len();
            let next = if is_last {
                0
            } else {
                16 + 16 * names.len() as u32
            };
            bytes.extend(1_u16.to_le_bytes());
            bytes.extend((names.len() as u16).to_le_bytes());
            bytes.extend([file, 16, next].iter().flat_map(|word| word.to_le_bytes()));
            for (number, name) in (1..).zip(names) {
                let name = strings.add(name) as u32;
                let next = if number == names.len() { 0 } else { 16 };
                bytes.extend(
                    [0, 0, name, next]
                        .iter()
                        .flat_map(|word: &u32| word.to_le_bytes()),
                );
            }
        }
        bytes
    }
}

fn segment(kind: u32, at: usize, bytes: usize) -> Vec<u8> {
    let (at, bytes) = (at as u64, bytes as u64);
    let mut segment = kind.to_le_bytes().to_vec();
    segment.extend(4_u32.to_le_bytes());
    for word in [at, at, at, bytes, bytes, 8] {
        segment.extend(word.to_le_bytes());
    }
    segment
}
