//! What each method is called, does and assumes, and when it misleads, for readers who do not know it by its identifier.

use std::fmt::Write;

use ijsberg_mse::estimate::Estimate;
use ijsberg_mse::method::{Family, Method};

use crate::charts::escape;
use crate::text::{Text, key_of};

/// Log-linear models as such.
const MODELS: &str = "Fienberg 1972; Bishop, Fienberg & Holland 1975";

/// The method that another one corrects for bias.
fn corrects(method: Method) -> Option<Method> {
    use Method as M;
    Some(match method {
        M::M0Corrected => M::M0,
        M::MtCorrected => M::Mt,
        M::MhPoissonCorrected => M::MhPoisson,
        M::MhDarrochCorrected => M::MhDarroch,
        M::MhGammaCorrected => M::MhGamma,
        M::MthChaoCorrected => M::MthChao,
        M::MthPoissonCorrected => M::MthPoisson,
        M::MthDarrochCorrected => M::MthDarroch,
        M::MthGammaCorrected => M::MthGamma,
        _ => return None,
    })
}

/// Whether lists have chances of their own where people differ, and in which form they do.
fn form(method: Method) -> Option<(&'static str, &'static str)> {
    use Method as M;
    Some(match method {
        M::MhChao => ("mh", "chao"),
        M::MhPoisson => ("mh", "poisson"),
        M::MhDarroch => ("mh", "darroch"),
        M::MhGamma => ("mh", "gamma"),
        M::MhNormal => ("mh", "normal"),
        M::MthChao => ("mth", "chao"),
        M::MthPoisson => ("mth", "poisson"),
        M::MthDarroch => ("mth", "darroch"),
        M::MthGamma => ("mth", "gamma"),
        M::MthNormal => ("mth", "normal"),
        _ => return None,
    })
}

/// By which words it is said when a method misleads, and who described the method.
const fn known(method: Method) -> (&'static str, &'static str) {
    use Method as M;
    match method {
        M::ModelSpace => ("space", "Buckland, Burnham & Augustin 1997; Chen & Chen 2008"),
        M::AnchorChapman => ("anchor", "Chapman 1951; Seber 1970"),
        M::AnchorShare => ("anchor", "Lyles, Zhang, Ge & Waller 2024"),
        M::AnchorPeople => ("anchor", "Ge, Zhang, Waller & Lyles 2024"),
        M::LincolnPetersen => ("independence", "Petersen 1896; Lincoln 1930"),
        M::Chapman => ("independence", "Chapman 1951; Seber 1970"),
        M::Chao | M::ChaoPairs => ("bound", "Chao 1987"),
        M::ChaoCorrected => ("bound", "Chao 1987; Rivest & Lévesque 2001"),
        M::Zelterman => ("zelterman", "Zelterman 1988; Böhning 2008"),
        M::CoverageLow | M::CoverageHigh => ("coverage", "Chao & Tsay 1998"),
        M::M0 | M::Mt => ("independence", "Otis et al. 1978; Rivest & Lévesque 2001"),
        M::M0Corrected | M::MtCorrected => ("independence", "Rivest & Lévesque 2001"),
        M::MhChao | M::MthChao => ("bound", "Chao 1987; Rivest & Baillargeon 2007"),
        M::MthChaoCorrected => ("bound", "Rivest & Lévesque 2001"),
        M::MhPoisson | M::MhDarroch | M::MhGamma | M::MthPoisson | M::MthDarroch | M::MthGamma => {
            ("form", "Rivest & Lévesque 2001; Rivest & Baillargeon 2007")
        }
        M::MhPoissonCorrected
        | M::MhDarrochCorrected
        | M::MhGammaCorrected
        | M::MthPoissonCorrected
        | M::MthDarrochCorrected
        | M::MthGammaCorrected => ("form", "Rivest & Lévesque 2001"),
        M::MhNormal | M::MthNormal => ("form", "Coull & Agresti 1999"),
        M::Mb | M::Mbh => ("order", "Otis et al. 1978"),
        M::TruncatedPoisson | M::TruncatedGeometric | M::TruncatedNegativeBinomial => {
            ("truncated", "van der Heijden et al. 2003")
        }
        M::TruncatedPoissonRobust => ("truncated", "Böhning & van der Heijden 2019"),
        M::Independence => ("independence", MODELS),
        M::AllPairs | M::Formula => ("model", MODELS),
        M::Stepwise => ("stepwise", "Chan, Silverman & Vincent 2021"),
        M::BestAic => ("aic", MODELS),
        M::BestBic => ("selection", MODELS),
        M::BestBicChapman => ("selection", "Zult, van der Heijden & Bakker 2024"),
        M::LogLinearAveraged => ("selection", "Madigan & Raftery 1994"),
        M::LogLinearBayes | M::HierarchicalAveraged => ("bayes", "Overstall & King 2014"),
        M::Threshold => ("threshold", "Silverman 2020"),
        M::DecomposableAveraged => ("decomposable", "Madigan & York 1997"),
        M::LatentClassMl => ("classes", "Bartolucci & Forcina 2001"),
        M::LatentClassNonparametric => ("nonparametric", "Manrique-Vallier 2016"),
        M::BayesCovariates => ("strata", "Overstall & King 2014"),
        M::LatentClassCovariates => ("classes-covariates", "Bandeen-Roche et al. 1997"),
        M::DoublyRobust => ("rest", "Das, Kennedy & Jewell 2021"),
        M::DoublyRobustLists => ("lists", "Das, Kennedy & Jewell 2021"),
        M::DoublyRobustChosen => ("chosen", "Dulce Rubio & Kennedy 2024"),
        M::LogLinearCovariates => ("search", "Cruyff, van Dijk & van der Heijden 2017"),
    }
}

/// A method's identifier as part of a key or of an address.
fn slug(method: Method) -> String {
    method.id().replace('.', "-")
}

/// What a method is called.
pub fn name(text: &Text, method: Method) -> String {
    part(text, method, "name")
}

/// What it does, in a sentence.
pub fn what(text: &Text, method: Method) -> String {
    part(text, method, "what")
}

fn part(text: &Text, method: Method, part: &'static str) -> String {
    if let Some(other) = corrects(method) {
        return text.fill(&format!("method-corrected-{part}"), &[(part, self::part(text, other, part))]);
    }
    if let Some((kind, form)) = form(method) {
        let form = text.say(&format!("method-form-{form}-{part}"));
        return text.fill(&format!("method-{kind}-{part}"), &[("form", form)]);
    }
    text.say(&format!("method-{}-{part}", slug(method)))
}

/// What it assumes.
pub fn assumes(text: &Text, method: Method) -> String {
    text.say(&format!("assumes-{}", key_of(method.assumption())))
}

/// When it misleads.
pub fn misleads(text: &Text, method: Method) -> String {
    text.say(&format!("method-when-{}", known(method).0))
}

/// Who described it, and when.
pub fn source(method: Method) -> &'static str {
    known(method).1
}

/// What there is to know of a method beside its name, a line each; but for the first with what it is.
fn lines(text: &Text, method: Method) -> [(Option<String>, String); 4] {
    let label = |key: &str| Some(text.say(&format!("methods-{key}")));
    [
        (None, what(text, method)),
        (label("assumes"), assumes(text, method)),
        (label("misleads"), misleads(text, method)),
        (label("source"), source(method).to_owned()),
    ]
}

/// The name of a method that leads to its entry in the panel, shows the same when pointed at, and has the identifier of the command
/// line and of JSON beside it.
pub(crate) fn named(text: &Text, method: Method) -> String {
    let told: Vec<String> = lines(text, method)
        .into_iter()
        .map(|(label, line)| label.map_or_else(|| line.clone(), |label| format!("{label}: {line}")))
        .collect();
    format!(
        "<a href=\"#method-{}\" title=\"{}\">{}</a> <code>{method}</code>",
        slug(method),
        escape(&told.join("\n")),
        escape(&name(text, method)),
    )
}

/// What the methods of some estimates assume, each method once, folded away until somebody asks.
pub(crate) fn panel<'a>(out: &mut String, text: &Text, estimates: impl Iterator<Item = &'a Estimate>) {
    let mut methods: Vec<Method> = estimates.map(|e| e.method).collect();
    methods.sort_by_key(|m| (Family::ALL.iter().position(|f| *f == m.family()), *m));
    methods.dedup();
    if methods.is_empty() {
        return;
    }
    // In a part of its own, so that it is not taken for one of the families.
    let _ = writeln!(
        out,
        "<div class=\"methods\">\n<details id=\"methods\">\n<summary>{}</summary>\n<dl>",
        escape(&text.say("methods-title")),
    );
    for method in methods {
        let (id, name) = (slug(method), name(text, method));
        let _ = writeln!(out, "<dt id=\"method-{id}\">{} <code>{method}</code></dt>", escape(&name));
        for (label, line) in lines(text, method) {
            let label = label.map_or_else(String::new, |label| format!("<b>{}:</b> ", escape(&label)));
            let _ = writeln!(out, "<dd>{label}{}</dd>", escape(&line));
        }
    }
    out.push_str("</dl>\n</details>\n</div>\n");
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ijsberg_mse::truncated::CountRow;

    use super::*;
    use crate::counts::CountAnalysis;
    use crate::html;
    use crate::text::Language;

    #[test]
    fn every_method_is_explained_in_both_languages() {
        let (english, dutch) = (Text::new(Language::English), Text::new(Language::Dutch));
        let mut names = HashSet::new();
        for method in Method::ALL.iter().copied() {
            let all = |text: &Text| {
                [name(text, method), what(text, method), assumes(text, method), misleads(text, method)]
            };
            for (english, dutch) in all(&english).into_iter().zip(all(&dutch)) {
                assert_ne!(english, dutch, "{method}");
                for said in [english, dutch] {
                    // A key without words is given back as it is.
                    assert!(!said.starts_with("method-") && !said.starts_with("assumes-"), "{said}");
                    assert!(!said.contains(['{', '}']) && !said.is_empty(), "{said}");
                }
            }
            for text in [&english, &dutch] {
                assert!(names.insert(name(text, method)), "{method} has the name of another");
            }
            let years = source(method).split(|c: char| !c.is_ascii_digit()).filter(|w| w.len() == 4);
            assert!(years.count() > 0, "{method}");
        }
    }

    #[test]
    fn a_method_in_the_table_leads_to_what_it_assumes_and_no_other_is_there() {
        let row = |times, persons| CountRow { times, x: vec![1.0], persons };
        let rows = [row(1, 90.0), row(2, 30.0), row(3, 9.0), row(4, 2.0)];
        let counted = CountAnalysis::run(Vec::new(), &rows, 0.95);
        let page = html::counts(&Text::new(Language::English), &counted, 0.95);
        let ids = |attribute: &str| -> Vec<String> {
            let parts = page.split(attribute).skip(1);
            parts.map(|p| p.split('"').next().unwrap_or_default().to_owned()).collect()
        };
        let (links, entries) = (ids("href=\"#method-"), ids(" id=\"method-"));
        let of = |all: &[String]| all.iter().cloned().collect::<HashSet<String>>();
        assert_eq!(of(&links), of(&entries));
        assert_eq!(entries.len(), of(&entries).len(), "each once");
        assert!(entries.contains(&"chao-bc".to_owned()), "{entries:?}");
        assert!(!page.contains("method-loglinear-best-bic"));
        assert!(page.contains("<code>chao.bc</code>") && page.contains("<details id=\"methods\">"));
        assert!(page.contains("Rivest &#38; L") || page.contains("Rivest &amp; L"), "{page}");
    }
}
