//! Populations to draw tables from.

use std::collections::BTreeMap;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::chance::{binomial, multinomial};
use crate::histories::{Histories, Mask};
use crate::loglinear::Engine;
use crate::loglinear::existence::Existence;
use crate::model::Model;
use crate::special::{ln_gamma, normal_quantile};
use crate::strata::table::{Covariate, StratifiedTable};

/// A population of known size.
#[derive(Debug, Clone, PartialEq)]
pub struct Design {
    /// A short name.
    pub id: String,
    /// What it is and where it was published.
    pub source: &'static str,
    /// The lists.
    pub lists: Vec<String>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Classes of persons: size, and chances of being on each list, independent within the class.
    Classes(Vec<(u64, Vec<f64>)>),
    /// Persons in all, and relative frequency by history, the unseen first.
    Cells(u64, Vec<f64>),
    /// Two lists whose chances depend on a number and a group, of which the analyst sees the fifth and the group.
    Covariates(u64),
}

/// A drawn table.
#[derive(Debug, Clone, PartialEq)]
pub struct DesignTable {
    /// Persons by history.
    pub histories: Histories,
    /// The same by covariates, for designs that have them.
    pub stratified: Option<StratifiedTable>,
}

const MANRIQUE: &str = "two or three classes; Manrique-Vallier 2016, Biometrics 72, as HRDAG parametrises it";
const NORMAL: &str =
    "normal log odds with the 90th percentile at the odds ratio named, as shinyrecap draws them";
const BETA: &str = "chance of being missed by each list beta with mean 3/4; after Binette and Steorts 2022";
const DAS: &str = "two lists given a number and a group; after Das, Kennedy and Jewell 2021";
const HIDDEN: &str =
    "mixture that another of the same histories but another size matches; Aleshin-Guendel and others 2024";
const ASYMMETRIC: &str = "four lists of the first designs; Aleshin-Guendel, Sadinle and Wakefield 2024";

/// The published designs.
pub fn published() -> Vec<Design> {
    let classes = |id: &str, source: &'static str, parts: &[(u64, &[f64])]| Design {
        id: id.to_owned(),
        source,
        lists: (1..=parts[0].1.len()).map(|j| format!("L{j}")).collect(),
        kind: Kind::Classes(parts.iter().map(|(n, p)| (*n, p.to_vec())).collect()),
    };
    let low = [0.033, 0.033, 0.099, 0.132, 0.033];
    let high = [0.660, 0.825, 0.759, 0.990, 0.693];
    let low3 = [0.113, 0.113, 0.199, 0.232, 0.133];
    let high3 = [0.86, 0.925, 0.859, 0.99, 0.793];
    vec![
        classes("sim1", MANRIQUE, &[(1800, &low), (200, &high)]),
        classes(
            "sim2",
            MANRIQUE,
            &[(1600, &[0.013, 0.013, 0.099, 0.132, 0.033]), (400, &[0.56, 0.825, 0.759, 0.99, 0.593])],
        ),
        classes("sim3", MANRIQUE, &[(1600, &low3), (400, &high3)]),
        classes(
            "sim4",
            MANRIQUE,
            &[
                (1600, &[0.1, 0.05, 0.15, 0.2, 0.1]),
                (200, &[0.5, 0.4, 0.6, 0.4, 0.5]),
                (200, &[0.8, 0.9, 0.6, 0.7, 0.7]),
            ],
        ),
        classes(
            "sim5",
            MANRIQUE,
            &[(1600, &[0.113, 0.113, 0.199, 0.832, 0.733]), (400, &[0.86, 0.925, 0.859, 0.19, 0.193])],
        ),
        classes("agsw3", ASYMMETRIC, &[(1800, &low[1..]), (200, &high[1..])]),
        classes("agsw4", ASYMMETRIC, &[(1400, &low), (400, &[0.275, 0.25, 0.2, 0.3, 0.325]), (200, &high)]),
        classes(
            "independent",
            "four independent lists: every method should do well",
            &[(1000, &[0.3, 0.2, 0.25, 0.15])],
        ),
        classes("agsw1", HIDDEN, &[(1000, &[0.2475; 2]), (1000, &[0.7425; 2])]),
        normal("normal2", 2.0, &[0.1, 0.15, 0.2, 0.25]),
        normal("normal4", 4.0, &[0.1, 0.15, 0.2, 0.25]),
        normal("normal2-six", 2.0, &[0.1, 0.12, 0.15, 0.18, 0.2, 0.25]),
        normal("normal4-six", 4.0, &[0.1, 0.12, 0.15, 0.18, 0.2, 0.25]),
        beta("beta3", 3, 0.02),
        beta("beta4", 4, 0.02),
        beta("beta4-wide", 4, 0.06),
        beta("beta6", 6, 0.02),
        Design {
            id: "covariates".into(),
            source: DAS,
            lists: vec!["L1".into(), "L2".into()],
            kind: Kind::Covariates(5000),
        },
    ]
}

/// Lists of given prevalence and persons whose log odds differ normally, the same on all lists.
fn normal(id: &str, odds_ratio: f64, prevalence: &[f64]) -> Design {
    let sd = odds_ratio.ln() / normal_quantile(0.9);
    // The mixture by 199 quantiles: the design is this mixture, so nothing is approximate.
    let persons: Vec<f64> = (0..199).map(|i| sd * normal_quantile((f64::from(i) + 0.5) / 199.0)).collect();
    let chance = |centre: f64, z: f64| 1.0 / (1.0 + (-(centre + z)).exp());
    let centres: Vec<f64> = prevalence
        .iter()
        .map(|p| {
            let (mut low, mut high) = (-20.0, 20.0);
            for _ in 0..80 {
                let middle = 0.5 * (low + high);
                let mean = persons.iter().map(|z| chance(middle, *z)).sum::<f64>() / persons.len() as f64;
                if mean < *p { low = middle } else { high = middle }
            }
            0.5 * (low + high)
        })
        .collect();
    let mut cells = vec![0.0; 1 << centres.len()];
    for z in &persons {
        for (w, cell) in cells.iter_mut().enumerate() {
            let on =
                |(j, c): (usize, &f64)| if w >> j & 1 == 1 { chance(*c, *z) } else { 1.0 - chance(*c, *z) };
            *cell += centres.iter().enumerate().map(on).product::<f64>() / persons.len() as f64;
        }
    }
    let lists = (1..=centres.len()).map(|j| format!("L{j}")).collect();
    Design { id: id.to_owned(), source: NORMAL, lists, kind: Kind::Cells(2000, cells) }
}

/// Chances of a history on `k` of `lists` lists when each person is missed by each list with a chance drawn from a beta
/// distribution of mean 3/4 and the given variance.
fn beta_cell(lists: usize, k: usize, variance: f64) -> f64 {
    let mean = 0.75;
    let total = mean * (1.0 - mean) / variance - 1.0;
    let (a, b) = (mean * total, (1.0 - mean) * total);
    let ln_beta = |x: f64, y: f64| ln_gamma(x) + ln_gamma(y) - ln_gamma(x + y);
    (ln_beta(a + (lists - k) as f64, b + k as f64) - ln_beta(a, b)).exp()
}

fn beta(id: &str, lists: usize, variance: f64) -> Design {
    let cells = (0..1_u32 << lists).map(|w| beta_cell(lists, w.count_ones() as usize, variance)).collect();
    let names = (1..=lists).map(|j| format!("L{j}")).collect();
    Design { id: id.to_owned(), source: BETA, lists: names, kind: Kind::Cells(2000, cells) }
}

/// Relative bias, in large samples, of the largest log-linear model under the beta design: `p0 (exp(-gamma) - 1)` with
/// `gamma` the interaction of all lists and `p0` the chance of being seen by none (Binette and Steorts 2022).
pub fn beta_bias(lists: usize, variance: f64) -> f64 {
    let p0 = beta_cell(lists, 0, variance);
    let choose = |k: usize| {
        (ln_gamma(lists as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((lists - k) as f64 + 1.0)).exp()
    };
    // The model's unseen: the product of the odd cells over that of the even ones.
    let log_unseen: f64 = (1..=lists)
        .map(|k| {
            let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
            sign * choose(k).round() * beta_cell(lists, k, variance).ln()
        })
        .sum();
    log_unseen.exp() - p0
}

/// Persons drawn one by one.
fn draw_covariates(persons: u64, rng: &mut ChaCha8Rng) -> Option<DesignTable> {
    let groups = [("a", 0.0), ("b", 0.8), ("c", -0.8)];
    let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
    let mut rows = BTreeMap::<(Mask, Vec<Option<usize>>), u64>::new();
    for _ in 0..persons {
        let quantile = rng.random::<f64>().clamp(1e-9, 1.0 - 1e-9);
        let x = 3.0 + 1.5 * normal_quantile(quantile);
        let group = rng.random_range(0..groups.len());
        let on = [0.4, 0.3].map(|slope| rng.random::<f64>() < logistic(slope * x + groups[group].1 - 2.5));
        let history = on.iter().enumerate().fold(0, |w, (j, on)| w | Mask::from(*on) << j);
        if history > 0 {
            let fifth = (quantile * 5.0) as usize;
            *rows.entry((history, vec![Some(fifth), Some(group)])).or_default() += 1;
        }
    }
    let lists = vec!["L1".to_owned(), "L2".to_owned()];
    let fifth = Covariate::from_values("x", ["1", "2", "3", "4", "5"].into_iter());
    let group = Covariate::from_values("group", groups.iter().map(|g| g.0));
    let cells = rows.iter().map(|((w, _), c)| (*w, *c));
    let histories = Histories::new(lists.clone(), cells).ok()?;
    let rows = rows.into_iter().map(|((w, levels), c)| (w, levels, c));
    let stratified = StratifiedTable::new(lists, vec![fifth, group], rows, Vec::new()).ok()?;
    Some(DesignTable { histories, stratified: Some(stratified) })
}

impl Design {
    /// A population like the user's own: the cells that a model fits to a table, the unseen among them. `None` when the
    /// model has no estimate.
    pub fn plasmode(id: &str, h: &Histories, model: &Model) -> Option<Self> {
        let engine = Engine::new(h);
        if engine.fit(model).existence != Existence::Exists {
            return None;
        }
        let cells = engine.fitted_cells(model);
        let total: f64 = cells.iter().sum();
        Some(Self {
            id: id.to_owned(),
            source: "drawn from a model fitted to the table itself",
            lists: h.lists().to_vec(),
            kind: Kind::Cells(total.round() as u64, cells),
        })
    }

    /// Persons in the population, seen and unseen.
    pub fn truth(&self) -> u64 {
        match &self.kind {
            Kind::Classes(parts) => parts.iter().map(|p| p.0).sum(),
            Kind::Cells(total, _) | Kind::Covariates(total) => *total,
        }
    }

    /// Draws a table; `None` when fewer than two lists have anybody.
    pub fn draw(&self, rng: &mut ChaCha8Rng) -> Option<DesignTable> {
        let size = 1_usize << self.lists.len();
        let mut counts = vec![0; size];
        match &self.kind {
            Kind::Covariates(persons) => return draw_covariates(*persons, rng),
            Kind::Cells(total, cells) => {
                let sum: f64 = cells.iter().sum();
                let unseen = binomial(*total, (cells[0] / sum).clamp(0.0, 1.0), rng);
                counts = multinomial(*total - unseen, &[&[0.0], &cells[1..]].concat(), rng);
            }
            Kind::Classes(parts) => {
                for (n, on) in parts {
                    let chance = |w: usize| -> f64 {
                        on.iter()
                            .enumerate()
                            .map(|(j, p)| if w >> j & 1 == 1 { *p } else { 1.0 - p })
                            .product()
                    };
                    let chances: Vec<f64> = (0..size).map(chance).collect();
                    let drawn = multinomial(*n, &chances, rng);
                    counts.iter_mut().zip(drawn).for_each(|(c, d)| *c += d);
                }
            }
        }
        let cells: Vec<(Mask, u64)> = (1..size).map(|w| (w as Mask, counts[w])).collect();
        let (lists, cells, _) = Histories::drop_empty_lists(self.lists.clone(), &cells);
        Histories::new(lists, cells).ok().map(|histories| DesignTable { histories, stratified: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::stream;

    #[test]
    fn cells_of_a_design_add_up_and_lists_have_their_prevalence() {
        for d in published() {
            let Kind::Cells(_, cells) = &d.kind else { continue };
            assert!((cells.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{}", d.id);
            let first: f64 = (0..cells.len()).filter(|w| w & 1 == 1).map(|w| cells[w]).sum();
            let expected = if d.id.starts_with("beta") { 0.25 } else { 0.1 };
            assert!((first - expected).abs() < 1e-9, "{} {first}", d.id);
        }
    }

    /// Without variance lists are independent and no model is biased; with it two lists see too much overlap.
    #[test]
    fn the_bias_under_the_beta_design_is_that_of_the_formula() {
        assert!(beta_bias(4, 1e-6).abs() < 1e-4);
        let (p00, p01, p11) = (beta_cell(2, 0, 0.02), beta_cell(2, 1, 0.02), beta_cell(2, 2, 0.02));
        assert!((beta_bias(2, 0.02) - (p01 * p01 / p11 - p00)).abs() < 1e-12);
        assert!(beta_bias(2, 0.02) < -0.1);
    }

    #[test]
    fn a_draw_with_covariates_has_the_same_persons_twice() {
        let all = published();
        let design = all.iter().find(|d| d.id == "covariates").unwrap();
        let drawn = design.draw(&mut stream(3, 0)).unwrap();
        let stratified = drawn.stratified.unwrap();
        assert_eq!(stratified.n() as u64, drawn.histories.n());
        let two = crate::doubly_robust::against_the_rest(&stratified, 0, 1).unwrap();
        let bare = crate::bounds::lincoln_petersen(
            drawn.histories.list_size(0),
            drawn.histories.list_size(1),
            drawn.histories.on_all(3),
            0.95,
        );
        // Ignoring covariates underestimates; using them helps, though fifths are coarse.
        assert!(bare.unwrap().n_hat < two.n_hat && two.n_hat < 5500.0, "{}", two.n_hat);
    }
}
