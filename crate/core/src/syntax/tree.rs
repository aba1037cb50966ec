//! The tree of a rule file: what is written, with places, before it is known whether it makes sense.

use crate::diagnostic::Span;
use crate::program::{Comparison, Edge, Quantifier, WhileUnsure};

/// A rule file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct File {
    /// Every line, in order.
    pub lines: Vec<Line>,
}

/// One line of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// Without the line end.
    pub span: Span,
    /// From the `#`.
    pub comment: Option<Span>,
    /// What it says; `None` where there is nothing but blanks and comment.
    pub statement: Option<Statement>,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `pack "Calm"`
    Header {
        /// Lower case.
        key: Name,
        /// What is said.
        value: Text,
    },
    /// `let @friends = …`
    Let {
        /// The list.
        name: ListName,
        /// What is in it.
        value: LetValue,
    },
    /// `on …`
    On {
        /// Of the statement.
        span: Span,
        /// Empty for `on everywhere`.
        sites: Vec<SiteName>,
    },
    /// A rule.
    Rule(Box<Rule>),
    /// Something that could not be read; there is a message about it. `on` lines are told apart, because
    /// the rules below them hang on them.
    Broken {
        /// Whether it begins with `on`.
        scope: bool,
    },
}

/// What a list is made of.
#[derive(Debug, Clone, PartialEq)]
pub enum LetValue {
    /// `"a", "b"`
    Items(Vec<Text>),
    /// `list "file.txt"`
    File(Text),
}

/// One site of an `on` line.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteName {
    /// As written.
    pub host: Name,
    /// Lower case, as written.
    pub surfaces: Vec<Name>,
}

/// A word with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// Lower case.
    pub text: String,
    /// Its place.
    pub span: Span,
}

/// The name of a list with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListName {
    /// Lower case, without the `@`.
    pub text: String,
    /// Its place, `@` included.
    pub span: Span,
}

/// Quoted text, escapes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Its place, quotes included.
    pub span: Span,
}

/// A regular expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regex {
    /// Between the slashes, as written.
    pub pattern: String,
    /// Behind the second slash.
    pub flags: String,
    /// Its place, slashes and flags included.
    pub span: Span,
}

/// A number with what stands behind it: `10k`, `60%`, `3 days`, `1 h 30 min`.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// One or more; more only with units.
    pub parts: Vec<Part>,
    /// Its place.
    pub span: Span,
}

/// A number with at most one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// The number itself.
    pub value: f64,
    /// `%`, or lower-case letters.
    pub unit: Option<String>,
    /// Its place, unit included.
    pub span: Span,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// From its first word to its last.
    pub span: Span,
    /// `at …:`
    pub schedule: Option<Schedule>,
    /// What it does.
    pub action: Action,
    /// Of the action.
    pub action_span: Span,
    /// `if …`
    pub condition: Option<Condition>,
    /// `because "…"`
    pub because: Option<Text>,
    /// `while unsure …`
    pub unsure: Option<Unsure>,
}

/// Hours and days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Minutes from midnight, start and end.
    pub windows: Vec<(u16, u16)>,
    /// Monday first.
    pub days: [bool; 7],
    /// Its place.
    pub span: Span,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// `hide`
    Hide,
    /// `collapse`
    Collapse,
    /// `blur`, `blur media`, `blur all`: whether all.
    Blur(bool),
    /// `dim`
    Dim,
    /// `label "…"`
    Label(Text),
    /// `highlight`
    Highlight,
    /// `boost n`
    Boost(Quantity),
    /// `demote n`
    Demote(Quantity),
    /// `keep`
    Keep,
    /// `limit n …`
    Limit {
        /// How many.
        count: Quantity,
        /// `per author`
        per_author: bool,
        /// `per hour`, `per day`, `per visit`
        period: Option<Name>,
        /// `then "…"`
        then: Option<Text>,
    },
    /// `order by …`
    Order(Vec<Name>),
    /// `replace with "…"`
    Replace(Text),
}

/// `while unsure …`
#[derive(Debug, Clone, PartialEq)]
pub struct Unsure {
    /// What shows; `None` where it is not said.
    pub show: Option<WhileUnsure>,
    /// `for n s`
    pub deadline: Option<Quantity>,
    /// Its place.
    pub span: Span,
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// `not …`
    Not {
        /// What is negated.
        inner: Box<Condition>,
        /// From the `not`.
        span: Span,
    },
    /// `… and …`, two or more.
    And(Vec<Condition>),
    /// `… or …`, two or more.
    Or(Vec<Condition>),
    /// `( … )`
    Group {
        /// Between the brackets.
        inner: Box<Condition>,
        /// Brackets included.
        span: Span,
    },
    /// One question.
    Predicate(Predicate),
}

impl Condition {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Self::Not { span, .. } | Self::Group { span, .. } => span.clone(),
            Self::And(all) | Self::Or(all) => {
                let start = all.first().map_or(0, |c| c.span().start);
                let end = all.last().map_or(start, |c| c.span().end);
                start..end
            }
            Self::Predicate(p) => p.span.clone(),
        }
    }
}

/// One question about a post.
#[derive(Debug, Clone, PartialEq)]
pub struct Predicate {
    /// What it is about.
    pub subject: Subject,
    /// The `not` of `not in`, `not has` and the like.
    pub negated: Option<Span>,
    /// What is asked; `None` where only the subject stands.
    pub question: Option<Question>,
    /// Its place.
    pub span: Span,
}

/// What a question is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A field or a model, as written in lower case.
    Name(Name),
    /// `about "…"`
    About(Text),
    /// `like @list`
    Like(ListName),
    /// A value where a field is expected: `kind is short or "live"`.
    Value(Value),
    /// An operator where a field is expected: `likes > 5 and < 10`.
    Nothing(Span),
}

/// What is asked. Lists of values have one or more.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Which operator.
    pub operator: Operator,
    /// The operator's place.
    pub span: Span,
    /// Behind the operator.
    pub values: Vec<Value>,
}

/// An operator of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `<`, `over` and the like; not `is` and `=`.
    Compare(Comparison),
    /// `is`, `=`; `negated` for `is not`, `!=`.
    Is {
        /// `is not`
        negated: bool,
    },
    /// `is known`, `is not unknown`; `known` is what it asks for. Has no values.
    Known {
        /// `is known`
        known: bool,
    },
    /// `in`
    In,
    /// `has`, with or without `any`, `all` and `word`.
    Has {
        /// `any` or `all`, where said.
        quantifier: Option<Quantifier>,
        /// `word` or `words`.
        words: bool,
    },
    /// `starts with`, `ends with`
    Edge(Edge),
    /// `matches`
    Matches,
    /// `links to`
    LinksTo,
}

/// A value behind an operator.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `"…"`
    Text(Text),
    /// A bare word.
    Word(Name),
    /// A number.
    Quantity(Quantity),
    /// `@list`
    List(ListName),
    /// `/…/`
    Regex(Regex),
}

impl Value {
    /// Its place.
    pub fn span(&self) -> Span {
        match self {
            Self::Text(t) => t.span.clone(),
            Self::Word(n) => n.span.clone(),
            Self::Quantity(q) => q.span.clone(),
            Self::List(l) => l.span.clone(),
            Self::Regex(r) => r.span.clone(),
        }
    }
}
