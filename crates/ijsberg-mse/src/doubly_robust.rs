//! Doubly robust estimation for two lists with covariates (Das, Kennedy and Jewell 2021).
//!
//! Given covariates the two lists are independent. Among the persons seen let `q1`, `q2` and `q12` be the chances of being
//! on the first list, the second, and both. Then `n / N` is one over the mean of `q1 q2 / q12`, and
//!
//! `phi = (q1 q2 / q12) (y2 / q2 + y1 / q1 - y1 y2 / q12)`
//!
//! has the same mean with an error that is the product of the errors of the chances: it vanishes when either is right.
//! Chances are estimated by logistic regression on other folds than those they are used on; [`enough`] says how many people that takes.
//! With more than two lists each list is set against the union of all others, [`many_lists`] uses all of them together, and [`chosen`] a choice of
//! lists.

pub mod chosen;
pub mod cross_fit;
pub mod enough;
mod folds;
pub mod learner;
pub mod many_lists;

use crate::bounds::Simple;
use crate::chance::stream;
use crate::cholesky::{cholesky, solve};
use crate::estimate::{Basis, Estimate, Interval, IntervalKind, Note, Outcome};
use crate::histories::Mask;
use crate::method::Method;
use crate::strata::table::StratifiedTable;
use folds::FoldDealer;
use learner::{Learner, floor};

/// Folds of the cross-fitting.
const FOLDS: usize = 5;

/// More people than this take more memory than the machines have that run it.
const MOST_PEOPLE: f64 = 1e7;

/// A person seen on at least one of two lists.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Person {
    /// On the first list, on the second.
    pub on: [bool; 2],
    /// The fold.
    pub fold: usize,
    /// Chances of being on the first list, the second, both, among those seen.
    pub q: [f64; 3],
}

/// The estimate from given chances.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DoublyRobust {
    /// Estimated persons.
    pub n_hat: f64,
    /// Standard error.
    pub se: f64,
    /// Estimate without the correction, for comparison.
    pub plug_in: f64,
}

impl DoublyRobust {
    /// The interval, where `n` persons were seen.
    pub fn interval(&self, n: f64, level: f64) -> Interval {
        let s = Simple::log_normal(n, self.n_hat, self.se, level);
        Interval::new(n, (s.lower, s.upper), level, IntervalKind::LogNormal)
    }

    /// The same when there are `factor` times as many unseen for everybody who was seen, whatever the covariates. The part of the variance that is
    /// due to the correction is multiplied by the square of the factor; the rest is that of the number seen.
    #[must_use]
    pub fn with_unseen(&self, n: f64, factor: f64) -> Self {
        let seen_at_all = |unseen: f64| (n + unseen) * unseen / n;
        let (before, after) = (self.n_hat - n, factor * (self.n_hat - n));
        let own = (self.se.powi(2) - seen_at_all(before)).max(0.0);
        Self {
            n_hat: n + after,
            se: (factor.powi(2) * own + seen_at_all(after)).sqrt(),
            plug_in: n + factor * (self.plug_in - n),
        }
    }

    /// Averages folds of `(fold, (plug-in, corrected))` of each person.
    fn over_folds(values: impl Iterator<Item = (usize, (f64, f64))>, folds: usize, n: f64) -> Option<Self> {
        let mut by_fold: Vec<Vec<(f64, f64)>> = vec![Vec::new(); folds];
        values.for_each(|(fold, value)| by_fold[fold].push(value));
        let (mut inverse, mut plug_in, mut variance) = (0.0, 0.0, 0.0);
        for values in by_fold {
            let size = values.len() as f64;
            if size < 2.0 {
                return None;
            }
            let mean = values.iter().map(|v| v.1).sum::<f64>() / size;
            inverse += mean / folds as f64;
            plug_in += values.iter().map(|v| v.0).sum::<f64>() / size / folds as f64;
            variance +=
                values.iter().map(|v| (v.1 - mean).powi(2)).sum::<f64>() / (size - 1.0) / folds as f64;
        }
        // Fewer persons than were seen: the lists contradict the assumption, and a floor would pass for an estimate.
        if inverse <= 1.0 {
            return None;
        }
        Some(Self {
            n_hat: n * inverse,
            se: (n * variance + n * inverse * (inverse - 1.0)).sqrt(),
            plug_in: n * plug_in.max(1.0),
        })
    }

    fn estimate(&self, id: Method, n: u64, level: f64) -> Estimate {
        let interval = self.interval(n as f64, level);
        Estimate {
            notes: vec![Note::ConditionalOnModel],
            ..Estimate::from_n_hat(id, n, self.n_hat, Some(interval))
        }
    }
}

/// Estimates from persons with their chances. Folds are averaged, as in the published implementation; `None` without
/// persons in some fold, without anybody on both lists, or when the formula falls below the number seen.
pub fn from_chances(persons: &[Person]) -> Option<DoublyRobust> {
    let n = persons.len() as f64;
    let folds = persons.iter().map(|p| p.fold).max()? + 1;
    if !persons.iter().any(|p| p.on == [true, true]) {
        return None;
    }
    let value = |p: &Person| {
        let q12 = p.q[2].max(f64::MIN_POSITIVE);
        let q1 = p.q[0].clamp(q12, 1.0);
        // Rounding may put the lower end above the upper one.
        let q2 = p.q[1].max(q12 / q1).min(1.0 + q12 - q1);
        let [y1, y2] = p.on.map(|on| f64::from(u8::from(on)));
        let ratio = q1 * q2 / q12;
        (ratio, ratio * (y2 / q2 + y1 / q1 - y1 * y2 / q12))
    };
    DoublyRobust::over_folds(persons.iter().map(|p| (p.fold, value(p))), folds, n)
}

/// Whether a person with a history is on a list, and on any other.
fn on_and_off(history: Mask, list: usize) -> [bool; 2] {
    [history >> list & 1 == 1, history & !(1 << list) != 0]
}

/// List `list` of a table against the union of the others, given all covariates.
///
/// # Errors
/// Why there is none: too few people on both, a level that is missing, a regression without a solution, or a formula that falls below the number seen.
pub fn against_the_rest(table: &StratifiedTable, list: usize, seed: u64) -> Result<DoublyRobust, Outcome> {
    let both = table.rows().iter().filter(|r| on_and_off(r.history, list) == [true, true]);
    enough::enough(table, Learner::Logistic, &[both.map(|r| r.count).fold(0.0, |all, n| all + n)])?;
    let mut dealt = FoldDealer::new(1 << 2, stream(seed, list as u64));
    let mut fold = |row: usize| {
        let [own, rest] = on_and_off(table.rows()[row].history, list).map(usize::from);
        dealt.deal(own | rest << 1)
    };
    let people = cross_fitted(table, list, FOLDS, &mut fold);
    people.and_then(|p| from_chances(&p)).ok_or(Outcome::NotApplicable)
}

/// The persons of a table with their chances, estimated on the other folds by logistic regressions of being on one list only,
/// on the rest only and on both, on all covariates: numbers as they are, others by level. That is how drpop does it. `fold` gives the fold of the next person of a row, by the number of the row.
pub fn cross_fitted(
    table: &StratifiedTable,
    list: usize,
    folds: usize,
    fold: &mut dyn FnMut(usize) -> usize,
) -> Option<Vec<Person>> {
    let columns: Vec<Vec<Vec<f64>>> =
        table.covariates().iter().map(crate::strata::table::Covariate::regressors).collect();
    if table.n() > MOST_PEOPLE {
        return None;
    }
    let mut people: Vec<(Person, usize)> = Vec::new();
    let mut designs: Vec<Vec<f64>> = Vec::new();
    for (row, r) in table.rows().iter().enumerate() {
        let mut x = vec![1.0];
        for (c, level) in columns.iter().zip(&r.levels) {
            x.extend(&c[(*level)?]);
        }
        let on = on_and_off(r.history, list);
        for _ in 0..r.count.round() as u64 {
            let fold = fold(row);
            people.push((Person { on, fold, q: [0.0; 3] }, designs.len()));
        }
        designs.push(x);
    }
    if people.iter().filter(|p| p.0.on == [true, true]).count() < 2 * folds {
        return None;
    }
    for fold in 0..folds {
        for (k, outcome) in [[true, false], [false, true], [true, true]].into_iter().enumerate() {
            let hit = |p: &Person| p.on == outcome;
            let mut counts = vec![(0.0, 0.0); designs.len()];
            for (p, d) in people.iter().filter(|p| p.0.fold != fold) {
                counts[*d].0 += 1.0;
                counts[*d].1 += f64::from(u8::from(hit(p)));
            }
            let b = logistic(&designs, &counts)?;
            let share = people.iter().filter(|p| hit(&p.0)).count() as f64 / people.len() as f64;
            for (p, d) in people.iter_mut().filter(|p| p.0.fold == fold) {
                let eta: f64 = designs[*d].iter().zip(&b).map(|(x, b)| x * b).sum();
                p.q[k] = (1.0 / (1.0 + (-eta).exp())).clamp(floor(share), 1.0);
            }
        }
    }
    // The regressions are of being on the first list only, the second only, and both.
    let chances = |[first, second, both]: [f64; 3]| [(first + both).min(1.0), second + both, both];
    Some(people.into_iter().map(|(p, _)| Person { q: chances(p.q), ..p }).collect())
}

/// Each list against the rest as an estimate, and all lists together; with two lists there is one.
pub fn estimates(table: &StratifiedTable, level: f64, seed: u64) -> Vec<Estimate> {
    let id = Method::DoublyRobust;
    let n = table.n().round() as u64;
    let lists = table.lists();
    let against = if lists.len() == 2 { 1 } else { lists.len() };
    let each = (0..against).map(|j| {
        let mut e = match against_the_rest(table, j, seed) {
            Ok(d) => d.estimate(id, n, level),
            Err(why) => Estimate::none(id, n, why),
        };
        let rest: Vec<&str> = (0..lists.len()).filter(|i| *i != j).map(|i| lists[i].as_str()).collect();
        e.model = Some(Basis::Model(format!("{} | {}", lists[j], rest.join("+"))));
        e
    });
    let all = (lists.len() > 2).then(|| {
        let id = Method::DoublyRobustLists;
        match many_lists::estimate(table, seed) {
            Ok(d) => d.estimate(id, n, level),
            Err(why) => Estimate::none(id, n, why),
        }
    });
    each.chain(all).collect()
}

/// Logistic regression on `(persons, hits)` by design row, with a slight ridge so that separated levels stay finite.
fn logistic(designs: &[Vec<f64>], counts: &[(f64, f64)]) -> Option<Vec<f64>> {
    let p = designs.first()?.len();
    let mut b = vec![0.0; p];
    for _ in 0..100 {
        let mut score: Vec<f64> = b.iter().map(|v| -0.01 * v).collect();
        let mut information = vec![0.0; p * p];
        for i in 0..p {
            information[i * p + i] = 0.01;
        }
        for (x, (n, hits)) in designs.iter().zip(counts).filter(|d| d.1.0 > 0.0) {
            let eta: f64 = x.iter().zip(&b).map(|(x, b)| x * b).sum();
            let q = 1.0 / (1.0 + (-eta).exp());
            for i in 0..p {
                score[i] += (hits - n * q) * x[i];
                for j in 0..=i {
                    information[i * p + j] += n * q * (1.0 - q) * x[i] * x[j];
                }
            }
        }
        cholesky(&mut information, p)?;
        let mut step = score;
        solve(&information, p, &mut step);
        let longest = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
        // A step of more than two on the scale of log odds is a leap into the dark.
        let scale = (2.0 / longest).min(1.0);
        b.iter_mut().zip(&step).for_each(|(b, s)| *b += scale * s);
        if longest < 1e-9 {
            return Some(b);
        }
    }
    None
}
