//! Staying and being seen from returns alone.

use serde::Serialize;

use super::found::YearVariation;
use super::likelihood::{Likelihood, ParameterValues, Slot, Top};
use super::people::Returns;
use super::{LEAST_RETURNS, NoOpen};

/// The Cormack-Jolly-Seber model.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cjs {
    /// The chance to stay from a year to the next: the last one is missing where it varies and being seen does too.
    pub staying: Vec<f64>,
    /// The chance to be seen in the second year and those after it: the last one is missing where it varies and staying does too.
    pub seen: Vec<f64>,
    /// The last chance to stay times the last chance to be seen, where both vary: they have no estimate apart.
    pub last: Option<f64>,
    /// Logarithm of the likelihood of who is seen next in which year, without the multinomial coefficients.
    pub log_likelihood: f64,
    /// Chances that are estimated.
    pub parameters: usize,
}

/// Fits the Cormack-Jolly-Seber model by maximum likelihood, with chances that vary by year or do not.
///
/// The likelihood is that of who is seen next in which year, given who is seen (Lebreton and others 1992). Where staying and being seen both
/// vary, the last of each has no estimate apart, only their product.
///
/// ```
/// use ijsberg_mse::open::{Returns, YearVariation, cormack_jolly_seber};
///
/// // Of 100 people a year half stay, and of those 80 in 100 are seen.
/// let next = vec![vec![0, 40, 4], vec![0, 0, 40], vec![0, 0, 0]];
/// let found = cormack_jolly_seber(&Returns::new(vec![100, 60, 56], next)?, YearVariation::Same, YearVariation::Same)?;
/// assert!((found.staying[0] - 0.5).abs() < 1e-6 && (found.seen[0] - 0.8).abs() < 1e-6);
/// # Ok::<(), ijsberg_mse::open::NoOpen>(())
/// ```
///
/// # Errors
/// With fewer than [`LEAST_RETURNS`] returns, or nobody who came back, and where the top of the likelihood is not reached.
pub fn cormack_jolly_seber(
    returns: &Returns,
    staying: YearVariation,
    seen: YearVariation,
) -> Result<Cjs, NoOpen> {
    match returns.all() {
        0 => return Err(NoOpen::NoReturns),
        found if found < LEAST_RETURNS => return Err(NoOpen::TooFewInAll { found }),
        _ => {}
    }
    let fitted = fitted(returns, staying, seen).ok_or(NoOpen::NotSettled)?;
    let Top { log_likelihood, at: ParameterValues { staying: mut stays, seen: mut sees, .. } } = fitted.0;
    // Nobody is released before the first year.
    sees.remove(0);
    let last = if both(staying, seen) {
        sees.pop();
        stays.pop()
    } else {
        None
    };
    Ok(Cjs { staying: stays, seen: sees, last, log_likelihood, parameters: fitted.1 })
}

fn both(staying: YearVariation, seen: YearVariation) -> bool {
    (staying, seen) == (YearVariation::ByYear, YearVariation::ByYear)
}

/// The top of the likelihood, and its parameters. Where both vary the last chance to be seen is held at one, so that the last chance to stay is
/// their product.
pub(super) fn fitted(returns: &Returns, staying: YearVariation, seen: YearVariation) -> Option<(Top, usize)> {
    let steps = returns.years() - 1;
    let (stays, used) = slots(steps, staying, 0);
    let (mut sees, mut parameters) = slots(steps, seen, used);
    if both(staying, seen) {
        parameters -= 1;
        sees[steps - 1] = Slot::Fixed(1.0);
    }
    // The first year, in which nobody can be seen again.
    sees.insert(0, Slot::Fixed(1.0));
    let likelihood = Likelihood {
        counts: returns,
        staying: stays,
        seen: sees,
        entries: None,
        known: &[],
        parameters,
        at: ParameterValues::default(),
    };
    Some((likelihood.top(vec![0.0; parameters])?, parameters))
}

/// A slot for each step, and the number of parameters used with those before.
pub(super) fn slots(steps: usize, varies: YearVariation, from: usize) -> (Vec<Slot>, usize) {
    match varies {
        YearVariation::ByYear => ((0..steps).map(|k| Slot::Free(from + k)).collect(), from + steps),
        YearVariation::Same => (vec![Slot::Free(from); steps], from + 1),
    }
}
