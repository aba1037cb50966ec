//! Compiles the shipped DOM adapters, and any further files named, to the JSON that the shell interprets:
//! `cargo run -p diffract-adapters --example compile-dom -- OUT.json [MORE.toml ...]`. Ends with 1 and the
//! problems, file and line, if there are any.

use diffract_adapters::dom;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let Some(out) = args.next() else {
        eprintln!("usage: compile-dom OUT.json [MORE.toml ...]");
        return ExitCode::FAILURE;
    };
    let mut more = Vec::new();
    for file in args {
        match std::fs::read_to_string(&file) {
            Ok(source) => more.push((file, source)),
            Err(e) => {
                eprintln!("{file}: {e}");
                return ExitCode::FAILURE;
            }
        }
    }
    let mut files = dom::builtin().to_vec();
    files.extend(more.iter().map(|(file, source)| (file.as_str(), source.as_str())));
    let compiled = dom::compile(&files);
    for problem in &compiled.problems {
        eprintln!("{problem}");
    }
    let json = serde_json::to_string(&compiled).expect("adapters are plain data");
    if let Err(e) = std::fs::write(&out, json) {
        eprintln!("{out}: {e}");
        return ExitCode::FAILURE;
    }
    println!("{} adapters in {out}", compiled.adapters.len());
    if compiled.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
