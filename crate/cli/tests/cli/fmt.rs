//! `diffract fmt`.

use crate::support::Folder;
use std::path::Path;

const LOOSE: &str = "# mine\nhide   if   promoted   # paid\n\n\n\nHIDE if likes >3\nnot a rule at all  !!\n";
const FORMATTED: &str = "# mine\nhide if promoted  # paid\n\nhide if likes > 3\nnot a rule at all  !!\n";

#[test]
fn files_are_formatted_in_place_and_once() {
    let folder = Folder::new("fmt-place");
    folder.file("a.rules", LOOSE).file("packs/b.rules", LOOSE).file("packs/c.rules", FORMATTED);
    let run = folder.run(&["fmt", "--check", "a.rules", "packs"]).ends(1);
    assert!(run.err.contains("2 of 3 files are not formatted"), "{}", run.err);
    assert_eq!(folder.read("a.rules"), LOOSE);
    let run = folder.run(&["fmt", "a.rules", "packs"]).ends(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", "formatted a.rules\nformatted packs/b.rules\n"));
    for name in ["a.rules", "packs/b.rules", "packs/c.rules"] {
        assert_eq!(folder.read(name), FORMATTED, "{name}");
    }
    let run = folder.run(&["fmt", "--check", "a.rules", "packs"]).ends(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
}

#[test]
fn check_shows_the_difference() {
    let folder = Folder::new("fmt-check");
    folder.file("a.rules", LOOSE);
    insta::assert_snapshot!("difference", folder.run(&["fmt", "--check", "a.rules"]).ends(1).out);
    folder.file("ends.rules", "hide if promoted\r\n");
    let run = folder.run(&["fmt", "--check", "ends.rules"]).ends(1);
    assert!(run.out.contains("-hide if promoted␍\n+hide if promoted\n"), "{}", run.out);
}

#[test]
fn standard_input_goes_to_standard_output() {
    let folder = Folder::new("fmt-stdin");
    assert_eq!(folder.run_with(&["fmt", "-"], LOOSE.as_bytes()).ends(0).out, FORMATTED);
    assert_eq!(folder.run_with(&["fmt", "-"], FORMATTED.as_bytes()).ends(0).out, FORMATTED);
    let run = folder.run_with(&["fmt", "--check", "-"], LOOSE.as_bytes()).ends(1);
    assert!(run.out.starts_with("--- <stdin>\n"), "{}", run.out);
}

#[test]
fn a_file_that_cannot_be_read_costs_itself_only() {
    let folder = Folder::new("fmt-bad");
    folder.file("latin.rules", b"caf\xe9\n").file("z.rules", LOOSE);
    let run = folder.run(&["fmt", "latin.rules", "z.rules"]).ends(2);
    assert!(
        run.err.contains("not UTF-8") && run.err.contains("1 of 2 files could not be formatted"),
        "{}",
        run.err
    );
    assert_eq!(folder.read("z.rules"), FORMATTED);
    let run = folder.run(&["fmt", "zz.rules"]).ends(2);
    assert!(run.err.contains("there is no such file"), "{}", run.err);
}

#[test]
fn the_packs_that_are_shipped_are_formatted() {
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../extension/packs");
    let packs = packs.canonicalize().expect("there").display().to_string();
    let run = Folder::new("fmt-shipped").run(&["fmt", "--check", &packs]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn links_modes_and_other_files_are_left_alone() {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new("fmt-link");
    folder.file("kept/mine.rules", LOOSE).file("kept/mine.rules.tmp", "mine");
    fs::set_permissions(folder.path("kept/mine.rules"), fs::Permissions::from_mode(0o640)).expect("set");
    symlink("kept/mine.rules", folder.path("link.rules")).expect("a link");
    folder.run(&["fmt", "link.rules"]).ends(0);
    assert!(folder.path("link.rules").symlink_metadata().expect("there").is_symlink());
    assert_eq!(folder.read("kept/mine.rules"), FORMATTED);
    let mode = folder.path("kept/mine.rules").metadata().expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(folder.read("kept/mine.rules.tmp"), "mine");
}
