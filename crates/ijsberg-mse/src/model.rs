//! Hierarchical log-linear models and their formulas.

use std::fmt;

use crate::histories::Mask;

/// A hierarchical model: a set of terms, closed under subsets, that holds the intercept and every main effect.
///
/// A term is the set of lists that interact, as a mask; the empty set is the intercept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Model {
    t: usize,
    /// Sorted by number of lists, then by mask.
    terms: Vec<Mask>,
}

/// Why a formula is not a model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// The text is not of the form `[A,BC]` or `[1,23]`.
    #[error("formula {formula:?}: expected terms between brackets, such as [12,3] or [PZ,PR,O]")]
    Syntax {
        /// The formula as given.
        formula: String,
    },
    /// A term names no list, or can be read in more than one way.
    #[error(
        "formula {formula:?}: term {term:?} cannot be read as lists; join names by ':' as in [A:B,C]. Lists: {lists}"
    )]
    Term {
        /// The formula as given.
        formula: String,
        /// The offending term.
        term: String,
        /// The names of the lists.
        lists: String,
    },
    /// The saturated model has as many parameters as cells and leaves the unseen cell undetermined.
    #[error(
        "formula {formula:?} is the saturated model, which says nothing about the number on no list; leave out the highest term"
    )]
    Saturated {
        /// The formula as given.
        formula: String,
    },
}

impl Model {
    /// Main effects only.
    pub fn independence(t: usize) -> Self {
        Self::from_generators(t, &[])
    }

    /// All main effects and all two-list terms (with two lists: independence, since the pair would saturate).
    pub fn all_pairs(t: usize) -> Self {
        let pairs: Vec<Mask> = if t > 2 { pairs(t).collect() } else { Vec::new() };
        Self::from_generators(t, &pairs)
    }

    /// The smallest model that holds the given terms.
    pub fn from_generators(t: usize, generators: &[Mask]) -> Self {
        let mut terms: Vec<Mask> = (0..t).map(|j| 1 << j).chain([0]).collect();
        for g in generators {
            let mut sub = *g;
            while sub != 0 {
                terms.push(sub);
                sub = (sub - 1) & g;
            }
        }
        terms.sort_unstable_by_key(|a| (a.count_ones(), *a));
        terms.dedup();
        Self { t, terms }
    }

    /// Reads `[PZ,PR,O]` (names), `[12,23,4]` (list positions from 1) or `[A:B,C]` (names joined by a colon). A name that holds a
    /// comma, a colon or a bracket stands between double quotes, `["Police, north":B]`; a quote within is doubled.
    ///
    /// Main effects are always in the model. Names win over positions where both could be meant.
    ///
    /// ```
    /// use ijsberg_mse::model::Model;
    ///
    /// let lists = ["A", "B", "C"].map(String::from);
    /// let model = Model::parse("[AB,C]", &lists)?;
    /// assert_eq!(model, Model::parse("[12,3]", &lists)?);
    /// // An intercept, a main effect of each list, and A with B.
    /// assert_eq!((model.parameters(), model.contains(0b011), model.contains(0b110)), (5, true, false));
    /// assert!(Model::parse("[ABC]", &lists).is_err());
    /// # Ok::<(), ijsberg_mse::model::ModelError>(())
    /// ```
    ///
    /// # Errors
    /// See [`ModelError`].
    pub fn parse(formula: &str, lists: &[String]) -> Result<Self, ModelError> {
        let t = lists.len();
        let inner = formula.trim().strip_prefix('[').and_then(|s| s.strip_suffix(']'));
        let Some(inner) = inner else { return Err(ModelError::Syntax { formula: formula.to_owned() }) };
        let mut generators = Vec::new();
        for term in pieces(inner, ',').map(str::trim).filter(|s| !s.is_empty()) {
            let mask = read_term(term, lists).ok_or_else(|| ModelError::Term {
                formula: formula.to_owned(),
                term: term.to_owned(),
                lists: lists.join(", "),
            })?;
            generators.push(mask);
        }
        let model = Self::from_generators(t, &generators);
        if model.terms.len() == 1 << t {
            return Err(ModelError::Saturated { formula: formula.to_owned() });
        }
        Ok(model)
    }

    /// Number of lists.
    pub fn t(&self) -> usize {
        self.t
    }

    /// All terms, the intercept first.
    pub fn terms(&self) -> &[Mask] {
        &self.terms
    }

    /// Number of parameters, those at minus infinity included.
    pub fn parameters(&self) -> usize {
        self.terms.len()
    }

    /// Whether the term is in the model.
    pub fn contains(&self, term: Mask) -> bool {
        self.terms.contains(&term)
    }

    /// The maximal terms, which determine the model, in the order of list positions.
    pub fn generators(&self) -> Vec<Mask> {
        let maximal = |a: &&Mask| **a != 0 && !self.terms.iter().any(|b| b != *a && *b & **a == **a);
        let mut generators: Vec<Mask> = self.terms.iter().filter(maximal).copied().collect();
        generators.sort_by_key(|a| (u32::MAX - a.count_ones(), a.reverse_bits() ^ Mask::MAX));
        generators
    }

    /// The formula in list names, such as `[O:Z,P:Z,K]`, without colons when every name is one character; [`Model::parse`] reads it
    /// back.
    pub fn formula(&self, lists: &[String]) -> String {
        let special = |name: &String| name.contains([',', ':', '[', ']', '"']) || name.trim() != name;
        let quoted = lists.iter().any(special);
        let short = !quoted && lists.iter().all(|name| name.chars().count() == 1);
        let glue = if short { "" } else { ":" };
        let name = |j: usize| {
            if quoted { format!("\"{}\"", lists[j].replace('"', "\"\"")) } else { lists[j].clone() }
        };
        let terms: Vec<String> =
            self.generators().iter().map(|g| bits(*g).map(name).collect::<Vec<_>>().join(glue)).collect();
        format!("[{}]", terms.join(","))
    }
}

impl fmt::Display for Model {
    /// The formula in list positions from 1, as the R packages print it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let glue = if self.t > 9 { ":" } else { "" };
        let terms: Vec<String> = self
            .generators()
            .iter()
            .map(|g| bits(*g).map(|j| (j + 1).to_string()).collect::<Vec<_>>().join(glue))
            .collect();
        write!(f, "[{}]", terms.join(","))
    }
}

/// The positions of the lists in a mask.
pub fn bits(mask: Mask) -> impl Iterator<Item = usize> {
    (0..Mask::BITS as usize).filter(move |j| mask >> j & 1 == 1)
}

/// All pairs of lists as masks, in the order (1,2), (1,3), ..., (2,3), ...
pub fn pairs(t: usize) -> impl Iterator<Item = Mask> {
    (0..t).flat_map(move |i| (i + 1..t).map(move |j| 1 << i | 1 << j))
}

/// A formula cut at a separator, but not within quotes.
fn pieces(formula: &str, at: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    formula.split(move |c: char| {
        quoted ^= c == '"';
        c == at && !quoted
    })
}

/// The name that stands between double quotes, if this is one quoted name and nothing else: a quote within is doubled.
fn unquoted(term: &str) -> Option<String> {
    let inner = term.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.replace("\"\"", "").contains('"')).then(|| inner.replace("\"\"", "\""))
}

fn read_term(term: &str, lists: &[String]) -> Option<Mask> {
    let position = |name: &str| lists.iter().position(|l| l == name);
    // What is written as a quoted name is one, also where a list is called like that with its quotes.
    if let Some(j) = unquoted(term).and_then(|name| position(&name)).or_else(|| position(term)) {
        return Some(1 << j);
    }
    if pieces(term, ':').nth(1).is_some() {
        return pieces(term, ':')
            .map(|part| read_term(part.trim(), lists))
            .try_fold(0, |acc, m| Some(acc | m?));
    }
    read_run_of_names(term, lists).or_else(|| {
        // Positions: one digit each.
        term.chars().try_fold(0, |acc, c| {
            let j = c.to_digit(10)? as usize;
            (1..=lists.len()).contains(&j).then(|| acc | 1 << (j - 1))
        })
    })
}

/// Reads names written one after another, if that can be done in exactly one way.
fn read_run_of_names(term: &str, lists: &[String]) -> Option<Mask> {
    fn readings(rest: &str, lists: &[String], mask: Mask, found: &mut Vec<Mask>) {
        if rest.is_empty() {
            found.push(mask);
            return;
        }
        for (j, name) in lists.iter().enumerate() {
            if mask >> j & 1 == 0
                && let Some(rest) = rest.strip_prefix(name.as_str())
            {
                readings(rest, lists, mask | 1 << j, found);
            }
        }
    }
    let mut found = Vec::new();
    readings(term, lists, 0, &mut found);
    found.dedup();
    (found.len() == 1).then(|| found[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(s: &str) -> Vec<String> {
        s.split(' ').map(String::from).collect()
    }

    proptest::proptest! {
        #[test]
        fn every_formula_reads_back_whatever_lists_are_called(
            names in proptest::collection::hash_set("[a,:\"\\[\\] 1Z]{1,4}", 4),
            generators in proptest::collection::vec(1_u32..15, 0..4),
        ) {
            let lists: Vec<String> = names.into_iter().collect();
            let model = Model::from_generators(4, &generators);
            let formula = model.formula(&lists);
            // A run of letters that can be read in two ways is refused; it is never read as another model.
            match Model::parse(&formula, &lists) {
                Ok(read) => proptest::prop_assert_eq!(read, model, "{}", formula),
                Err(e) => proptest::prop_assert!(!formula.contains('"'), "{}: {}", formula, e),
            }
        }
    }

    #[test]
    fn a_quoted_name_is_not_a_list_that_is_called_with_quotes() {
        let lists = ["a", "\":\"", ":", "]"].map(String::from);
        let model = Model::from_generators(4, &[13, 2]);
        assert_eq!(Model::parse(&model.formula(&lists), &lists).unwrap(), model);
        let lists = ["a", "b", "a\":\"b", "c"].map(String::from);
        let model = Model::from_generators(4, &[3, 4, 8]);
        assert_eq!(Model::parse(&model.formula(&lists), &lists).unwrap(), model);
    }

    #[test]
    fn reads_and_writes_formulas() {
        let lists = names("I K O P R Z");
        let m = Model::parse("[PZ, PR,O]", &lists).unwrap();
        assert_eq!((m.to_string().as_str(), m.formula(&lists).as_str()), ("[45,46,1,2,3]", "[PR,PZ,I,K,O]"));
        assert_eq!(Model::parse("[45,46]", &lists).unwrap(), m);
        assert_eq!(Model::parse("[346,16,25,45]", &lists).unwrap().parameters(), 14);
        assert_eq!(Model::parse("[]", &lists).unwrap(), Model::independence(6));
        let uk = names("LA NG PFNCA GO GP");
        let m = Model::parse("[LANG,NG:PFNCA]", &uk).unwrap();
        assert_eq!(m.formula(&uk), "[LA:NG,NG:PFNCA,GO,GP]");
    }

    #[test]
    fn refuses_what_is_no_model() {
        let lists = names("A B C");
        assert!(matches!(Model::parse("AB", &lists), Err(ModelError::Syntax { .. })));
        assert!(matches!(Model::parse("[AD]", &lists), Err(ModelError::Term { .. })));
        assert!(matches!(Model::parse("[14]", &lists), Err(ModelError::Term { .. })));
        assert!(matches!(Model::parse("[ABC]", &lists), Err(ModelError::Saturated { .. })));
    }
}
