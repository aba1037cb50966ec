//! From a selector to what it asks of a post.

use super::selector::{self, Attribute, Compound};
use super::sites::{PAID, Site};
use crate::text::quote;
use crate::{pattern, text};

/// What a selector asks of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// As a condition.
    pub(super) text: String,
    /// The same as an item that can stand in one rule with others: the rule, the list's name, the item.
    pub(super) item: Option<(&'static str, &'static str, String)>,
    /// The one surface it holds on.
    pub(super) surface: Option<&'static str>,
    /// Whether the selector looked at more than title and text.
    pub(super) loose: bool,
}

impl Asked {
    fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), item: None, surface: None, loose: false }
    }

    /// `field` is one of a few.
    fn is(field: &str, value: &str) -> Self {
        let item = match field {
            "community" => Some(("hide if community {in}", "communities", value.to_owned())),
            "author" => Some(("hide if author {in}", "authors", value.to_owned())),
            _ => None,
        };
        Self { item, ..Self::plain(format!("{field} is {}", quote(value))) }
    }
}

/// What hides a post: the condition of one selector without commas.
pub(super) fn of(text: &str, site: &Site) -> Result<Asked, String> {
    let mut compounds = selector::parse(text)?;
    let mut last = compounds.pop().ok_or("it is empty")?;
    // `:remove()` hides for good what the filter would only hide.
    last.pseudos.retain(|(name, _)| name != "remove");
    let surface = surroundings(&compounds, site);
    let asked =
        match last.pseudos.iter().position(|(name, _)| matches!(name.as_str(), "upward" | "nth-ancestor")) {
            Some(at) => upward(&last, at, site)?,
            None => post(&last, site)?,
        };
    Ok(Asked { surface: surface?, ..asked })
}

/// A part of a post from which the filter climbs up to the post.
fn upward(last: &Compound, at: usize, site: &Site) -> Result<Asked, String> {
    let (name, argument) = &last.pseudos[at];
    let argument = argument.as_deref().unwrap_or_default();
    let inner = Compound { pseudos: last.pseudos[..at].to_vec(), ..last.clone() };
    let asked = part(&inner, site)?;
    if argument.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!(
            "how far `:{name}({argument})` climbs is known to the page alone (if to the post: `hide if {}`)",
            asked.text
        ));
    }
    let container = selector::parse(selector::unquoted(argument))?;
    match container.as_slice() {
        [one] if is_post(one, site) && one.pseudos.is_empty() && last.pseudos.len() == at + 1 => Ok(asked),
        _ => Err(format!("`{argument}` is not known to be a post")),
    }
}

/// The surface that the outer compounds name.
fn surroundings(outer: &[Compound], site: &Site) -> Result<Option<&'static str>, String> {
    let mut found = None;
    for compound in outer {
        let bare = compound.id.is_none()
            && compound.classes.is_empty()
            && compound.attributes.is_empty()
            && compound.pseudos.is_empty();
        match site.surfaces.iter().find(|(mark, _)| marked(compound, mark)) {
            Some((_, surface)) => found = Some(*surface),
            None if bare && !compound.tag.contains('-') => {}
            None => return Err("it holds only within a part of the page that rules do not know".to_owned()),
        }
    }
    Ok(found)
}

fn is_post(compound: &Compound, site: &Site) -> bool {
    site.posts.iter().any(|mark| marked(compound, mark))
}

/// A compound that is the post itself.
fn post(compound: &Compound, site: &Site) -> Result<Asked, String> {
    let mut all: Vec<Asked> = site
        .sorts
        .iter()
        .filter(|(mark, _)| marked(compound, mark))
        .map(|(_, text)| Asked::plain(*text))
        .collect();
    if all.is_empty() && !is_post(compound, site) {
        return Err("it does not hide a whole post, as far as is known".to_owned());
    }
    let known = |wanted: &str| {
        site.posts.iter().chain(site.sorts.iter().map(|(mark, _)| mark)).any(|mark| simple(mark).1 == wanted)
    };
    if compound.id.is_some() || compound.classes.iter().any(|class| !known(class)) {
        return Err("it asks for a name in the page's markup that rules do not know".to_owned());
    }
    for attribute in &compound.attributes {
        if let Some((_, field)) = site.attributes.iter().find(|(name, _)| *name == attribute.name) {
            all.push(attribute_is(field, attribute)?);
        } else if !known(&attribute.name) {
            return Err(format!("it asks for the attribute `{}`, which rules do not know", attribute.name));
        }
    }
    for (name, argument) in &compound.pseudos {
        all.push(pseudo(name, argument.as_deref().unwrap_or_default(), site)?);
    }
    let mut all = all.into_iter();
    let first = all.next().ok_or("it hides every post")?;
    Ok(all.fold(first, |a, b| join(a, &b, "and")))
}

fn join(a: Asked, b: &Asked, with: &str) -> Asked {
    let bracket = |text: &str| {
        if text.contains(" or ") || text.contains(" and ") { format!("({text})") } else { text.to_owned() }
    };
    Asked {
        text: format!("{} {with} {}", bracket(&a.text), bracket(&b.text)),
        item: None,
        surface: None,
        loose: a.loose || b.loose,
    }
}

/// An operator on the post.
fn pseudo(name: &str, argument: &str, site: &Site) -> Result<Asked, String> {
    match name {
        "has-text" | "contains" | "-abp-contains" => has_text(argument, None),
        "has" | "-abp-has" | "if" => {
            let mut all = selector::split_list(argument).into_iter().map(|one| {
                let compounds = selector::parse(one)?;
                part(compounds.last().ok_or("it is empty")?, site)
            });
            let first = all.next().ok_or("it is empty")??;
            all.try_fold(first, |a, b| Ok(join(a, &b?, "or")))
        }
        "not" | "if-not" => {
            let inner = selector::parse(argument)?;
            let [only] = inner.as_slice() else { return Err("it negates more than one part".to_owned()) };
            let asked = if name == "if-not" {
                part(only, site)?
            } else if only.tag.is_empty()
                && only.id.is_none()
                && only.classes.is_empty()
                && only.attributes.is_empty()
            {
                let [(name, argument)] = only.pseudos.as_slice() else {
                    return Err("it negates more than one part".to_owned());
                };
                pseudo(name, argument.as_deref().unwrap_or_default(), site)?
            } else {
                return Err("it negates a part of the page's markup".to_owned());
            };
            Ok(Asked { text: format!("not ({})", asked.text), item: None, ..asked })
        }
        "style" => Err("it restyles, and rules know their own styles".to_owned()),
        _ => Err(format!("`:{name}` asks for the page's markup")),
    }
}

/// A part of a post: a known field with text in it, a link, a mark.
fn part(compound: &Compound, site: &Site) -> Result<Asked, String> {
    if let Some((_, text)) = site
        .parts
        .iter()
        .chain(site.sorts)
        .find(|(mark, _)| marked(compound, mark))
        .filter(|_| compound.pseudos.is_empty())
    {
        return Ok(Asked::plain(*text));
    }
    let link = compound.attributes.iter().find(|attribute| attribute.name == "href");
    if let Some(link) = link {
        return if compound.pseudos.is_empty() && compound.attributes.len() == 1 {
            link_to(link, site)
        } else {
            Err("it asks more of a link than where it leads".to_owned())
        };
    }
    if let (Some((_, field)), [attribute]) = (
        compound.attributes.iter().find_map(|one| site.attributes.iter().find(|(name, _)| *name == one.name)),
        compound.attributes.as_slice(),
    ) && compound.pseudos.is_empty()
    {
        return attribute_is(field, attribute);
    }
    let [(name, argument)] = compound.pseudos.as_slice() else {
        return if compound.tag == "video" && compound.attributes.is_empty() && compound.pseudos.is_empty() {
            Ok(Asked::plain("media has video"))
        } else {
            Err("it asks for a part of the page's markup that rules do not know".to_owned())
        };
    };
    if !matches!(name.as_str(), "has-text" | "contains" | "-abp-contains") {
        return Err(format!("`:{name}` asks for the page's markup"));
    }
    let argument = argument.as_deref().unwrap_or_default();
    // A field may be named by the element that holds its words.
    let field = site.fields.iter().find(|(mark, _)| marked(compound, mark)).map(|(_, field)| *field);
    let bare = compound.id.is_none() && compound.classes.is_empty() && compound.attributes.is_empty();
    if field.is_none() && !bare && !is_paid(argument) {
        return Err("it looks for text in a part of the page's markup that rules do not know".to_owned());
    }
    has_text(argument, field)
}

/// Whether a text or an expression is one of the words for what is paid.
fn is_paid(argument: &str) -> bool {
    let written = selector::unquoted(argument);
    let body = pattern::literal(written).map_or(written, |(body, _)| body);
    let body = body.trim().trim_start_matches("(?:").trim_matches(['^', '$', '(', ')']).to_lowercase();
    body.split('|').all(|word| PAID.contains(&word.trim().trim_matches(['^', '$'])))
}

/// Text somewhere in a field, else in title or text.
fn has_text(argument: &str, field: Option<&str>) -> Result<Asked, String> {
    let written = selector::unquoted(argument);
    if text::is_empty(written) {
        return Err("it looks for nothing".to_owned());
    }
    if is_paid(written) && !matches!(field, Some("text" | "title")) {
        return Ok(Asked::plain("promoted"));
    }
    let question = match pattern::literal(written) {
        Some((body, flags)) => {
            if field.is_none() && (body.starts_with('^') || body.ends_with('$')) {
                return Err("its expression is about where the post's text begins or ends".to_owned());
            }
            let found = pattern::translate(body, flags)
                .map_err(|why| format!("its expression cannot be used: {why}"))?;
            format!("matches {}", found.0)
        }
        // Capitals count in a filter; where there are none, the plain way of saying it is the same.
        None if written.chars().any(char::is_alphabetic) => {
            format!("matches {}", pattern::exactly(written).0)
        }
        None => format!("has {}", quote(written)),
    };
    Ok(match field {
        Some(field) => Asked::plain(format!("{field} {question}")),
        None => Asked { loose: true, ..Asked::plain(format!("title {question} or text {question}")) },
    })
}

/// An attribute of the post that holds one of its fields.
fn attribute_is(field: &str, attribute: &Attribute) -> Result<Asked, String> {
    let value =
        attribute.value.strip_prefix("r/").filter(|_| field == "community").unwrap_or(&attribute.value);
    if text::is_empty(value) {
        return Err(format!("it asks only that there is an attribute `{}`", attribute.name));
    }
    match (field, attribute.operator.as_str()) {
        ("links", "=" | "$=") => match text::host(value.trim_start_matches('.')) {
            Some(host) => Ok(Asked {
                item: Some(("hide if links to {hosts}", "sites", host.clone())),
                ..Asked::plain(format!("links to {host}"))
            }),
            None => Err("it asks for no whole domain".to_owned()),
        },
        (_, "=") => Ok(Asked::is(field, value)),
        ("title", "*=") => Ok(Asked::plain(format!("title matches {}", pattern::exactly(value).0))),
        ("title" | "community" | "author", "^=") => {
            Ok(Asked::plain(format!("{field} starts with {}", quote(value))))
        }
        (_, operator) => {
            Err(format!("`{operator}` on the attribute `{}` has no counterpart", attribute.name))
        }
    }
}

/// Where a link leads.
fn link_to(attribute: &Attribute, site: &Site) -> Result<Asked, String> {
    let value = attribute.value.trim();
    if site.hosts.contains(&"youtube.com") && value.trim_start_matches('/').starts_with("shorts") {
        return Ok(Asked::plain("kind is short"));
    }
    let path = value.trim_end_matches('/');
    if site.hosts.contains(&"reddit.com")
        && let Some(name) = path.strip_prefix("/r/").filter(|name| !name.is_empty() && !name.contains('/'))
        // `/r/cat` is in `/r/catalan` too: only a closed or a whole address names one.
        && (attribute.operator == "=" || value.ends_with('/'))
    {
        return Ok(Asked::is("community", name));
    }
    if site.hosts.contains(&"x.com")
        && attribute.operator == "="
        && let Some(name) = path
            .strip_prefix('/')
            .filter(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    {
        return Ok(Asked::is("author", name));
    }
    let address = value.split_once("://").map(|(_, rest)| rest).or_else(|| value.strip_prefix("//"));
    let (host, path) = match address {
        Some(rest) => rest.split_once('/').unwrap_or((rest, "")),
        None => (value.trim_matches('/'), ""),
    };
    match text::host(host.strip_prefix("www.").unwrap_or(host)) {
        Some(host) if path.is_empty() && matches!(attribute.operator.as_str(), "*=" | "^=") => Ok(Asked {
            item: Some(("hide if links to {hosts}", "sites", host.clone())),
            ..Asked::plain(format!("links to {host}"))
        }),
        _ => Err("the address of its link names no whole site".to_owned()),
    }
}

/// A mark's sort (`#`, `.`, `[`, or nothing for a tag) and name.
fn simple(mark: &str) -> (char, &str) {
    match mark.chars().next() {
        Some('[') => {
            let inner = mark.trim_matches(['[', ']']);
            ('[', inner.split(['^', '=']).next().unwrap_or(inner))
        }
        Some(sort @ ('#' | '.')) => (sort, &mark[1..]),
        _ => (' ', mark),
    }
}

/// Whether a compound bears a mark: `tag`, `#id`, `.class`, `tag.class`, `[name]`, `[name=value]`, `[name^=value]`.
fn marked(compound: &Compound, mark: &str) -> bool {
    let (sort, name) = simple(mark);
    match sort {
        '#' => match name.split_once('.') {
            Some((id, class)) => {
                compound.id.as_deref() == Some(id) && compound.classes.iter().any(|one| one == class)
            }
            None => compound.id.as_deref() == Some(name),
        },
        '.' => compound.classes.iter().any(|class| class == name),
        '[' => {
            let inner = mark.trim_matches(['[', ']']);
            let value = inner.split_once('=').map(|(_, value)| value);
            compound.attributes.iter().any(|attribute| {
                attribute.name == name
                    && match value {
                        None => true,
                        Some(value) if inner.contains("^=") => {
                            matches!(attribute.operator.as_str(), "^=" | "*=")
                                && attribute.value.to_lowercase().starts_with(value)
                        }
                        Some(value) => {
                            attribute.value.to_lowercase() == value
                                && matches!(attribute.operator.as_str(), "=" | "*=" | "^=")
                        }
                    }
            })
        }
        _ => match name.split_once('.') {
            Some((tag, class)) => compound.tag == tag && compound.classes.iter().any(|one| one == class),
            None => compound.tag == name,
        },
    }
}
