//! `diffract completions`: what a shell needs to complete our commands.

use crate::outcome::Outcome;
use anyhow::Result;
use clap_complete::Shell;
use std::io::{self, Write};

/// Write a shell's completions to standard output
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  diffract completions bash > ~/.local/share/bash-completion/completions/diffract
  diffract completions zsh  > ~/.zfunc/_diffract          (with ~/.zfunc in fpath)
  diffract completions fish > ~/.config/fish/completions/diffract.fish
  diffract completions powershell | Out-String | Invoke-Expression

Exit codes:
  0  written
  2  no such shell")]
pub struct Arguments {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Writes them.
///
/// # Errors
/// If nothing can be written.
pub fn run(arguments: &Arguments, command: &mut clap::Command) -> Result<Outcome> {
    let mut out = Vec::new();
    clap_complete::generate(arguments.shell, command, "diffract", &mut out);
    io::stdout().write_all(&out)?;
    Ok(Outcome::Well)
}
