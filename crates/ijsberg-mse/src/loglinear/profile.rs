//! Profile likelihood of the population size under the unconditional multinomial model (Cormack 1992).
//!
//! For a given `N` the unseen cell holds `N - n` persons and the model is fitted to the complete table. Up to a
//! constant the log-likelihood is `lgamma(N + 1) - lgamma(N - n + 1) + sum of n(w) log p(w)`, the sum over all cells,
//! the unseen one included. The interval holds every `N` whose log-likelihood is within half the chi-squared quantile
//! of the maximum. It is conditional on the model.

use super::newton::{Counts, Fit, Newton};
use crate::histories::Mask;
use crate::special::{ln_gamma, normal_quantile};

/// A profile likelihood interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Profile {
    /// The maximum likelihood estimate under the multinomial model, a little below the Poisson one.
    pub(crate) n_hat: f64,
    pub(crate) lower: f64,
    /// Infinite when the likelihood never falls far enough.
    pub(crate) upper: f64,
}

/// A number of unseen people beyond this multiple of the number seen counts as unbounded.
pub(crate) const FARTHEST: f64 = 1e7;

/// Works out the interval from a function that gives the log-likelihood at a number of unseen persons.
pub(crate) fn profile_interval(
    n: f64,
    start: f64,
    level: f64,
    mut log_likelihood: impl FnMut(f64) -> f64,
) -> Profile {
    // Work on log(1 + unseen): the likelihood is close to quadratic there.
    let unseen = |x: f64| x.exp_m1().max(0.0);
    let mut at = |x: f64| log_likelihood(unseen(x));
    let centre = start.max(0.0).ln_1p();
    let (mut lo, mut hi) = ((centre - 1.5).max(0.0), centre + 1.5);
    let golden = 0.5 * (5_f64.sqrt() - 1.0);
    let (mut a, mut b) = (hi - golden * (hi - lo), lo + golden * (hi - lo));
    let (mut fa, mut fb) = (at(a), at(b));
    while hi - lo > 1e-8 {
        if fa >= fb {
            (hi, b, fb) = (b, a, fa);
            a = hi - golden * (hi - lo);
            fa = at(a);
        } else {
            (lo, a, fa) = (a, b, fb);
            b = lo + golden * (hi - lo);
            fb = at(b);
        }
    }
    let peak = 0.5 * (lo + hi);
    let top = at(peak).max(at(0.0));
    let peak = if at(0.0) >= top { 0.0 } else { peak };
    let z = normal_quantile(0.5 + 0.5 * level);
    let target = top - 0.5 * z * z;
    let lower = if peak == 0.0 { 0.0 } else { crossing(peak, 0.0, target, &mut at) };
    let mut step = 0.1;
    let mut outside = peak + step;
    let farthest = (FARTHEST * n).ln();
    let mut last_inside = peak;
    loop {
        if outside > farthest {
            return Profile { n_hat: n + unseen(peak), lower: n + unseen(lower), upper: f64::INFINITY };
        }
        if at(outside) < target {
            break;
        }
        last_inside = outside;
        step *= 1.5;
        outside += step;
    }
    let upper = crossing(last_inside, outside, target, &mut at);
    Profile { n_hat: n + unseen(peak), lower: n + unseen(lower), upper: n + unseen(upper) }
}

/// Where a function that is at least `target` at `inside` and below it at `outside` crosses it, by bisection.
fn crossing(mut inside: f64, mut outside: f64, target: f64, at: &mut impl FnMut(f64) -> f64) -> f64 {
    while (outside - inside).abs() > 1e-9 {
        let mid = 0.5 * (inside + outside);
        if at(mid) >= target { inside = mid } else { outside = mid }
    }
    0.5 * (inside + outside)
}

/// The multinomial log-likelihood at `unseen`, given the deviance of the fit to the complete table.
pub(crate) fn multinomial_log_likelihood(n: f64, unseen: f64, deviance: f64) -> f64 {
    let total = n + unseen;
    let entropy = if unseen > 0.0 { unseen * unseen.ln() } else { 0.0 } - total * total.ln();
    entropy + ln_gamma(total + 1.0) - ln_gamma(unseen + 1.0) - 0.5 * deviance
}

/// The interval for a log-linear model whose estimate exists, on its face: with persons in the unseen cell the table lies
/// on the same face, since that cell's row is a combination of its rows.
pub(crate) fn loglinear_profile(
    counts: &Counts,
    terms: &[Mask],
    outside: &[Mask],
    fit: &Fit,
    level: f64,
    newton: &mut Newton,
) -> Profile {
    let n = counts.n();
    let dark = fit.dark_figure();
    let mut start = fit.clone();
    profile_interval(n, dark, level, |unseen| {
        let table = counts.with_unseen(unseen);
        newton.refit_on(&table, terms, outside, true, &mut start);
        if !start.deviance.is_finite() {
            newton.refit_on(&table, terms, outside, false, &mut start);
        }
        multinomial_log_likelihood(n, unseen, start.deviance)
    })
}
