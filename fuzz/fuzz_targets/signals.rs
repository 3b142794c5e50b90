//! Any bytes as instruments, a form or submissions: a result or an error, never a panic.
#![no_main]

use ijsberg_signals::assess::{Case, assess};
use ijsberg_signals::rules::{Rules, SHIPPED};
use ijsberg_signals::xlsform::{Form, submissions};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for (name, _) in SHIPPED {
        let files: Vec<(&str, &str)> =
            SHIPPED.iter().map(|(n, t)| (*n, if *n == name { text } else { *t })).collect();
        if let Ok(rules) = Rules::parse(&files) {
            let _ = assess(&rules, &Case::default());
        }
    }
    let rules = Rules::shipped();
    if let Ok(case) = toml::from_str::<Case>(text) {
        let _ = assess(&rules, &case);
    }
    let rows: Vec<Vec<String>> = text.lines().map(|l| l.split('|').map(str::to_owned).collect()).collect();
    if let Some((header, rest)) = rows.split_first() {
        if let Ok(read) = submissions(&rules, header, rest) {
            read.cases.iter().for_each(|c| drop(assess(&rules, c)));
        }
        let half = rows.len() / 2;
        let sheets =
            [("survey".to_owned(), rows[..half].to_vec()), ("choices".to_owned(), rows[half..].to_vec())];
        let _ = Form::read(&sheets, half % 2 == 0);
    }
});
