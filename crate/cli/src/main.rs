//! `diffract`: the command line for rule authors and for CI.
//!
//! A command is a file of its own (or a folder) with `Arguments`, which clap reads, and `run`, which does it and
//! says how it ended. Adding one is a `mod` line, an arm of [`Command`], and an arm of [`run`]. What commands
//! share: [`packs`] reads rule files, [`files`] reads and replaces any file, [`terminal`] knows colours, widths and
//! progress, [`outcome`] the exit codes.

mod bench;
mod check;
mod completions;
mod explain;
mod export;
mod files;
mod fmt;
mod folder;
mod format;
mod import;
mod man;
mod models;
mod moment;
mod new;
mod outcome;
mod package;
mod packs;
mod posts;
mod replay;
mod rewrite;
mod score;
mod terminal;
mod test;

use clap::{CommandFactory, Parser, Subcommand};
use outcome::Outcome;
use std::io;
use std::process::ExitCode;

/// Take your feed back: check, format, try out and explain rules.
#[derive(Debug, Parser)]
#[command(name = "diffract", version, about, after_help = AFTER_HELP, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    colour: colorchoice_clap::Color,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Examples:
  diffract check my.rules                                         what is wrong with it?
  diffract fmt my.rules                                           set it in its one form
  diffract replay --rules my.rules --platform x recorded.json     what would it have done?

Exit codes:
  0  all is well
  1  something is to be looked at: a rule file has errors, is not formatted, a verdict changes
  2  the input cannot be used: no such file, no such platform, no posts
  141  whoever read the output closed it before its end (`diffract … | head`)

`diffract COMMAND --help` has examples and the exit codes of each command.";

#[derive(Debug, Subcommand)]
enum Command {
    Check(check::Arguments),
    Fmt(fmt::Arguments),
    Replay(replay::Arguments),
    Rewrite(rewrite::Arguments),
    Explain(explain::Arguments),
    Bench(bench::Arguments),
    Score(score::Arguments),
    Models(models::Arguments),
    New(new::Arguments),
    Test(test::Arguments),
    Package(package::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

fn run(command: &Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Check(arguments) => check::run(arguments),
        Command::Fmt(arguments) => fmt::run(arguments),
        Command::Replay(arguments) => replay::run(arguments),
        Command::Rewrite(arguments) => rewrite::run(arguments),
        Command::Explain(arguments) => explain::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Score(arguments) => score::run(arguments),
        Command::Models(arguments) => models::run(arguments),
        Command::New(arguments) => new::run(arguments),
        Command::Test(arguments) => test::run(arguments),
        Command::Package(arguments) => package::run(arguments),
        Command::Import(arguments) => import::run(arguments),
        Command::Export(arguments) => export::run(arguments),
        Command::Completions(arguments) => completions::run(arguments, &mut Arguments::command()),
        Command::Man(arguments) => man::run(arguments, Arguments::command()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    arguments.colour.write_global();
    match run(&arguments.command) {
        Ok(outcome) => outcome.into(),
        Err(problem) if is_closed_pipe(&problem) => ExitCode::from(CLOSED_PIPE),
        Err(problem) => {
            terminal::error(&format!("{problem:#}"));
            ExitCode::from(2)
        }
    }
}

/// What a shell says of a program that the signal 13 (`SIGPIPE`) ends, as it does most others whose reader has read enough.
/// Neither 0 nor 1: whether all is well was not found out to the end.
const CLOSED_PIPE: u8 = 128 + 13;

/// Whether whoever read our output has read enough (`diffract … | head`).
fn is_closed_pipe(problem: &anyhow::Error) -> bool {
    problem
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_shows_examples_and_exit_codes() {
        for command in Arguments::command().get_subcommands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains("Examples:"), "{} has no examples", command.get_name());
            assert!(help.contains("Exit codes:"), "{} has no exit codes", command.get_name());
        }
    }
}
