//! Compiles the packs that come with the extension to the JSON that its build takes in:
//! `cargo run -p diffract-packs --example compile-packs -- OUT.json FOLDER`, a folder of packs. Ends with 1 and the problems,
//! file and line, if there are any: a pack of our own has none.

use diffract_core::Severity;
use diffract_packs::files::part;
use diffract_packs::{Files, Pack};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::{fs, io};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(out), Some(folder)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: compile-packs OUT.json FOLDER");
        return ExitCode::FAILURE;
    };
    match compile(Path::new(&folder)) {
        Ok((packs, problems)) => {
            for problem in &problems {
                eprintln!("{problem}");
            }
            let count = packs.len();
            if let Err(error) = fs::write(&out, serde_json::Value::from(packs).to_string()) {
                eprintln!("{out}: {error}");
                return ExitCode::FAILURE;
            }
            println!("{count} packs in {out}");
            if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{folder}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compile(folder: &Path) -> io::Result<(Vec<serde_json::Value>, Vec<String>)> {
    let (mut packs, mut problems) = (Vec::new(), Vec::new());
    let mut folders: Vec<_> = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    folders.sort_by_key(fs::DirEntry::file_name);
    for entry in folders.iter().filter(|entry| entry.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let mut files = Files::default();
        add(&mut files, &entry.path(), "").map_err(io::Error::other)?;
        let reading = Pack::read(&files);
        problems.extend(reading.problems.iter().map(|problem| format!("{name}/{problem}")));
        let Some(pack) = reading.pack else { continue };
        if pack.manifest.id != name {
            problems.push(format!("{name}/pack.toml: `id`: it is not the folder's name"));
        }
        let compiled = pack.compile();
        for message in compiled.diagnostics.iter().flat_map(|of_pack| &of_pack.diagnostics) {
            if message.severity != Severity::Hint {
                problems.push(format!("{name}/rules.rules:{}: {}", message.line, message.message));
            }
        }
        packs.push(json!({
            "id": pack.manifest.id,
            "title": pack.manifest.title,
            "description": pack.manifest.description,
            "version": pack.manifest.version,
            "source": pack.rules,
            "lists": pack.lists,
        }));
    }
    Ok((packs, problems))
}

/// Adds the files of a pack's own folder; they are ours, so nothing is suspected of them.
fn add(
    files: &mut Files,
    folder: &Path,
    inside: &str,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            add(files, &entry.path(), &format!("{path}/"))?;
        } else if part(&path).is_some() {
            files.add(&path, fs::read(entry.path())?)?;
        }
    }
    Ok(())
}
