//! Any bytes as instruments, a form or submissions: a result or an error, never a panic.

use std::sync::LazyLock;

use ijsberg_signals::assess::{Case, assess};
use ijsberg_signals::rules::{Rules, SHIPPED};
use ijsberg_signals::xlsform::{Form, submissions};
use jiff::civil::{Date, date};

/// The day on which anything is assessed.
const TODAY: Date = date(2026, 11, 29);

static RULES: LazyLock<Rules> = LazyLock::new(Rules::shipped);

/// Tries any bytes.
pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // What is no TOML of its kind is refused before the others are read.
    if text.starts_with(['#', 'i']) {
        for (name, _) in SHIPPED {
            let files: Vec<(&str, &str)> =
                SHIPPED.iter().map(|(n, t)| (*n, if *n == name { text } else { *t })).collect();
            if let Ok(rules) = Rules::parse(&files) {
                let _ = assess(&rules, &Case::default(), TODAY);
            }
        }
    }
    if let Ok(case) = toml::from_str::<Case>(text) {
        let _ = assess(&RULES, &case, TODAY);
    }
    let rows: Vec<Vec<String>> = text.lines().map(|l| l.split('|').map(str::to_owned).collect()).collect();
    if let Some((header, rest)) = rows.split_first() {
        if let Ok(read) = submissions(&RULES, header, rest, TODAY) {
            read.cases.iter().for_each(|c| drop(assess(&RULES, c, TODAY)));
        }
        let half = rows.len() / 2;
        let sheets =
            [("survey".to_owned(), rows[..half].to_vec()), ("choices".to_owned(), rows[half..].to_vec())];
        if let Ok(form) = Form::read(&sheets, half.is_multiple_of(2)) {
            let _ = form.questions(&RULES.questions);
        }
    }
}
