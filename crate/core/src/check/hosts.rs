//! Host names.

use crate::diagnostic::{Diagnostic, Span, code, quoted};

/// The host name in lower case, or what is wrong with it.
pub(crate) fn check(written: &str, span: &Span) -> Result<String, Box<Diagnostic>> {
    let host = written.trim().to_lowercase();
    if is_host(&host) {
        return Ok(host);
    }
    let problem =
        Diagnostic::error(code::BAD_HOST, span.clone(), format!("`{}` is not a host name", quoted(written)));
    // An address, a pattern or a port was pasted: its host is what is meant.
    let inner = host.split_once("://").map_or(host.as_str(), |(_, rest)| rest);
    let inner = inner.split(['/', '?']).next().unwrap_or("");
    let inner = inner.rsplit('@').next().unwrap_or("");
    let inner = inner.split(':').next().unwrap_or("").trim_start_matches("*.").trim_matches('.');
    if inner != host && is_host(inner) {
        return Err(Box::new(
            problem
                .help("only the host name counts; its subdomains count with it")
                .suggest(span.clone(), inner),
        ));
    }
    if !host.is_ascii() {
        return Err(Box::new(
            problem.help("write it in its ASCII form, which begins with `xn--`; browsers show it when the address is copied"),
        ));
    }
    Err(Box::new(problem.help("a host name looks like `x.com` or `old.reddit.com`")))
}

fn is_host(host: &str) -> bool {
    (host.contains('.') || host == "localhost")
        && host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
                && !label.starts_with('-')
                && !label.ends_with('-')
        })
}
