//! The generalised Chapman estimator.

use serde::Serialize;

use crate::bounds::Simple;
use crate::glm::solve;
use crate::histories::{Histories, Mask};
use crate::loglinear::existence::{Existence, VerdictCache};
use crate::loglinear::newton::{Counts, Newton};
use crate::model::Model;

/// Constants smaller than this are the rounding of nothing.
const NOTHING: f64 = 1e-9;

/// An estimate with its small-sample bias taken away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chapman {
    /// What was added to which history.
    pub constants: Vec<(Mask, f64)>,
    /// Whether there is an estimate.
    pub existence: Existence,
    /// Estimated persons on no list; not a number where there is no estimate.
    pub unseen: f64,
    /// Estimated persons, seen and unseen.
    pub n_hat: f64,
    /// Standard error with the Poisson variance of the unseen: `sqrt(u + u^2 V)`.
    pub se: f64,
    /// Lower limit, log-normal on the unseen.
    pub lower: f64,
    /// Upper limit.
    pub upper: f64,
}

/// What the generalised Chapman estimator adds to which histories under a model, in the order of the histories.
///
/// In the regression of the logarithms of the cells on the terms of the model the intercept, which is the logarithm of the unseen, is
/// `sum a(w) log n(w)`, with `a` the first row of `(X'X)^-1 X'`. A cell with a negative weight stands below the line, where its expectation is that of
/// a reciprocal; it gets `-a(w)`. Cells with a positive weight get nothing. With two lists `a = (1, 1, -1)`: one is added to the persons on both, which is
/// Chapman's correction.
///
/// ```
/// use ijsberg_mse::model::Model;
/// use ijsberg_mse::timely::constants;
///
/// assert_eq!(constants(&Model::independence(2)).iter().map(|c| c.0).collect::<Vec<_>>(), [0b11]);
/// // Three independent lists: one half for the persons on all three.
/// let three = constants(&Model::independence(3));
/// assert_eq!(three.len(), 1);
/// assert!(three[0].0 == 0b111 && (three[0].1 - 0.5).abs() < 1e-12);
/// // With all pairs the unseen are n100 n010 n001 n111 / (n110 n101 n011): one for each pair.
/// let pairs = constants(&Model::all_pairs(3));
/// assert_eq!(pairs.iter().map(|c| c.0).collect::<Vec<_>>(), [0b011, 0b101, 0b110]);
/// ```
pub fn constants(model: &Model) -> Vec<(Mask, f64)> {
    let (t, terms) = (model.t(), model.terms());
    // Histories that hold both terms, without the one of no list.
    let both = |a: Mask, b: Mask| {
        let cells = 1_u64 << (t - (a | b).count_ones() as usize);
        (cells - u64::from(a | b == 0)) as f64
    };
    let gram = terms.iter().map(|a| terms.iter().map(|b| both(*a, *b)).collect()).collect();
    let first = terms.iter().map(|a| f64::from(u8::from(*a == 0))).collect();
    let Some(row) = solve(gram, first) else { return Vec::new() };
    let weight =
        |w: Mask| -> f64 { terms.iter().zip(&row).filter(|(a, _)| w & **a == **a).map(|(_, z)| z).sum() };
    (1..1_u32 << t).map(|w| (w, -weight(w))).filter(|(_, c)| *c > NOTHING).collect()
}

/// The generalised Chapman estimate of a table under a log-linear model: the constants of [`constants`] are added to the cells, the model is
/// fitted by maximum likelihood, and the unseen are `exp(intercept)`. What was added is no person: the estimate is the persons seen and the unseen.
///
/// ```
/// use ijsberg_mse::histories::Histories;
/// use ijsberg_mse::model::Model;
/// use ijsberg_mse::timely::chapman;
///
/// let names = ["a", "b"].map(String::from).to_vec();
/// let table = Histories::new(names, [(1, 30), (2, 20), (3, 4)])?;
/// let found = chapman(&table, &Model::independence(2), 0.95);
/// // Chapman: (34 + 1)(24 + 1) / (4 + 1) - 1.
/// assert!((found.n_hat - 174.0).abs() < 1e-6);
/// # Ok::<(), ijsberg_mse::histories::HistoriesError>(())
/// ```
pub fn chapman(h: &Histories, model: &Model, level: f64) -> Chapman {
    of_cells(h.dense(), h.n() as f64, model, &constants(model), level)
}

/// As [`chapman`], from all counts by mask and with the constants at hand.
pub(crate) fn of_cells(
    mut cells: Vec<f64>,
    n: f64,
    model: &Model,
    constants: &[(Mask, f64)],
    level: f64,
) -> Chapman {
    for (w, c) in constants {
        cells[*w as usize] += c;
    }
    let counts = Counts::new(cells);
    let mut newton = Newton::default();
    let mut fit = newton.fit(&counts, model.terms(), None);
    let existence = VerdictCache::default().settle(&counts, model.terms(), &mut newton, &mut fit);
    let unseen = if existence == Existence::Exists { fit.dark_figure() } else { f64::NAN };
    let variance = newton.intercept_variance(&counts, model.terms(), &fit);
    let se = (unseen + unseen * unseen * variance).sqrt();
    let Simple { n_hat, lower, upper, .. } = Simple::log_normal(n, n + unseen, se, level);
    Chapman { constants: constants.to_vec(), existence, unseen, n_hat, se, lower, upper }
}
