//! What a post costs.

use crate::rules::NOW;
use diffract_core::batch::{Item, read_context, read_posts};
use diffract_core::post::Post;
use diffract_core::{Context, Memory, RuleSet};
use std::hint::black_box;
use std::time::Instant;

/// Best of so many rounds, in each of which every size has its turn: the machine's other work only ever makes one
/// slower, and so falls on all sizes alike.
const ROUNDS: usize = 12;
/// A page sends so many posts at once.
const BATCH: usize = 25;

/// Nanoseconds a post under one set of rules.
#[derive(Clone)]
pub struct Cost {
    pub decided: f64,
    in_and_out: f64,
    /// Decided in the first round, when expressions are compiled.
    at_first: f64,
    /// Rules that spoke of a post.
    spoke: f64,
    /// Bytes of JSON, in and out.
    bytes: (f64, f64),
    /// By post: rules that spoke, and nanoseconds decided alone.
    each: Vec<(usize, f64)>,
}

/// Decides the posts under every set of rules.
pub fn costs(sets: &[RuleSet], posts: &[Post]) -> Vec<Cost> {
    let batches: Vec<String> =
        posts.chunks(BATCH).map(|batch| serde_json::to_string(batch).expect("plain data")).collect();
    let mut costs = vec![
        Cost {
            decided: f64::INFINITY,
            in_and_out: f64::INFINITY,
            at_first: 0.0,
            spoke: 0.0,
            bytes: (0.0, 0.0),
            each: vec![(0, f64::INFINITY); posts.len()],
        };
        sets.len()
    ];
    let count = posts.len() as f64;
    let since = |start: Instant| start.elapsed().as_nanos() as f64;
    for round in 0..ROUNDS {
        for (rules, cost) in sets.iter().zip(&mut costs) {
            let start = Instant::now();
            let spoke = decide(rules, posts);
            let took = since(start) / count;
            if round == 0 {
                (cost.at_first, cost.spoke) = (took, spoke);
            } else {
                cost.decided = cost.decided.min(took);
            }
        }
        for (rules, cost) in sets.iter().zip(&mut costs) {
            let start = Instant::now();
            let written = answer(rules, &batches);
            cost.in_and_out = cost.in_and_out.min(since(start) / count);
            cost.bytes =
                (batches.iter().map(String::len).sum::<usize>() as f64 / count, written as f64 / count);
        }
        for (rules, cost) in sets.iter().zip(&mut costs) {
            let mut memory = Memory::default();
            for (post, (spoke, best)) in posts.iter().zip(&mut cost.each) {
                let start = Instant::now();
                let verdicts = rules.decide(std::slice::from_ref(post), &context(), &mut memory);
                let took = since(start);
                *spoke = verdicts.iter().map(reasons).sum();
                *best = best.min(took);
            }
        }
    }
    costs
}

/// Prints them, each with its ratio to the first.
pub fn print(sizes: &[usize], costs: &[Cost]) {
    let Some(base) = costs.first() else { return };
    println!("\n  rules  decided ns  ratio  at first ns  rules that spoke");
    for (size, cost) in sizes.iter().zip(costs) {
        let Cost { decided, at_first, spoke, .. } = cost;
        println!("{size:>7} {decided:>11.0} {:>6.2} {at_first:>12.0} {spoke:>17.2}", decided / base.decided);
    }
    println!("\n  rules  in and out ns  ratio  bytes in  bytes out");
    for (size, cost) in sizes.iter().zip(costs) {
        let (ns, (read, written)) = (cost.in_and_out, cost.bytes);
        println!("{size:>7} {ns:>14.0} {:>6.2} {read:>9.0} {written:>10.0}", ns / base.in_and_out);
    }
    println!("\n  rules  silent ns  ratio  silent posts  by least squares");
    let of_silent = silent(base).0;
    for (size, cost) in sizes.iter().zip(costs) {
        let ((ns, share), (fixed, slope)) = (silent(cost), fit(&cost.each));
        let fit = format!("{fixed:.0} ns + {slope:.0} ns for each rule that spoke");
        println!("{size:>7} {ns:>10.0} {:>6.2} {:>11.0} %  {fit}", ns / of_silent, share * 100.0);
    }
}

/// What a post costs of which no rule speaks, and which share those are.
fn silent(cost: &Cost) -> (f64, f64) {
    let silent: Vec<f64> = cost.each.iter().filter(|(spoke, _)| *spoke == 0).map(|(_, ns)| *ns).collect();
    (silent.iter().sum::<f64>() / silent.len() as f64, silent.len() as f64 / cost.each.len() as f64)
}

/// The line nearest to all points.
fn fit(points: &[(usize, f64)]) -> (f64, f64) {
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| *x as f64).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let (mut over, mut under) = (0.0, 0.0);
    for (x, y) in points {
        let x = *x as f64 - mean_x;
        over += x * (y - mean_y);
        under += x * x;
    }
    let slope = over / under;
    (mean_y - slope * mean_x, slope)
}

fn context() -> Context {
    Context { now: NOW, visit: "bench".into(), ..Context::default() }
}

fn reasons(verdict: &diffract_core::verdict::Verdict) -> usize {
    verdict.reasons.len() + verdict.more_reasons as usize
}

/// Decides all posts in batches, as a page sends them; how many rules spoke of one.
pub fn decide(rules: &RuleSet, posts: &[Post]) -> f64 {
    let context = context();
    let mut memory = Memory::default();
    let mut spoke = 0;
    for batch in posts.chunks(BATCH) {
        spoke += black_box(rules.decide(batch, &context, &mut memory)).iter().map(reasons).sum::<usize>();
    }
    spoke as f64 / posts.len() as f64
}

/// What `crate/engine` does when a page asks: text in, text out. How many bytes were written.
fn answer(rules: &RuleSet, batches: &[String]) -> usize {
    let mut memory = Memory::default();
    let mut written = 0;
    for batch in batches {
        let context = read_context(&format!(r#"{{"now":{NOW},"utc_offset":0,"visit":"bench"}}"#));
        let posts: Vec<Post> =
            read_posts(batch).expect("an array").into_iter().map(Item::into_post).collect();
        let verdicts = rules.decide(&posts, &context.expect("a context"), &mut memory);
        written += black_box(serde_json::to_string(&verdicts).expect("plain data")).len();
    }
    written
}
