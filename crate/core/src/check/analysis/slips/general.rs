//! What helps where nothing is known of the slip.

use super::Line;
use crate::diagnostic::{Diagnostic, code};

/// What helps whoever made any mistake of this sort.
pub(super) fn in_general(problem: &Diagnostic, line: &Line<'_>) -> Option<String> {
    let expects = |what: &str| problem.message.starts_with(&format!("expected {what}"));
    let help = if expects("a condition") {
        "a condition is like `promoted`, `likes > 1000` or `text has \"sale\"`"
    } else if expects("a number") {
        "write it like `likes > 1000`, `views < 10k` or `clickbait > 80%`"
    } else if expects("what it has") || expects("text in quotes") || expects("a value") {
        "text goes in quotes, as in `text has \"sale\"`; several with commas"
    } else if expects("an action") {
        "a rule begins with what it does, as in `hide if promoted`"
    } else if expects("a regular expression") {
        "an expression stands between slashes: `/\\bpresale\\b/i`; for plain words use `has`"
    } else if expects("a host name") {
        "name the site as its address does: `on x.com, reddit.com home`"
    } else if expects("the list of examples") {
        "`like @examples` takes the posts that you gave a thumb, or a list of yours"
    } else if expects("`unsure`") {
        "write `while unsure`, and perhaps what shows meanwhile: `while unsure blur for 2 s`"
    } else if expects("`=`") || expects("the name of the list") || expects("the list's items") {
        "a list is made like this: `let @friends = \"alice\", \"bob\"`"
    } else if expects("the label") || expects("the note") || expects("the reason") || expects("what is said")
    {
        "words that are shown go in quotes, as in `label \"old\" if age > 1 year`"
    } else if expects("`if`") {
        "behind the action comes `if` and a condition: `hide if promoted`"
    } else if expects("a key") {
        "a feed is ordered by newest, oldest, score, original, or a number like likes: `order by score, newest`"
    } else if expects("a day") || expects("a time window") {
        "write `at 22:00-07:00: …`, `at 9-17 on mon-fri: …` or `at on sat, sun: …`"
    } else if problem.code == code::REPEATED_CLAUSE {
        "leave one of the two out"
    } else if problem.code == code::BAD_NUMBER && line.is(0, &["boost", "demote"]) {
        "a smaller number does: only how scores compare counts"
    } else if problem.code == code::BAD_NUMBER && line.is(0, &["limit"]) {
        "write it like `limit 3 per author per day`"
    } else if problem.code == code::BAD_REGEX {
        "a sign that means something in expressions (`. * + ? ( ) [ ] { } | ^ $`) is written with `\\` before it"
    } else if problem.code == code::EMPTY_TEXT {
        "say what it is, in quotes"
    } else if expects("`and`") || expects("the end") {
        "conditions are joined with `and` or `or`; everything from `#` on is a comment"
    } else {
        return None;
    };
    Some(help.to_owned())
}
