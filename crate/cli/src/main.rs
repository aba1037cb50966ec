//! `diffract`: the command line for rule authors and for CI.
//!
//! Every command ends with 0 (all is well), 1 (a rule file has errors; whatever could be done was done) or
//! 2 (there was nothing to work on: no such file, no such platform, no posts).

mod check;
mod fmt;
mod moment;
mod packs;
mod replay;

use clap::{Parser, Subcommand};
use std::io;
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All is well.
    Well,
    /// A rule file has errors.
    RuleErrors,
}

/// Take your feed back: check, format and try out rules.
#[derive(Debug, Parser)]
#[command(name = "diffract", version, about, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:\n  0  all is well\n  1  a rule file has errors or cannot be read (or, for `fmt --check`, is not formatted)\n  2  the input cannot be used";

#[derive(Debug, Subcommand)]
enum Command {
    /// Decide every post of a recorded answer of a platform's API, and say why
    Replay(replay::Arguments),
    /// Check rule files and say what is wrong with them
    Check(check::Arguments),
    /// Format rule files in place
    Fmt(fmt::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Fmt(arguments) => fmt::run(&arguments),
    };
    match done {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::RuleErrors) => ExitCode::from(1),
        Err(problem) if is_closed_pipe(&problem) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem:#}");
            ExitCode::from(2)
        }
    }
}

/// Whether whoever read our output has read enough (`diffract … | head`).
fn is_closed_pipe(problem: &anyhow::Error) -> bool {
    problem
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
