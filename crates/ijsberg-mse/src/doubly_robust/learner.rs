//! How the chances of the histories depend on the covariates.

use serde::Serialize;

use crate::strata::table::{Covariate, Scale, StratifiedTable};

/// What the regressions of the histories on the covariates are made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learner {
    /// Numbers as they are: straight lines on the scale of log odds.
    #[default]
    Logistic,
    /// Natural cubic splines of the numbers, with more knots the more persons there are.
    Spline,
}

/// Fewest knots of a spline: one column more than a straight line needs three.
const FEWEST_KNOTS: usize = 3;

/// Knots for few persons, and the most.
const KNOTS: (usize, usize) = (4, 9);

/// The outer knots leave this share of the persons outside on either side, where the spline is a straight line.
const OUTSIDE: f64 = 0.05;

/// Chances are kept this far from zero, as a chance of nothing would weigh everything.
const MARGIN: f64 = 1e-3;

/// A chance may be as small as this part of the share of people who have the history: a higher floor would be the estimate.
const OF_SHARE: f64 = 0.1;

impl Learner {
    /// Columns of the regression, by covariate and level. Covariates that are no numbers have a column for each level but the first.
    pub(super) fn columns(self, table: &StratifiedTable) -> Vec<Vec<Vec<f64>>> {
        let of = |(place, c): (usize, &Covariate)| match self {
            Self::Spline if c.scale == Scale::Number => {
                let x: Vec<f64> = c.levels.iter().map(|l| l.parse().unwrap_or(f64::NAN)).collect();
                natural_spline(&x, &persons(table, place)).unwrap_or_else(|| c.regressors())
            }
            _ => c.regressors(),
        };
        table.covariates().iter().enumerate().map(of).collect()
    }

    /// How many columns the regression has, the constant among them.
    pub(super) fn width(self, table: &StratifiedTable) -> usize {
        1 + self.columns(table).iter().map(|levels| levels.first().map_or(0, Vec::len)).sum::<usize>()
    }
}

/// The least chance of a history that this share of the people have.
pub(super) fn floor(share: f64) -> f64 {
    if share > 0.0 { MARGIN.min(OF_SHARE * share) } else { MARGIN }
}

/// Persons by level of a covariate.
fn persons(table: &StratifiedTable, covariate: usize) -> Vec<f64> {
    let mut by_level = vec![0.0; table.covariates()[covariate].levels.len()];
    for r in table.rows() {
        if let Some(level) = r.levels[covariate] {
            by_level[level] += r.count;
        }
    }
    by_level
}

/// Columns of a natural cubic spline by value: cubic between knots, straight outside them. The number of knots grows with the fifth root of the
/// persons, which is what a function with a second derivative needs (Stone 1982). `None` with too few values to bend at.
fn natural_spline(x: &[f64], weight: &[f64]) -> Option<Vec<Vec<f64>>> {
    if x.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let knots = knots(x, weight);
    let (first, last) = (*knots.first()?, *knots.last()?);
    if knots.len() < FEWEST_KNOTS {
        return None;
    }
    let scaled = |v: f64| (v - first) / (last - first);
    let z: Vec<f64> = x.iter().map(|v| scaled(*v)).collect();
    let cube = |v: f64| v.max(0.0).powi(3);
    let towards_last = |v: f64, knot: f64| (cube(v - knot) - cube(v - 1.0)) / (1.0 - knot);
    let second_last = scaled(knots[knots.len() - 2]);
    let bent = knots[..knots.len() - 2].iter().map(|knot| {
        let knot = scaled(*knot);
        z.iter().map(|v| towards_last(*v, knot) - towards_last(*v, second_last)).collect::<Vec<f64>>()
    });
    let columns = std::iter::once(z.clone()).chain(bent).collect();
    let basis = orthonormal(columns, weight);
    Some((0..x.len()).map(|level| basis.iter().map(|c| c[level]).collect()).collect())
}

/// Places of the knots: as many persons between each two, none twice.
fn knots(x: &[f64], weight: &[f64]) -> Vec<f64> {
    let n: f64 = weight.iter().sum();
    let many = ((1.0 + n.powf(0.2)).round() as usize).clamp(KNOTS.0, KNOTS.1);
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    let quantile = |share: f64| {
        let mut below = 0.0;
        let place = order.iter().find(|i| {
            below += weight[**i];
            below >= share * n
        });
        place.map(|i| x[*i])
    };
    let shares = (0..many).map(|k| OUTSIDE + (1.0 - 2.0 * OUTSIDE) * k as f64 / (many - 1) as f64);
    let mut knots: Vec<f64> = shares.filter_map(quantile).collect();
    knots.dedup();
    knots
}

/// Columns without a mean and independent of each other, with a mean square of one over the persons, so that the ridge of the regression weighs
/// them alike. One that follows from those before it is left out.
fn orthonormal(columns: Vec<Vec<f64>>, weight: &[f64]) -> Vec<Vec<f64>> {
    let n: f64 = weight.iter().sum();
    let dot =
        |a: &[f64], b: &[f64]| a.iter().zip(b).zip(weight).map(|((a, b), w)| a * b * w).sum::<f64>() / n;
    let mut basis = vec![vec![1.0; weight.len()]];
    for mut column in columns {
        let size = dot(&column, &column).sqrt();
        // Rounding leaves something behind the first time.
        for _ in 0..2 {
            for other in &basis {
                let share = dot(&column, other);
                column.iter_mut().zip(other).for_each(|(c, o)| *c -= share * o);
            }
        }
        let left = dot(&column, &column).sqrt();
        if left > 1e-7 * size {
            column.iter_mut().for_each(|c| *c /= left);
            basis.push(column);
        }
    }
    basis.split_off(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spline_is_straight_outside_its_knots_and_bends_between_them() {
        let x: Vec<f64> = (0..=100).map(f64::from).collect();
        let weight = vec![10.0; x.len()];
        let rows = natural_spline(&x, &weight).unwrap();
        // 1,010 persons have five knots, and five knots have four columns.
        assert!(rows.iter().all(|r| r.len() == 4), "{}", rows[0].len());
        let second = |at: usize, c: usize| rows[at - 1][c] - 2.0 * rows[at][c] + rows[at + 1][c];
        for c in 0..4 {
            assert!(second(2, c).abs() < 1e-9 && second(98, c).abs() < 1e-9, "{c}");
            let mean = |f: &dyn Fn(&Vec<f64>) -> f64| rows.iter().map(f).sum::<f64>() / 101.0;
            assert!(mean(&|r| r[c]).abs() < 1e-9 && (mean(&|r| r[c] * r[c]) - 1.0).abs() < 1e-9, "{c}");
        }
        assert!((1..4).all(|c| (5..95).any(|at| second(at, c).abs() > 1e-4)));
        assert!((5..95).all(|at| second(at, 0).abs() < 1e-9), "the first is the number itself");
    }

    #[test]
    fn two_values_leave_nothing_to_bend() {
        assert_eq!(natural_spline(&[1.0, 2.0], &[30.0, 30.0]), None);
        assert_eq!(natural_spline(&[1.0, f64::NAN, 3.0], &[30.0; 3]), None);
    }
}
