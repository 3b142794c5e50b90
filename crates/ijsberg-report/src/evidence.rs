//! Estimates side by side in words: the table, what differs, and the pooled figure or why there is none.

use std::fmt::Write;

use ijsberg_mse::evidence::{AGREE, NamedEstimate, NotPooled, SideBySide};

use crate::charts::{WIDE, escape};
use crate::screen::Page;
use crate::text::Text;

/// The estimate of a row, and its limits at the level asked for.
fn numbers(text: &Text, e: &SideBySide, given: &NamedEstimate) -> (String, String) {
    match given.limits_at(e.level) {
        Some((lower, upper)) => {
            (text.number(given.estimate), format!("{} – {}", text.number(lower), text.number(upper)))
        }
        // The lower bound of a table is no estimate.
        None if given.kind == ijsberg_mse::evidence::Kind::MultipleSystems => {
            (text.fill("evidence-at-least", &[("n", text.number(given.estimate))]), "–".to_owned())
        }
        None => (text.number(given.estimate), "–".to_owned()),
    }
}

fn kind(text: &Text, given: &NamedEstimate) -> String {
    text.say(&format!("evidence-kind-{}", given.kind.id()))
}

fn name(e: &SideBySide, place: usize) -> String {
    e.estimates.get(place).map(|g| g.name.clone()).unwrap_or_default()
}

/// What differs, pair by pair, and all together.
fn differences(text: &Text, e: &SideBySide) -> Vec<String> {
    let mut lines: Vec<String> = e
        .pairs
        .iter()
        .map(|p| {
            let key = if p.apart { "evidence-pair-apart" } else { "evidence-pair" };
            let parts = [
                ("a", name(e, p.of[0])),
                ("b", name(e, p.of[1])),
                ("ratio", text.decimal(p.ratio, 2)),
                ("z", text.decimal(p.z, 1)),
            ];
            text.fill(key, &parts)
        })
        .collect();
    if let Some(h) = &e.heterogeneity {
        let parts = [
            ("q", text.decimal(h.q, 2)),
            ("degrees", h.degrees.to_string()),
            ("p", text.decimal(h.p, 3)),
            ("i", text.percent(h.i_squared)),
            ("tau", text.decimal(h.tau_squared, 3)),
        ];
        lines.push(text.fill("evidence-heterogeneity", &parts));
    }
    lines
}

fn why_not(text: &Text, e: &SideBySide, reason: &NotPooled) -> String {
    match reason {
        NotPooled::NoOwn => text.say("evidence-none-no-own"),
        NotPooled::TooFew { found } => text.fill("evidence-none-too-few", &[("found", found.to_string())]),
        NotPooled::Years { years } => text.fill("evidence-none-years", &[("years", years.join(", "))]),
        NotPooled::BelowSeen { of, seen } => {
            let parts = [("a", name(e, *of)), ("seen", text.number(*seen as f64))];
            text.fill("evidence-none-below-seen", &parts)
        }
        NotPooled::Apart { of: [a, b] } => {
            text.fill("evidence-none-apart", &[("a", name(e, *a)), ("b", name(e, *b))])
        }
        NotPooled::Heterogeneous { p } => {
            let parts = [("p", text.decimal(*p, 3)), ("agree", text.decimal(AGREE, 1))];
            text.fill("evidence-none-heterogeneous", &parts)
        }
    }
}

/// The pooled figure, or that there is none with the reasons.
fn pooled(text: &Text, e: &SideBySide) -> (String, Vec<String>) {
    match &e.pooled {
        Some(p) => {
            let parts = [
                ("of", p.of.to_string()),
                ("n", text.number(p.estimate)),
                ("low", text.number(p.lower)),
                ("high", text.number(p.upper)),
                ("level", text.percent(e.level)),
            ];
            (text.fill("evidence-pooled", &parts), vec![text.say("evidence-pooled-caution")])
        }
        None => {
            (text.say("evidence-none"), e.not_pooled.iter().map(|reason| why_not(text, e, reason)).collect())
        }
    }
}

fn rule(text: &Text) -> String {
    text.fill("evidence-rule", &[("agree", text.decimal(AGREE, 1))])
}

/// Letters of a cell that has so much room.
fn fitted(s: &str, room: usize) -> String {
    if s.chars().count() <= room { s.to_owned() } else { s.chars().take(room - 1).chain(['…']).collect() }
}

/// The part of a report for a terminal.
pub(crate) fn shown(page: &mut Page<'_>, e: &SideBySide) {
    let text = page.text;
    page.heading(&text.say("evidence-title"));
    let level = text.percent(e.level);
    let row = |cells: [&str; 5]| {
        let [name, kind, year, estimate, limits] = cells;
        format!("  {:<22}{:<19}{year:<10}{estimate:>9}  {limits}", fitted(name, 21), fitted(kind, 18))
    };
    let limits = text.fill("evidence-col-limits", &[("level", level)]);
    let heads = ["name", "kind", "year", "estimate"].map(|h| text.say(&format!("evidence-col-{h}")));
    let header = page.style("2", &row([&heads[0], &heads[1], &heads[2], &heads[3], &limits]));
    let _ = writeln!(page.out, "{header}");
    for given in &e.estimates {
        let (estimate, limits) = numbers(text, e, given);
        let year = fitted(&given.year, 9);
        let line = row([&given.name, &kind(text, given), &year, &estimate, &limits]);
        let _ = writeln!(page.out, "{}", ijsberg_outside::terminal(&line));
    }
    differences(text, e).iter().for_each(|line| page.wrap("  - ", "    ", line));
    let (first, rest) = pooled(text, e);
    page.wrap("  ", "  ", &first);
    rest.iter().for_each(|line| page.wrap("  - ", "    ", line));
    page.wrap("  ", "  ", &rule(text));
}

/// The part of a page below its heading and chart.
pub(crate) fn html(out: &mut String, text: &Text, e: &SideBySide) {
    let level = text.percent(e.level);
    let heads = ["name", "kind", "year", "estimate", "limits", "source"];
    let _ = write!(out, "{WIDE}<table>\n<thead><tr>");
    for head in heads {
        let head = text.fill(&format!("evidence-col-{head}"), &[("level", level.clone())]);
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(&head));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for given in &e.estimates {
        let (estimate, limits) = numbers(text, e, given);
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{limits}</td><td>{}</td></tr>",
            escape(&given.name),
            escape(&kind(text, given)),
            escape(&given.year),
            escape(&estimate),
            escape(&given.source),
        );
    }
    out.push_str("</tbody>\n</table>\n</div>\n<ul>\n");
    let (first, rest) = pooled(text, e);
    for line in differences(text, e) {
        let _ = writeln!(out, "<li>{}</li>", escape(&line));
    }
    let _ = writeln!(out, "</ul>\n<p>{}</p>\n<ul>", escape(&first));
    for line in rest {
        let _ = writeln!(out, "<li>{}</li>", escape(&line));
    }
    let _ = writeln!(out, "</ul>\n<p>{}</p>", escape(&rule(text)));
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::evidence::{Kind, compare};

    use super::*;
    use crate::terminal::Colour;
    use crate::text::Language;

    fn given(name: &str, kind: Kind, estimate: f64, limits: Option<(f64, f64)>) -> NamedEstimate {
        let source = "Report <2019>".to_owned();
        NamedEstimate {
            name: name.to_owned(),
            kind,
            source,
            year: "2019".to_owned(),
            estimate,
            limits,
            level: 0.95,
        }
    }

    fn rendered(language: Language, all: Vec<NamedEstimate>, seen: u64) -> (String, String) {
        let text = Text::new(language);
        let e = compare(all, Some(seen), 0.95);
        let mut page = Page { text: &text, colour: Colour::Off, out: String::new() };
        shown(&mut page, &e);
        let mut out = String::new();
        html(&mut out, &text, &e);
        let words = page.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(page.out.lines().all(|l| l.chars().count() <= 80), "{}", page.out);
        (words, out)
    }

    #[test]
    fn a_pooled_figure_is_shown_only_where_estimates_agree() {
        let ours = || given("table.csv", Kind::MultipleSystems, 6000.0, Some((4500.0, 8000.0)));
        let near = || given("a survey with a rather long name", Kind::Survey, 7000.0, Some((5000.0, 9800.0)));
        let far = given("scale-up", Kind::NetworkScaleUp, 20000.0, Some((15000.0, 27000.0)));
        let (words, page) = rendered(Language::English, vec![ours(), near()], 1000);
        assert!(words.contains("Pooled over 2 estimates: 6,") && words.contains("I² = 0.0%"), "{words}");
        assert!(
            page.contains("Report &lt;2019&gt;") && page.contains("<th scope=\"row\">table.csv</th>"),
            "{page}"
        );
        let (words, page) = rendered(Language::Dutch, vec![ours(), near(), far], 9000);
        assert!(
            words.contains("Geen samengevoegd cijfer") && words.contains("spreken elkaar tegen"),
            "{words}"
        );
        assert!(
            words.contains("lager is dan de 9.000 mensen") && !words.contains("Samengevoegd over"),
            "{words}"
        );
        assert!(page.contains("network scale-up"), "{page}");
        // A table that allows a lower bound only.
        let bound = given("table.csv", Kind::MultipleSystems, 3000.0, None);
        let (words, _) = rendered(Language::English, vec![bound, near()], 1000);
        assert!(words.contains("at least 3,000") && words.contains("only 1 of the estimates"), "{words}");
    }
}
