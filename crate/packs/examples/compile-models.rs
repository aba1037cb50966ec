//! Gathers the cards of the models that come with the extension as the JSON that its build takes in:
//! `cargo run -p diffract-packs --example compile-models -- OUT.json FOLDER`, a folder of models. The cards were checked when
//! the models were made, and are checked again by whoever runs them; here they only change their form.

use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(out), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: compile-models OUT.json FOLDER");
        return ExitCode::FAILURE;
    };
    let written = cards(Path::new(&folder)).and_then(|cards| {
        fs::write(&out, serde_json::Value::from(cards.clone()).to_string()).map(|()| cards)
    });
    match written {
        Ok(cards) if !cards.is_empty() => {
            println!("{} models in {out}", cards.len());
            ExitCode::SUCCESS
        }
        Ok(_) => {
            eprintln!("{folder}: there is no model");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Every card, in the order of the folders' names.
fn cards(folder: &Path) -> io::Result<Vec<serde_json::Value>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .filter_map(|entry| Some(entry.ok()?.path().join("card.toml")))
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    let bad = |path: &Path, error: String| io::Error::other(format!("{}: {error}", path.display()));
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path)?;
            let card: toml::Table = toml::from_str(&text).map_err(|error| bad(&path, error.to_string()))?;
            serde_json::to_value(card).map_err(|error| bad(&path, error.to_string()))
        })
        .collect()
}
