//! `uv build`: the project's own backend, in an environment of its own.

use std::fs;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};

use super::run::run;
use super::{BuildError, Builder, SourceOf};
use crate::Reporter;
use crate::resolve::advice;

/// 1980-01-01, the first moment that a zip can name. Backends that honour it write the same
/// times into every wheel; what the others write is not copied into packages anyway.
const SOURCE_DATE_EPOCH: &str = "315532800";

impl Builder {
    /// Builds the wheel and returns its path.
    pub(super) fn run_uv(
        &self,
        of: SourceOf<'_>,
        project: &Utf8Path,
        output: &Utf8Path,
        reporter: &dyn Reporter,
    ) -> Result<Utf8PathBuf, BuildError> {
        let what = of.to_string();
        let mut command = self.uv(of, reporter)?;
        command
            .args(["build", "--wheel", "--no-create-gitignore", "--out-dir"])
            .arg(output);
        if let Some(python) = self.python(of, reporter)? {
            command.arg("--python").arg(python);
        }
        if self.offline {
            command.arg("--offline");
        }
        command.args(&self.index.arguments).arg("--").arg(project);
        if let Err(complaint) = run(&mut command)? {
            let hints = advice::without_wheel(of.name);
            return Err(BuildError::Failed {
                what,
                output: complaint.lines,
                hints,
            });
        }
        let read = |source| BuildError::Read {
            path: output.to_owned(),
            source,
        };
        let mut wheels = Vec::new();
        for entry in output.read_dir_utf8().map_err(read)? {
            let path = entry.map_err(read)?.path().to_owned();
            if path.extension() == Some("whl") {
                wheels.push(path);
            }
        }
        match <[Utf8PathBuf; 1]>::try_from(wheels) {
            Ok([wheel]) => Ok(wheel),
            Err(wheels) => Err(BuildError::NotAWheel {
                what,
                seen: format!("{} wheels", wheels.len()),
            }),
        }
    }

    /// An interpreter to build with: the target's minor version where there is one, because a
    /// `setup.py` may ask for it, else any.
    pub(super) fn python(
        &self,
        of: SourceOf<'_>,
        reporter: &dyn Reporter,
    ) -> Result<Option<String>, BuildError> {
        let version = self.target.runtime.python_version();
        for request in [Some(version), None] {
            let mut command = self.uv(of, reporter)?;
            command
                .args(["python", "find", "--no-project"])
                .args(request);
            if let Ok(found) = run(&mut command)? {
                return Ok(Some(found.trim().to_owned()));
            }
        }
        Ok(None)
    }

    fn uv(&self, of: SourceOf<'_>, reporter: &dyn Reporter) -> Result<Command, BuildError> {
        let program = self.uv_program(of, reporter)?;
        let mut command = Command::new(program.path);
        command
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("UV_NO_PROGRESS", "1")
            .env("NO_COLOR", "1")
            .env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH)
            // What the shell has set up for its own Python is not for this one.
            .env_remove("PYTHONPATH")
            .env_remove("PYTHONHOME")
            .envs(
                self.index
                    .variables
                    .iter()
                    .map(|(name, value)| (name, value)),
            );
        Ok(command)
    }

    /// Unpacks an archive and returns the folder that everything in it lies in.
    pub(super) fn unpack(
        &self,
        of: SourceOf<'_>,
        archive: &Utf8Path,
        into: &Utf8Path,
        reporter: &dyn Reporter,
    ) -> Result<Utf8PathBuf, BuildError> {
        // Python reads whatever a source distribution may be, and refuses paths that lead out.
        const UNPACK: &str = "import shutil, sys\n\
            extra = {'filter': 'data'} if sys.argv[1].split('.')[-1] != 'zip' else {}\n\
            shutil.unpack_archive(sys.argv[1], sys.argv[2], **extra)\n";
        let what = of.to_string();
        let read = |source| BuildError::Read {
            path: into.to_owned(),
            source,
        };
        fs::create_dir_all(into).map_err(read)?;
        let no_python = || vec!["there is no Python to unpack it with".to_owned()];
        let Some(python) = self.python(of, reporter)? else {
            return Err(BuildError::Unpack {
                what,
                output: no_python(),
            });
        };
        let mut command = Command::new(python);
        command.args(["-I", "-c", UNPACK]).arg(archive).arg(into);
        if let Err(complaint) = run(&mut command)? {
            return Err(BuildError::Unpack {
                what,
                output: complaint.lines,
            });
        }
        let mut inside = Vec::new();
        for entry in into.read_dir_utf8().map_err(read)? {
            inside.push(entry.map_err(read)?.path().to_owned());
        }
        match <[Utf8PathBuf; 1]>::try_from(inside) {
            Ok([folder]) if folder.is_dir() => Ok(folder),
            _ => Ok(into.to_owned()),
        }
    }
}
