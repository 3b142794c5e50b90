//! The list of threats as it came with this program: what is done against each, the tests that prove it, and what remains.

use serde::Serialize;

/// The list itself.
pub(super) const TEXT: &str = include_str!("../../../../docs/threats.md");

/// How the paragraph on what remains begins.
const REMAINS: [&str; 2] = ["\nRemaining risk: ", "\nRemains: "];

/// A threat.
#[derive(Debug, Serialize)]
pub(super) struct Threat {
    /// Its number in the list, which its name in each language is found by.
    pub(super) number: &'static str,
    pub(super) title: &'static str,
    pub(super) controls: Vec<Control>,
    pub(super) remains: String,
}

/// What is done against it.
#[derive(Debug, Serialize)]
pub(super) struct Control {
    pub(super) control: &'static str,
    pub(super) tests: Vec<&'static str>,
}

/// All of them, in the order of the list.
pub(super) fn threats() -> Vec<Threat> {
    TEXT.split("\n## ").skip(1).filter_map(threat).collect()
}

fn threat(part: &'static str) -> Option<Threat> {
    let (heading, body) = part.split_once('\n')?;
    let (number, title) = heading.split_once(". ")?;
    let mut controls: Vec<Control> = Vec::new();
    for row in body.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| control")) {
        let Some((control, shown)) = row.trim_matches(['|', ' ']).rsplit_once('|') else { continue };
        // What the tests of the row above prove as well.
        let above = if shown.trim_start().starts_with("the same") { controls.last() } else { None };
        let mut tests = above.map_or_else(Vec::new, |c| c.tests.clone());
        tests.extend(shown.split('`').skip(1).step_by(2).filter(|name| is_test(name)));
        controls.push(Control { control: control.trim(), tests });
    }
    let rest = REMAINS.iter().find_map(|begins| body.split_once(begins)).map_or("", |(_, rest)| rest);
    let remains = rest.split("\n\n").next().unwrap_or_default();
    let remains = remains.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Threat { number, title, controls, remains })
}

/// A name of a test, and not a command or a file.
fn is_test(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || "_:".contains(c))
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::{Language, Text};

    use super::*;

    #[test]
    fn every_threat_has_controls_with_tests_and_says_what_remains() {
        let all = threats();
        assert_eq!(all.len(), TEXT.lines().filter(|l| l.starts_with("## ")).count());
        for threat in &all {
            assert!(!threat.controls.is_empty() && threat.remains.len() > 20, "{threat:?}");
            for control in &threat.controls {
                assert!(!control.tests.is_empty() && !control.control.is_empty(), "{control:?}");
            }
        }
        let rows = TEXT.lines().filter(|l| l.starts_with("| ") && !l.starts_with("| control")).count();
        assert_eq!(all.iter().map(|t| t.controls.len()).sum::<usize>(), rows);
    }

    /// A threat that is new needs a name in Dutch; in English it is called as in the list.
    #[test]
    fn every_threat_is_called_by_its_name() {
        let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
        for threat in threats() {
            let key = format!("dossier-threat-{}", threat.number);
            assert_eq!(en.say(&key), threat.title);
            assert!(nl.say(&key) != key && nl.say(&key) != threat.title, "{key}");
        }
    }
}
