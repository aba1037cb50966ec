//! What the sites of a scope show: a rule that asks for a field none of them has never acts there.

use crate::check::node::{Node, NodeKind};
use crate::diagnostic::{Diagnostic, Span, code};
use crate::post::Surface;
use crate::program::{AnyField, Scope, Test};
use crate::reference::{self, PLATFORMS, Platform};

/// Where the rules now read stand.
#[derive(Debug, Default)]
pub(super) struct Ground {
    everywhere: bool,
    /// Where each site of the scope is narrowed.
    surfaces: Option<Vec<Surface>>,
    /// What the sites show; `None` where one of them is not known.
    offered: Option<Offered>,
}

#[derive(Debug, Default)]
struct Offered {
    fields: Vec<&'static str>,
    /// The sites as messages say them.
    sites: String,
}

impl Ground {
    /// Before any `on`.
    pub fn everywhere() -> Self {
        Self { everywhere: true, ..Self::default() }
    }

    /// Below an `on` that could not be read: nothing is known.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Below an `on` line.
    pub fn of(scope: &Scope) -> Self {
        if scope.sites.is_empty() {
            return Self::everywhere();
        }
        let narrowed = scope.sites.iter().all(|site| !site.surfaces.is_empty());
        let mut surfaces: Vec<Surface> = Vec::new();
        let mut fields: Vec<&'static str> = Vec::new();
        let mut known = true;
        for site in &scope.sites {
            surfaces.extend(&site.surfaces);
            let platforms = platforms(&site.host);
            // A wider site may have places that no adapter knows.
            known &= platforms.iter().any(|(_, whole)| *whole);
            fields.extend(platforms.iter().flat_map(|(platform, _)| platform.fields));
        }
        let names: Vec<&str> = scope.sites.iter().map(|site| site.host.as_str()).collect();
        let sites = match names.as_slice() {
            [one] => (*one).to_owned(),
            [first, second] => format!("{first} nor {second}"),
            _ => "any of these sites".to_owned(),
        };
        Self {
            everywhere: false,
            surfaces: narrowed.then_some(surfaces),
            offered: known.then_some(Offered { fields, sites }),
        }
    }

    /// Whether the rules hold on every site.
    pub fn is_everywhere(&self) -> bool {
        self.everywhere
    }

    /// The surfaces that are left, where the scope narrows them.
    pub fn surfaces(&self) -> Option<&[Surface]> {
        self.surfaces.as_deref()
    }

    /// A warning for each field that none of the sites shows. Whether it `is known` may be asked.
    pub fn check(&self, node: &Node, out: &mut Vec<Diagnostic>) {
        let Some(offered) = &self.offered else { return };
        let mut missing: Vec<(&'static str, Span)> = Vec::new();
        collect(node, offered, &mut missing);
        for (field, span) in missing {
            let message = match offered.sites.contains(" nor ") {
                true => format!("neither {} shows `{field}`", offered.sites),
                false if offered.sites.starts_with("any") => format!("none of these sites shows `{field}`"),
                false => format!("{} does not show `{field}`", offered.sites),
            };
            let near = nearest_offer(field, &offered.fields);
            let problem = Diagnostic::warning(code::NOT_OFFERED, span.clone(), message);
            let help = "so this is never known there, and never true";
            out.push(match near {
                Some(near) => problem.help(format!("{help}; `{near}` is shown")),
                None => problem.help(help),
            });
        }
    }
}

fn collect(node: &Node, offered: &Offered, missing: &mut Vec<(&'static str, Span)>) {
    match &node.kind {
        NodeKind::Not(inner) => collect(inner, offered, missing),
        NodeKind::And(all) | NodeKind::Or(all) => {
            all.iter().for_each(|part| collect(part, offered, missing));
        }
        NodeKind::Test(test) => {
            if let Some(field) = asked(test)
                && !offered.fields.contains(&field)
                && !missing.iter().any(|(f, _)| *f == field)
            {
                missing.push((field, node.span.clone()));
            }
        }
    }
}

/// The field that a test cannot be decided without.
fn asked(test: &Test) -> Option<&'static str> {
    let field = match test.field() {
        AnyField::Model(_) => return None,
        field => field,
    };
    if matches!(test, Test::Known(_)) {
        return None;
    }
    reference::fields().into_iter().find(|f| f.field == field).map(|f| f.name)
}

/// What people mean where a site has no such thing.
fn nearest_offer(field: &str, offered: &[&'static str]) -> Option<&'static str> {
    let stand_ins: &[&str] = match field {
        "text" => &["title"],
        "title" => &["text"],
        "name" => &["author"],
        "author" => &["name"],
        "views" => &["likes"],
        "likes" => &["views"],
        "reposts" => &["likes"],
        "community" => &["author"],
        "labels" => &["hashtags"],
        "hashtags" => &["text"],
        _ => &[],
    };
    stand_ins.iter().find_map(|near| offered.iter().find(|f| *f == near)).copied()
}

/// The platforms at this host, or below it; and whether the host lies wholly within the platform.
fn platforms(host: &str) -> Vec<(&'static Platform, bool)> {
    let below = |inner: &str, outer: &str| {
        inner == outer || inner.strip_suffix(outer).is_some_and(|rest| rest.ends_with('.'))
    };
    PLATFORMS
        .iter()
        .filter_map(|platform| {
            if platform.hosts.iter().any(|of| below(host, of)) {
                return Some((platform, true));
            }
            platform.hosts.iter().any(|of| below(of, host)).then_some((platform, false))
        })
        .collect()
}
