//! The near engine: what decides posts, alone, for the content script of a page. It reads rules from a snapshot and has no
//! parser, no checker and no memory; rules that need more than a post and the time are refused, and decided in the
//! background.
//!
//! Only numbers cross its face, so that it needs no JavaScript of its own and can be translated into JavaScript as a
//! whole, for pages on which Chromium refuses WebAssembly (`docs/decisions/near-engine.md`). Text goes through two buffers
//! in its memory: whoever calls writes at [`input`], and reads at [`output`]. Its memory is its state: a copy of all of it,
//! laid into a fresh instance of the same build, is the same engine.

use diffract_core::batch::{decide as decide_batch, read_context, read_posts};
use diffract_core::{Memory, RuleSet};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// The most that is taken in at once, in bytes.
const MAX_INPUT: u32 = 64 << 20;

/// [`restore`]: the rules are ready.
pub const READY: u32 = 0;
/// [`restore`]: no snapshot of this version, whole and undamaged. [`output`] says why.
pub const UNREADABLE: u32 = 1;
/// [`restore`]: some rule counts posts or asks a model, so that these rules are not decided here.
pub const NEEDS_MORE: u32 = 2;

#[derive(Default)]
struct State {
    input: Vec<u8>,
    output: Vec<u8>,
    rules: Option<RuleSet>,
}

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::default());
}

/// Makes room for `length` bytes and says where they are to be written; 0: that is too much at once.
#[wasm_bindgen]
pub fn input(length: u32) -> u32 {
    if length > MAX_INPUT {
        return 0;
    }
    STATE.with_borrow_mut(|state| {
        state.input.resize(length as usize, 0);
        // On wasm32, where this is for, addresses have 32 bits.
        state.input.as_ptr() as usize as u32
    })
}

/// Where the last answer lies, of [`output_length`] bytes of UTF-8.
#[wasm_bindgen]
pub fn output() -> u32 {
    STATE.with_borrow(|state| state.output.as_ptr() as usize as u32)
}

/// How long the last answer is, in bytes.
#[wasm_bindgen]
pub fn output_length() -> u32 {
    STATE.with_borrow(|state| state.output.len() as u32)
}

/// Takes the input for a snapshot of rules: [`READY`], [`UNREADABLE`] or [`NEEDS_MORE`].
#[wasm_bindgen]
pub fn restore() -> u32 {
    STATE.with_borrow_mut(|state| {
        state.rules = None;
        let snapshot = std::mem::take(&mut state.input);
        match diffract_core::restore(&snapshot) {
            Err(error) => {
                state.output = error.to_string().into_bytes();
                UNREADABLE
            }
            Ok(rules) if !rules.program().needs_only_posts() => NEEDS_MORE,
            Ok(rules) => {
                state.rules = Some(rules);
                READY
            }
        }
    })
}

/// Decides what the first `length` bytes of the input ask: a context as the core's `batch` reads it, on one line, then a
/// JSON array of posts. The answer is a JSON array of verdicts in the same order, or, if this is 0, words that say why
/// there is none.
#[wasm_bindgen]
pub fn decide(length: u32) -> u32 {
    STATE.with_borrow_mut(|state| {
        let State { input, output, rules } = state;
        let answer = match (rules, input.get(..length as usize)) {
            (Some(rules), Some(asked)) => answer(rules, asked),
            _ => Err("nothing to decide".to_owned()),
        };
        let ok = answer.is_ok();
        *output = answer.unwrap_or_else(String::into_bytes);
        u32::from(ok)
    })
}

fn answer(rules: &RuleSet, asked: &[u8]) -> Result<Vec<u8>, String> {
    let asked = str::from_utf8(asked).map_err(|error| error.to_string())?;
    let (context, posts) = asked.split_once('\n').ok_or("no context")?;
    let context = read_context(context).map_err(|error| error.to_string())?;
    let posts = read_posts(posts).map_err(|error| error.to_string())?;
    let verdicts = decide_batch(rules, posts, &context, &mut Memory::default());
    serde_json::to_vec(&verdicts).map_err(|error| error.to_string())
}
