//! Filters that a reader made elsewhere (muted words, cosmetic filters, settings of other tools) as rules of
//! Diffract, with a report of what could not be carried over; and rules as files that other tools read.
//!
//! [`import`] is the one entrance. Everything is a pure function of its bytes: no clock, no disk. What is read, and
//! how each piece is understood, stands in `docs/importing.md`.
//!
//! ```
//! use diffract_importers::{Format, Options, import};
//! let words = b"giveaway\n#airdrop\n@pushy_brand\n";
//! let imported = import(words, &Options { name: "words.txt".into(), ..Options::default() }).unwrap();
//! assert_eq!(imported.format, Format::Words);
//! assert!(imported.rules.contains("hide if hashtags has \"airdrop\""));
//! assert_eq!(imported.report.carried, 3);
//! ```

mod bluesky;
mod bouncer;
mod control_panel;
mod draft;
mod export;
mod format;
mod json;
mod mastodon;
mod pattern;
mod report;
mod res;
mod res_custom;
mod text;
mod ublock;
mod words;
mod x;

pub use export::{Exported, Target, export};
pub use format::{Format, UnknownFormat, detect};
pub use report::{Note, NoteKind, Place, Report};

use draft::Draft;
use serde::Serialize;

/// The largest file that is read, in bytes. Backups of Reddit Enhancement Suite hold years of tags.
pub const MAX_BYTES: usize = 32 << 20;
/// How many entries of one file are looked at.
pub const MAX_ENTRIES: usize = 100_000;

/// What is known beside the bytes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The file's name, as a hint to what it is: `blocked_accounts.csv`. May be empty.
    pub name: String,
    /// What the file is; without it, it is found out.
    pub format: Option<Format>,
    /// Seconds since 1970-01-01 UTC. With it, entries that ended before are left out; without it, none has ended.
    pub now: Option<f64>,
    /// Hosts that the rules are to hold on, where the file does not say: `mastodon.example`.
    pub sites: Vec<String>,
}

/// Rules, and what became of every entry.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Imported {
    /// What the file was taken for.
    pub format: Format,
    /// A rule file, as the formatter sets it. It compiles without errors; empty where nothing could be carried over.
    pub rules: String,
    /// See [`Report`].
    pub report: Report,
}

/// Why a file cannot be read at all. The message tells the reader what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Over [`MAX_BYTES`].
    #[error("the file has {0} MB; at most 32 MB are read")]
    TooLarge(usize),
    /// Not text.
    #[error("the file is not UTF-8 text (line {0}); unpack it if it is an archive, or save it as UTF-8")]
    NotText(usize),
    /// None of the formats fits.
    #[error("the file is of no known kind; say which it is: {names}", names = Format::names())]
    Unknown,
    /// It is not what it was said to be.
    #[error("this is no {title}: {why}", title = .0.title(), why = .1)]
    Misfit(Format, String),
    /// It is of Diffract itself.
    #[error("this is a backup of Diffract itself; the dashboard takes it back under “Backup”")]
    OwnBackup,
    /// One of [`Options::sites`] is no host. Rules without it would hold on every site.
    #[error("`{0}` is no host; write `{1}`")]
    Site(String, String),
}

/// A host as rules have it, lower case.
///
/// # Errors
/// If it is none, with what to write instead.
pub fn site(text: &str) -> Result<String, ImportError> {
    text::host(text).ok_or_else(|| {
        let meant = text::host_within(text).unwrap_or_else(|| "example.com".to_owned());
        ImportError::Site(report::shown(text), meant)
    })
}

/// Reads a file of another tool.
///
/// # Errors
/// If it is too large, no text, of no known kind, or not of the kind it is said to be; or a site is no host.
pub fn import(bytes: &[u8], options: &Options) -> Result<Imported, ImportError> {
    for text in &options.sites {
        site(text)?;
    }
    let source = text::decode(bytes)?;
    if json::is_own_backup(&source) {
        return Err(ImportError::OwnBackup);
    }
    let format =
        options.format.or_else(|| format::detect_text(&source, &options.name)).ok_or(ImportError::Unknown)?;
    let mut draft = Draft::new(format, options);
    let read = match format {
        Format::XArchive => x::read(&source, &mut draft),
        Format::MastodonCsv => mastodon::read_csv(&source, &mut draft),
        Format::MastodonFilters => mastodon::read_filters(&source, &mut draft),
        Format::Bluesky => bluesky::read(&source, &mut draft),
        Format::Ublock => {
            ublock::read(&source, &mut draft);
            Ok(())
        }
        Format::Res => res::read(&source, &mut draft),
        Format::ControlPanel => control_panel::read(&source, &mut draft),
        Format::Bouncer => bouncer::read(&source, &mut draft),
        Format::Words => {
            words::read(&source, &mut draft);
            Ok(())
        }
    };
    read.map_err(|why| ImportError::Misfit(format, why))?;
    Ok(draft.finish())
}
