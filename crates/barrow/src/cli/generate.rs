//! `barrow generate`: completions, manual pages and the reference, made from the code.

use std::io::Write as _;

use anyhow::Context as _;
use barrow_check::Check;
use camino::{Utf8Path, Utf8PathBuf};
use clap::{Command, CommandFactory as _};
use clap_complete::Shell;

use super::Cli;
use crate::ops::{self, new_file};
use crate::outcome::{Outcome, Result};

/// Generate shell completions, manual pages or the command reference
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print completions for a shell
    Completions { shell: Shell },
    /// Write manual pages into a folder
    Man { directory: Utf8PathBuf },
    /// Write the command reference into a folder
    Reference { directory: Utf8PathBuf },
}

pub fn run(arguments: &Args, context: &ops::Context) -> Result<Outcome> {
    match &arguments.what {
        What::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "barrow", &mut script);
            context
                .output
                .line(String::from_utf8_lossy(&script).trim_end());
        }
        What::Man { directory } => {
            for command in commands() {
                let name = command.get_name().replace(' ', "-");
                let mut page = Vec::new();
                clap_mangen::Man::new(command.name(name.clone()))
                    .render(&mut page)
                    .context("cannot render the manual page")?;
                write(&directory.join(format!("{name}.1")), &page)?;
            }
        }
        What::Reference { directory } => {
            write(&directory.join("cli.md"), reference().as_bytes())?;
            write(&directory.join("checks.md"), checks().as_bytes())?;
        }
    }
    Ok(Outcome::Done)
}

/// `barrow` and every visible subcommand, each under its full name.
fn commands() -> Vec<Command> {
    fn add(command: &Command, commands: &mut Vec<Command>) {
        commands.push(command.clone());
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            if sub.get_name() != "help" {
                let name = format!("{} {}", command.get_name(), sub.get_name());
                add(&sub.clone().name(name.clone()).bin_name(name), commands);
            }
        }
    }
    // Wrapped at a fixed width, so that the pages do not depend on the terminal.
    let mut root = Cli::command().term_width(100);
    root.build();
    let mut all = Vec::new();
    add(&root, &mut all);
    all
}

/// The whole command line as one Markdown page.
pub fn reference() -> String {
    let mut page = Vec::new();
    let mut text = || -> std::io::Result<()> {
        writeln!(page, "# Command reference\n")?;
        writeln!(
            page,
            "Made by `barrow generate reference docs/reference`; do not edit.\n"
        )?;
        for mut command in commands() {
            writeln!(page, "## `{}`\n", command.get_name())?;
            writeln!(
                page,
                "```text\n{}\n```\n",
                command.render_long_help().to_string().trim_end()
            )?;
        }
        writeln!(page, "## Exit codes\n\n| code | meaning |\n|---|---|")?;
        for outcome in Outcome::ALL {
            writeln!(page, "| {} | {} |", outcome.code(), outcome.meaning())?;
        }
        Ok(())
    };
    text().expect("writing to memory does not fail");
    String::from_utf8(page).expect("help texts are UTF-8")
}

/// Every check: a table, and then the text that `--explain` prints of each.
pub fn checks() -> String {
    let mut page = Vec::new();
    let mut text = || -> std::io::Result<()> {
        writeln!(page, "# Checks\n")?;
        writeln!(
            page,
            "Made by `barrow generate reference docs/reference`; do not edit.\n"
        )?;
        writeln!(
            page,
            "`barrow check` runs them on any package and `barrow build` on what it is about to write. \
             Where a check is wrong for you, `[tool.barrow.check]` says so: see [settings](../settings.md).\n"
        )?;
        let mut area = None;
        for check in barrow_check::checks::ALL {
            if area.replace(check.area) != Some(check.area) {
                let title = check.area.title();
                writeln!(
                    page,
                    "\n**{title}**\n\n| check | level | finds |\n|---|---|---|"
                )?;
            }
            let Check { name, level, .. } = check;
            let fixable = if check.fixable { ", `--fix`" } else { "" };
            writeln!(
                page,
                "| [`{name}`](#{name}) | {level}{fixable} | {} |",
                check.summary()
            )?;
        }
        for check in barrow_check::checks::ALL {
            write!(page, "\n{}", check.page())?;
        }
        Ok(())
    };
    text().expect("writing to memory does not fail");
    String::from_utf8(page).expect("documentation is UTF-8")
}

fn write(path: &Utf8Path, bytes: &[u8]) -> Result<()> {
    Ok(new_file::write(path, bytes).with_context(|| format!("cannot write `{path}`"))?)
}
