//! Whether instruments fit one another.

use std::collections::HashSet;

use super::{Element, Law, Rules, RulesError, Words};
use crate::fault::Contradiction;

/// Checks what the form of the files cannot: names that are used exist and are used once, texts are there in both languages,
/// and no answer counts twice within a phase.
pub(super) fn check(rules: &Rules) -> Result<(), RulesError> {
    let questions = "questions.toml";
    once(questions, rules.questions.blocks.iter().map(|b| &b.id))?;
    once(questions, rules.questions.questions.iter().map(|q| &q.id))?;
    let asked: HashSet<&str> = rules.questions.questions.iter().map(|q| q.id.as_str()).collect();
    let known =
        |file: &str, place: &str, ids: &[String]| match ids.iter().find(|id| !asked.contains(id.as_str())) {
            Some(id) => Err(wrong(file, place, Contradiction::UnknownQuestion { id: id.clone() })),
            None => Ok(()),
        };
    for (at, q) in rules.questions.questions.iter().enumerate() {
        words(questions, &q.id, &q.text)?;
        words(questions, &q.id, q.said())?;
        if let Some(other) = &q.if_open
            && !rules.questions.questions[..at].iter().any(|p| p.id == *other)
        {
            return Err(wrong(
                questions,
                &q.id,
                Contradiction::NotBefore { field: "if_open".to_owned(), id: other.clone() },
            ));
        }
        if !(1..=3).contains(&q.harm) {
            return Err(wrong(questions, &q.id, Contradiction::Harm { given: q.harm.to_string() }));
        }
        if !rules.questions.blocks.iter().any(|b| b.id == q.block) {
            return Err(wrong(questions, &q.id, Contradiction::NoBlock { id: q.block.clone() }));
        }
        if let Some(parent) = &q.only_if
            && !rules.questions.questions[..at].iter().any(|p| p.id == *parent)
        {
            return Err(wrong(
                questions,
                &q.id,
                Contradiction::NotBefore { field: "only_if".to_owned(), id: parent.clone() },
            ));
        }
    }
    for i in &rules.questions.indications {
        known(questions, &i.all.join(" + "), &i.all)?;
        words(questions, &i.all.join(" + "), &i.text)?;
    }
    let ilo = "ilo-operational.toml";
    once(ilo, rules.operational.dimensions.iter().map(|d| &d.id))?;
    once(ilo, rules.operational.indicators.iter().map(|i| &i.id))?;
    let mut counted: HashSet<(&str, &str)> = HashSet::new();
    for i in &rules.operational.indicators {
        words(ilo, &i.id, &i.text)?;
        known(ilo, &i.id, &i.asks)?;
        let Some(dimension) = rules.operational.dimensions.iter().find(|d| d.id == i.dimension()) else {
            return Err(wrong(ilo, &i.id, Contradiction::NoDimension { id: i.dimension().to_owned() }));
        };
        for question in &i.asks {
            if !counted.insert((question, &dimension.phase)) {
                return Err(wrong(ilo, &i.id, Contradiction::CountedTwice { id: question.clone() }));
            }
        }
    }
    once("ilo-eleven.toml", rules.eleven.indicators.iter().map(|c| &c.id))?;
    for c in &rules.eleven.indicators {
        words("ilo-eleven.toml", &c.id, &c.text)?;
        known("ilo-eleven.toml", &c.id, &c.asks)?;
    }
    rules.laws.iter().try_for_each(|l| law(rules, l, known))?;
    for (a, b) in rules.laws.iter().zip(rules.laws.iter().skip(1)) {
        if a.valid_until.is_none_or(|last| last >= b.valid_from) {
            let file = format!("law/{}.toml", b.id);
            return Err(wrong(
                &file,
                "valid_from",
                Contradiction::InForce { id: a.id.clone(), day: b.valid_from.to_string() },
            ));
        }
    }
    contacts(rules, known)?;
    once("help.toml", rules.helps.help.iter().map(|h| &h.id))?;
    rules.helps.help.iter().try_for_each(|h| words("help.toml", &h.id, &h.text))
}

/// Elements name questions and groups, items name groups, and no answer counts for two means.
fn law(
    rules: &Rules,
    law: &Law,
    known: impl Fn(&str, &str, &[String]) -> Result<(), RulesError>,
) -> Result<(), RulesError> {
    let file = format!("law/{}.toml", law.id);
    once(&file, law.groups.iter().map(|g| &g.id))?;
    once(&file, law.elements.iter().map(|e| &e.id))?;
    let mut means: HashSet<String> = HashSet::new();
    for e in &law.elements {
        words(&file, &e.id, &e.text)?;
        known(&file, &e.id, &e.by)?;
        known(&file, &e.id, &e.points)?;
        let of = e.when_yes.iter().chain(e.when_all.iter().flatten());
        let asked: Vec<String> = of.filter(|t| !dimension(rules, t)).cloned().collect();
        known(&file, &e.id, &asked)?;
        e.unless.iter().try_for_each(|u| {
            known(&file, &e.id, &u.no)?;
            known(&file, &e.id, &u.save)
        })?;
        criteria(rules, law, &file, e)?;
        if e.group == "means"
            && let Some(q) =
                e.by.iter()
                    .chain(&e.when_yes)
                    .chain(e.criteria.iter().take(1).chain(e.when_all.iter().take(1)).flatten())
                    .find(|q| !means.insert((*q).clone()))
        {
            return Err(wrong(&file, &e.id, Contradiction::TwoMeans { id: q.clone() }));
        }
        if !law.groups.iter().any(|g| g.id == e.group) {
            return Err(wrong(&file, &e.id, Contradiction::NoGroup { id: e.group.clone() }));
        }
    }
    for item in &law.items {
        let place = format!("item {}", item.number);
        words(&file, &place, &item.text)?;
        if let Some(group) = item.all().flatten().find(|n| !law.groups.iter().any(|g| g.id == **n)) {
            return Err(wrong(&file, &place, Contradiction::NoGroup { id: group.clone() }));
        }
    }
    Ok(())
}

/// Situations name questions, routes name situations and contacts, and everybody can be called in any case.
fn contacts(
    rules: &Rules,
    known: impl Fn(&str, &str, &[String]) -> Result<(), RulesError>,
) -> Result<(), RulesError> {
    let of = &rules.contacts;
    let file = format!("countries/{}.toml", of.country.to_lowercase());
    once(&file, of.contacts.iter().map(|c| &c.id))?;
    once(&file, of.situations.iter().map(|s| &s.id))?;
    of.situations.iter().try_for_each(|s| known(&file, &s.id, &s.by))?;
    for c in &of.contacts {
        let mut all = [&c.name, &c.what, &c.hours].into_iter().chain(c.short.as_ref());
        all.try_for_each(|w| words(&file, &c.id, w))?;
        if !c.phone.is_empty() && c.digits().len() < 3
            || !c.phone.chars().all(|x| x.is_ascii_digit() || x == ' ' || x == '+')
        {
            return Err(wrong(&file, &c.id, Contradiction::Telephone {}));
        }
        if ![&c.web, &c.source].into_iter().all(|a| a.starts_with("https://")) {
            return Err(wrong(&file, &c.id, Contradiction::Addresses {}));
        }
    }
    for r in &of.routes {
        let place = format!("route {}", r.when.join(" + "));
        if let Some(s) = r.when.iter().find(|s| !of.situations.iter().any(|x| x.id == **s)) {
            return Err(wrong(&file, &place, Contradiction::NoSituation { id: s.clone() }));
        }
        if let Some(c) = r.call.iter().find(|c| of.get(c).is_none()) {
            return Err(wrong(&file, &place, Contradiction::NoContact { id: c.clone() }));
        }
    }
    let always = of.order(|_| false);
    if let Some(c) = of.contacts.iter().find(|c| !always.contains(&c.id)) {
        return Err(wrong(&file, &c.id, Contradiction::NotAlways {}));
    }
    match of.get(&of.emergency) {
        Some(_) => Ok(()),
        None => Err(wrong(&file, "emergency", Contradiction::NoContact { id: of.emergency.clone() })),
    }
}

fn dimension(rules: &Rules, id: &str) -> bool {
    rules.operational.dimensions.iter().any(|d| d.id == id)
}

/// Criteria name questions, dimensions, or groups that rest on questions alone.
fn criteria(rules: &Rules, law: &Law, file: &str, e: &Element) -> Result<(), RulesError> {
    let plain = |g: &str| {
        let mut of = law.elements.iter().filter(|x| x.group == g).peekable();
        let asked = |x: &Element| x.criteria.iter().flatten().all(|t| rules.questions.get(t).is_some());
        of.peek().is_some() && of.all(|x| asked(x) && x.by_minor.is_empty() && x.criteria_minor.is_empty())
    };
    let known = |t: &str| rules.questions.get(t).is_some() || dimension(rules, t) || plain(t);
    match e.criteria.iter().chain(&e.criteria_minor).flatten().chain(&e.by_minor).find(|t| !known(t)) {
        Some(t) => Err(wrong(file, &e.id, Contradiction::Criterion { id: t.clone() })),
        None => Ok(()),
    }
}

fn wrong(file: &str, place: &str, what: Contradiction) -> RulesError {
    RulesError::Content { file: file.to_owned(), place: place.to_owned(), what }
}

fn once<'a>(file: &str, ids: impl Iterator<Item = &'a String>) -> Result<(), RulesError> {
    let mut seen = HashSet::new();
    for id in ids {
        if id.is_empty() || !seen.insert(id) {
            return Err(wrong(file, id, Contradiction::Name {}));
        }
    }
    Ok(())
}

fn words(file: &str, place: &str, words: &Words) -> Result<(), RulesError> {
    if words.en.trim().is_empty() || words.nl.trim().is_empty() {
        return Err(wrong(file, place, Contradiction::Languages {}));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::rules::{PublishedList, Rules, RulesError, SHIPPED};

    fn with(file: &str, from: &str, to: &str) -> String {
        let text = SHIPPED.iter().find(|f| f.0 == file).unwrap().1;
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        let files: Vec<(&str, &str)> =
            SHIPPED.iter().map(|(n, t)| (*n, if *n == file { changed.as_str() } else { *t })).collect();
        Rules::parse(&files).err().unwrap_or_else(|| panic!("{file}: {to} was accepted")).to_string()
    }

    #[test]
    fn what_comes_with_the_program_is_sound() {
        let rules = Rules::parse(&SHIPPED).unwrap();
        assert_eq!(rules.questions.published().filter(|q| q.of == Some(PublishedList::Signal)).count(), 9);
        assert_eq!(rules.questions.published().filter(|q| q.of == Some(PublishedList::Means)).count(), 5);
        assert_eq!(rules.eleven.indicators.len(), 11);
        let in_dimension =
            |d: &str| rules.operational.indicators.iter().filter(|i| i.dimension() == d).count();
        assert_eq!(["D1", "D2", "D3", "D4", "D5", "D6"].map(in_dimension), [10, 10, 16, 9, 15, 7]);
        assert!(rules.laws.iter().all(|l| l.items.len() == 9));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let cases = [
            ("questions.toml", "harm = 1", "harm = 7", "minor: harm is 7; expected 1, 2 or 3"),
            ("questions.toml", "harm = 1", "harn = 1", "line"),
            (
                "questions.toml",
                "id = \"travel_by_others\"",
                "id = \"minor\"",
                "minor: the name is empty or given twice",
            ),
            (
                "law/nl-273f-2013.toml",
                "[\"D4\", \"wages_withheld\", ",
                "[\"D9\", \"wages_withheld\", ",
                "D9 is no question, no dimension, and no group",
            ),
            ("questions.toml", "if_open = \"minor\"", "if_open = \"age\"", "if_open names age"),
            ("questions.toml", "only_if = \"no_own_papers\"", "only_if = \"paper\"", "only_if names paper"),
            (
                "ilo-operational.toml",
                "asks = [\"told_other_work\"]",
                "asks = [\"told\"]",
                "no question is called told",
            ),
            (
                "ilo-operational.toml",
                "asks = [\"told_other_pay\"]",
                "asks = [\"told_other_work\"]",
                "two indicators of one phase",
            ),
            ("ilo-operational.toml", "adult_labour = \"S\"", "adult_labour = \"X\"", "line"),
            ("ilo-operational.toml", "id = \"D1.job\"", "id = \"D9.job\"", "there is no dimension D9"),
            ("ilo-eleven.toml", "nl = \"Misleiding\"", "nl = \" \"", "empty in one of the languages"),
            ("law/nl-273f-2013.toml", "group = \"means\"", "group = \"mean\"", "there is no group mean"),
            ("countries/nl.toml", "phone = \"112\"", "phone = \"one\"", "112: the telephone number is none"),
            ("countries/nl.toml", "when = [\"danger\"]", "when = [\"peril\"]", "there is no situation peril"),
            ("countries/nl.toml", "call = [\"112\"]", "call = [\"113\"]", "there is no contact 113"),
            (
                "countries/nl.toml",
                "\"fairwork\", \"nidos\", ",
                "\"nidos\", ",
                "fairwork: the route for any case",
            ),
            ("countries/nl.toml", "by = [\"minor\"", "by = [\"young\"", "no question is called young"),
            (
                "law/nl-273f-2013.toml",
                "2013-11-15",
                "2012-04-01",
                "nl-273f-2005 is still in force on 2012-04-01",
            ),
            ("law/nl-273f-2013.toml", "2013-11-15", "April", "line"),
            (
                "law/nl-273f-2013.toml",
                "[[\"act\"], [\"means\"]",
                "[[\"act\"], [\"mean\"]",
                "item 1: there is no group mean",
            ),
        ];
        for (file, from, to, expected) in cases {
            let error = with(file, from, to);
            assert!(error.starts_with(file) && error.contains(expected), "{error}");
        }
        let some: Vec<(&str, &str)> = SHIPPED[..4].to_vec();
        assert!(matches!(Rules::parse(&some), Err(RulesError::Missing { .. })));
        assert!(matches!(Rules::parse(&some[1..]), Err(RulesError::Missing { .. })));
    }
}
