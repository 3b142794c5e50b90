//! What to know first, as sentences: how the table was read, its overlaps, and what moves the estimate.

use ijsberg_mse::diagnostics::{Diagnostics, Influence};
use ijsberg_mse::loglinear::LogBins;
use ijsberg_mse::nesting::NestedLists;

use crate::Analysis;
use crate::text::{Text, key_of};

/// How the columns were read.
pub fn layout(text: &Text, a: &Analysis) -> String {
    let l = &a.layout;
    let mut parts = vec![
        text.fill("persons", &[("n", text.number(a.histories.n() as f64))]),
        format!("{}: {}", text.say("lists"), l.lists.join(", ")),
    ];
    if let Some(c) = &l.count {
        parts.push(format!("{}: {c}", text.say("count-column")));
    }
    for (key, names) in [("covariates", &l.covariates), ("dropped", &l.dropped), ("ignored", &l.ignored)] {
        if !names.is_empty() {
            parts.push(format!("{}: {}", text.say(key), names.join(", ")));
        }
    }
    if l.left_out > 0 {
        parts.push(text.fill("left-out", &[("n", text.number(l.left_out as f64))]));
    }
    parts.extend(crate::errors::reading::notes(text, &l.notes));
    parts.join("; ")
}

/// A list inside another one, or the same as it, in words.
pub fn nesting(text: &Text, n: &NestedLists) -> String {
    let args = [
        ("inner", n.inner.clone()),
        ("outer", n.outer.clone()),
        ("persons", text.number(n.persons as f64)),
        ("shared", text.number(n.shared as f64)),
    ];
    text.fill(&format!("nested-{}", key_of(n.kind)), &args)
}

/// The diagnostics as sentences, the most telling first.
pub fn findings(text: &Text, a: &Analysis) -> Vec<String> {
    let d = &a.diagnostics;
    let n = a.histories.n() as f64;
    let empty: Vec<String> = d.pairs.iter().filter(|p| p.overlap == 0).map(|p| p.lists.join("·")).collect();
    let mut out = vec![text.fill(
        "overlap-text",
        &[
            ("one", text.number(d.frequencies[0] as f64)),
            ("n", text.number(n)),
            ("share", text.percent(d.frequencies[0] as f64 / n)),
            ("pairs", if empty.is_empty() { text.say("none") } else { empty.join(", ") }),
        ],
    )];
    out.extend(d.nested.iter().map(|n| nesting(text, n)));
    if let Some(l) = d.lists.iter().max_by(|x, y| (x.only_here * y.size).cmp(&(y.only_here * x.size))) {
        out.push(text.fill(
            "list-alone",
            &[
                ("list", l.list.clone()),
                ("only", text.number(l.only_here as f64)),
                ("size", text.number(l.size as f64)),
                ("share", text.percent(l.only_here as f64 / l.size as f64)),
            ],
        ));
    }
    if let Some(b) = &d.two_list_models {
        out.push(text.fill(
            "two-list-text",
            &[
                ("models", text.number(b.total as f64)),
                ("low", text.number(b.range.0)),
                ("high", text.number(b.range.1)),
            ],
        ));
        if let (Some((_, aic)), Some((_, bic))) = (&b.best_aic, &b.best_bic) {
            out.push(text.fill(
                "two-list-best",
                &[("aic", text.number(*aic)), ("bic", text.number(*bic)), ("bars", bars(b))],
            ));
        }
    }
    for s in &d.spread {
        out.push(text.fill(
            "spread-text",
            &[
                ("delta", text.number(s.delta)),
                ("models", s.models.to_string()),
                ("low", text.number(s.low)),
                ("high", text.number(s.high)),
            ],
        ));
    }
    out.extend(influence(text, d));
    let variation = |v: &ijsberg_mse::diagnostics::Variation| {
        format!("{} {}", v.change, v.n_hat.map_or_else(|| "–".to_owned(), |x| text.number(x)))
    };
    if !d.without_list.is_empty() {
        let all: Vec<String> = d.without_list.iter().map(variation).collect();
        out.push(format!("{}: {}", text.say("without-text"), all.join(", ")));
    }
    let with = |v: &&ijsberg_mse::diagnostics::Variation| v.n_hat.is_some();
    let key = |v: &&ijsberg_mse::diagnostics::Variation| v.n_hat.unwrap_or(0.0);
    let low = d.merged.iter().filter(with).min_by(|x, y| key(x).total_cmp(&key(y)));
    let high = d.merged.iter().filter(with).max_by(|x, y| key(x).total_cmp(&key(y)));
    if let (Some(low), Some(high)) = (low, high) {
        out.push(format!("{}: {}, {}", text.say("merged-text"), variation(low), variation(high)));
    }
    out.extend(consistency(text, d));
    out
}

/// Each list as a population of which the others find a part: what they estimate it to be, beside what it is.
fn consistency(text: &Text, d: &Diagnostics) -> Option<String> {
    let rows: Vec<String> = d
        .consistency
        .iter()
        .filter_map(|c| {
            Some(text.fill(
                "consistency-row",
                &[
                    ("list", c.list.clone()),
                    ("truth", text.number(c.truth as f64)),
                    ("seen", text.number(c.seen_by_others as f64)),
                    ("n", text.number(c.n_hat?)),
                ],
            ))
        })
        .collect();
    (!rows.is_empty()).then(|| format!("{}: {}", text.say("consistency-text"), rows.join("; ")))
}

/// Moves of one person that leave no estimate are named one by one up to this many.
const GONE: usize = 3;

/// What one person more or less does: first the moves that leave no estimate, then the one that moves it most.
fn influence(text: &Text, d: &Diagnostics) -> Vec<String> {
    let Some(base) = d.near_best.first().map(|m| m.n_hat) else { return Vec::new() };
    let moves: Vec<(bool, &Influence, f64, bool)> = d
        .influence
        .iter()
        .flat_map(|i| {
            let more = (true, i, i.one_more, i.vanishes.with_one_more());
            let less = i.one_less.map(|x| (false, i, x, i.vanishes.with_one_less()));
            [Some(more), less].into_iter().flatten()
        })
        .collect();
    let change = |more: bool, i: &Influence| {
        let key = if more { "influence-one-more" } else { "influence-one-less" };
        text.fill(key, &[("history", i.history.clone())])
    };
    let gone: Vec<_> = moves.iter().filter(|m| m.3).collect();
    let mut lines: Vec<String> = gone
        .iter()
        .take(GONE)
        .map(|(more, i, to, _)| {
            let change = ("change", change(*more, i));
            if to.is_finite() {
                text.fill("influence-gone-but", &[change, ("to", text.number(*to))])
            } else {
                text.fill("influence-gone", &[change])
            }
        })
        .collect();
    if gone.len() > GONE {
        lines.push(text.fill("influence-gone-more", &[("n", (gone.len() - GONE).to_string())]));
    }
    let moved = |x: f64| (x / base).ln().abs();
    let there = moves.iter().filter(|m| !m.3 && m.2.is_finite());
    if let Some((more, i, to, _)) = there.max_by(|x, y| moved(x.2).total_cmp(&moved(y.2))) {
        let numbers = [("change", change(*more, i)), ("from", text.number(base)), ("to", text.number(*to))];
        lines.push(text.fill("influence-text", &numbers));
    }
    lines
}

/// The numbers of models by estimate as a row of bars, so that humps show.
fn bars(bins: &LogBins) -> String {
    let occupied: Vec<usize> = (0..bins.models.len()).filter(|i| bins.models[*i] > 0).collect();
    let (Some(first), Some(last)) = (occupied.first(), occupied.last()) else { return String::new() };
    let most = bins.models.iter().copied().max().unwrap_or(1).max(1);
    let blocks = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    bins.models[*first..=*last].iter().map(|m| blocks[(m * 7 / most) as usize]).collect()
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::histories::Histories;
    use ijsberg_mse::nesting::nested;

    use super::*;
    use crate::text::Language;

    #[test]
    fn lists_inside_others_are_named_in_both_languages() {
        let names = ["Police", "Shelter", "Other"].map(String::from).to_vec();
        let say = |cells: &[(u32, u64)], language| {
            let h = Histories::new(names.clone(), cells.iter().copied()).unwrap();
            nested(&h).iter().map(|n| nesting(&Text::new(language), n)).collect::<Vec<_>>()
        };
        let inside = [(1, 300), (3, 1100), (4, 200), (5, 60), (7, 30)];
        let [english] = &say(&inside, Language::English)[..] else { panic!() };
        assert!(english.starts_with("Shelter lies inside Police: 1,130 of the 1,130 people"), "{english}");
        let [dutch] = &say(&inside, Language::Dutch)[..] else { panic!() };
        assert!(dutch.starts_with("Shelter ligt binnen Police: 1.130 van de 1.130 personen"), "{dutch}");
        let same = [(3, 300), (4, 100), (7, 50)];
        assert!(say(&same, Language::English)[0].starts_with("Police and Shelter are the same list: 350"));
        assert!(say(&same, Language::Dutch)[0].starts_with("Police en Shelter zijn dezelfde lijst: 350"));
    }
}
