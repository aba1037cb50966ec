//! `diffract` as a person runs it, in a folder of the test's own.

use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run said, and how it ended.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Run {
    /// Ended as expected, or everything it said.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|problem| panic!("{problem}: {}", self.out))
    }

    /// Standard output as one JSON document a line.
    pub fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
    }
}

/// A folder of the test's own, empty at first.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for this test");
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a file, and the folders that it stands in.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it stands in a folder")).expect("a folder");
        fs::write(path, contents).expect("written");
        self
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("readable")
    }

    /// The command, not yet run: in the folder, without colour, 100 columns wide.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_diffract"));
        command.args(arguments).current_dir(&self.0).env("COLUMNS", "100");
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(variable);
        }
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, b"")
    }

    /// With something on standard input.
    pub fn run_with(&self, arguments: &[&str], input: &[u8]) -> Run {
        finish(self.command(arguments), input)
    }
}

/// Runs a command to its end.
pub fn finish(mut command: Command, input: &[u8]) -> Run {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // Whoever does not read its input closes it; that is no failure.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("it does not panic");
    let err = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(!err.contains("panicked"), "{err}");
    Run { code: output.status.code(), out: String::from_utf8(output.stdout).expect("UTF-8"), err }
}

/// A recorded answer of our own making.
pub fn payload(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../adapters/tests/payloads")
        .join(name)
        .canonicalize()
        .expect("there")
        .display()
        .to_string()
}
