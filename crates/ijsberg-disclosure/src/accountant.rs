//! The privacy loss of all differentially private releases together.
//!
//! Two tables are neighbours if one has one person more. A release that is epsilon-differentially private is also
//! `epsilon^2 / 2`-zero-concentrated (Bun and Steinke 2016, "Concentrated differential privacy", proposition 1.4), and zero-concentrated
//! privacy adds up (lemma 1.7): with a total of `rho`, all releases together are `(rho + 2 sqrt(rho ln(1 / delta)), delta)`-differentially
//! private (proposition 1.3). For few releases the sum of the epsilons, which is exact, is the smaller bound; the smaller of the two is
//! used. Sums are in floating point; a release may exceed the budget by at most 1e-9, for rounding.

use serde::{Deserialize, Serialize};

use crate::geometric::Epsilon;

/// The probability `delta` that the bound for many releases leaves out.
pub const DELTA: f64 = 1e-6;

/// A release in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// The identifier of the release. It must not depend on who is in the table: otherwise an identifier that is already in the account
    /// would disclose that nobody arrived or left.
    pub release: String,
    /// Epsilon in thousandths.
    pub thousandths: u32,
    /// The published noisy counts. Repeating the release publishes the same counts and discloses nothing new.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub given: Vec<i64>,
}

/// All differentially private releases of one register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The releases, oldest first.
    pub spent: Vec<Spent>,
}

/// A release that would exceed the privacy budget.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "this release would bring the total epsilon to {would:.3}; {spent:.3} is spent and {budget:.3} is allowed"
)]
pub struct Exceeded {
    /// The total epsilon with this release.
    pub would: f64,
    /// The total epsilon before this release.
    pub spent: f64,
    /// The budget for the total.
    pub budget: f64,
}

impl Account {
    /// The total epsilon of all releases, with [`DELTA`].
    pub fn total(&self) -> f64 {
        let each = self.spent.iter().map(|s| f64::from(s.thousandths) / 1000.0);
        let plain: f64 = each.clone().sum();
        let rho: f64 = each.map(|e| e * e / 2.0).sum();
        plain.min(rho + 2.0 * (rho * -DELTA.ln()).sqrt())
    }

    /// Records a release before it is published.
    ///
    /// ```
    /// use ijsberg_disclosure::accountant::Account;
    /// use ijsberg_disclosure::geometric::Epsilon;
    ///
    /// let (one, budget) = (Epsilon::new(1.0).unwrap(), Epsilon::new(2.0).unwrap());
    /// let mut account = Account::default();
    /// assert!(account.spend("2025", one, budget).is_ok() && account.spend("2026", one, budget).is_ok());
    /// // Repeating a release discloses nothing new; another release would exceed the budget.
    /// assert!(account.spend("2026", one, budget).is_ok() && account.spend("2027", one, budget).is_err());
    /// assert!((account.total() - 2.0).abs() < 1e-9);
    /// ```
    ///
    /// # Errors
    /// If the total would exceed the budget; nothing is recorded then.
    pub fn spend(&mut self, release: &str, epsilon: Epsilon, budget: Epsilon) -> Result<(), Exceeded> {
        if self.spent.iter().any(|s| s.release == release) {
            return Ok(());
        }
        let spent = self.total();
        let release = release.to_owned();
        self.spent.push(Spent { release, thousandths: epsilon.thousandths(), given: Vec::new() });
        let would = self.total();
        if would > budget.get() + 1e-9 {
            self.spent.pop();
            return Err(Exceeded { would, spent, budget: budget.get() });
        }
        Ok(())
    }

    /// The counts of a release: those published before, or new ones, which are recorded before they are published.
    ///
    /// ```
    /// use ijsberg_disclosure::accountant::Account;
    /// use ijsberg_disclosure::geometric::Epsilon;
    ///
    /// let (one, budget) = (Epsilon::new(1.0).unwrap(), Epsilon::new(1.0).unwrap());
    /// let mut account = Account::default();
    /// assert_eq!(account.counts("2025", (one, budget), || vec![3, -1]), Ok(vec![3, -1]));
    /// // The counts of a release stay the same, whoever arrived or left since.
    /// assert_eq!(account.counts("2025", (one, budget), || vec![9, 9]), Ok(vec![3, -1]));
    /// ```
    ///
    /// # Errors
    /// As for [`Account::spend`].
    pub fn counts(
        &mut self,
        release: &str,
        (epsilon, budget): (Epsilon, Epsilon),
        noisy: impl FnOnce() -> Vec<i64>,
    ) -> Result<Vec<i64>, Exceeded> {
        if let Some(before) = self.spent.iter().find(|s| s.release == release) {
            return Ok(before.given.clone());
        }
        self.spend(release, epsilon, budget)?;
        let given = noisy();
        if let Some(last) = self.spent.last_mut() {
            last.given.clone_from(&given);
        }
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn epsilon(e: f64) -> Epsilon {
        Epsilon::new(e).unwrap()
    }

    #[test]
    fn few_releases_add_up_plainly_and_many_as_concentrated_ones() {
        let mut account = Account::default();
        assert!(account.total().abs() < 1e-12);
        let all = epsilon(20.0);
        account.spend("a", epsilon(1.0), all).unwrap();
        account.spend("b", epsilon(0.5), all).unwrap();
        assert!((account.total() - 1.5).abs() < 1e-12);
        // Repeating a release discloses nothing new.
        account.spend("b", epsilon(0.5), all).unwrap();
        assert!((account.total() - 1.5).abs() < 1e-12 && account.spent.len() == 2);
        // A hundred releases with epsilon 0.1: rho is 0.5, and 0.5 + 2 sqrt(0.5 * 13.8155) is 5.7565, less than 10.
        let mut many = Account::default();
        (0..100).for_each(|i| many.spend(&i.to_string(), epsilon(0.1), all).unwrap());
        assert!((many.total() - 5.756_5).abs() < 1e-3, "{}", many.total());
    }

    #[test]
    fn what_exceeds_the_budget_is_refused_and_not_written_down() {
        let mut account = Account::default();
        let budget = epsilon(2.0);
        account.spend("a", epsilon(1.5), budget).unwrap();
        account.spend("b", epsilon(0.5), budget).unwrap();
        let refused = account.spend("c", epsilon(0.001), budget).unwrap_err();
        assert!((refused.would - 2.001).abs() < 1e-9 && (refused.spent - 2.0).abs() < 1e-9);
        assert_eq!(account.spent.len(), 2);
        assert!(refused.to_string().contains("2.001"));
        // Forty runs with epsilon 1 and a key of their own: two are allowed.
        let mut account = Account::default();
        let allowed =
            (0..40).filter(|i| account.spend(&format!("run {i}"), epsilon(1.0), budget).is_ok()).count();
        assert_eq!(allowed, 2);
    }

    #[test]
    fn a_release_keeps_its_first_counts_and_another_draws_its_own() {
        let mut account = Account::default();
        let each = (epsilon(1.0), epsilon(2.0));
        assert_eq!(account.counts("a", each, || vec![3, -1]), Ok(vec![3, -1]));
        assert_eq!(account.counts("b", each, || vec![9, 9]), Ok(vec![9, 9]));
        assert_eq!(account.counts("a", each, || vec![5, 5]), Ok(vec![3, -1]));
        assert_eq!(account.spent.len(), 2);
        assert!(account.counts("c", each, || vec![1, 1]).is_err());
        assert_eq!(account.spent.len(), 2);
    }
}
