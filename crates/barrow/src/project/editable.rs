//! Editable installs: files in `site-packages` that lead to a project elsewhere on this machine,
//! where Lambda cannot follow.

use super::SourceFile;

/// What setuptools, hatchling and others call the file that they leave.
const EDITABLE: &str = "__editable__";

/// A link names one folder; nothing longer is read.
const LINK_LIMIT_BYTES: u64 = 64 << 10;

/// The names of the links among files that lie where Python looks for modules.
pub(super) fn links(files: &[SourceFile]) -> Vec<String> {
    let names = files.iter().filter(|file| is_link(file));
    names.map(|file| file.path.to_string()).collect()
}

fn is_link(file: &SourceFile) -> bool {
    let name = file.path.as_str();
    let is_pth = name.ends_with(".pth");
    if name.contains('/') || !(is_pth || name.ends_with(".egg-link")) {
        return false;
    }
    name.starts_with(EDITABLE) || name.ends_with(".egg-link") || leads_away(file)
}

/// Whether a line names a folder by its whole path. Lines of code begin with `import`.
fn leads_away(file: &SourceFile) -> bool {
    if file.bytes > LINK_LIMIT_BYTES {
        return false;
    }
    // Whatever is wrong with the file, packing it says so.
    let text = std::fs::read_to_string(&file.on_disk).unwrap_or_default();
    text.lines()
        .any(|line| camino::Utf8Path::new(line.trim()).is_absolute())
}
