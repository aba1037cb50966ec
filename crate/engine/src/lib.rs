//! The wasm face of the core, for the extension's background. What rule authors need (messages, formatting, trying
//! out) is `diffract-workbench`'s, so that this stays small.
//!
//! Posts and verdicts cross as JSON text (what was measured is in `docs/decisions/boundary.md`), everything
//! rarer as structured values. Whatever comes in is taken to be hostile: a bad pack costs that pack, a bad
//! field of a post that field, and only what makes no sense as a whole is thrown, as an `Error` whose message
//! a person can use.

mod errors;
mod packs;
mod posts;

use diffract_core::batch::{Item, read_context, read_posts};
use diffract_core::snapshot::SNAPSHOT_FORMAT;
use diffract_core::{Memory, RuleSet};
use errors::Failure;
use js_sys::Error;
use wasm_bindgen::prelude::*;

/// The most that is read of a batch of posts, in bytes.
const MAX_POSTS_TEXT: usize = 32 << 20;
/// The most that is read of a memory of limits, in bytes.
const MAX_MEMORY_TEXT: usize = 8 << 20;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A rule file with what it needs. */
export interface PackSource {
  id: string;
  source: string;
  /** `limited`: a stranger's pack, whose `hide` acts as `collapse`. */
  trust?: "full" | "limited";
  /** The files that `list "file.txt"` can name: file name to contents. */
  lists?: Record<string, string>;
}

/** What a pack says of itself, and how many of its rules are in force. */
export interface PackInfo {
  id: string;
  title: string;
  trust: "full" | "limited";
  rules: number;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// An array of `PackSource`.
    #[wasm_bindgen(typescript_type = "PackSource[]")]
    pub type PackSources;
    /// An array of `PackInfo`.
    #[wasm_bindgen(typescript_type = "PackInfo[]")]
    pub type PackInfos;
}

/// The rules of a reader, ready to decide, and what their limits remember.
#[wasm_bindgen]
pub struct Engine {
    rules: RuleSet,
    memory: Memory,
}

#[wasm_bindgen]
impl Engine {
    /// Compiles packs. Bad rules are left out. `models`: names of the reader's own models, which rules may use beside the
    /// known ones.
    ///
    /// # Errors
    ///
    /// If `packs` is not an array.
    #[wasm_bindgen(constructor)]
    pub fn new(packs: &PackSources, models: Option<Vec<String>>) -> Result<Engine, Error> {
        let rules = packs::compile(packs, &models.unwrap_or_default())?;
        Ok(Self { rules, memory: Memory::default() })
    }

    /// Whether some rule in force asks a model, or for a language, which a model may tell.
    pub fn asks_models(&self) -> bool {
        self.rules.asks_models()
    }

    /// Reads a snapshot.
    ///
    /// # Errors
    ///
    /// If the bytes are not a snapshot of this version, whole and undamaged.
    pub fn restore(bytes: &[u8]) -> Result<Engine, Error> {
        let rules = diffract_core::restore(bytes).map_err(|error| Error::new(&error.to_string()))?;
        Ok(Self { rules, memory: Memory::default() })
    }

    /// The rules as bytes for `restore`.
    pub fn snapshot(&self) -> Vec<u8> {
        diffract_core::snapshot(&self.rules)
    }

    /// The packs, in the order they were given.
    ///
    /// # Errors
    ///
    /// If the browser refuses to make the values.
    pub fn packs(&self) -> Result<PackInfos, Error> {
        packs::to_js(&packs::infos(self.rules.program()))
    }

    /// How many rules are in force.
    pub fn rules(&self) -> u32 {
        self.rules.rules() as u32
    }

    /// The fields of posts that the rules ask for: whoever reads posts for `decide` may leave out the others, but for id, platform,
    /// host, surface and position.
    pub fn fields(&self) -> Vec<String> {
        self.rules.fields_asked().into_iter().map(str::to_owned).collect()
    }

    /// The lists that rules ask models after with `like @list`: a JSON object of arrays of texts.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    pub fn liked_lists(&self) -> Result<String, Error> {
        serde_json::to_string(&self.rules.liked_lists())
            .map_err(|error| Error::new(&format!("the lists cannot be written: {error}")))
    }

    /// Decides a JSON array of posts, in the order the feed has them; the verdicts, as a JSON array, are in
    /// the same order. `context` is `{"now": seconds, "utc_offset": minutes, "visit": "…"}`, with `models` and `scores`
    /// where there are any, see [`read_context`]. What models are still to be asked of a post stands in its verdict's
    /// `unsure.needs`. A field of the wrong type counts as not shown; what is no post, or has no id, is shown.
    ///
    /// # Errors
    ///
    /// If `posts` is not a JSON array or `context` is not such an object, or if they are far too large.
    pub fn decide(&mut self, posts: &str, context: &str) -> Result<String, Error> {
        let context = read_context(context).map_err(Failure::from)?;
        let batch = read_posts(bounded(posts, "posts", MAX_POSTS_TEXT)?).map_err(Failure::from)?;
        let verdicts = diffract_core::batch::decide(&self.rules, batch, &context, &mut self.memory);
        serde_json::to_string(&verdicts)
            .map_err(|error| Error::new(&format!("the verdicts cannot be written: {error}")))
    }

    /// The order in which posts are to stand, as indices into them: `order by`. Takes what `decide` took and
    /// what it gave.
    ///
    /// # Errors
    ///
    /// As `decide`, and if `verdicts` is not its answer.
    pub fn order(&self, posts: &str, verdicts: &str, context: &str) -> Result<Vec<u32>, Error> {
        let context = read_context(context).map_err(Failure::from)?;
        let posts = read_posts(bounded(posts, "posts", MAX_POSTS_TEXT)?).map_err(Failure::from)?;
        let verdicts = posts::read_scores(bounded(verdicts, "verdicts", MAX_POSTS_TEXT)?)?;
        let posts: Vec<_> = posts.into_iter().map(Item::into_post).collect();
        Ok(self.rules.order(&posts, &verdicts, &context).into_iter().map(|index| index as u32).collect())
    }

    /// What `limit` remembers, as text for `restore_memory`.
    ///
    /// # Errors
    ///
    /// Never, in fact: it is plain data.
    pub fn memory(&self) -> Result<String, Error> {
        serde_json::to_string(&self.memory)
            .map_err(|error| Error::new(&format!("the memory cannot be written: {error}")))
    }

    /// Remembers again. What is remembered now is kept if the text is refused.
    ///
    /// # Errors
    ///
    /// If the text is not a memory.
    pub fn restore_memory(&mut self, memory: &str) -> Result<(), Error> {
        let text = bounded(memory, "memory", MAX_MEMORY_TEXT)?;
        self.memory = serde_json::from_str(text).map_err(|error| {
            Error::new(&format!("what limits remember cannot be read ({error}); they count anew"))
        })?;
        Ok(())
    }
}

/// Changes whenever a snapshot of one version cannot be read, or is not to be trusted, by another.
#[wasm_bindgen]
pub fn version() -> String {
    format!("{}/{SNAPSHOT_FORMAT}", env!("CARGO_PKG_VERSION"))
}

fn bounded<'a>(text: &'a str, what: &str, most: usize) -> Result<&'a str, Failure> {
    if text.len() > most {
        Err(Failure::new(format!("{what}: more than {} MB at once", most >> 20)))
    } else {
        Ok(text)
    }
}

/// Posts as JSON text across the boundary and back, for `bench/boundary.mjs`.
///
/// # Errors
///
/// If they do not parse.
#[cfg(feature = "bench")]
#[wasm_bindgen]
pub fn echo_json(posts: &str) -> Result<String, Error> {
    let posts: Vec<diffract_core::post::Post> =
        serde_json::from_str(posts).map_err(|error| Error::new(&error.to_string()))?;
    serde_json::to_string(&posts).map_err(|error| Error::new(&error.to_string()))
}

/// Posts as structured values across the boundary and back, for `bench/boundary.mjs`.
///
/// # Errors
///
/// If they are no posts.
#[cfg(feature = "bench")]
#[wasm_bindgen]
pub fn echo_structured(posts: JsValue) -> Result<JsValue, Error> {
    let posts: Vec<diffract_core::post::Post> =
        serde_wasm_bindgen::from_value(posts).map_err(|error| Error::new(&error.to_string()))?;
    packs::to_js(&posts)
}
