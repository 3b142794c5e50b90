//! Links synthetic lists and says how well that went: `measure PERSONS SEED [DAMAGE [JUDGED]]`.

use std::time::Instant;

use ijsberg_linkage::blocking::{Shard, candidates};
use ijsberg_linkage::compare::{Lately, Prepared};
use ijsberg_linkage::evaluate::{of_pairs, quality};
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::histories::{Missing, restored};
use ijsberg_linkage::link::{Model, link, score};
use ijsberg_linkage::partition::Sampling;

// One function: a measurement that is read from top to bottom, each line of output beside what it is of.
fn main() {
    let arguments: Vec<f64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let at = |i: usize, default: f64| arguments.get(i).copied().unwrap_or(default);
    let design = Design { persons: at(0, 6414.0) as usize, damage: at(2, 1.0), ..Design::default() };
    let s = generate(&design, at(1, 1.0) as u64);
    let pairs = {
        let mut counts = std::collections::BTreeMap::new();
        s.truth.iter().for_each(|t| *counts.entry(t).or_insert(0_u64) += 1);
        counts.values().map(|c| c * (c - 1) / 2).sum::<u64>() as f64
    };
    let prepared = Prepared::new(&s.records);
    let c = candidates(&prepared, Shard::WHOLE);
    let reached = c.pairs.iter().filter(|(i, j)| s.truth[*i as usize] == s.truth[*j as usize]).count();
    println!(
        "{} records, {} pairs by rules, {:.3} of true pairs",
        s.records.len(),
        c.pairs.len(),
        reached as f64 / pairs
    );
    let start = Instant::now();
    // So many pairs are judged by the truth.
    let scored = score(&s.records, Sampling::default().seed);
    let judged = scored.judged_by_truth(&s.truth, at(3, 0.0) as usize, 1);
    let calibration = scored.taught(&judged).calibration;
    let linked = link(&s.records, &Sampling { calibration, ..Sampling::default() }, &|| ());
    println!("{calibration:?}");
    let Model::Records(model) = &linked.model else { unreachable!("records were linked") };
    println!(
        "{:.2} s, lambda {:.2e} (true {:.2e}), {} edges",
        start.elapsed().as_secs_f64(),
        model.lambda,
        2.0 * pairs / (s.records.len() as f64).powi(2),
        linked.edges.len()
    );
    println!("{:?}", quality(&linked.groups, &s.truth));
    let same = |e: &((u32, u32), f64)| s.truth[e.0.0 as usize] == s.truth[e.0.1 as usize];
    for cut in [0.1, 0.3, 0.5, 0.7, 0.9] {
        let found = linked.edges.iter().zip(&linked.probabilities).filter(|x| *x.1 > cut);
        let both = found.clone().filter(|x| same(x.0)).count() as f64;
        println!("pairs above {cut}: {:?}", of_pairs(both, found.count() as f64, pairs));
    }
    for b in 0..10 {
        let (low, high) = (f64::from(b) / 10.0, f64::from(b + 1) / 10.0);
        let inside: Vec<_> =
            linked.edges.iter().zip(&linked.probabilities).filter(|x| *x.1 > low && *x.1 <= high).collect();
        let said: f64 = inside.iter().map(|x| x.1).sum::<f64>() / inside.len() as f64;
        let right = inside.iter().filter(|x| same(x.0)).count() as f64 / inside.len() as f64;
        println!("said {said:.3} true {right:.3} ({})", inside.len());
    }
    let persons: Vec<f64> = linked.draws.persons.concat();
    let mean = persons.iter().sum::<f64>() / persons.len() as f64;
    let mut seen = s.truth.clone();
    seen.sort_unstable();
    seen.dedup();
    println!("persons {mean:.0} (true {})", seen.len());
    let mut wrong = std::collections::BTreeMap::new();
    for (e, p) in linked.edges.iter().zip(&linked.probabilities) {
        if *p > 0.5 && !same(e) {
            let (g, _) = prepared.levels(e.0.0 as usize, e.0.1 as usize, &mut Lately::default());
            *wrong.entry(format!("{g:08x}")).or_insert(0) += 1;
        }
    }
    let mut wrong: Vec<_> = wrong.into_iter().collect();
    wrong.sort_by_key(|w| std::cmp::Reverse(w.1));
    println!("wrong {:?}", &wrong[..wrong.len().min(14)]);
    let lists: Vec<usize> = s.records.iter().map(|r| r.list).collect();
    let size = |h: &[(u32, u64)]| h.iter().map(|c| c.1).sum::<u64>();
    let never = |draw| Missing::Links(linked.never_compared.drawn(1, draw));
    let counts: Vec<u64> = linked
        .draws
        .all()
        .step_by(40)
        .enumerate()
        .map(|(k, g)| size(&restored(g, &lists, never(k as u64), 1, k as u64)))
        .collect();
    println!("persons with links put back {:.0}", counts.iter().sum::<u64>() as f64 / counts.len() as f64);
    println!("never compared {:?}", linked.never_compared);
    println!("m {:?}\nu {:?}", model.m, model.u);
}
