//! An analysis whose lists go by other names, for readers who do not know the codes that its table calls them by.

use ijsberg_mse::estimate::Basis;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::model::Model;

use crate::Analysis;

/// Names of lists, each in the place of its code.
#[derive(Debug, Clone, Copy)]
pub struct ListNames<'a> {
    /// What the table calls the lists.
    pub codes: &'a [String],
    /// What readers call them, in the same order.
    pub names: &'a [String],
}

impl ListNames<'_> {
    /// What was written about lists, such as `P·K`, `P+K`, `P:year` or `[PK,R]`, with the names in the place of the codes. A code counts
    /// where no letter or digit is beside it, and in the formula of a model.
    pub fn said(&self, words: &str) -> String {
        let (from, to) = (words.find('['), words.rfind(']'));
        if let Some((from, to)) = from.zip(to).filter(|(from, to)| from < to)
            && let Ok(model) = Model::parse(&words[from..=to], self.codes)
        {
            let (before, after) = (self.replaced(&words[..from]), self.replaced(&words[to + 1..]));
            return format!("{before}{}{after}", model.formula(self.names));
        }
        self.replaced(words)
    }

    fn replaced(&self, words: &str) -> String {
        let mut out = String::with_capacity(words.len());
        let (mut rest, mut inside) = (words, false);
        while let Some(first) = rest.chars().next() {
            let is_here = |code: &str| {
                let after = rest.strip_prefix(code).filter(|_| !inside && !code.is_empty());
                after.is_some_and(|after| !after.starts_with(char::is_alphanumeric))
            };
            let here = self.codes.iter().zip(self.names).filter(|(code, _)| is_here(code));
            let taken = if let Some((code, name)) = here.max_by_key(|(code, _)| code.len()) {
                out.push_str(name);
                code.len()
            } else {
                out.push(first);
                first.len_utf8()
            };
            inside = rest[..taken].ends_with(char::is_alphanumeric);
            rest = &rest[taken..];
        }
        out
    }

    fn basis(&self, basis: &Basis) -> Basis {
        match basis {
            Basis::Model(formula) => Basis::Model(self.said(formula)),
            Basis::BestOfModels(n, best) => Basis::BestOfModels(*n, self.said(best)),
            Basis::BestOfGraphs(n, best) => Basis::BestOfGraphs(*n, self.said(best)),
            Basis::Models(_) | Basis::Classes(_) => basis.clone(),
        }
    }
}

impl Analysis {
    /// The same analysis with these names for its lists, in their order. It stays as it is where they cannot be names of its lists, such as
    /// two that are the same. Covariates and estimates from elsewhere keep the words that they have.
    #[must_use]
    pub fn with_lists_called(&self, names: &[String]) -> Self {
        let mut a = self.clone();
        let codes = self.histories.lists();
        let fits = names.len() == codes.len();
        let renamed = Histories::new(names.to_vec(), self.histories.cells().iter().copied()).ok();
        let Some(histories) = renamed.filter(|_| fits) else { return a };
        a.histories = histories;
        let of = ListNames { codes, names };
        let one = |words: &mut String| *words = of.said(words);
        a.layout.lists.iter_mut().for_each(one);
        for e in &mut a.estimates {
            e.model = e.model.as_ref().map(|basis| of.basis(basis));
        }
        a.identification.usual.iter_mut().for_each(|u| one(&mut u.lists));
        let d = &mut a.diagnostics;
        d.lists.iter_mut().for_each(|l| one(&mut l.list));
        d.pairs.iter_mut().for_each(|p| p.lists.iter_mut().for_each(one));
        for n in &mut d.nested {
            one(&mut n.inner);
            one(&mut n.outer);
        }
        d.influence.iter_mut().for_each(|i| one(&mut i.history));
        d.without_list.iter_mut().chain(&mut d.merged).for_each(|v| one(&mut v.change));
        d.consistency.iter_mut().for_each(|c| one(&mut c.list));
        d.near_best.iter_mut().for_each(|m| one(&mut m.formula));
        if let Some(b) = &mut d.two_list_models {
            [&mut b.best_aic, &mut b.best_bic].into_iter().flatten().for_each(|best| one(&mut best.0));
        }
        if let Some(h) = &mut d.headline {
            one(&mut h.model);
            h.by_design.iter_mut().for_each(|b| one(&mut b.list));
        }
        a
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings<const N: usize>(all: [&str; N]) -> [String; N] {
        all.map(String::from)
    }

    #[test]
    fn names_take_the_place_of_codes_and_of_nothing_else() {
        let (codes, names) = (strings(["P", "K", "O"]), strings(["Politie", "Marechaussee", "opvang"]));
        let of = ListNames { codes: &codes, names: &names };
        for (words, said) in [
            ("P·K", "Politie·Marechaussee"),
            ("P+O", "Politie+opvang"),
            ("O=0, Politie, OK", "opvang=0, Politie, OK"),
            ("P:year + K:form", "Politie:year + Marechaussee:form"),
            ("[PK,O]", "[Politie:Marechaussee,opvang]"),
            ("12 graphs, best [PO,K] + chao", "12 graphs, best [Politie:opvang,Marechaussee] + chao"),
            ("[no formula of P", "[no formula of Politie"),
            ("]P[", "]Politie["),
            ("", ""),
        ] {
            assert_eq!(of.said(words), said);
        }
        let (codes, names) = (strings(["a b", "a"]), strings(["long", "short"]));
        assert_eq!(ListNames { codes: &codes, names: &names }.said("a b·a, ab"), "long·short, ab");
    }
}
