//! The core itself as an engine under test.

use crate::cases::Engine;
use diffract_core::batch::read_context;
use diffract_core::post::Post;
use diffract_core::verdict::Verdict;
use diffract_core::{Context, Memory, PackSource, RuleSet, Severity, compile};
use serde_json::Value;

/// Rules, and what their limits remember.
pub struct Core {
    rules: RuleSet,
    memory: Memory,
}

fn context(text: &str) -> Context {
    read_context(text).expect("the runner's own JSON")
}

fn posts(text: &str) -> Result<Vec<Post>, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl Engine for Core {
    fn compile(packs: &Value) -> Result<Self, String> {
        let packs: Vec<PackSource> =
            serde_json::from_value(packs.clone()).map_err(|error| error.to_string())?;
        let compiled = compile(&packs);
        for diagnostic in compiled.diagnostics.iter().flat_map(|pack| &pack.diagnostics) {
            if diagnostic.severity == Severity::Error {
                return Err(format!("line {}: {}", diagnostic.line, diagnostic.message));
            }
        }
        Ok(Self { rules: RuleSet::new(compiled.program), memory: Memory::default() })
    }

    fn decide(&mut self, text: &str, context_text: &str) -> Result<String, String> {
        let verdicts = self.rules.decide(&posts(text)?, &context(context_text), &mut self.memory);
        serde_json::to_string(&verdicts).map_err(|error| error.to_string())
    }

    fn order(&mut self, text: &str, verdicts: &str, context_text: &str) -> Result<Vec<usize>, String> {
        let verdicts: Vec<Verdict> = serde_json::from_str(verdicts).map_err(|error| error.to_string())?;
        Ok(self.rules.order(&posts(text)?, &verdicts, &context(context_text)))
    }
}
