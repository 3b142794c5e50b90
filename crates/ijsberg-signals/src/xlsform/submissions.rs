//! What was filled in, as cases.

use std::collections::HashSet;

use jiff::civil::Date;

use crate::answer::{Answer, Answers};
use crate::assess::{Case, has_come};
use crate::rules::Rules;
use crate::xlsform::export::{DAY_LABELS, KEY_LABELS};

/// Cases from a table of submissions.
#[derive(Debug, Clone, Default)]
pub struct Submissions {
    /// A case for each row.
    pub cases: Vec<Case>,
    /// Columns that are no question.
    pub left_out: Vec<String>,
}

/// A cell that is no answer. Its text is not repeated: it may hold anything.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RowError {
    /// A word that is no answer.
    #[error(
        "line {line}, column {column}: no answer; expected yes, no, unknown, not_asked or refused, or an empty cell"
    )]
    Answer {
        /// Line of the table, the header is 1.
        line: usize,
        /// The column.
        column: String,
    },
    /// A day that is none.
    #[error("line {line}, column {column}: no day; expected 2016-05-31")]
    Day {
        /// Line of the table.
        line: usize,
        /// The column.
        column: String,
    },
    /// A day that is still to come.
    #[error("line {line}, column {column}: {day} is in the future; give the date on which it happened")]
    Future {
        /// Line of the table.
        line: usize,
        /// The column.
        column: String,
        /// The day.
        day: Date,
    },
    /// Two columns for one question.
    #[error("two columns are called {0}")]
    Twice(String),
    /// No column is a question.
    #[error("no column is called like a question of the form; `ijsberg assess rules` lists them")]
    NoQuestion,
}

/// Reads rows whose columns are called like questions, or have their text in either language. A group before the name is taken off:
/// `block_signals/high_debt` as KoBo writes it, `block_signals-high_debt` as ODK Central does.
///
/// # Errors
/// See [`RowError`]; nothing is read in part.
pub fn submissions(
    rules: &Rules,
    header: &[String],
    rows: &[Vec<String>],
    today: Date,
) -> Result<Submissions, RowError> {
    let signals = rules.signals();
    let is_question = |n: &str| signals.iter().any(|s| s == n);
    let name = |h: &String| column(rules, &signals, h);
    let mut seen = HashSet::new();
    let mut left_out = Vec::new();
    let mut columns = Vec::new();
    for (c, h) in header.iter().enumerate() {
        let n = name(h);
        if !is_question(&n) && n != "facts_on" && n != "key" {
            left_out.push(h.clone());
            continue;
        }
        if !seen.insert(n.clone()) {
            return Err(RowError::Twice(n));
        }
        columns.push((c, n));
    }
    if !columns.iter().any(|c| is_question(&c.1)) {
        return Err(RowError::NoQuestion);
    }
    let mut cases = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let line = number + 2;
        let mut case = Case::default();
        let mut answers = Answers::default();
        for (c, column) in &columns {
            let text = row.get(*c).map(|t| t.trim()).unwrap_or_default();
            match column.as_str() {
                "key" => text.clone_into(&mut case.key),
                "facts_on" if text.is_empty() => {}
                "facts_on" => {
                    let day: Option<Date> = text.get(..10).and_then(|d| d.parse().ok());
                    let day = day.ok_or_else(|| RowError::Day { line, column: column.clone() })?;
                    let column = column.clone();
                    has_come(Some(day), today).map_err(|_| RowError::Future { line, column, day })?;
                    case.facts_on = Some(day);
                }
                _ => {
                    let answer = Answer::parse(text)
                        .ok_or_else(|| RowError::Answer { line, column: column.clone() })?;
                    if answer != Answer::NotAsked {
                        answers.0.insert(column.clone(), answer);
                    }
                }
            }
        }
        case.answers = answers;
        cases.push(case);
    }
    Ok(Submissions { cases, left_out })
}

/// The question that a header is about: by its name, with or without groups before it, or by its text.
fn column(rules: &Rules, signals: &[String], header: &str) -> String {
    let whole = header.trim();
    let last = whole.rsplit('/').next().unwrap_or_default().trim();
    let central = last.rsplit('-').next().unwrap_or_default();
    let all = || signals.iter().map(String::as_str).chain(["facts_on"]);
    // Spreadsheets change the case of headers; `KEY` in capitals is a column of ODK Central's own.
    let named = |n: &str| all().find(|id| id.eq_ignore_ascii_case(n)).or((n == "key").then_some("key"));
    if let Some(found) = [whole, last, central].into_iter().find_map(named) {
        return found.to_owned();
    }
    let fold = |t: &str| t.trim().replace('\u{2019}', "'").to_lowercase();
    let texts = rules.questions.questions.iter().map(|q| (q.id.as_str(), [&q.text.en, &q.text.nl]));
    let labelled =
        |(_, of): &(&str, [&String; 2])| of.iter().any(|t| [whole, last].iter().any(|h| fold(h) == fold(t)));
    if let Some((id, _)) = texts.into_iter().find(labelled) {
        return id.to_owned();
    }
    let own = |of: [&str; 2]| of.iter().any(|t| fold(last) == fold(t));
    match () {
        () if own(KEY_LABELS) => "key".to_owned(),
        () if own(DAY_LABELS) => "facts_on".to_owned(),
        () => last.to_owned(),
    }
}
