//! Help, completions and manual pages.

use crate::support::Folder;

const COMMANDS: &[&str] = &[
    "check",
    "fmt",
    "replay",
    "explain",
    "bench",
    "new",
    "test",
    "package",
    "import",
    "export",
    "completions",
    "man",
];

#[test]
fn every_shell_completes_every_command() {
    let folder = Folder::new("shell-completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.run(&["completions", shell]).ends(0);
        for command in COMMANDS {
            assert!(run.out.contains(command), "{shell} does not know {command}");
        }
    }
    let run = folder.run(&["completions", "cmd"]).ends(2);
    assert!(run.err.contains("possible values: bash"), "{}", run.err);
}

#[test]
fn a_shell_reads_its_completions() {
    let folder = Folder::new("shell-reads");
    folder.file("diffract.bash", folder.run(&["completions", "bash"]).ends(0).out);
    let read = std::process::Command::new("bash").arg("-n").arg(folder.path("diffract.bash")).status();
    // Where there is no bash, nobody asks it.
    assert!(read.map_or(true, |status| status.success()));
}

#[test]
fn manual_pages_are_written_one_a_command() {
    let folder = Folder::new("shell-man");
    let page = folder.run(&["man"]).ends(0).out;
    assert!(page.contains(".TH diffract 1"), "{page}");
    folder.run(&["man", "--out", "pages"]).ends(0);
    // What is there is left alone unless one says so.
    folder.file("pages/diffract-fmt.1", "mine");
    let said = folder.run(&["man", "--out", "pages"]).ends(2).err;
    assert!(said.contains("is there already; add `--force`"), "{said}");
    assert_eq!(folder.read("pages/diffract-fmt.1"), "mine");
    folder.run(&["man", "--out", "pages", "--force"]).ends(0);
    assert!(folder.read("pages/diffract-fmt.1").contains("diffract"));
    for command in COMMANDS {
        assert!(folder.read(&format!("pages/diffract-{command}.1")).contains("Exit codes"), "{command}");
    }
}

#[test]
fn help_has_examples_and_exit_codes() {
    let folder = Folder::new("shell-help");
    let help = folder.run(&["--help"]).ends(0).out;
    for command in COMMANDS {
        assert!(help.contains(&format!("  {command}")), "{command} is not in the help");
        let help = folder.run(&[command, "--help"]).ends(0).out;
        assert!(help.contains("Examples:") && help.contains("Exit codes:"), "{command}: {help}");
    }
    let run = folder.run(&["chekc"]).ends(2);
    assert!(run.err.contains("'check'"), "{}", run.err);
}
