//! Do intervals cover the truth when the lists were linked?
//!
//! `linkage_coverage own SEEDS [PERSONS]`: the generator of this crate at three levels of dirt; `linkage_coverage other SEEDS [PERSONS]`: a
//! generator that was made in another way; `linkage_coverage FILE:LISTS SEEDS`: a file with a column `person`, split at random into so
//! many lists. 300 pairs are judged by the truth and N is estimated by independence of the lists, averaged over draws. Links that were
//! missed are put back, once as many as a sample of 200 groups resolved by the truth says, and once as many as no rule found. Beside them
//! the same estimate from the true histories, and from one table linked at a threshold of one half.
//!
//! The generators know N. In a file everybody is on a list, so that what is to be covered is the estimate from the true histories.

#[path = "common/answers.rs"]
mod answers;
#[path = "common/files.rs"]
mod files;
#[path = "common/other.rs"]
mod other;

use ijsberg_linkage::generate::{Design, Synthetic, generate};
use ijsberg_linkage::histories::{Missing, histories, restored};
use ijsberg_linkage::link::{link_scored, score};
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::resolve::{Frame, by_truth, draw_groups, redrawn};
use ijsberg_linkage::schema::{Rows, Schema};

use answers::{Answer, answer, print_head, print_scores};

const DRAWS: usize = 40;
const RESOLVED: usize = 200;
const KINDS: [&str; 4] = ["resolved", "averaged", "threshold", "true histories"];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: usize| arguments.get(at).and_then(|a| a.parse().ok()).unwrap_or(usual);
    let what = arguments.first().map_or("own", String::as_str);
    let (seeds, persons) = (number(1, 100) as u64, number(2, Design::default().persons));
    print_head();
    if let Some((path, lists)) = what.rsplit_once(':') {
        let lists: usize = lists.parse()?;
        return study(path, seeds, |seed| {
            let s = of_file(path, lists, seed)?;
            let truth = true_histories(&s, lists)?;
            once(&s, lists, seed).map(|all| (all, truth.0))
        });
    }
    for damage in [0.5, 1.0, 1.5] {
        study(&damage.to_string(), seeds, |seed| {
            let (s, lists) = if what == "other" {
                other::generate(persons, damage, seed)
            } else {
                let design = Design { damage, persons, ..Design::default() };
                (generate(&design, seed), design.lists.len())
            };
            once(&s, lists, seed).map(|all| (all, persons as f64))
        })?;
    }
    Ok(())
}

/// Answers of all seeds, as shares of what they are to cover.
fn study(
    name: &str,
    seeds: u64,
    of: impl Fn(u64) -> anyhow::Result<([Answer; 4], f64)>,
) -> anyhow::Result<()> {
    let mut all: [Vec<Answer>; 4] = Default::default();
    for seed in 1..=seeds {
        let (answers, truth) = of(seed)?;
        for (all, a) in all.iter_mut().zip(answers) {
            all.push((a.0 / truth, a.1 / truth, a.2 / truth));
        }
    }
    for (kind, all) in KINDS.iter().zip(&all) {
        print_scores(name, kind, 1, all);
    }
    Ok(())
}

fn names(lists: usize) -> Vec<String> {
    (1..=lists).map(|l| format!("list {l}")).collect()
}

fn lists_of(s: &Synthetic) -> Vec<usize> {
    s.records.iter().map(|r| r.list).collect()
}

fn true_histories(s: &Synthetic, lists: usize) -> anyhow::Result<Answer> {
    answer(&names(lists), vec![histories(&s.truth, &lists_of(s))])
}

fn of_file(path: &str, lists: usize, seed: u64) -> anyhow::Result<Synthetic> {
    let all = files::split(files::read(path, "person"), lists, seed);
    let (truth, _) = files::persons(&all);
    let schema = Schema::propose(&all[0].header);
    let rows: Vec<Rows<'_>> =
        all.iter().map(|f| Rows { name: &f.name, header: &f.header, rows: &f.rows }).collect();
    Ok(Synthetic { records: schema.records(&rows)?.records, truth })
}

fn once(s: &Synthetic, lists: usize, seed: u64) -> anyhow::Result<[Answer; 4]> {
    let on = lists_of(s);
    let scored = score(&s.records, seed);
    let calibration = scored.taught(&scored.judged_by_truth(&s.truth, 300, seed)).calibration;
    let caps = vec![12];
    let sampling = Sampling { draws: DRAWS / 4, thin: 10, caps, seed, ..Sampling::default() };
    let plain = link_scored(&s.records, scored.clone(), &sampling, &|| ());
    let sampling = Sampling { calibration, ..sampling };
    let linked = link_scored(&s.records, scored, &sampling, &|| ());
    let names = names(lists);
    let frame = Frame::from_groups(&linked.groups, &on);
    let drawn = draw_groups(&linked.groups, &on, RESOLVED, seed);
    let sample = by_truth(&linked.groups, &on, &s.truth, &drawn);
    let put_back = |missing: &dyn Fn(u64) -> Missing| {
        let draws = linked.draws.all().zip(0_u64..);
        answer(&names, draws.map(|(g, k)| restored(g, &on, missing(k), seed, k)).collect())
    };
    Ok([
        put_back(&|k| Missing::Totals(redrawn(&frame, &sample, seed, k)))?,
        put_back(&|k| Missing::Links(linked.never_compared.drawn(seed, k)))?,
        answer(&names, vec![histories(&plain.groups, &on)])?,
        true_histories(s, lists)?,
    ])
}
