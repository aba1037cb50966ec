//! Runs `tests/rules/*.toml` on the core. The same cases run in wasm: `crate/engine/tests/cases.rs`.

#[path = "cases/mod.rs"]
mod cases;
#[path = "cases/native.rs"]
mod native;
#[path = "cases/recipes.rs"]
mod recipes;

use native::Core;

#[test]
fn every_case_holds() {
    let (count, wrong) = cases::run::<Core>();
    assert!(wrong.is_empty(), "{} of {count} cases:\n{}", wrong.len(), wrong.join("\n"));
    println!("{count} cases");
    assert!(count >= 120, "only {count} cases were read");
}

#[test]
fn every_file_is_run() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/rules");
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .expect("the folder of cases")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    there.sort();
    let run: Vec<&str> = cases::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(there, run, "the list in crate/core/tests/cases/mod.rs");
}
