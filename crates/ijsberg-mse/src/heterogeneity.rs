//! How persons differ in the chance of being met, as columns `h(k)` for the number of lists a person is on.

use serde::Serialize;

/// How capture probabilities differ between persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heterogeneity {
    /// Not at all.
    None,
    /// Chao's lower bound: free columns for three lists and more, negative ones removed.
    Chao,
    /// `h(k) = 2^k - 1`.
    Poisson,
    /// `h(k) = k^2 / 2`.
    Darroch,
    /// `h(k) = log 3.5 - log(3.5 + k)`.
    Gamma,
}

impl Heterogeneity {
    /// `h(k)`, or nothing for none; Chao's model has more than one and is not meant here.
    pub(crate) fn column(self) -> fn(f64) -> f64 {
        match self {
            Self::None | Self::Chao => |_| 0.0,
            Self::Poisson => |k| 2_f64.powf(k) - 1.0,
            Self::Darroch => |k| 0.5 * k * k,
            Self::Gamma => |k| 3.5_f64.ln() - (3.5 + k).ln(),
        }
    }

    /// The columns of a regression on up to `t` lists: none, one `h(k)`, or one for each number of lists from three on (Chao).
    pub(crate) fn columns(self, t: usize) -> Vec<Box<dyn Fn(f64) -> f64>> {
        match self {
            Self::None => Vec::new(),
            Self::Chao => (3..=t)
                .map(|j| Box::new(move |k: f64| (k - j as f64 + 1.0).max(0.0)) as Box<dyn Fn(f64) -> f64>)
                .collect(),
            Self::Poisson | Self::Darroch | Self::Gamma => vec![Box::new(self.column())],
        }
    }
}
