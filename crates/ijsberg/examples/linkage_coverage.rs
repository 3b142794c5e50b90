//! Do intervals cover the truth when the lists were linked? `linkage_coverage SEEDS [PERSONS]`: synthetic lists at three levels
//! of dirt, 300 pairs judged by the truth, independence of the lists (as they were made), averaged over draws. Links that were
//! missed are put back, once as many as a sample of 200 groups resolved by the truth says, and once as many as no rule found.
//! Beside them the same estimate from one table linked at a threshold of one half.

mod common;

use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::histories::{Missing, histories, restored};
use ijsberg_linkage::link::{link_scored, score};
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::resolve::{Frame, by_truth, draw_groups, redrawn};

use common::{Answer, answer, print_head, print_scores};

const DRAWS: usize = 40;
const RESOLVED: usize = 200;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<u64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let seeds = arguments.first().copied().unwrap_or(100);
    let persons = arguments.get(1).map_or(Design::default().persons, |p| *p as usize);
    print_head();
    for damage in [0.5, 1.0, 1.5] {
        let (mut resolved, mut ours, mut fixed) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 1..=seeds {
            let design = Design { damage, persons, ..Design::default() };
            let [a, b, c] = once(&design, seed)?;
            resolved.push(a);
            ours.push(b);
            fixed.push(c);
        }
        for (name, all) in [("resolved", &resolved), ("averaged", &ours), ("threshold", &fixed)] {
            print_scores(damage, name, persons, all);
        }
    }
    Ok(())
}

fn once(design: &Design, seed: u64) -> anyhow::Result<[Answer; 3]> {
    let s = generate(design, seed);
    let lists: Vec<usize> = s.records.iter().map(|r| r.list).collect();
    let scored = score(&s.records, seed);
    let judged: Vec<((u32, u32), bool)> = scored
        .worth_judging(300, seed)
        .into_iter()
        .map(|i| scored.edges[i].0)
        .map(|(a, b)| ((a, b), s.truth[a as usize] == s.truth[b as usize]))
        .collect();
    let calibration = scored.taught(&judged).calibration;
    let sampling = Sampling { draws: DRAWS / 4, thin: 10, seed, ..Sampling::default() };
    let plain = link_scored(&s.records, scored.clone(), &sampling, &|| ());
    let sampling = Sampling { calibration, ..sampling };
    let linked = link_scored(&s.records, scored, &sampling, &|| ());
    let names: Vec<String> = design.lists.iter().map(|l| l.0.clone()).collect();
    let frame = Frame::of(&linked.groups, &lists);
    let sample =
        by_truth(&linked.groups, &lists, &s.truth, &draw_groups(&linked.groups, &lists, RESOLVED, seed));
    let put_back = |missing: &dyn Fn(u64) -> Missing| {
        let draws = linked.draws.all().zip(0_u64..);
        answer(&names, draws.map(|(g, k)| restored(g, &lists, missing(k), seed, k)).collect())
    };
    Ok([
        put_back(&|k| Missing::Totals(redrawn(&frame, &sample, seed, k)))?,
        put_back(&|_| Missing::Links(linked.blocking_loss))?,
        answer(&names, vec![histories(&plain.groups, &lists)])?,
    ])
}
