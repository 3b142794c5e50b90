//! Do intervals with covariates cover the truth when the lists were linked?
//!
//! `cargo run --release -p ijsberg-analysis --example covariates_coverage -- SEEDS [PERSONS]`: synthetic lists at three levels of dirt.
//! Each person has a form (three levels) and a region (two); lists reach some levels half as well as others, and 2% of the records have
//! another level than the person, 5% none. 300 pairs are judged and 200 groups resolved by the truth. Twenty draws, with missed links put
//! back, are estimated with covariates by the one way from a table to its analysis. Printed are the share of 95% intervals that hold the truth,
//! for everybody and for each level, their width and the bias, both on the logarithm.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ijsberg_analysis::{Outcome, Request, run};
use ijsberg_linkage::covariates::Covariates;
use ijsberg_linkage::generate::{Design, Synthetic, generate};
use ijsberg_linkage::histories::{Missing, restored_by};
use ijsberg_linkage::link::{link_scored, score};
use ijsberg_linkage::partition::Sampling;
use ijsberg_linkage::resolve::{Frame, by_truth, draw_groups, redrawn};
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::Silent;
use ijsberg_report::text::{Language, Text};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const DRAWS: usize = 20;
const FORMS: [&str; 3] = ["labour", "other", "sexual"];
const REGIONS: [&str; 2] = ["north", "south"];

/// Form and region of a person.
fn kind(person: u32) -> [usize; 2] {
    let spread = (person as usize).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    [[0, 0, 1, 2, 2][spread % 5], [0, 0, 1][spread / 5 % 3]]
}

/// Whether a list that holds a person leaves them out for their kind.
fn left_out(list: usize, [form, region]: [usize; 2], luck: f64) -> bool {
    let reached = if list % 3 == form { 0.5 } else { 1.0 } * if list % 2 == region { 0.7 } else { 1.0 };
    luck > reached
}

fn draws(s: &Synthetic, covariates: &Covariates, lists: usize, seed: u64) -> String {
    let on: Vec<usize> = s.records.iter().map(|r| r.list).collect();
    let scored = score(&s.records, seed);
    let calibration = scored.taught(&scored.judged_by_truth(&s.truth, 300, seed)).calibration;
    let sampling =
        Sampling { draws: DRAWS / 4, thin: 20, caps: vec![12], seed, calibration, ..Sampling::default() };
    let linked = link_scored(&s.records, scored, &sampling, &|| ());
    let frame = Frame::from_groups(&linked.groups, &on);
    let drawn = draw_groups(&linked.groups, &on, 200, seed);
    let sample = by_truth(&linked.groups, &on, &s.truth, &drawn);
    let names: Vec<String> = (0..lists).map(|l| format!("L{l}")).collect();
    let mut csv = format!(
        "# ijsberg-table v1; lists={}; covariates=form,region; count=count; draw=resolved_draw\n\
         resolved_draw,{},form,region,count\n",
        names.join(","),
        names.join(",")
    );
    for (groups, k) in linked.draws.all().zip(0_u64..) {
        let totals = Missing::Totals(redrawn(&frame, &sample, seed, k));
        for cell in restored_by((groups, &on), covariates, totals, seed, k) {
            let on: Vec<String> = (0..lists).map(|l| (cell.history >> l & 1).to_string()).collect();
            let value = |c: usize| cell.values[c].map_or("", |v| covariates.levels[c][v as usize].as_str());
            let _ = writeln!(csv, "{},{},{},{},{}", k + 1, on.join(","), value(0), value(1), cell.persons);
        }
    }
    csv
}

fn main() -> anyhow::Result<()> {
    let number =
        |at: usize, usual: usize| std::env::args().nth(at).and_then(|a| a.parse().ok()).unwrap_or(usual);
    let (seeds, persons) = (number(1, 100) as u64, number(2, Design::default().persons));
    let text = Text::new(Language::English);
    println!("dirt   part        truth     bias   cover   width   intervals");
    for damage in [0.5, 1.0, 1.5] {
        let design = Design { damage, persons, ..Design::default() };
        let mut found: BTreeMap<String, Vec<(f64, f64, f64)>> = BTreeMap::new();
        let mut truth: BTreeMap<String, f64> = BTreeMap::new();
        for seed in 1..=seeds {
            let mut s = generate(&design, seed);
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let kept: Vec<bool> = (s.records.iter().zip(&s.truth))
                .map(|(r, p)| !left_out(r.list, kind(*p), rng.random()))
                .collect();
            let mut keep = kept.iter();
            s.records.retain(|_| keep.next().copied().unwrap_or_default());
            let mut keep = kept.iter();
            s.truth.retain(|_| keep.next().copied().unwrap_or_default());
            let said = |level: usize, most: usize, rng: &mut ChaCha8Rng| match rng.random::<f64>() {
                x if x < 0.05 => None,
                x if x < 0.07 => Some(rng.random_range(0..most) as u32),
                _ => Some(level as u32),
            };
            let values = s.truth.iter().map(|p| {
                let [form, region] = kind(*p);
                vec![said(form, FORMS.len(), &mut rng), said(region, REGIONS.len(), &mut rng)]
            });
            let values = values.collect();
            let levels = vec![FORMS.map(String::from).to_vec(), REGIONS.map(String::from).to_vec()];
            let covariates = Covariates::new(["form", "region"].map(String::from).to_vec(), levels, values);
            let csv = draws(&s, &covariates, design.lists.len(), seed);
            let mut request = Request::default();
            request.settings.methods = vec![Method::LogLinearCovariates];
            let Outcome::Histories(a) = run(csv.as_bytes(), "draws", &request, &text, &Silent, &mut |_| ())?
            else {
                anyhow::bail!("no histories")
            };
            let c = a.covariates.ok_or_else(|| anyhow::anyhow!("no covariates"))?;
            for size in c.breakdown.sizes.iter().filter(|s| s.part.len() < 2) {
                let name = c.name(&text, size);
                let inside = |p: u32| match size.part.first() {
                    None => true,
                    Some((covariate, level)) => {
                        let named = &c.table.covariates()[*covariate];
                        let own = kind(p);
                        named.levels[*level]
                            == if named.name == "form" { FORMS[own[0]] } else { REGIONS[own[1]] }
                    }
                };
                let n = (0..persons as u32).filter(|p| inside(*p)).count() as f64;
                truth.insert(name.clone(), n);
                let (low, high) = size.limits.unwrap_or((0.0, f64::INFINITY));
                found.entry(name).or_default().push((size.n_hat / n, low / n, high / n));
            }
        }
        for (name, all) in &found {
            let mean =
                |f: &dyn Fn(&(f64, f64, f64)) -> f64| all.iter().map(f).sum::<f64>() / all.len() as f64;
            println!(
                "{damage:<6} {name:<10} {:>6} {:>8.3} {:>7.2} {:>7.3} {:>8}",
                truth[name],
                mean(&|a| a.0.ln()),
                mean(&|a| f64::from(a.1 <= 1.0 && 1.0 <= a.2)),
                mean(&|a| (a.2 / a.1).ln()),
                all.len(),
            );
        }
    }
    Ok(())
}
