//! `ijsberg protect --epsilon`: a table of all histories, what is estimated from it, and microdata, all differentially private.
//!
//! The table is read as it was declared, with its lists, its count and the categories of its covariates: nothing is guessed from what
//! stands in it, so a person more changes counts with noise and nothing else. That a file says what its lists are is no declaration: a
//! register writes those with a registration, and the first person on a list would add it.

use std::path::Path;

use anyhow::{Context, anyhow, bail};
use ijsberg_disclosure::accountant::{Account, DELTA};
use ijsberg_disclosure::geometric::Epsilon;
use ijsberg_mse::private::NoisyEstimate;
use ijsberg_outside::Csv;
use ijsberg_publication::anonymous::{self, Combinations, K, Utility};
use ijsberg_publication::domain::{Declared, Domain, DomainError, MOST_LISTS};
use ijsberg_publication::estimate::LEVEL;
use ijsberg_publication::microdata::Microdata;
use ijsberg_publication::private::{
    self, ExtraTables, MOST_CELLS, MOST_SYNTHETIC, NoisyTables, PrivateError, SyntheticPersons,
};
use ijsberg_report::text::Text;
use ijsberg_tables::written::Roles;
use ijsberg_tables::{Choices, ReadError};

use super::Arguments;
use super::table::csv;
use crate::files::{cells, kept, wrong};
use crate::logs::locked;
use crate::noise_key::key;
use crate::output::{StagedFiles, print, publish, tell, write_whole};

/// Names of columns, and the levels that each has.
type Levels = Vec<(String, Vec<String>)>;

/// Declarations of the columns, by the user. Of what the file says itself, on the line above its header, only the covariates are taken, and
/// left out of account.
fn domain(choices: &Choices, roles: &Roles, levels: Levels) -> Domain {
    let left_out = |name: &String| {
        choices.ignore.contains(name)
            || choices.covariates.contains(name)
            || levels.iter().any(|of| of.0 == *name)
    };
    let lists: Vec<String> = choices.lists.iter().filter(|l| !left_out(l)).cloned().collect();
    let count = choices.count.as_ref().filter(|c| !left_out(c)).cloned();
    let told = choices.ignore.iter().chain(&choices.covariates).chain(&roles.covariates);
    let mut others: Vec<String> = Vec::new();
    for name in told {
        let used =
            lists.contains(name) || count.as_ref() == Some(name) || levels.iter().any(|l| l.0 == *name);
        if !used && !others.contains(name) {
            others.push(name.clone());
        }
    }
    Domain { lists, count, levels, others }
}

/// The categories that covariates can have, from a file.
fn levels(text: &Text, path: &Path) -> anyhow::Result<Levels> {
    let mut all = Levels::new();
    for (_, [column, level]) in crate::report::columns(text, Some(path), ("", ""), ["column", "level"])? {
        match all.iter_mut().find(|of| of.0 == column) {
            Some(of) => of.1.push(level),
            None => all.push((column, vec![level])),
        }
    }
    Ok(all)
}

/// The table as it was declared.
fn declared(text: &Text, a: &Arguments) -> anyhow::Result<Declared> {
    let (path, choices) = (&a.table, a.reading.choices());
    let mut cells = cells(text, path)?;
    if let Some(name) = &choices.sheet {
        let none =
            || ReadError::NoSuchSheet { name: name.clone(), sheets: cells.sheets_to_choose().join(", ") };
        cells = cells.sheet(name).ok_or_else(|| wrong(text, path, &none()))?;
    }
    let roles = cells.roles().cloned().unwrap_or_default();
    if roles.draw.is_some() {
        bail!(text.fill("protect-draws", &[("path", path.display().to_string())]));
    }
    let levels = a.levels.as_deref().map(|path| levels(text, path)).transpose()?;
    let domain = domain(&choices, &roles, levels.unwrap_or_default());
    let said = |e: &DomainError| anyhow!("{}: {}", path.display(), not_declared(text, e));
    Declared::read(&cells.grid(), &domain).map_err(|e| said(&e))
}

/// Why a table is not as it was declared, in words.
fn not_declared(text: &Text, e: &DomainError) -> String {
    let column = |key: &str, column: &String| text.fill(key, &[("column", column.clone())]);
    let cell = |key: &str, line: &u64, column: &String| {
        text.fill(key, &[("line", line.to_string()), ("column", column.clone())])
    };
    match e {
        DomainError::Lists(n) if *n <= MOST_LISTS => text.say("private-no-lists"),
        DomainError::Lists(n) => {
            text.fill("private-lists", &[("n", n.to_string()), ("most", MOST_LISTS.to_string())])
        }
        DomainError::Missing(name) => column("private-no-column", name),
        DomainError::Undeclared(name) => column("private-undeclared", name),
        DomainError::Twice(name) => column("private-twice", name),
        DomainError::List { line, column } => cell("private-list-cell", line, column),
        DomainError::Count { line, column } => cell("private-count-cell", line, column),
        DomainError::Persons => text.say("read-error-too-many-persons"),
    }
}

/// A release, and the record of epsilon with it in it. Nobody else reads that record before it is written: of two releases at a time one
/// would be missing from it.
fn released(
    text: &Text,
    a: &Arguments,
    (also, each): (ExtraTables, Epsilon),
    name: &str,
) -> anyhow::Result<(Declared, NoisyTables, Account)> {
    // What was spent on the persons of this folder, whatever key it was spent with. A link to the record stands for the record.
    let path = a.key_file.with_file_name("epsilon.json");
    let record = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
    let _lock = locked(&record.with_file_name("epsilon.lock"))?;
    let key = key(text, &a.key_file)?;
    let table = declared(text, a)?;
    let mut account: Account = kept(text, &path, "private-account")?;
    let of = (key.bytes.as_slice(), name);
    let noisy = private::release(&mut account, (&table, also), (each, a.budget), of);
    let noisy = noisy.map_err(|e| anyhow!(why_none(text, e)))?;
    key.keep(text)?;
    // It is spent before anything follows from it, for whether something can be made of it says something too.
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_whole(dir, "epsilon.json", &ijsberg_outside::json(&account)?)?;
    Ok((table, noisy, account))
}

pub(super) fn run(text: &Text, a: &Arguments, whole: Epsilon) -> anyhow::Result<()> {
    let also = ExtraTables { synthetic: a.microdata, anonymous: a.k_anonymous };
    let each = whole.shared(also.tables()).with_context(|| text.say("private-too-little"))?;
    let not = |e: PrivateError| anyhow!(why_none(text, e));
    // The name of a file says nothing of who is in it.
    let name = a.table.file_name().unwrap_or_default().to_string_lossy();
    let name = a.release.as_deref().unwrap_or(&name);
    let (table, noisy, account) = released(text, a, (also, each), name)?;
    let synthetic = noisy.crossed.as_ref().map(|of| private::synthetic_persons(&table, of, each, a.seed));
    let synthetic = synthetic.transpose().map_err(not)?;
    let combined = noisy.combinations.clone().map(|of| anonymous::combinations(&table, of));
    let combined = combined.transpose().map_err(not)?;
    let anonymous = combined.as_ref().map(Combinations::anonymous);
    // The utility of microdata is computed from counts with noise, so that it reveals nothing more itself.
    let worth = |of: &Microdata| combined.as_ref().map(|c| c.utility(of));
    let of_lists = |m: &SyntheticPersons| private::by_covariates(m, table.lists.len());
    let worths = [synthetic.as_ref().and_then(|m| worth(&of_lists(m))), anonymous.as_ref().and_then(worth)];
    let found = private::estimate(table.lists.len(), &noisy.histories, each, LEVEL);
    let staged = StagedFiles::new(&a.out)?;
    publish(staged.path(), "private.csv", &csv(&table.lists, &noisy.histories))?;
    if let Some(of) = &synthetic {
        publish(staged.path(), "synthetic-microdata.csv", &people(&table, of))?;
    }
    if let Some(of) = &anonymous {
        publish(staged.path(), &format!("microdata-k{K}.csv"), &records(of))?;
    }
    let json = serde_json::json!({
        "schema": "ijsberg-private-1",
        "epsilon": whole.get(),
        "epsilon_of_this_table": each.get(),
        "neighbours": "one person more or less",
        "epsilon_in_all": account.total(),
        "delta_in_all": DELTA,
        "lists": table.lists,
        "model": found.as_ref().map(|f| f.model.formula(&table.lists)),
        "seen": found.as_ref().map(|f| f.seen),
        "n_hat": found.as_ref().map(|f| f.n_hat),
        "lower": found.as_ref().map(|f| f.interval.0),
        "upper": found.as_ref().map(|f| f.interval.1),
        "level": LEVEL,
        "utility": { "synthetic": worths[0].map(utility_json), "k_anonymous": worths[1].map(utility_json) },
    });
    publish(staged.path(), "private.json", ijsberg_outside::json(&json)?.as_bytes())?;
    staged.finish()?;
    if noisy.repeated {
        tell(&text.fill("private-again", &[("name", name.to_owned())]));
    }
    let parts = [
        ("path", a.out.display().to_string()),
        ("epsilon", text.decimal(whole.get(), 3)),
        ("cells", noisy.histories.len().to_string()),
        ("sd", text.decimal(each.variance().sqrt(), 1)),
    ];
    print(&(text.fill("private-done", &parts) + "\n"))?;
    if let Some((_, rows)) = &synthetic {
        print(&(text.fill("private-made", &[("n", text.number(rows.len() as f64))]) + "\n"))?;
    }
    if let Some(of) = &anonymous {
        let parts = [("n", text.number(of.persons() as f64)), ("least", K.to_string())];
        print(&(text.fill("private-anonymous", &parts) + "\n"))?;
    }
    print_worth(text, "private-worth-synthetic", worths[0])?;
    print_worth(text, "private-worth-anonymous", worths[1])?;
    print(&(said(text, &table.lists, found.as_ref()) + "\n"))
}

/// Synthetic persons, one a row.
fn people(table: &Declared, (header, rows): &SyntheticPersons) -> Vec<u8> {
    let (lists, covariates) = (table.lists.clone(), table.covariates.clone());
    let mut out = Csv::below(&Roles { lists, covariates, ..Roles::default() }.line());
    out.row(header);
    rows.iter().for_each(|row| out.row(row));
    out.finish().into_bytes()
}

fn said(text: &Text, lists: &[String], found: Option<&NoisyEstimate>) -> String {
    let Some(f) = found else { return text.say("private-no-estimate") };
    let parts = [
        ("n", text.number(f.n_hat)),
        ("low", text.number(f.interval.0)),
        ("high", text.number(f.interval.1)),
        ("model", f.model.formula(lists)),
    ];
    text.fill("private-estimate", &parts)
}

fn print_worth(text: &Text, key: &str, worth: Option<Utility>) -> anyhow::Result<()> {
    let Some(of) = worth else { return Ok(()) };
    let parts = [
        ("persons", text.percent(of.persons)),
        ("blank", text.percent(of.blank)),
        ("one", text.percent(of.by_one)),
        ("two", text.percent(of.by_two)),
    ];
    print(&(text.fill(key, &parts) + "\n"))
}

/// Why there is no differentially private table, in words.
fn why_none(text: &Text, e: PrivateError) -> String {
    match e {
        PrivateError::Cells(n) => text
            .fill("private-cells", &[("n", text.number(n as f64)), ("most", text.number(MOST_CELLS as f64))]),
        PrivateError::Rows => text.fill("private-rows", &[("most", text.number(MOST_SYNTHETIC as f64))]),
        PrivateError::Unsettled => text.say("private-unsettled"),
        PrivateError::Damaged => text.say("private-damaged"),
        PrivateError::Exceeded(e) => text.fill(
            "private-exceeded",
            &[
                ("would", text.decimal(e.would, 3)),
                ("spent", text.decimal(e.spent, 3)),
                ("budget", text.decimal(e.budget, 3)),
            ],
        ),
    }
}

fn utility_json(of: Utility) -> serde_json::Value {
    serde_json::json!({
        "persons": of.persons, "blank": of.blank, "off_by_one_covariate": of.by_one, "off_by_two_covariates": of.by_two,
    })
}

/// Records with their number of persons; a value that was taken out is empty.
fn records(of: &Microdata) -> Vec<u8> {
    let mut out = Csv::new();
    out.row(of.covariates.iter().map(String::as_str).chain(["count"]));
    for (record, n) in &of.records {
        let n = n.to_string();
        out.row(record.iter().map(|w| w.as_deref().unwrap_or_default()).chain([n.as_str()]));
    }
    out.finish().into_bytes()
}
