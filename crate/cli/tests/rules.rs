//! `diffract check` and `diffract fmt`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn file(name: &str, contents: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rules");
    fs::create_dir_all(&folder).expect("a folder for this test");
    let path = folder.join(name);
    fs::write(&path, contents).expect("written");
    path
}

fn diffract(command: &str, more: &[&str], file: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_diffract")).arg(command).args(more).arg(file).output().expect("it runs")
}

#[test]
fn check_ends_with_one_if_there_are_errors() {
    let sound = diffract("check", &[], &file("sound.rules", "hide if promoted\n"));
    assert_eq!(sound.status.code(), Some(0));
    let broken = diffract("check", &[], &file("broken.rules", "hide if likes > \"x\"\nhide if promoted\n"));
    let said = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert_eq!(broken.status.code(), Some(1), "{said}");
    assert!(said.contains("broken.rules:1:") && said.contains("1 rule, 1 error"), "{said}");
    assert_eq!(diffract("check", &[], Path::new("no-such.rules")).status.code(), Some(2));
}

#[test]
fn check_names_the_line_that_is_not_utf8() {
    let path = file("latin1.rules", "");
    fs::write(&path, b"hide if promoted\nhide if text has \"caf\xe9\"\n").expect("written");
    let output = diffract("check", &[], &path);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("not UTF-8 (line 2)"));
}

#[test]
fn a_list_that_cannot_be_read_is_said_to_be_so() {
    let rules = file("lists.rules", "let @a = list \"latin1.txt\"\nhide if author in @a\nhide if promoted\n");
    fs::write(rules.with_file_name("latin1.txt"), b"ren\xe9\n").expect("written");
    let output = diffract("check", &[], &rules);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("latin1.txt is not UTF-8 (line 1)") && !said.contains("has no file"), "{said}");
    assert!(said.contains("1 rule, 2 errors"), "{said}");
}

#[cfg(unix)]
#[test]
fn fmt_leaves_links_modes_and_other_files_alone() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let path = file("linked.rules", "hide   if   promoted\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let other = file("linked.rules.tmp", "mine");
    let link = path.with_file_name("link.rules");
    let _ = fs::remove_file(&link);
    symlink(&path, &link).expect("a link");
    assert_eq!(diffract("fmt", &[], &link).status.code(), Some(0));
    assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    assert_eq!(fs::read_to_string(&path).expect("readable"), "hide if promoted\n");
    assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(&other).expect("readable"), "mine");
}

#[test]
fn fmt_formats_in_place_and_once() {
    let path = file("loose.rules", "hide   if   promoted   # paid\n");
    assert_eq!(diffract("fmt", &["--check"], &path).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).expect("readable"), "hide   if   promoted   # paid\n");
    assert_eq!(diffract("fmt", &[], &path).status.code(), Some(0));
    let formatted = fs::read_to_string(&path).expect("readable");
    assert!(formatted.starts_with("hide if promoted") && formatted.contains("# paid"), "{formatted}");
    assert_eq!(diffract("fmt", &["--check"], &path).status.code(), Some(0));
}
