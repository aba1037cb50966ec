//! Rules: schedule, action, clauses.

use super::parser::{Parser, Result};
use super::token::TokenKind;
use super::tree::{Action, Name, Rule, Schedule, Unsure};
use crate::diagnostic::{Diagnostic, Span, code, quoted};
use crate::program::WhileUnsure;
use crate::reference;

impl Parser<'_> {
    /// `at …: rule`
    pub(super) fn scheduled_rule(&mut self) -> Result<Rule> {
        let schedule = self.schedule()?;
        let start = schedule.span.start;
        let mut rule = self.rule(Some(schedule))?;
        rule.span.start = start;
        Ok(rule)
    }

    /// From the action to the last clause.
    pub(super) fn rule(&mut self, schedule: Option<Schedule>) -> Result<Rule> {
        let start = self.here().start;
        let action = self.action()?;
        let action_span = start..self.last_end();
        let mut rule = Rule {
            span: action_span.clone(),
            schedule,
            action,
            action_span,
            condition: None,
            because: None,
            unsure: None,
        };
        if self.eat_word("if").is_some() {
            rule.condition = Some(self.condition()?);
        }
        loop {
            let span = self.here();
            let repeated = |what: &str| {
                Box::new(Diagnostic::error(
                    code::REPEATED_CLAUSE,
                    span.clone(),
                    format!("{what} stands twice in this rule"),
                ))
            };
            if self.at_word("because") {
                if rule.because.is_some() {
                    return Err(repeated("`because`"));
                }
                self.next();
                rule.because = Some(self.text("the reason in quotes")?);
            } else if self.at_word("while") {
                if rule.unsure.is_some() {
                    return Err(repeated("`while unsure`"));
                }
                rule.unsure = Some(self.unsure()?);
            } else if self.at_word("if") {
                let problem = if rule.condition.is_some() {
                    repeated("`if`").help("join conditions with `and` or `or`")
                } else {
                    Diagnostic::error(
                        code::UNEXPECTED,
                        span.clone(),
                        "the condition comes before `because` and `while unsure`",
                    )
                };
                return Err(Box::new(problem));
            } else {
                break;
            }
        }
        rule.span.end = self.last_end();
        if self.peek(0).is_some() {
            return Err(self.after_rule(&rule));
        }
        Ok(rule)
    }

    /// What to say about something behind a complete rule.
    fn after_rule(&self, rule: &Rule) -> super::parser::Problem {
        let bare = rule.condition.is_none() && rule.because.is_none() && rule.unsure.is_none();
        let joined = rule.condition.is_some() && rule.because.is_none() && rule.unsure.is_none();
        let problem = self.unexpected(match (bare, joined && self.at_field()) {
            (true, _) => "`if` and a condition",
            (_, true) => "`and`, `or` or the end of the rule",
            _ => "the end of the rule",
        });
        if problem.suggestion.is_some() || problem.help.is_some() {
            return problem;
        }
        let at = self.here().start;
        let word = self.word(0);
        Box::new(if bare && self.at_field() {
            problem.mend(at..at, "if ")
        } else if joined && self.at_field() {
            problem.help("conditions are joined with `and` or `or`").suggest(at..at, "and ")
        } else if let Some(near) =
            word.as_deref().and_then(|w| reference::meant(w, &["because", "while", "if", "and", "or"]))
        {
            let span = self.here();
            problem.suggest(span, near)
        } else if !bare && word.is_some() {
            problem.help("text of several words goes in quotes; conditions are joined with `and` or `or`")
        } else {
            *problem
        })
    }

    fn action(&mut self) -> Result<Action> {
        let Some(word) = self.word(0) else {
            return Err(self.unexpected("an action like `hide`"));
        };
        if !reference::ACTIONS.iter().any(|a| a.name == word) {
            let names: Vec<&str> = reference::ACTIONS.iter().map(|a| a.name).collect();
            let problem = self.unexpected("an action like `hide`");
            return Err(Box::new(match reference::meant(&word, &names) {
                Some(near) => problem.suggest(self.here(), near),
                None => *problem,
            }));
        }
        self.next();
        Ok(match word.as_ref() {
            "hide" => Action::Hide,
            "collapse" => Action::Collapse,
            "blur" => {
                let all = self.eat_word("all").is_some();
                if !all {
                    self.eat_word("media");
                }
                Action::Blur(all)
            }
            "dim" => Action::Dim,
            "label" => Action::Label(self.text("the label in quotes")?),
            "highlight" => Action::Highlight,
            "boost" => Action::Boost(self.expect_quantity("how much, like `boost 2`")?),
            "demote" => Action::Demote(self.expect_quantity("how much, like `demote 2`")?),
            "keep" => Action::Keep,
            "limit" => self.limit()?,
            "order" => {
                let before_key = self.here().start;
                self.expect_word("by", "`by`, as in `order by newest`").map_err(|p| match self.word(0) {
                    Some(_) => Box::new(p.mend(before_key..before_key, "by ")),
                    None => p,
                })?;
                let mut keys = Vec::new();
                loop {
                    match self.word(0) {
                        Some(text) if !reference::RESERVED.contains(&text.as_ref()) => {
                            keys.push(Name { text: text.into_owned(), span: self.here() });
                            self.next();
                        }
                        _ => return Err(self.unexpected("a key like `newest`, `score` or `likes`")),
                    }
                    if self.eat(TokenKind::Comma).is_none() {
                        break;
                    }
                }
                Action::Order(keys)
            }
            _ => {
                self.expect_word("with", "`with`, as in `replace with \"…\"`")?;
                Action::Replace(self.text("the note in quotes")?)
            }
        })
    }

    fn limit(&mut self) -> Result<Action> {
        let count = self.expect_quantity("how many, like `limit 3`")?;
        let (mut per_author, mut period, mut then) = (false, None::<Name>, None);
        loop {
            let span = self.here();
            if self.eat_word("per").is_some() {
                let Some(name) = self.bare() else {
                    return Err(self.unexpected("`author`, `hour`, `day` or `visit`"));
                };
                let twice = match name.text.as_str() {
                    "author" => std::mem::replace(&mut per_author, true),
                    "hour" | "day" | "visit" => period.replace(name).is_some(),
                    _ => {
                        let problem = Diagnostic::error(
                            code::UNKNOWN_VALUE,
                            name.span.clone(),
                            format!("a limit does not count per `{}`", quoted(&name.text)),
                        )
                        .help("it counts per author, per hour, per day or per visit");
                        return Err(Box::new(
                            match reference::nearest(&name.text, ["author", "hour", "day", "visit"]) {
                                Some(near) => problem.suggest(name.span, near),
                                None => problem,
                            },
                        ));
                    }
                };
                if twice {
                    let span = span.start..self.last_end();
                    return Err(Box::new(
                        Diagnostic::error(
                            code::REPEATED_CLAUSE,
                            span,
                            "a limit counts over one span of time",
                        )
                        .help("write `per author` and at most one of `per hour`, `per day` and `per visit`"),
                    ));
                }
            } else if self.eat_word("then").is_some() {
                if then.replace(self.text("what is said where the feed ends, in quotes")?).is_some() {
                    return Err(Box::new(Diagnostic::error(
                        code::REPEATED_CLAUSE,
                        span,
                        "`then` stands twice in this rule",
                    )));
                }
            } else {
                return Ok(Action::Limit { count, per_author, period, then });
            }
        }
    }

    fn unsure(&mut self) -> Result<Unsure> {
        let start = self.here().start;
        self.next();
        self.expect_word("unsure", "`unsure`, as in `while unsure blur`")?;
        let show = if self.eat_word("veil").is_some() || self.eat_word("nothing").is_some() {
            Some(WhileUnsure::Veil)
        } else if self.eat_word("blur").is_some() {
            Some(WhileUnsure::Blur)
        } else if self.eat_word("show").is_some() {
            Some(WhileUnsure::Show)
        } else {
            None
        };
        let deadline = match self.eat_word("for") {
            Some(_) => Some(self.expect_quantity("how long, like `for 2 s`")?),
            None => None,
        };
        Ok(Unsure { show, deadline, span: start..self.last_end() })
    }

    fn schedule(&mut self) -> Result<Schedule> {
        let start = self.here().start;
        self.next();
        let (mut windows, mut days) = (Vec::new(), None);
        if self.kind(0) == Some(TokenKind::Number) {
            loop {
                let (text, span) = self.joined();
                match window(&text) {
                    Some((from, to)) if from == to && !text.ends_with("-24") && !text.ends_with("-24:00") => {
                        let problem = Diagnostic::error(
                            code::BAD_TIME,
                            span,
                            format!("`{}` ends where it begins", quoted(&text)),
                        );
                        return Err(Box::new(problem.help(
                            "for the whole day leave the hours out, or write `0-24`; for a night write `22:00-07:00`",
                        )));
                    }
                    Some((from, to)) => windows.push((from, to)),
                    None => return Err(self.bad_time(&text, span)),
                }
                if self.eat(TokenKind::Comma).is_none() {
                    break;
                }
            }
        }
        let on = self.eat_word("on").is_some();
        if on || (windows.is_empty() && self.kind(0) == Some(TokenKind::Word)) {
            let mut all = [false; 7];
            loop {
                let (text, span) = self.joined();
                if !add_days(&text, &mut all) {
                    return Err(self.bad_day(&text, span));
                }
                if self.eat(TokenKind::Comma).is_none() {
                    break;
                }
            }
            days = Some(all);
        }
        let span = start..self.last_end();
        if windows.is_empty() && days.is_none() {
            return Err(self.unexpected("a time window like `22:00-07:00`, or days like `on mon-fri`"));
        }
        if self.eat(TokenKind::Colon).is_none() {
            let mut problem = self.unexpected("`:` and the rule that holds then");
            if self.kind(0) == Some(TokenKind::Word) {
                problem.help = None;
                problem = Box::new(problem.mend(self.last_end()..self.last_end(), ":"));
            }
            return Err(problem);
        }
        Ok(Schedule { windows, days: days.unwrap_or([true; 7]), span })
    }

    /// Words, numbers and dashes up to the next comma, colon or `on`, without the blanks between.
    fn joined(&mut self) -> (String, Span) {
        let start = self.here();
        let mut text = String::new();
        while matches!(self.kind(0), Some(TokenKind::Word | TokenKind::Number | TokenKind::Dash))
            && !self.at_word("on")
            && !reference::ACTIONS.iter().any(|a| self.at_word(a.name))
        {
            let token = self.here();
            text.push_str(&self.source[token].to_lowercase().replace(['–', '—'], "-"));
            self.next();
        }
        let end = if text.is_empty() { start.end } else { self.last_end() };
        (text, start.start..end)
    }

    fn bad_time(&self, text: &str, span: Span) -> super::parser::Problem {
        let problem = Diagnostic::error(
            code::BAD_TIME,
            span.clone(),
            format!("`{}` is not a time window", quoted(&self.source[span.clone()])),
        )
        .help("write start and end of the day's clock with a dash between: `22:00-07:00`, `9-17`");
        let dashed = text.replace("until", "-").replace("till", "-").replace("to", "-");
        Box::new(if dashed != text && window(&dashed).is_some() {
            problem.mend(span, dashed)
        } else {
            problem
        })
    }

    fn bad_day(&self, text: &str, span: Span) -> super::parser::Problem {
        if text.is_empty() {
            return self.unexpected("a day like `mon`, `mon-fri`, `weekdays` or `weekends`");
        }
        let problem = Diagnostic::error(
            code::BAD_TIME,
            span.clone(),
            format!("`{}` is not a day", quoted(&self.source[span.clone()])),
        )
        .help("days are mon, tue, wed, thu, fri, sat, sun, ranges like `mon-fri`, `weekdays` and `weekends`");
        let names = reference::DAYS.iter().flat_map(|(a, b)| [*a, *b]).chain(["weekdays", "weekends"]);
        Box::new(match reference::nearest(text, names) {
            Some(near) => problem.suggest(span, near),
            None => problem,
        })
    }
}

/// `22:00-07:00`, `9-17`, `9am-5pm` as minutes from midnight.
fn window(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-')?;
    // 24:00 is the midnight at the end of the day.
    Some((clock(from).filter(|m| *m < 1440)?, clock(to)? % 1440))
}

fn clock(text: &str) -> Option<u16> {
    let (text, half) = match (text.strip_suffix("am"), text.strip_suffix("pm")) {
        (Some(rest), _) => (rest, Some(0)),
        (_, Some(rest)) => (rest, Some(12)),
        _ => (text, None),
    };
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "00"));
    let digits =
        |s: &str, most: usize| (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours, 2) || !digits(minutes, 2) || minutes.len() != 2 {
        return None;
    }
    let (mut hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    if let Some(half) = half {
        if !(1..=12).contains(&hours) {
            return None;
        }
        hours = hours % 12 + half;
    }
    (minutes < 60 && (hours < 24 || (hours == 24 && minutes == 0))).then_some(hours * 60 + minutes)
}

/// Adds `mon`, `mon-fri`, `fri-mon`, `weekdays`, `weekends` to the days; false where it is none of these.
fn add_days(text: &str, all: &mut [bool; 7]) -> bool {
    let (from, to) = match text {
        "weekdays" | "weekday" => (0, 4),
        "weekends" | "weekend" => (5, 6),
        _ => {
            let (a, b) = text.split_once('-').unwrap_or((text, text));
            match (reference::day(a), reference::day(b)) {
                (Some(a), Some(b)) => (a, b),
                _ => return false,
            }
        }
    };
    let mut day = from;
    loop {
        all[day] = true;
        if day == to {
            return true;
        }
        day = (day + 1) % 7;
    }
}
