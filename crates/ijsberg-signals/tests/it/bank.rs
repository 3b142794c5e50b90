//! The bank of cases.

use ijsberg_signals::bank::{Verdict, cases, median, run, table};
use ijsberg_signals::rules::Rules;

#[test]
fn the_bank_is_what_it_says() {
    let all = cases();
    assert!(all.len() >= 150);
    let rules = Rules::shipped();
    for c in &all {
        assert_eq!(c.facts.len(), 3, "{}", c.id);
        let judgment = c.source.strip_prefix("constructed; the rule of ").unwrap_or(&c.source);
        assert!(c.source == "constructed" || judgment.starts_with("ECLI:NL:HR:"), "{}", c.id);
        assert!(
            c.yes.iter().chain(&c.no).chain(&c.refused).all(|q| rules.questions.get(q).is_some())
                && !c.why.is_empty(),
            "{}",
            c.id
        );
    }
    let mut ids: Vec<&String> = all.iter().map(|c| &c.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all.len());
    assert!(all.iter().filter(|c| c.held_out).count() >= all.len() / 6);
}

/// The rules agree with the bank, the questions are few, and the book says what came out.
#[test]
fn the_rules_agree_with_the_bank_and_the_book_says_how_far() {
    let outcomes = run(&Rules::shipped());
    let other = |v: Verdict, held_out: bool| {
        let of = outcomes.iter().filter(|o| o.verdict == v && o.known.held_out == held_out);
        of.map(|o| format!("{}: {:?}, expected {:?}", o.known.id, o.said, o.known.expected))
            .collect::<Vec<_>>()
    };
    let all = [Verdict::FalseAlarm, Verdict::Miss].map(|v| [other(v, false), other(v, true)]);
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/book/src/assess.md");
    let book = std::fs::read_to_string(page).unwrap();
    let made = table(&outcomes);
    let far: Vec<String> = outcomes
        .iter()
        .filter(|o| o.pages.wording.rank() != o.said.rank().min(3))
        .map(|o| {
            format!("{}: {:?} after {} questions, {:?}", o.known.id, o.pages.wording, o.pages.asked, o.said)
        })
        .collect();
    let middle =
        |what: fn(&ijsberg_signals::bank::Outcome) -> usize| median(outcomes.iter().map(what).collect());
    let stable = middle(|o| o.terminal.until_stable).max(middle(|o| o.pages.until_stable));
    let found: Vec<&String> = all.iter().flatten().flatten().collect();
    assert!(found.is_empty(), "{found:#?}\n{made}\n{far:#?}");
    assert!(stable <= 15, "{made}");
    assert!(book.contains(&made), "docs/book/src/assess.md needs:\n{made}\n{far:#?}");
}
