//! Populations that a table may have come from, drawn from the space.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Family, Space};
use crate::histories::Mask;

/// A population that a table may have come from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Population {
    /// Persons in it who are on no list.
    pub(crate) unseen: u64,
    /// The chance of each history, that of being on no list first; they add up to 1.
    pub(crate) chances: Vec<f64>,
}

impl Space {
    /// Draws a model by its weight, a number of unseen from the distribution that it gives, and takes the chances of the histories of
    /// those who are seen as the model has them at its estimate. `None` where no model has an estimate or its cells were not kept.
    pub(crate) fn population(&self, rng: &mut ChaCha8Rng) -> Option<Population> {
        let (mut left, share) = (rng.random::<f64>(), rng.random::<f64>());
        let chosen = self.members.iter().find(|m| {
            left -= m.weight;
            left < 0.0
        });
        let member = chosen.or_else(|| self.members.first())?;
        let unseen = member.part.unseen_at(share).round();
        let cells = member.cells.as_ref()?;
        let seen: f64 = cells[1..].iter().sum();
        let scale = self.n / (seen * (self.n + unseen));
        let mut chances: Vec<f64> = cells.iter().map(|c| c * scale).collect();
        chances[0] = unseen / (self.n + unseen);
        Some(Population { unseen: unseen as u64, chances })
    }

    /// The weight of the models in which two lists depend on each other beyond differences between persons.
    pub(crate) fn dependence(&self, pair: Mask) -> f64 {
        let with = self.members.iter().filter(|m| match &m.family {
            Family::LogLinear(model) | Family::LogLinearWith(model, _) => model.terms().contains(&pair),
            _ => false,
        });
        with.map(|m| m.weight).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::stream;
    use crate::histories::Histories;
    use crate::loglinear::Engine;

    #[test]
    fn populations_are_spread_as_the_answer_of_the_space_is() {
        let names = ["a", "b", "c"].map(String::from).to_vec();
        let h =
            Histories::new(names, [(1, 90), (2, 70), (4, 60), (3, 30), (5, 25), (6, 20), (7, 9)]).unwrap();
        let engine = Engine::new(&h);
        let space = engine.space();
        let draws: Vec<Population> =
            (0..4000).map(|d| space.population(&mut stream(3, d)).unwrap()).collect();
        for share in [0.1, 0.5, 0.9] {
            let limit = space.quantile(share) - h.n() as f64;
            let below = draws.iter().filter(|p| p.unseen as f64 <= limit).count() as f64 / 4000.0;
            // Three standard errors of a share of 4,000.
            assert!((below - share).abs() < 0.024, "{share} {below}");
        }
        for p in &draws {
            assert!((p.chances.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let unseen = p.unseen as f64;
            assert!((p.chances[0] - unseen / (unseen + h.n() as f64)).abs() < 1e-12);
        }
    }
}
