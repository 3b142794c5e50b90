//! A linkage in words and numbers, without persons.

use std::collections::{BTreeMap, HashMap};
use std::f64::consts::LN_2;

use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::calibrate::Calibration;
use ijsberg_linkage::fellegi_sunter::Part;
use ijsberg_linkage::link::{Linked, Model, Scored};
use ijsberg_linkage::resolve::{Kind, RecallOf, kinds};
use ijsberg_linkage::schema::Records;
use ijsberg_mse::bayes::chains::Convergence;
use ijsberg_report::linkage::{Example, LinkageReport, Linked as Counted};
use ijsberg_report::text::Text;

/// Groups of fewer records than this are not told apart in the report.
const FEWEST: usize = 20;

/// What is known of a linkage beside what it found.
#[derive(Debug, Default)]
pub struct Known {
    /// Pairs that people judged; none where codes were linked.
    pub judged: Option<usize>,
    /// What people resolved, as parts of the sentence that tells it.
    pub resolved: Option<Vec<(&'static str, String)>>,
    /// Tables are as compared: nothing makes up for pairs that no rule compared.
    pub as_compared: bool,
}

/// Whether the chains agree.
pub fn converged(linked: &Linked, c: &Convergence) -> bool {
    let persons: Vec<f64> = linked.draws.persons.concat();
    // R-hat of chains that do not move is no number, and no reason for doubt.
    c.r_hat < 1.05 || persons.iter().all(|n| *n == persons[0])
}

/// What was found, in sentences.
pub fn findings(
    text: &Text,
    records: &Records,
    linked: &Linked,
    c: &Convergence,
    known: &Known,
) -> Vec<String> {
    let mut persons: Vec<f64> = linked.draws.persons.concat();
    persons.sort_by(f64::total_cmp);
    let at = |share: f64| persons[((share * persons.len() as f64) as usize).min(persons.len() - 1)];
    let mut all = Vec::new();
    let mut line = |key: &str, parts: &[(&str, String)]| all.push(text.fill(key, parts));
    let count = |x: usize| text.number(x as f64);
    line("link-read", &[("records", count(records.records.len())), ("lists", records.lists.join(", "))]);
    if records.nameless > 0 {
        line("link-nameless", &[("n", count(records.nameless))]);
    }
    line("link-compared", &[("pairs", count(linked.compared))]);
    line(
        "link-persons",
        &[
            ("middle", text.number(at(0.5))),
            ("low", text.number(at(0.025))),
            ("high", text.number(at(0.975))),
        ],
    );
    let doubtful = linked.probabilities.iter().filter(|p| (0.1..0.9).contains(*p)).count();
    line("link-doubtful", &[("n", count(doubtful))]);
    let parts = [("rhat", text.decimal(c.r_hat, 3)), ("ess", text.number(c.ess_bulk.min(c.ess_tail)))];
    line(if converged(linked, c) { "link-converged" } else { "link-not-converged" }, &parts);
    if let Some(parts) = &known.resolved {
        line("link-resolved", parts);
    } else if !linked.between.is_empty() {
        line(if known.as_compared { "link-codes" } else { "link-codes-restored" }, &[]);
    } else if linked.blocking_loss > 0.0 {
        let restored = if known.as_compared { "link-loss" } else { "link-loss-restored" };
        line(restored, &[("share", text.percent(linked.blocking_loss))]);
    }
    match known.judged {
        Some(0) => line("link-not-judged", &[]),
        Some(n) => line("link-judged", &[("n", n.to_string())]),
        None => {}
    }
    if known.resolved.is_none() && known.judged.is_some() && records.lists.len() > 1 {
        line("link-not-resolved", &[]);
    }
    line("link-blocking", &[]);
    if records.lists.len() == 1 {
        line("link-one-list", &[]);
    }
    all
}

/// A pair that is surely one person and one in doubt, by where their weights come from, in bits.
pub fn examples(scored: &Scored, calibration: &Calibration) -> Vec<(Example, Vec<(Part, f64)>)> {
    let chance = |w: f64| calibration.probability(scored.prior + w);
    let nearest = |to: f64| {
        let off = |e: &&(Pair, f64)| (chance(e.1) - to).abs();
        scored.edges.iter().min_by(|a, b| off(a).total_cmp(&off(b)).then(a.0.cmp(&b.0)))
    };
    let parts = |pair: Pair, w: f64| {
        let calibrated = calibration.weight(w, scored.prior) - w;
        let all = scored.parts(pair).into_iter().chain([(Part::Calibration, calibrated)]);
        all.map(|(p, w)| (p, w / LN_2)).collect()
    };
    [(Example::Sure, 0.999), (Example::Doubtful, 0.5)]
        .into_iter()
        .filter_map(|(example, to)| {
            let (pair, w) = nearest(to)?;
            ((chance(*w) - to).abs() < 0.2).then(|| (example, parts(*pair, *w)))
        })
        .collect()
}

/// What the page shows beside sentences: numbers of records and pairs.
pub fn tell(told: &mut LinkageReport, records: &Records, linked: &Linked, recalls: &[RecallOf]) {
    let lambda = match &linked.model {
        Model::Records(m) => m.prior(),
        Model::Codes(_) => 0.0,
    };
    told.prior = lambda / LN_2;
    told.pairs = linked.edges.iter().zip(&linked.probabilities).map(|(e, p)| (e.1 / LN_2, *p)).collect();
    let size = |l: usize| records.records.iter().filter(|r| r.list == l).count();
    told.lists = records.lists.iter().enumerate().map(|(l, name)| (name.clone(), size(l))).collect();
    let mut lists_of: HashMap<u32, u32> = HashMap::new();
    for (record, group) in records.records.iter().zip(&linked.groups) {
        *lists_of.entry(*group).or_insert(0) |= 1 << record.list;
    }
    let mut counts: BTreeMap<Kind, (usize, usize)> = BTreeMap::new();
    for (record, group) in records.records.iter().zip(&linked.groups) {
        let elsewhere = lists_of[group].count_ones() > 1;
        for kind in kinds(record) {
            let count = counts.entry(kind).or_insert((0, 0));
            count.0 += 1;
            count.1 += usize::from(elsewhere);
        }
    }
    told.linked = counts
        .into_iter()
        .filter(|(_, (records, _))| *records >= FEWEST)
        .map(|(kind, (records, linked))| {
            let recall = recalls.iter().find(|r| r.kind == kind).map(|r| (r.recall, r.interval));
            Counted { property: kind.0, value: kind.1, records, linked, recall }
        })
        .collect();
    told.linked.sort_by_key(|l| std::cmp::Reverse(l.records));
}
