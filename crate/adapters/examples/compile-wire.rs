//! Writes which addresses of each shipped platform answer with posts, for whoever listens to a page's requests:
//! `cargo run -p diffract-adapters --example compile-wire -- OUT.json`.

use diffract_adapters::wire;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(out) = std::env::args().nth(1) else {
        eprintln!("usage: compile-wire OUT.json");
        return ExitCode::FAILURE;
    };
    let mut adapters = Vec::new();
    for adapter in wire::builtin() {
        match adapter {
            Ok(adapter) => adapters.push(adapter),
            Err(problem) => eprintln!("{problem}"),
        }
    }
    let addresses: Vec<_> = adapters.iter().map(wire::WireAdapter::addresses).collect();
    let json = serde_json::to_string(&addresses).expect("addresses are plain data");
    if let Err(e) = std::fs::write(&out, json) {
        eprintln!("{out}: {e}");
        return ExitCode::FAILURE;
    }
    println!("{} platforms in {out}", addresses.len());
    ExitCode::SUCCESS
}
