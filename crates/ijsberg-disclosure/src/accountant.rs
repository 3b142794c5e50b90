//! How much was told of a person in all differentially private releases together.
//!
//! Neighbours are two tables of which one has a person more. A release that is epsilon-differentially private is also
//! `epsilon^2 / 2`-zero-concentrated (Bun and Steinke 2016, "Concentrated differential privacy", proposition 1.4), and what is
//! concentrated adds up (lemma 1.7): with `rho` in all, everything together is `(rho + 2 sqrt(rho ln(1 / delta)), delta)`-differentially
//! private (proposition 1.3). Few releases are better told by the plain sum of epsilons, which is exact; the smaller of both counts.
//! Everything is rounded against whoever releases.

use serde::{Deserialize, Serialize};

use crate::geometric::Epsilon;

/// The chance that is left out of account where many releases are added up.
pub const DELTA: f64 = 1e-6;

/// A release that was accounted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spent {
    /// Tells one release from another. It must not depend on who is in the table: then that a release is there already would tell that
    /// nobody came or left.
    pub release: String,
    /// Epsilon, in thousandths.
    pub thousandths: u32,
    /// The counts with noise that were given out. The same release again gives them out again, and tells nothing new.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub given: Vec<i64>,
}

/// All releases of one register.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The releases, oldest first.
    pub spent: Vec<Spent>,
}

/// A release would tell more than was allowed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "with this release epsilon would be {would:.3} in all, and {budget:.3} is allowed; {spent:.3} is spent"
)]
pub struct Exceeded {
    /// Epsilon in all with this release.
    pub would: f64,
    /// Epsilon in all before it.
    pub spent: f64,
    /// What is allowed.
    pub budget: f64,
}

impl Account {
    /// Epsilon of everything together, with [`DELTA`].
    pub fn total(&self) -> f64 {
        let each = self.spent.iter().map(|s| f64::from(s.thousandths) / 1000.0);
        let plain: f64 = each.clone().sum();
        let rho: f64 = each.map(|e| e * e / 2.0).sum();
        plain.min(rho + 2.0 * (rho * -DELTA.ln()).sqrt())
    }

    /// Writes a release down before it is given out.
    ///
    /// ```
    /// use ijsberg_disclosure::accountant::Account;
    /// use ijsberg_disclosure::geometric::Epsilon;
    ///
    /// let (one, budget) = (Epsilon::new(1.0).unwrap(), Epsilon::new(2.0).unwrap());
    /// let mut account = Account::default();
    /// assert!(account.spend("2025", one, budget).is_ok() && account.spend("2026", one, budget).is_ok());
    /// // The same release again tells nothing new; another would tell too much.
    /// assert!(account.spend("2026", one, budget).is_ok() && account.spend("2027", one, budget).is_err());
    /// assert!((account.total() - 2.0).abs() < 1e-9);
    /// ```
    ///
    /// # Errors
    /// If everything together would be more than the budget; then nothing is written down.
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

    /// The counts of a release: those that it gave out before, or new ones, which are written down before they are given out.
    ///
    /// ```
    /// use ijsberg_disclosure::accountant::Account;
    /// use ijsberg_disclosure::geometric::Epsilon;
    ///
    /// let (one, budget) = (Epsilon::new(1.0).unwrap(), Epsilon::new(1.0).unwrap());
    /// let mut account = Account::default();
    /// assert_eq!(account.counts("2025", (one, budget), || vec![3, -1]), Ok(vec![3, -1]));
    /// // Whoever came or left since: the same release is what it was.
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
        // The same release again tells nothing new.
        account.spend("b", epsilon(0.5), all).unwrap();
        assert!((account.total() - 1.5).abs() < 1e-12 && account.spent.len() == 2);
        // A hundred of a tenth: rho is 0.5, and 0.5 + 2 sqrt(0.5 * 13.8155) is 5.7565, less than 10.
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
        // Forty runs of one epsilon each, with a key of their own: two are allowed.
        let mut account = Account::default();
        let allowed =
            (0..40).filter(|i| account.spend(&format!("run {i}"), epsilon(1.0), budget).is_ok()).count();
        assert_eq!(allowed, 2);
    }
}
