//! A linkage in words and numbers, without persons.

use std::collections::{BTreeMap, HashMap};
use std::f64::consts::LN_2;

use ijsberg_linkage::blocking::Pair;
use ijsberg_linkage::calibrate::Calibration;
use ijsberg_linkage::fellegi_sunter::Part;
use ijsberg_linkage::link::{LEAST_LOG_ODDS, Linked, Loss, Model, Scored};
use ijsberg_linkage::resolve::{Kind, RecallOf, kinds};
use ijsberg_linkage::schema::Records;
use ijsberg_mse::bayes::chains::Convergence;
use ijsberg_report::linkage::{Example, LinkageReport, PropertyRecall};
use ijsberg_report::text::Text;

/// R-hat of chains that agree is below this.
const CONVERGED: f64 = 1.05;

/// Groups of fewer records than this are not told apart in the report.
const FEWEST: usize = 20;

/// The context of a linkage, other than its results.
#[derive(Debug, Default)]
pub struct LinkageContext {
    /// Pairs that people judged; none where codes were linked.
    pub judged: Option<usize>,
    /// The records resolved by people, as parts of the sentence that reports them.
    pub resolved: Option<Vec<(&'static str, String)>>,
    /// Most records of one person on each list.
    pub caps: Vec<usize>,
    /// Tables are as compared: nothing makes up for pairs that no rule compared.
    pub as_compared: bool,
}

/// Whether the chains agree.
pub fn converged(linked: &Linked, c: &Convergence) -> bool {
    let persons: Vec<f64> = linked.draws.persons.concat();
    // R-hat of chains that do not move is no number, and no reason for doubt.
    c.r_hat < CONVERGED || persons.iter().all(|n| *n == persons[0])
}

/// Lists that hold persons as often as their cap allows, and how many, in the last draw.
fn at_cap(records: &Records, linked: &Linked, caps: &[usize]) -> Vec<(usize, usize)> {
    let mut held: HashMap<(u32, usize), usize> = HashMap::new();
    for (record, group) in records.records.iter().zip(linked.draws.all().last().into_iter().flatten()) {
        *held.entry((*group, record.list)).or_default() += 1;
    }
    let full = |l: usize, cap: usize| held.iter().filter(|(key, n)| key.1 == l && **n >= cap).count();
    let all = caps.iter().enumerate().filter(|c| *c.1 > 1).map(|(l, cap)| (l, full(l, *cap)));
    all.filter(|(_, n)| *n > 0).collect()
}

/// R-hat is not shown above this: the chains simply do not agree.
const R_HAT_SHOWN: f64 = 10.0;

/// The sentence on convergence of the chains. `persons` are all draws in order.
fn convergence(text: &Text, persons: &[f64], c: &Convergence) -> Sentence {
    if persons.first() == persons.last() {
        return ("link-still", Vec::new());
    }
    let draws = persons.len() as f64;
    let ess = c.ess_bulk.min(c.ess_tail);
    let ess = if ess.is_finite() { ess.clamp(1.0, draws) } else { 1.0 };
    let parts = vec![("rhat", text.decimal(c.r_hat, 3)), ("ess", text.number(ess))];
    match c.r_hat {
        r if r < CONVERGED => ("link-converged", parts),
        r if r < R_HAT_SHOWN => ("link-not-converged", parts),
        _ => ("link-apart", Vec::new()),
    }
}

/// A sentence: its key and its arguments.
type Sentence = (&'static str, Vec<(&'static str, String)>);

/// What is said where only some of the pairs that may be one person were kept, by the least log odds of these.
fn left_out(text: &Text, least: f64) -> Option<Sentence> {
    let chance = 1.0 / (1.0 + (-least).exp());
    (least > LEAST_LOG_ODDS).then(|| ("link-left-out", vec![("chance", text.percent(chance))]))
}

/// The sentence on links that no rule compared.
fn loss(text: &Text, loss: &Loss, as_compared: bool) -> Option<Sentence> {
    let count = |x: usize| text.number(x as f64);
    match loss {
        Loss::Nothing => None,
        Loss::Measured(never) => {
            let [low, high] = never.interval.map(|share| text.percent(share));
            let share = text.percent(never.share);
            let parts = vec![("share", share), ("low", low), ("high", high), ("n", count(never.records))];
            Some((if as_compared { "link-loss" } else { "link-loss-restored" }, parts))
        }
        Loss::NotMeasured(few) => {
            let parts = vec![("n", count(few.records)), ("links", text.number(few.links))];
            Some(("link-loss-not-measured", parts))
        }
    }
}

/// The findings, in sentences.
pub fn findings(
    text: &Text,
    records: &Records,
    linked: &Linked,
    c: &Convergence,
    known: &LinkageContext,
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
    if let Some((key, parts)) = left_out(text, linked.least) {
        line(key, &parts);
    }
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
    let (key, parts) = convergence(text, &persons, c);
    line(key, &parts);
    for (list, persons) in at_cap(records, linked, &known.caps) {
        let parts = [
            ("list", records.lists[list].clone()),
            ("persons", count(persons)),
            ("cap", count(known.caps[list])),
        ];
        line("link-cap", &parts);
    }
    if let Some(parts) = &known.resolved {
        line("link-resolved", parts);
    } else if !linked.between.is_empty() {
        line(if known.as_compared { "link-codes" } else { "link-codes-restored" }, &[]);
    } else if let Some((key, parts)) = loss(text, &linked.never_compared, known.as_compared) {
        line(key, &parts);
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

/// A certain and an uncertain pair, with the parts of their weights in bits.
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
            PropertyRecall { property: kind.0, value: kind.1, records, linked, recall }
        })
        .collect();
    told.linked.sort_by_key(|l| std::cmp::Reverse(l.records));
}

#[cfg(test)]
mod tests {
    use ijsberg_linkage::link::{FewLinks, NeverCompared};
    use ijsberg_report::text::Language;

    use super::*;

    #[test]
    fn of_the_chains_only_numbers_with_a_meaning_are_said() {
        let c =
            |r_hat: f64, ess: f64| Convergence { chains: 4, draws: 400, r_hat, ess_bulk: ess, ess_tail: ess };
        for text in [Language::English, Language::Dutch].map(Text::new) {
            let said = |persons: &[f64], of: Convergence| {
                let (key, parts) = convergence(&text, persons, &of);
                let said = text.fill(key, &parts);
                assert!(said != key && !said.contains('{'), "{said}");
                said
            };
            let moving = [3.0, 4.0, 5.0];
            assert!(said(&moving, c(1.01, 900.0)).contains("1.01") || text.decimal(1.01, 3) == "1,010");
            for odd in [980_685_769_208_198.4, f64::INFINITY, f64::NAN, 11.0] {
                let said = said(&moving, c(odd, f64::NAN));
                assert!(!said.bytes().any(|b| b.is_ascii_digit()), "{said}");
            }
            assert!(!said(&[7.0; 3], c(f64::NAN, f64::NAN)).contains("R-hat"));
            assert!(said(&moving, c(2.0, f64::NAN)).contains('1'));
        }
    }

    #[test]
    fn what_is_not_known_of_links_is_said() {
        let measured = NeverCompared {
            records: 412,
            found: 90.0,
            missed: 10.0,
            share: 0.1,
            interval: [0.06, 0.15],
            worth: 100.0,
        };
        let few = Loss::NotMeasured(FewLinks { records: 412, links: 7.2 });
        for (language, sample_only, not_known) in [
            (Language::English, "only the uncertainty of the sample", "not measured"),
            (Language::Dutch, "alleen de onzekerheid van de steekproef", "niet gemeten"),
        ] {
            let text = Text::new(language);
            let said = |sentence: Option<Sentence>| {
                let (key, parts) = sentence.unwrap();
                let said = text.fill(key, &parts);
                assert!(said != key && !said.contains('{'), "{said}");
                said
            };
            for as_compared in [false, true] {
                let said_of = said(loss(&text, &Loss::Measured(measured), as_compared));
                assert!(said_of.contains("412") && said_of.contains(sample_only), "{said_of}");
                let said_of = said(loss(&text, &few, as_compared));
                assert!(said_of.contains(not_known) && said_of.contains('7'), "{said_of}");
                assert_eq!(loss(&text, &Loss::Nothing, as_compared), None);
            }
            // Even odds.
            assert!(said(left_out(&text, 0.0)).contains("50%"));
            assert_eq!(left_out(&text, LEAST_LOG_ODDS), None);
        }
    }
}
