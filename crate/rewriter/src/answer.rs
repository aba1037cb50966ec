//! An answer that was read.

use crate::text::json;
use diffract_adapters::wire::{Asked, Payload, Sorted};
use diffract_core::post::Post;
use wasm_bindgen::prelude::*;

/// An answer that was read. Holds its text until it is freed.
#[wasm_bindgen]
pub struct Answer {
    pub(crate) platform: String,
    /// `None` where the text could not be read; it goes back to the page as it came.
    pub(crate) payload: Option<Payload>,
    pub(crate) timeline: Option<Sorted>,
    problem: Option<String>,
    url: String,
    request: Option<String>,
}

impl Answer {
    /// An answer of which nothing was read.
    pub(crate) fn nothing(platform: &str, url: &str, request: Option<String>) -> Self {
        let (platform, url) = (platform.to_owned(), url.to_owned());
        Self { platform, payload: None, timeline: None, problem: None, url, request }
    }

    /// The same, and why.
    pub(crate) fn because(self, problem: String) -> Self {
        Self { problem: Some(problem), ..self }
    }

    /// What asked for it.
    pub(crate) fn asked<'a>(&'a self, document: Option<&'a str>) -> Asked<'a> {
        Asked { url: &self.url, body: self.request.as_deref(), document }
    }
}

#[wasm_bindgen]
impl Answer {
    /// Its posts as a JSON array, in the order of the feed, with the fields that were asked for: what the engine's `decide` takes.
    #[wasm_bindgen(getter)]
    pub fn posts(&self) -> String {
        json(&self.payload.iter().flat_map(Payload::posts).collect::<Vec<&Post>>())
    }

    /// How the platform sorted what was asked for: `ranked` or `newest`, where that is known.
    #[wasm_bindgen(getter)]
    pub fn timeline(&self) -> Option<String> {
        let name = self.timeline.map(|sorted| match sorted {
            Sorted::Ranked => "ranked",
            Sorted::Newest => "newest",
        });
        name.map(str::to_owned)
    }

    /// Why it could not be read, if it could not.
    #[wasm_bindgen(getter)]
    pub fn problem(&self) -> Option<String> {
        self.problem.clone()
    }

    /// What is good to know: entries that were left out, that there are no posts.
    #[wasm_bindgen(getter)]
    pub fn notes(&self) -> Vec<String> {
        self.payload.as_ref().map_or_else(Vec::new, |payload| payload.notes().to_vec())
    }
}
