//! Whether a list may have been drawn at random, as far as a table can say.

use super::Anchor;
use crate::chance::hypergeometric;
use crate::fit_test::{FitTest, by_bootstrap};
use crate::histories::{Histories, Mask};

/// Tables drawn for the test.
const REPLICATES: usize = 999;

/// Among persons on other lists, those on a random sample are a random part of each combination of lists. The deviance from that is compared with
/// samples of the same size drawn at random. Persons on no other list are beyond it: a sample that finds these more or less often than others
/// passes. `None` where the table has no such list, or the others have one combination only.
pub fn random(h: &Histories, anchor: &Anchor, seed: u64) -> Option<FitTest> {
    let own: Mask = 1 << anchor.place(h)?;
    // On the anchor, and in all, by combination of the others.
    let mut groups: Vec<(Mask, u64, u64)> = Vec::new();
    for (w, count) in h.cells().iter().filter(|c| c.0 != own) {
        let (rest, on) = (w & !own, if w & own != 0 { *count } else { 0 });
        match groups.iter_mut().find(|g| g.0 == rest) {
            Some(g) => (g.1, g.2) = (g.1 + on, g.2 + count),
            None => groups.push((rest, on, *count)),
        }
    }
    let all: u64 = groups.iter().map(|g| g.2).sum();
    let drawn: u64 = groups.iter().map(|g| g.1).sum();
    if groups.len() < 2 {
        return None;
    }
    let share = drawn as f64 / all as f64;
    let part = |seen: f64, expected: f64| if seen > 0.0 { seen * (seen / expected).ln() } else { 0.0 };
    let deviance = |on: &mut dyn Iterator<Item = u64>| -> f64 {
        let of = |(on, g): (u64, &(Mask, u64, u64))| {
            let (on, all) = (on as f64, g.2 as f64);
            part(on, all * share) + part(all - on, all * (1.0 - share))
        };
        2.0 * on.zip(&groups).map(of).sum::<f64>()
    };
    let observed = deviance(&mut groups.iter().map(|g| g.1));
    Some(by_bootstrap(observed, groups.len() - 1, REPLICATES, seed, |rng| {
        let (mut left, mut to_draw) = (all, drawn);
        let again: Vec<u64> = groups
            .iter()
            .map(|g| {
                let on = hypergeometric(left, g.2, to_draw, rng);
                (left, to_draw) = (left - g.2, to_draw - on);
                on
            })
            .collect();
        Some(deviance(&mut again.into_iter()))
    }))
}
