//! Terms of lists crossed with at most one covariate, and which may enter when.

use serde::Serialize;

use super::table::Covariate;
use crate::histories::Mask;
use crate::model::{bits, pairs};

/// A term: lists, alone or crossed with a covariate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Term {
    /// The lists.
    pub lists: Mask,
    /// The covariate it is crossed with.
    pub covariate: Option<usize>,
}

/// How large terms may get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Two lists, or a list and a covariate: the practice of the Dutch studies.
    Two,
    /// Three lists, or two lists and a covariate, too.
    Three,
}

/// A hierarchical model: its terms beside the main effects of lists, sorted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct StratifiedModel {
    /// Terms with two lists and more, or with a covariate.
    pub terms: Vec<Term>,
}

impl StratifiedModel {
    /// Whether a term is in the model; main effects of lists always are.
    pub fn contains(&self, term: Term) -> bool {
        self.terms.binary_search(&term).is_ok() || term.covariate.is_none() && term.lists.is_power_of_two()
    }

    /// Its terms and the main effects of so many lists.
    pub fn with_lists(&self, lists: usize) -> Vec<Term> {
        let mains = (0..lists).map(|j| Term { lists: 1 << j, covariate: None });
        mains.chain(self.terms.iter().copied()).collect()
    }

    /// With one more term.
    #[must_use]
    pub fn with(&self, term: Term) -> Self {
        let mut terms = self.terms.clone();
        if let Err(i) = terms.binary_search(&term) {
            terms.insert(i, term);
        }
        Self { terms }
    }

    /// Without a term.
    #[must_use]
    pub fn without(&self, term: Term) -> Self {
        Self { terms: self.terms.iter().filter(|t| **t != term).copied().collect() }
    }

    /// Whether everything below a term is in the model.
    pub(crate) fn allows(&self, term: Term) -> bool {
        term.parts().all(|part| self.contains(part))
    }

    /// Terms that nothing else in the model needs.
    pub(crate) fn removable(&self) -> impl Iterator<Item = Term> + '_ {
        self.terms.iter().copied().filter(|t| !self.terms.iter().any(|u| u.parts().any(|p| p == *t)))
    }

    /// The formula, such as `K:P + K:sex`, in names.
    pub fn formula(&self, lists: &[String], covariates: &[Covariate]) -> String {
        let name = |t: &Term| {
            let mut names: Vec<&str> = bits(t.lists).map(|j| lists[j].as_str()).collect();
            names.extend(t.covariate.map(|c| covariates[c].name.as_str()));
            names.join(":")
        };
        self.terms.iter().map(name).collect::<Vec<_>>().join(" + ")
    }
}

impl Term {
    /// The terms directly below this one.
    fn parts(self) -> impl Iterator<Item = Self> {
        let smaller = bits(self.lists)
            .map(move |j| Self { lists: self.lists & !(1 << j), covariate: self.covariate })
            .filter(|t| t.lists != 0);
        let alone = self.covariate.map(|_| Self { lists: self.lists, covariate: None });
        smaller.chain(alone)
    }
}

/// All terms that a search may consider.
pub(crate) fn candidates(t: usize, covariates: usize, order: Order) -> Vec<Term> {
    let mut terms: Vec<Term> = Vec::new();
    let crossed = |lists: Mask| (0..covariates).map(move |c| Term { lists, covariate: Some(c) });
    for j in 0..t {
        terms.extend(crossed(1 << j));
    }
    // With two lists the pair would leave nothing to estimate from.
    if t > 2 {
        terms.extend(pairs(t).map(|lists| Term { lists, covariate: None }));
    }
    if order == Order::Three && t > 2 {
        terms.extend(pairs(t).flat_map(crossed));
        if t > 3 {
            let triples = (0..1 << t as Mask).filter(|m: &Mask| m.count_ones() == 3);
            terms.extend(triples.map(|lists| Term { lists, covariate: None }));
        }
    }
    terms.sort_unstable();
    terms
}
