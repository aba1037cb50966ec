//! A card in a few lines, for people.

use crate::terminal::{BOLD, DIM, RED, YELLOW, plain, shortened, styled};
use diffract_models::Card;
use diffract_models::card::Task;
use std::io::{self, Write};
use std::path::Path;

/// The longest line of what a card says about itself.
const LONGEST: usize = 200;

/// Writes what a person wants to know of a model before using it.
pub fn card(out: &mut impl Write, card: &Card, folder: &Path) -> io::Result<()> {
    let said = |text: &str| shortened(text, LONGEST);
    let size = match card.file.bytes {
        bytes @ ..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        bytes => format!("{:.1} MB", bytes as f64 / 1e6),
    };
    let experimental =
        if card.experimental { format!("  {}", styled(YELLOW, "experimental")) } else { String::new() };
    writeln!(out, "{}{experimental}", styled(BOLD, &card.name))?;
    writeln!(out, "  {}", said(&card.about))?;
    let languages = match card.languages.as_slice() {
        [] => String::new(),
        few @ [_] | few @ [_, _] | few @ [_, _, _] => format!("; {}", said(&few.join(", "))),
        many => format!("; {} languages", many.len()),
    };
    writeln!(out, "  in {}{languages}; {size}; {}", said(&card.finds), said(&card.licence))?;
    if let (Some(threshold), Some(thresholds)) = (card.threshold(), &card.thresholds) {
        let verb = if card.task == Task::Choose { "answers" } else { "flags" };
        writeln!(out, "  {verb} from {threshold} on (threshold {})", said(&thresholds.default))?;
        for test in figures(card, &thresholds.default) {
            writeln!(out, "  {test}")?;
        }
    }
    for missed in &card.missed {
        writeln!(out, "  {} {}", styled(YELLOW, "missed:"), said(missed))?;
    }
    for failure in &card.failures {
        writeln!(out, "  - {}", said(failure))?;
    }
    writeln!(out, "  {}", styled(DIM, plain(&folder.display().to_string())))
}

/// What the card's tests say of a threshold: `found 96 % of 1,562, false alarms 0.3 %`.
fn figures(card: &Card, threshold: &str) -> Vec<String> {
    let tests = card.whole().get("test").and_then(toml::Value::as_array).into_iter().flatten();
    tests
        .filter_map(|test| {
            let set = test.get("set")?.as_str()?;
            let figures = test.get(threshold)?;
            let share = |key: &str| figures.get(key)?.as_array()?.first()?.as_float();
            let percent = |share: f64| format!("{:.1} %", 100.0 * share);
            let found = share("recall").map(|share| format!("finds {}", percent(share)));
            let alarms = share("false_alarms").map(|share| format!("false alarms {}", percent(share)));
            let parts: Vec<String> = found.into_iter().chain(alarms).collect();
            (!parts.is_empty()).then(|| format!("on {}: {}", shortened(set, 60), parts.join(", ")))
        })
        .collect()
}

/// Writes what is wrong with an installed model.
pub fn problem(out: &mut impl Write, name: &str, folder: &Path, problem: &str) -> io::Result<()> {
    writeln!(out, "{}  {}", styled(BOLD, name), styled(RED, "broken"))?;
    writeln!(out, "  {}", shortened(problem, LONGEST))?;
    writeln!(out, "  {}", styled(DIM, plain(&folder.display().to_string())))
}
