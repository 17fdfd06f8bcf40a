//! Three readers of zips that know nothing of each other: ours, the `zip` crate's and Python's.

use std::io::{BufRead as _, BufReader, Cursor, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use barrow_core::ReadAt;
use barrow_core::zip::{Directory, copy_verified};
use barrow_model::Sha256;
use sha2::Digest as _;
use zip::ZipArchive;

/// One file of a package, as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub crc32: u32,
    pub bytes: u64,
    pub sha256: String,
    /// With the bits that say that it is a regular file.
    pub mode: u32,
    /// As headers hold it.
    pub modified: u32,
    pub name: String,
}

impl Member {
    pub(crate) fn new(name: &str, content: &[u8], mode: u32, modified: u32) -> Self {
        Self {
            crc32: crc32fast::hash(content),
            bytes: content.len() as u64,
            sha256: Sha256::new(sha2::Sha256::digest(content).into()).to_hex(),
            mode,
            modified,
            name: name.to_owned(),
        }
    }
}

pub(crate) fn ours(package: &dyn ReadAt) -> Vec<Member> {
    let directory = Directory::read(package).unwrap();
    let spans = directory.spans(package).unwrap();
    let entries = directory.entries().iter().zip(spans);
    let members = entries.map(|(entry, span)| {
        let mut content = Vec::new();
        copy_verified(package, &span, &mut |bytes| {
            content.extend_from_slice(bytes);
        })
        .unwrap();
        let member = Member::new(
            &entry.name,
            &content,
            entry.unix_mode().unwrap(),
            entry.modified.to_u32(),
        );
        assert_eq!((member.crc32, entry.extra.len()), (entry.crc32, 0));
        member
    });
    members.collect()
}

pub(crate) fn of_the_zip_crate(package: &[u8]) -> Vec<Member> {
    let mut archive = ZipArchive::new(Cursor::new(package)).unwrap();
    let members = (0..archive.len()).map(|number| {
        let mut file = archive.by_index(number).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        let time = file.last_modified().unwrap();
        let modified = u32::from(time.datepart()) << 16 | u32::from(time.timepart());
        Member::new(&name, &content, file.unix_mode().unwrap(), modified)
    });
    members.collect()
}

/// A Python that reads one archive after the other.
pub(crate) struct Python {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    pub(crate) fn start() -> Self {
        let mut child = Command::new("python3")
            .args(["-I", "-c", include_str!("read_zips.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let questions = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            questions,
            answers,
        }
    }

    pub(crate) fn read(&mut self, package: &Path) -> Vec<Member> {
        writeln!(self.questions, "{}", package.display()).unwrap();
        let mut lines = self.answers.by_ref().lines().map(Result::unwrap);
        let rows: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        rows.iter().map(|row| member(row).unwrap()).collect()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn member(row: &str) -> Option<Member> {
    let mut fields = row.splitn(6, '\t');
    Some(Member {
        crc32: fields.next()?.parse().ok()?,
        bytes: fields.next()?.parse().ok()?,
        sha256: fields.next()?.to_owned(),
        mode: fields.next()?.parse().ok()?,
        modified: fields.next()?.parse().ok()?,
        name: fields.next()?.to_owned(),
    })
}
