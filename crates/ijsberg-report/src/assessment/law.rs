//! The elements of the law as a matrix, and the items of the article.

use std::fmt::Write;

use ijsberg_signals::answer::{Answer, Truth};
use ijsberg_signals::assess::Assessment;
use ijsberg_signals::law::{ElementResult, LawResult};
use ijsberg_signals::rules::{Basis, Item, Law, Rules, Source};

use super::names::{name, names, truth, words};
use super::{Page, Part, Row};
use crate::text::Text;

/// What an element rests on, in words.
fn basis(text: &Text, of: Basis) -> String {
    text.say(match of {
        Basis::Text => "basis-text",
        Basis::CaseLaw => "basis-case-law",
        Basis::ToBeVerified => "basis-to-be-verified",
    })
}

pub(super) fn law(page: &mut Page<'_>, rules: &Rules, l: &LawResult, a: &Assessment) {
    let text = page.text;
    let Some(pack) = rules.laws.iter().find(|p| p.id == l.pack.id) else { return };
    let notes = a.case.facts_on.is_none().then(|| text.say("assess-no-day")).into_iter().collect();
    let title = text.fill("assess-law", &[("pack", words(text, &pack.title).to_owned())]);
    page.parts.push(Part::Elements(title, notes));
    let told =
        |e: &&ElementResult| !(e.supports.is_empty() && e.points.is_empty() && e.contradicts.is_empty());
    for group in &pack.groups {
        let of = l.elements.iter().filter(|e| e.group == group.id).filter(told);
        let rows = of.filter_map(|e| row(text, rules, pack, e)).collect();
        page.parts.push(Part::Group(words(text, &group.text).to_owned(), l.group(&group.id), rows));
    }
    items(page, rules, pack, l, a.case.answers.given("minor") == Answer::Yes);
}

fn row(text: &Text, rules: &Rules, pack: &Law, e: &ElementResult) -> Option<Row> {
    let of = pack.elements.iter().find(|x| x.id == e.id)?;
    let mut reasons = Vec::new();
    for (key, ids) in [
        ("assess-supports", &e.supports),
        ("assess-points", &e.points),
        ("assess-contradicts", &e.contradicts),
    ] {
        if !ids.is_empty() {
            reasons.push(text.fill(key, &[("what", names(text, rules, ids))]));
        }
    }
    let parts = [("basis", basis(text, of.basis)), ("sources", sources(text, &of.sources))];
    reasons.push(if of.sources.is_empty() { parts[0].1.clone() } else { text.fill("assess-basis", &parts) });
    Some(Row { title: words(text, &of.text).to_owned(), supported: e.supported, reasons })
}

/// Sources, in the language of the reader where something is said of them.
fn sources(text: &Text, of: &[Source]) -> String {
    let said = of.iter().map(|s| match s {
        Source::Reference(r) => r.as_str(),
        Source::Said(w) => words(text, w),
    });
    said.collect::<Vec<_>>().join("; ")
}

/// Groups of which one is enough.
fn either(text: &Text, rules: &Rules, groups: &[String]) -> String {
    let names: Vec<String> = groups.iter().map(|g| name(text, rules, g)).collect();
    names.join(&format!(" {} ", text.say("assess-or")))
}

/// What an item still needs: of groups that do as well as each other one.
fn missing(text: &Text, rules: &Rules, of: &Item, missing: &[String]) -> String {
    let sets = of.all().filter(|set| set.iter().all(|g| missing.contains(g)));
    let mut parts: Vec<String> = sets.map(|set| either(text, rules, set)).collect();
    for m in missing.iter().filter(|m| !of.all().flatten().any(|g| g == *m)) {
        parts.push(if m == "minor" { text.say("assess-no-minor") } else { name(text, rules, m) });
    }
    parts.join(", ")
}

fn items(page: &mut Page<'_>, rules: &Rules, pack: &Law, l: &LawResult, child: bool) {
    let text = page.text;
    page.fold(&text.say("assess-items"));
    if l.items.iter().all(|i| i.complete == Truth::No) {
        page.line(1, &text.say("assess-no-items"));
    }
    for i in l.items.iter().filter(|i| i.complete != Truth::No) {
        let Some(of) = pack.items.iter().find(|x| x.number == i.number) else { continue };
        let what = words(text, &of.text).to_owned();
        let mut line = text.fill("assess-item", &[("n", i.number.to_string()), ("what", what)]);
        let _ = write!(line, ": {}", truth(text, i.complete));
        if !i.missing.is_empty() {
            let missing = missing(text, rules, of, &i.missing);
            let _ = write!(line, "; {}", text.fill("assess-item-missing", &[("what", missing)]));
        }
        page.line(1, &line);
        if let Some(implied) = &of.implied {
            let what = either(text, rules, &implied.any);
            let on = format!("{}: {}", basis(text, implied.basis), sources(text, &implied.sources));
            page.line(2, &text.fill("assess-implied", &[("what", what), ("basis", on)]));
        }
        if let Some(presupposed) = of.not_without_means.as_ref().filter(|_| !child) {
            page.line(
                2,
                &text.fill("assess-presupposed", &[("sources", sources(text, &presupposed.sources))]),
            );
        }
    }
}
