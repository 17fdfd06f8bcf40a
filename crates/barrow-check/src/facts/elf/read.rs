//! Reads headers, dynamic segment and version needs through any [`ReadRef`].
//!
//! Every length is bounded, since headers may say anything. What cannot be read is passed over,
//! so that a reader of parts learns at once of everything that it has to fetch.

use object::elf::{
    self, DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRSZ, DT_STRTAB, DT_VERNEED,
    DT_VERNEEDNUM, DynamicTag, FileHeader32, FileHeader64, PT_LOAD, SHF_ALLOC, SHT_PROGBITS,
    SHT_STRTAB, SHT_SYMTAB, VER_FLG_WEAK,
};
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _, SectionHeader as _};
use object::{Endianness, ReadRef};

use super::{Elf, Kind, Machine, Versions};

/// Far more libraries, or versions of one, than any real library needs.
const LARGEST_COUNT: usize = 512;
/// `PATH_MAX`. A run path of several folders is longer than any name.
const LONGEST_STRING_BYTES: u64 = 4096;
/// Thousands of entries, where real libraries have dozens.
const LARGEST_DYNAMIC_BYTES: u64 = 256 << 10;
const CLASS_64: u8 = 2;

/// `None` for what is no ELF file.
pub fn read<'d, R: ReadRef<'d>>(data: R) -> Option<Elf> {
    let start = data.read_bytes_at(0, 5).ok()?;
    if !start.starts_with(b"\x7fELF") {
        return None;
    }
    if start[4] == CLASS_64 {
        Some(Reader::<FileHeader64<Endianness>, R>::new(data)?.read())
    } else {
        Some(Reader::<FileHeader32<Endianness>, R>::new(data)?.read())
    }
}

struct Reader<'d, H: FileHeader<Endian = Endianness>, R> {
    data: R,
    endian: Endianness,
    header: &'d H,
    segments: &'d [H::ProgramHeader],
    is_complete: bool,
}

/// What the dynamic segment points to.
#[derive(Default)]
struct Pointers {
    strings: u64,
    strings_bytes: u64,
    version_needs: Option<u64>,
    version_needs_count: u64,
}

impl<'d, H: FileHeader<Endian = Endianness>, R: ReadRef<'d>> Reader<'d, H, R> {
    fn new(data: R) -> Option<Self> {
        let header = H::parse(data).ok()?;
        let endian = header.endian().ok()?;
        let segments = header.program_headers(endian, data);
        Some(Self {
            data,
            endian,
            header,
            is_complete: segments.is_ok(),
            segments: segments.unwrap_or_default(),
        })
    }

    fn read(mut self) -> Elf {
        let dynamic = self.dynamic();
        let pointers = self.pointers(&dynamic);
        let mut strings_of = |tag| -> Vec<String> {
            let offsets = dynamic.iter().filter(|(found, _)| *found == tag);
            let strings = offsets.take(LARGEST_COUNT).map(|(_, offset)| *offset);
            strings
                .filter_map(|offset| self.string(&pointers, offset))
                .collect()
        };
        let needed = strings_of(DT_NEEDED);
        let soname = strings_of(DT_SONAME).pop();
        let rpath = split(&strings_of(DT_RPATH));
        let runpath = split(&strings_of(DT_RUNPATH));
        let versions = self.versions(&pointers);
        let strippable_bytes = self.strippable_bytes();
        let kind = self.kind(!dynamic.is_empty());
        Elf {
            machine: self.machine(),
            kind,
            soname,
            needed,
            rpath,
            runpath,
            versions,
            strippable_bytes,
            is_complete: self.is_complete,
        }
    }

    fn machine(&self) -> Machine {
        Machine {
            number: self.header.e_machine(self.endian).0,
            is_64_bit: self.header.is_type_64(),
            is_little_endian: self.header.is_little_endian(),
        }
    }

    fn kind(&mut self, is_dynamic: bool) -> Kind {
        let interpreter = self.interpreter();
        match self.header.e_type(self.endian) {
            elf::ET_REL => Kind::Object,
            elf::ET_DYN if interpreter.is_none() && is_dynamic => Kind::Library,
            _ => Kind::Program { interpreter },
        }
    }

    fn interpreter(&mut self) -> Option<String> {
        let endian = self.endian;
        let mut segments = self.segments.iter();
        let segment = segments.find(|segment| segment.p_type(endian) == elf::PT_INTERP)?;
        let (offset, bytes) = segment.file_range(endian);
        let path = self
            .data
            .read_bytes_at(offset, bytes.min(LONGEST_STRING_BYTES));
        let path = self.noting(path)?;
        let end = path.iter().position(|byte| *byte == 0);
        Some(text(&path[..end.unwrap_or(path.len())]))
    }

    /// Tags and values up to the end mark.
    fn dynamic(&mut self) -> Vec<(DynamicTag, u64)> {
        let endian = self.endian;
        let mut segments = self.segments.iter();
        let Some(segment) = segments.find(|segment| segment.p_type(endian) == elf::PT_DYNAMIC)
        else {
            return Vec::new();
        };
        let (offset, bytes) = segment.file_range(endian);
        let count = bytes.min(LARGEST_DYNAMIC_BYTES) as usize / size_of::<H::Dyn>();
        let entries = self.data.read_slice_at::<H::Dyn>(offset, count);
        let entries = self.noting(entries).unwrap_or_default().iter();
        entries
            .map(|entry| (entry.tag(endian), entry.val(endian)))
            .take_while(|(tag, _)| *tag != DT_NULL)
            .collect()
    }

    fn pointers(&mut self, dynamic: &[(DynamicTag, u64)]) -> Pointers {
        let mut pointers = Pointers::default();
        for &(tag, value) in dynamic {
            match tag {
                DT_STRTAB => pointers.strings = self.offset_of(value).unwrap_or_default(),
                DT_STRSZ => pointers.strings_bytes = value,
                DT_VERNEED => pointers.version_needs = self.offset_of(value),
                DT_VERNEEDNUM => pointers.version_needs_count = value,
                _ => {}
            }
        }
        pointers
    }

    /// Where in the file an address of the process is.
    fn offset_of(&mut self, address: u64) -> Option<u64> {
        let endian = self.endian;
        let offset = self.segments.iter().find_map(|segment| {
            let start: u64 = segment.p_vaddr(endian).into();
            let (offset, bytes) = segment.file_range(endian);
            let distance = address.checked_sub(start)?;
            (segment.p_type(endian) == PT_LOAD && distance < bytes)
                .then(|| offset.checked_add(distance))?
        });
        self.is_complete &= offset.is_some();
        offset
    }

    fn string(&mut self, pointers: &Pointers, offset: u64) -> Option<String> {
        let start = pointers.strings.checked_add(offset)?;
        let end = pointers.strings.checked_add(pointers.strings_bytes)?;
        let end = end.min(start.saturating_add(LONGEST_STRING_BYTES));
        let end = end.min(self.data.len().ok()?);
        let found = if pointers.strings > 0 && start < end {
            self.data.read_bytes_at_until(start..end, 0)
        } else {
            Err(())
        };
        self.noting(found).map(text)
    }

    fn versions(&mut self, pointers: &Pointers) -> Vec<Versions> {
        let mut versions = Vec::new();
        let mut at = pointers.version_needs;
        for _ in 0..pointers.version_needs_count.min(LARGEST_COUNT as u64) {
            let need = at.map(|at| self.data.read_at::<elf::Verneed<Endianness>>(at));
            let (Some(need), Some(start)) = (need.and_then(|need| self.noting(need)), at) else {
                break;
            };
            let first = start.checked_add(need.vn_aux.get(self.endian).into());
            let names = self.version_names(pointers, first, need.vn_cnt.get(self.endian));
            let library = self.string(pointers, need.vn_file.get(self.endian).into());
            if let Some(library) = library {
                versions.push(Versions { library, names });
            }
            at = match need.vn_next.get(self.endian) {
                0 => break,
                next => start.checked_add(next.into()),
            };
        }
        versions
    }

    /// Without those that the loader only warns about.
    fn version_names(
        &mut self,
        pointers: &Pointers,
        mut at: Option<u64>,
        count: u16,
    ) -> Vec<String> {
        let mut names = Vec::new();
        for _ in 0..usize::from(count).min(LARGEST_COUNT) {
            let version = at.map(|at| self.data.read_at::<elf::Vernaux<Endianness>>(at));
            let Some(version) = version.and_then(|version| self.noting(version)) else {
                break;
            };
            let is_weak = version.vna_flags.get(self.endian).0 & VER_FLG_WEAK.0 != 0;
            if !is_weak {
                names.extend(self.string(pointers, version.vna_name.get(self.endian).into()));
            }
            at = match version.vna_next.get(self.endian) {
                0 => break,
                next => at.and_then(|at| at.checked_add(next.into())),
            };
        }
        names
    }

    /// What is in the file and not loaded. Nothing where section headers are missing or broken:
    /// the loader does not want them.
    fn strippable_bytes(&self) -> u64 {
        let sections = self.header.section_headers(self.endian, self.data);
        let names = self.header.e_shstrndx(self.endian);
        let sections = (0..).zip(sections.unwrap_or_default());
        let strippable = sections.filter(|(number, section)| {
            let flags = section.sh_flags(self.endian);
            let kind = section.sh_type(self.endian);
            flags.0 & SHF_ALLOC.0 == 0
                && *number != names.0
                && [SHT_PROGBITS, SHT_SYMTAB, SHT_STRTAB].contains(&kind)
        });
        strippable
            .map(|(_, section)| section.sh_size(self.endian).into())
            .fold(0, u64::saturating_add)
    }

    /// Remembers that something could not be read.
    fn noting<T>(&mut self, read: Result<T, ()>) -> Option<T> {
        self.is_complete &= read.is_ok();
        read.ok()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn split(paths: &[String]) -> Vec<String> {
    let folders = paths.iter().flat_map(|path| path.split(':'));
    folders
        .filter(|folder| !folder.is_empty())
        .map(str::to_owned)
        .collect()
}
