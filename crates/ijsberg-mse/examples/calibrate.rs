//! How often each verdict is right, on worlds of known size.
//!
//! `cargo run --release -p ijsberg-mse --example calibrate -- [DRAWS] [WORLD,...]` draws tables from every world and prints, for each
//! verdict, the share of tables that got it and the share of those that held the truth. Thresholds were chosen on the worlds
//! marked `learn`, with other draws; the totals over the worlds marked `judge` are in `src/verdict/record.rs`. Worlds marked `blind` look the same as
//! others of another size; where their lists miss links or contain persons who do not belong, the bound is given the true rates.

use ijsberg_mse::diagnostics::Verdict;
use ijsberg_mse::loglinear::Engine;
use ijsberg_mse::simulate::worlds::{self, Use, WORLDS, World};
use ijsberg_mse::verdict::bound::Allowance;
use ijsberg_mse::verdict::{HeadlineSettings, headline, judge};
use rayon::prelude::*;

/// Verdicts in order, with tables and those of them that held the truth.
type Tally = [(u32, u32); 4];

/// A kind of world, its verdicts, the intervals that held the truth, and the bounds with those that held.
type Total = (&'static str, Tally, u32, (u32, u32));

struct Judged {
    verdict: Verdict,
    held: bool,
    interval_held: bool,
    bound_held: bool,
}

fn judged(world: &World, seed: u64, draw: u64) -> Option<Judged> {
    let drawn = worlds::draw(world, seed, draw)?;
    let (h, truth) = (&drawn.histories, drawn.truth as f64);
    let allowance = Allowance { over_coverage: drawn.over_coverage, missed_links: drawn.missed_links };
    let asked = HeadlineSettings { allowance, what_if: false, seed: draw, ..HeadlineSettings::default() };
    let found = headline(&Engine::new(h), &asked);
    let (verdict, _) = judge(found.as_ref(), h, ijsberg_mse::diagnostics::overlapping_triples(h), false);
    let bound_held = found.as_ref().is_none_or(|f| f.bound.at_least <= truth);
    let within = found.as_ref().is_some_and(|f| f.interval.lower <= truth && truth <= f.interval.upper);
    let held = match verdict {
        Verdict::FitToPublish | Verdict::RangeOnly => within,
        _ => bound_held,
    };
    Some(Judged { verdict, held, interval_held: within, bound_held })
}

fn line(id: &str, role: &str, tally: &Tally, intervals: u32, bound: (u32, u32)) {
    let all: u32 = tally.iter().map(|v| v.0).sum();
    let cells: Vec<String> = tally
        .iter()
        .map(|(n, held)| {
            if *n == 0 {
                return "-".to_owned();
            }
            format!("{:.2} ({:.2})", f64::from(*n) / f64::from(all), f64::from(*held) / f64::from(*n))
        })
        .collect();
    let intervals = f64::from(intervals) / f64::from(bound.0);
    let bound = f64::from(bound.1) / f64::from(bound.0);
    println!("| {id} | {role} | {all} | {} | {intervals:.2} | {bound:.2} |", cells.join(" | "));
}

/// Adds the tables of a world to a total.
fn add(totals: &mut Vec<Total>, name: &'static str, tally: Tally, intervals: u32, bound: (u32, u32)) {
    if !totals.iter().any(|t| t.0 == name) {
        totals.push((name, Tally::default(), 0, (0, 0)));
    }
    for total in totals.iter_mut().filter(|t| t.0 == name) {
        for (sum, v) in total.1.iter_mut().zip(tally) {
            *sum = (sum.0 + v.0, sum.1 + v.1);
        }
        total.2 += intervals;
        total.3 = (total.3.0 + bound.0, total.3.1 + bound.1);
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let draws: u64 = arguments.next().and_then(|a| a.parse().ok()).unwrap_or(100);
    let only = arguments.next();
    println!("| world | for | tables | number | range | bound | nothing | interval held | bound held |");
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut totals: Vec<Total> = Vec::new();
    for (seed, world) in WORLDS.iter().enumerate() {
        if only.as_ref().is_some_and(|o| !o.split(',').any(|id| id == world.id)) {
            continue;
        }
        let found: Vec<Judged> =
            (0..draws).into_par_iter().filter_map(|d| judged(world, 1_000 + seed as u64, d)).collect();
        let role = match world.role {
            Use::Learn => "learn",
            Use::Judge => "judge",
            Use::Blind => "blind",
        };
        let (mut tally, mut intervals, mut bound) = (Tally::default(), 0, (0, 0));
        for j in &found {
            // The last verdicts publish nothing.
            let slot = &mut tally[(j.verdict as usize).min(3)];
            slot.0 += 1;
            slot.1 += u32::from(j.held);
            intervals += u32::from(j.interval_held);
            bound.0 += 1;
            bound.1 += u32::from(j.bound_held);
        }
        line(world.id, role, &tally, intervals, bound);
        for name in [role].into_iter().chain(world.ordinary.then_some("ordinary")) {
            add(&mut totals, name, tally, intervals, bound);
        }
    }
    for (role, tally, intervals, bound) in &totals {
        line("all", role, tally, *intervals, *bound);
        println!("{role}: tables and held by verdict {tally:?}; bounds {bound:?}");
    }
}
