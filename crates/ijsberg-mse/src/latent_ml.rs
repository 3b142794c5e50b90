//! Latent classes by maximum likelihood: within a class the lists are independent.
//!
//! The likelihood is that of the histories seen, `prod p(w)^n(w) / (1 - p(0))^n` (Bartolucci and Forcina 2001, Biometrics
//! 57). The EM algorithm adds the unseen persons that are expected, `n p(0) / (1 - p(0))`, to the empty cell and shares
//! all out over the classes. With covariates the likelihood is that of the histories given the stratum: the chances of
//! being in each class depend on the levels by a multinomial logistic regression, those of being on the lists given the
//! class do not (the latent class regression of Bandeen-Roche and others 1997, JASA 92, truncated at nobody's history). The
//! number of classes is chosen by BIC, and chosen again in every bootstrap replicate.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::chance::{multinomial, stream};
use crate::histories::{Histories, Mask};
use crate::multinomial_logit;
use crate::strata::missing::complete;
use crate::strata::model::StratifiedModel;
use crate::strata::table::StratifiedTable;

/// The most classes that are tried.
pub const MAX_CLASSES: usize = 4;

/// Random starts for each number of classes on the data.
const STARTS: u64 = 24;

/// Random starts in a replicate, beside the fits of the data.
const STARTS_AGAIN: u64 = 3;

/// The same with covariates, where a step costs more.
const STARTS_WITH_COVARIATES: (u64, u64) = (6, 0);

const ROUNDS: usize = 4000;

/// A fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LatentFit {
    /// Weights of the classes in the population.
    pub weights: Vec<f64>,
    /// Chances of being on each list, by class.
    pub on: Vec<Vec<f64>>,
    /// Unseen persons.
    pub unseen: f64,
    /// The same by stratum.
    pub by_stratum: Vec<f64>,
    /// Log-likelihood of the histories seen.
    pub log_likelihood: f64,
    /// Deviance plus `log n` for each parameter, up to a constant of the table.
    pub bic: f64,
    /// Parameters.
    pub parameters: usize,
    /// Log odds of each class but the first, by column of the design.
    logits: Vec<Vec<f64>>,
}

/// Histories by stratum, prepared for fitting.
#[derive(Debug, Clone)]
pub struct Data {
    t: usize,
    strata: Vec<Stratum>,
}

#[derive(Debug, Clone)]
struct Stratum {
    /// Columns of the logistic regression, the intercept first.
    x: Vec<f64>,
    /// Lists that operate here.
    active: Mask,
    n: f64,
    cells: Vec<(Mask, f64)>,
}

impl Data {
    /// A table without covariates: one stratum.
    pub fn new(h: &Histories) -> Self {
        let cells: Vec<(Mask, f64)> = h.cells().iter().map(|(w, c)| (*w, *c as f64)).collect();
        let all = (1 << h.t()) - 1;
        Self { t: h.t(), strata: vec![Stratum { x: vec![1.0], active: all, n: h.n() as f64, cells }] }
    }

    /// A table with covariates. Missing levels are shared out as if the lists were independent.
    pub fn stratified(table: &StratifiedTable) -> Self {
        let filled;
        let table = if table.is_complete() {
            table
        } else {
            filled = complete(table, &StratifiedModel::default());
            &filled
        };
        let columns: Vec<Vec<Vec<f64>>> = table.covariates().iter().map(|c| c.columns(0)).collect();
        let strata = table
            .strata()
            .into_iter()
            .map(|s| {
                let own = columns.iter().zip(&s.levels).flat_map(|(c, l)| c[*l].iter().copied());
                Stratum {
                    x: std::iter::once(1.0).chain(own).collect(),
                    active: s.active,
                    n: s.n,
                    cells: s.cells,
                }
            })
            .collect();
        Self { t: table.lists().len(), strata }
    }

    fn n(&self) -> f64 {
        self.strata.iter().map(|s| s.n).sum()
    }

    fn with_covariates(&self) -> bool {
        self.strata.len() > 1
    }

    /// Persons drawn again.
    fn again(&self, rng: &mut ChaCha8Rng) -> Self {
        let weights: Vec<f64> = self.strata.iter().flat_map(|s| s.cells.iter().map(|c| c.1)).collect();
        let mut drawn = multinomial(self.n().round() as u64, &weights, rng).into_iter();
        let mut other = self.clone();
        for s in &mut other.strata {
            s.cells.iter_mut().for_each(|c| c.1 = drawn.next().unwrap_or(0) as f64);
            s.cells.retain(|c| c.1 > 0.0);
            s.n = s.cells.iter().map(|c| c.1).sum();
        }
        other.strata.retain(|s| s.n > 0.0);
        other
    }
}

/// The best fit of each number of classes that leaves a degree of freedom, and which of them is best by BIC.
#[derive(Debug, Clone)]
pub struct LatentFits {
    all: Vec<LatentFit>,
    best: usize,
}

impl LatentFits {
    /// The best by BIC.
    pub fn best(&self) -> &LatentFit {
        &self.all[self.best]
    }
}

/// Fits one class, two, and so on. `None` when none ends at a size.
pub fn fits(data: &Data, seed: u64) -> Option<LatentFits> {
    let starts = if data.with_covariates() { STARTS_WITH_COVARIATES.0 } else { STARTS };
    choose(data, &[], starts, seed)
}

/// Estimates of `N` in bootstrap replicates of the persons seen, each with its own number of classes; infinite where there
/// is none. `tick` is called once a replicate.
pub fn replicates(
    data: &Data,
    fits: &LatentFits,
    count: usize,
    seed: u64,
    tick: &(dyn Fn() + Sync),
) -> Vec<f64> {
    let starts = if data.with_covariates() { STARTS_WITH_COVARIATES.1 } else { STARTS_AGAIN };
    (0..count)
        .into_par_iter()
        .map(|b| {
            let drawn = data.again(&mut stream(seed, b as u64));
            let again = choose(&drawn, &fits.all, starts, seed ^ (b as u64) << 20);
            tick();
            again.map_or(f64::INFINITY, |f| drawn.n() + f.best().unseen)
        })
        .collect()
}

fn choose(data: &Data, known: &[LatentFit], starts: u64, seed: u64) -> Option<LatentFits> {
    let (t, n) = (data.t, data.n());
    let all: Vec<LatentFit> = (1..=MAX_CLASSES)
        .filter(|k| k - 1 + k * t + 1 < 1 << t)
        .filter_map(|k| {
            let from_known = known.iter().filter(|f| f.weights.len() == k).cloned();
            let random = (0..if k == 1 { 1 } else { starts }).map(|s| {
                let mut rng = stream(seed, s * 8 + k as u64);
                start(data, k, &mut rng)
            });
            from_known
                .chain(random)
                .map(|f| maximise(data, f))
                .max_by(|a, b| a.log_likelihood.total_cmp(&b.log_likelihood))
        })
        .filter(|f| f.unseen.is_finite() && f.unseen < 1e9 * n)
        .collect();
    let best = (0..all.len()).min_by(|a, b| all[*a].bic.total_cmp(&all[*b].bic))?;
    Some(LatentFits { all, best })
}

fn start(data: &Data, k: usize, rng: &mut ChaCha8Rng) -> LatentFit {
    // Classes from seldom to often seen, so that starts differ in kind.
    let on = (0..k)
        .map(|c| {
            let level = (-4.0 + 4.5 * (c as f64 + rng.random::<f64>()) / k as f64).exp().min(0.9);
            (0..data.t).map(|_| (level * (0.2 + 1.6 * rng.random::<f64>())).min(0.95)).collect()
        })
        .collect();
    let columns = data.strata.first().map_or(1, |s| s.x.len());
    LatentFit {
        weights: vec![1.0 / k as f64; k],
        on,
        unseen: f64::NAN,
        by_stratum: Vec::new(),
        log_likelihood: f64::NEG_INFINITY,
        bic: f64::INFINITY,
        parameters: 0,
        logits: vec![vec![0.0; columns]; k - 1],
    }
}

/// What one pass over the data expects.
struct Expectation {
    log_likelihood: f64,
    /// Persons by stratum and class, the unseen among them.
    mass: Vec<Vec<f64>>,
    /// Persons by class and list: on it, and where it operates.
    on: Vec<Vec<f64>>,
    exposed: Vec<Vec<f64>>,
    unseen: Vec<f64>,
}

fn expect(data: &Data, fit: &LatentFit) -> Expectation {
    let (t, k) = (data.t, fit.weights.len());
    let mut e = Expectation {
        log_likelihood: 0.0,
        mass: Vec::with_capacity(data.strata.len()),
        on: vec![vec![0.0; t]; k],
        exposed: vec![vec![0.0; t]; k],
        unseen: Vec::with_capacity(data.strata.len()),
    };
    let mut share = vec![0.0; k];
    for s in &data.strata {
        let weights = multinomial_logit::class_chances(&fit.logits, &s.x);
        let joint = |w: Mask, out: &mut [f64]| -> f64 {
            for (c, o) in out.iter_mut().enumerate() {
                *o = weights[c];
                for (j, p) in fit.on[c].iter().enumerate() {
                    if s.active >> j & 1 == 1 {
                        *o *= if w >> j & 1 == 1 { *p } else { 1.0 - p };
                    }
                }
            }
            out.iter().sum()
        };
        let p0 = joint(0, &mut share).min(1.0 - 1e-12);
        let unseen = s.n * p0 / (1.0 - p0);
        // With certain detection nobody is unseen, and no class has a share of them.
        let mut mass: Vec<f64> = share.iter().map(|v| v * s.n / (1.0 - p0)).collect();
        e.log_likelihood -= s.n * (-p0).ln_1p();
        for (w, count) in &s.cells {
            let p = joint(*w, &mut share);
            e.log_likelihood += count * p.ln();
            for c in 0..k {
                let r = count * share[c] / p;
                mass[c] += r;
                for (j, o) in e.on[c].iter_mut().enumerate() {
                    if w >> j & 1 == 1 {
                        *o += r;
                    }
                }
            }
        }
        for (exposed, m) in e.exposed.iter_mut().zip(&mass) {
            let lists = exposed.iter_mut().enumerate();
            lists.filter(|(j, _)| s.active >> j & 1 == 1).for_each(|(_, x)| *x += m);
        }
        e.mass.push(mass);
        e.unseen.push(unseen);
    }
    e
}

fn maximise(data: &Data, mut fit: LatentFit) -> LatentFit {
    let (t, k, n) = (data.t, fit.weights.len(), data.n());
    let enough = if data.with_covariates() { 1e-6 } else { 1e-9 };
    fit.log_likelihood = f64::NEG_INFINITY;
    for _ in 0..ROUNDS {
        let e = expect(data, &fit);
        let gained = e.log_likelihood - fit.log_likelihood;
        fit.log_likelihood = e.log_likelihood;
        fit.unseen = e.unseen.iter().sum();
        fit.by_stratum.clone_from(&e.unseen);
        if gained.abs() < enough {
            break;
        }
        let total = n + fit.unseen;
        for c in 0..k {
            fit.weights[c] = e.mass.iter().map(|m| m[c]).sum::<f64>() / total;
            for j in 0..t {
                let p = e.on[c][j] / e.exposed[c][j];
                fit.on[c][j] = if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 };
            }
        }
        if data.with_covariates() {
            multinomial_logit::improve(&mut fit.logits, &data.strata.iter().map(|s| s.x.as_slice()), &e.mass);
        } else {
            let first = fit.weights[0];
            let odds = fit.weights[1..].iter().map(|w| (w / first).ln());
            fit.logits.iter_mut().zip(odds).for_each(|(l, o)| l[0] = o);
        }
    }
    fit.parameters = k * t + fit.logits.iter().map(Vec::len).sum::<usize>();
    fit.bic = -2.0 * fit.log_likelihood + fit.parameters as f64 * n.ln();
    fit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::designs::published;

    #[test]
    fn one_class_is_independence_and_two_are_found() {
        let all = published();
        let design = all.iter().find(|d| d.id == "sim1").unwrap();
        let h = design.draw(&mut stream(5, 0)).unwrap().histories;
        let data = Data::new(&h);
        let fits = fits(&data, 1).unwrap();
        let fit = fits.best();
        assert_eq!(fit.weights.len(), 2);
        let truth = design.truth() as f64;
        assert!((h.n() as f64 + fit.unseen - truth).abs() < 0.3 * truth, "{} {}", h.n(), fit.unseen);
        let one = maximise(&data, start(&data, 1, &mut stream(1, 0)));
        let independence =
            crate::loglinear::Engine::new(&h).fit(&crate::model::Model::independence(5)).dark_figure;
        assert!((one.unseen / independence - 1.0).abs() < 1e-3, "{} {independence}", one.unseen);
        let spread = replicates(&data, &fits, 20, 3, &|| ());
        assert!(spread.iter().filter(|x| x.is_finite()).count() == 20);
    }

    /// Two classes whose shares differ between women and men, and lists that are independent within them: without the
    /// classes the unseen are missed, and the shares come back.
    #[test]
    fn classes_that_depend_on_a_covariate_are_found() {
        use crate::strata::table::{Covariate, StratifiedTable};
        let on = [[0.08, 0.06, 0.1, 0.05], [0.6, 0.5, 0.4, 0.7]];
        let persons = [[6000.0, 600.0], [2000.0, 1400.0]];
        let mut rows = Vec::new();
        for (sex, classes) in persons.iter().enumerate() {
            for w in 1..16_u32 {
                let expected: f64 = (0..2)
                    .map(|c| {
                        let lists = on[c].iter().enumerate();
                        classes[c]
                            * lists.map(|(j, p)| if w >> j & 1 == 1 { *p } else { 1.0 - p }).product::<f64>()
                    })
                    .sum();
                rows.push((w, vec![Some(sex)], expected.round() as u64));
            }
        }
        let names = ["a", "b", "c", "d"].map(String::from).to_vec();
        let sex = Covariate::from_values("sex", ["f", "m"].into_iter());
        let table = StratifiedTable::new(names, vec![sex], rows, Vec::new()).unwrap();
        let data = Data::stratified(&table);
        let fits = fits(&data, 1).unwrap();
        let fit = fits.best();
        assert_eq!((fit.weights.len(), fit.parameters), (2, 10));
        for (i, truth) in [6600.0, 3400.0].into_iter().enumerate() {
            let size = data.strata[i].n + fit.by_stratum[i];
            assert!((size / truth - 1.0).abs() < 0.02, "{i} {size} {truth}");
        }
        let spread = replicates(&data, &fits, 10, 3, &|| ());
        assert!(spread.iter().all(|x| x.is_finite()));
    }
}
