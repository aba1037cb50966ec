//! From what a path finds to the fields of a post.

mod condition;
mod piece;
mod types;
mod value;
mod wanted;

pub(super) use condition::holds_all;
pub(super) use types::FieldType;
pub use wanted::Fields;

use super::path::Scope;
use super::quantity;
use super::schema::{Field, File, ItemKind, Source};
use diffract_core::post::{Kind, Medium, Post};
use value::From;

/// Reads the wanted fields of one item. Never fails: what cannot be read stays unknown.
pub(super) fn read(file: &File, kind: &ItemKind, scope: &Scope<'_, '_>, wanted: Fields, post: &mut Post) {
    let from = From { file, scope };
    let needed = wanted.with_parts_of_address();
    for (field, sources) in &kind.fields {
        if *field != Field::Url && needed.has(*field) {
            set(post, *field, &sources.0, &from);
        }
    }
    if let Some(sources) = kind.fields.get(&Field::Url).filter(|_| wanted.has(Field::Url)) {
        post.url = from.address(&sources.0, |template| filled(template, post));
    }
}

fn set(post: &mut Post, field: Field, sources: &[Source], from: &From<'_, '_>) {
    match field {
        Field::Id => post.id = from.text(sources).unwrap_or_default(),
        Field::Url => {}
        Field::Kind => post.kind = from.named::<Kind>(sources).into_iter().flatten().next(),
        Field::Lang => post.lang = from.text(sources),
        Field::Text => post.text = from.text(sources),
        Field::Title => post.title = from.text(sources),
        Field::Author => post.author = from.text(sources),
        Field::Name => post.name = from.text(sources),
        Field::RepostedBy => post.reposted_by = from.text(sources),
        Field::ReplyingTo => post.replying_to = from.text(sources),
        Field::QuoteText => post.quote_text = from.text(sources),
        Field::CardTitle => post.card_title = from.text(sources),
        Field::Alt => post.alt = from.text(sources),
        Field::Community => post.community = from.text(sources),
        Field::Promoted => post.promoted = from.flag(sources),
        Field::Suggested => post.suggested = from.flag(sources),
        Field::Repost => post.repost = from.flag(sources),
        Field::Reply => post.reply = from.flag(sources),
        Field::Quote => post.quote = from.flag(sources),
        Field::Followed => post.followed = from.flag(sources),
        Field::Verified => post.verified = from.flag(sources),
        Field::Sensitive => post.sensitive = from.flag(sources),
        Field::Pinned => post.pinned = from.flag(sources),
        Field::Likes => post.likes = from.number(sources),
        Field::Reposts => post.reposts = from.number(sources),
        Field::Replies => post.replies = from.number(sources),
        Field::Views => post.views = from.number(sources),
        Field::Followers => post.followers = from.number(sources),
        Field::Time => post.time = from.number(sources).and_then(quantity::unix),
        Field::Age => post.age = from.number(sources).filter(|n| *n >= 0.0),
        Field::Duration => post.duration = from.number(sources).filter(|n| *n >= 0.0),
        Field::Links => post.links = from.list(sources),
        Field::Hashtags => post.hashtags = from.list(sources),
        Field::Mentions => post.mentions = from.list(sources),
        Field::Labels => post.labels = from.list(sources),
        Field::Media => {
            post.media = from.named::<Medium>(sources).map(|mut media| {
                media.sort_unstable();
                media.dedup();
                media
            });
        }
    }
}

/// `https://x.com/{author}/status/{id}`; `None` if a field is unknown or empty.
fn filled(template: &str, post: &Post) -> Option<String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        out.push_str(before);
        let value = match name {
            "id" => Some(post.id.as_str()),
            "author" => post.author.as_deref(),
            "name" => post.name.as_deref(),
            "community" => post.community.as_deref(),
            "host" => post.host.as_deref(),
            _ => None,
        };
        out.push_str(value.filter(|v| !v.is_empty() && !v.contains(char::is_whitespace))?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
