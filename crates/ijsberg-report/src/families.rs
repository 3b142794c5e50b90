//! Estimates by family, the headline first, so that no reader has to compare fifty rows.

use ijsberg_mse::estimate::{Basis, Estimate, Note};
use ijsberg_mse::method::Family;

use crate::text::{Text, key_of};

/// The estimates of one family.
#[derive(Debug)]
pub struct Group<'a> {
    /// The family.
    pub family: Family,
    /// Its estimates, in the order in which they were made.
    pub estimates: Vec<&'a Estimate>,
}

/// The families that have estimates, in the order in which to show them.
pub fn groups(all: &[Estimate]) -> Vec<Group<'_>> {
    let of = |family: Family| Group {
        family,
        estimates: all.iter().filter(|e| e.method.family() == family).collect(),
    };
    Family::ALL.into_iter().map(of).filter(|g| !g.estimates.is_empty()).collect()
}

impl Group<'_> {
    /// Its name.
    pub fn name(&self, text: &Text) -> String {
        text.say(&format!("family-{}", key_of(self.family)))
    }

    /// Its estimates, from the lowest to the highest.
    pub fn estimate(&self, text: &Text) -> String {
        between(text, self.estimates.iter().filter_map(|e| e.n_hat).map(|n| (n, n)))
    }

    /// From its lowest limit to its highest.
    pub fn limits(&self, text: &Text) -> String {
        between(text, self.estimates.iter().filter_map(|e| e.interval).map(|i| (i.lower, i.upper)))
    }
}

/// From the lowest to the highest; one number where both are the same.
fn between(text: &Text, ranges: impl Iterator<Item = (f64, f64)>) -> String {
    let range = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    range.map_or_else(
        || "–".to_owned(),
        |(low, high)| {
            let (low, high) = (text.number(low), text.number(high));
            if low == high { low } else { format!("{low} – {high}") }
        },
    )
}

/// The model or models behind an estimate, in words.
pub(crate) fn basis(text: &Text, basis: &Basis) -> String {
    let number = |n: usize| ("n", text.number(n as f64));
    match basis {
        Basis::Model(formula) => formula.clone(),
        Basis::Models(n) => text.fill("basis-models", &[number(*n)]),
        Basis::BestOfModels(n, best) => {
            text.fill("basis-best-of-models", &[number(*n), ("best", best.clone())])
        }
        Basis::BestOfGraphs(n, best) => {
            text.fill("basis-best-of-graphs", &[number(*n), ("best", best.clone())])
        }
        Basis::Classes(n) => text.fill("basis-classes", &[number(*n)]),
    }
}

/// The notes that any estimate carries, in their order, each once.
pub(crate) fn notes_of(estimates: &[Estimate]) -> Vec<Note> {
    let mut notes = Vec::new();
    for note in estimates.iter().flat_map(|e| &e.notes) {
        if !notes.contains(note) {
            notes.push(*note);
        }
    }
    notes
}

/// A note in words.
pub(crate) fn note(text: &Text, estimates: &[Estimate], note: Note) -> String {
    let run = estimates.iter().filter(|e| e.notes.contains(&note)).find_map(|e| e.replicates).unwrap_or(0);
    text.fill(&format!("note-{}", key_of(note)), &[("replicates", text.number(run as f64))])
}

/// The letters of the notes that an estimate carries.
pub(crate) fn marks(notes: &[Note], e: &Estimate) -> String {
    notes.iter().enumerate().filter(|(_, n)| e.notes.contains(n)).map(|(i, _)| letter(i)).collect()
}

pub(crate) fn letter(i: usize) -> char {
    char::from(b'a' + (i % 26) as u8)
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::estimate::{IntervalKind, Outcome};
    use ijsberg_mse::method::Assumption;

    use super::*;
    use crate::text::Language;

    /// Fails to compile when a kind of interval is added and not listed here.
    fn kinds() -> Vec<IntervalKind> {
        use IntervalKind as K;
        let all = [
            K::LogNormal,
            K::WaldLog,
            K::Profile,
            K::Percentile,
            K::Bca,
            K::BiasCorrected,
            K::Credible,
            K::OverLinkage,
            K::OverModels,
        ];
        for kind in all {
            match kind {
                K::LogNormal
                | K::WaldLog
                | K::Profile
                | K::Percentile
                | K::Bca
                | K::BiasCorrected
                | K::Credible
                | K::OverLinkage
                | K::OverModels => {}
            }
        }
        all.to_vec()
    }

    #[test]
    fn whatever_a_table_of_estimates_can_show_has_a_word_in_both_languages() {
        for language in [Language::English, Language::Dutch] {
            let text = Text::new(language);
            let said = |key: String| assert_ne!(text.say(&key), key, "{language:?}");
            kinds().into_iter().for_each(|k| said(format!("kind-{}", key_of(k))));
            Family::ALL.into_iter().for_each(|f| said(format!("family-{}", key_of(f))));
            use Outcome as O;
            let without = [
                O::Infinite,
                O::NotIdentifiable,
                O::SolverFailed,
                O::NotApplicable,
                O::NotConverged,
                O::Degenerate,
                O::TooFewTogether,
            ];
            without.into_iter().for_each(|o| said(format!("outcome-{}", key_of(o))));
            let assumed: Vec<Assumption> =
                ijsberg_mse::method::Method::ALL.iter().map(|m| m.assumption()).collect();
            assumed.into_iter().for_each(|a| said(format!("assumes-{}", key_of(a))));
            for basis in [Basis::Models(2), Basis::BestOfModels(2, "m".into()), Basis::Classes(3)] {
                assert!(!super::basis(&text, &basis).starts_with("basis-"));
            }
            assert!(super::basis(&text, &Basis::BestOfGraphs(2, "g".into())).ends_with('g'));
        }
    }
}
