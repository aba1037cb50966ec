//! Whether a payload holds what a file says that it must.

use crate::json::Node;
use crate::wire::path::{Scope, is_written};
use crate::wire::schema::{Condition, ConditionTest, Literal};

/// Whether all conditions are so.
pub(in crate::wire) fn holds_all(conditions: &[Condition], scope: &Scope<'_, '_>) -> bool {
    conditions.iter().all(|condition| {
        let any =
            |test: &mut dyn FnMut(Node<'_>) -> bool| condition.path.0.iter().any(|p| p.any(scope, test));
        match &condition.test {
            ConditionTest::Present => any(&mut |v| !v.is_null()),
            ConditionTest::Absent => !any(&mut |v| !v.is_null()),
            ConditionTest::Equals(these) => any(&mut |v| {
                these.iter().any(|l| match l {
                    Literal::Text(t) => is_written(v, t),
                    Literal::Flag(b) => v.as_bool() == Some(*b),
                    Literal::Number(n) => v.as_f64() == Some(*n),
                    Literal::List(_) => false,
                })
            }),
            ConditionTest::Matches(pattern) => {
                any(&mut |v| v.as_str().is_some_and(|s| pattern.0.is_match(&s)))
            }
        }
    })
}
