//! `ijsberg protect`: a table of capture histories that may be published, and what an attacker could still work out.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use ijsberg_disclosure::accountant::{Account, DELTA};
use ijsberg_disclosure::attack::consistent_overlaps;
use ijsberg_disclosure::geometric::Epsilon;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_mse::bounds;
use ijsberg_mse::methods::Settings;
use ijsberg_mse::private::NoisyEstimate;
use ijsberg_outside::Csv;
use ijsberg_publication::anonymous::{self, Combinations, K, Microdata, Utility};
use ijsberg_publication::estimate::{LEAST_OVERLAP, LEVEL};
use ijsberg_publication::ledger::Ledger;
use ijsberg_publication::persons::REVISED;
use ijsberg_publication::private::{self, Also, MOST_CELLS, MOST_LISTS, PrivateError};
use ijsberg_publication::single::single;
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::written::Roles;
use ijsberg_tables::{ReadError, Table};

use crate::estimate::LanguageArgument;
use crate::files::{cells, kept, read_file};
use crate::logs::{Logs, TABLES};
use crate::output::{Staged, print, publish, tell, write_bytes, write_whole};
use crate::reading::{ReadingArguments, read_or_ask};
use crate::wrong::in_words;

/// Hexadecimal digits of a key.
pub(crate) const KEY_DIGITS: usize = 64;

/// Protect a table. Example: ijsberg protect histories.csv --key-file key --out protected
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table: columns of 0 and 1 for lists, and a count.
    table: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// A file with the key, to be kept from release to release so that the same cell gets the same noise; created if it does
    /// not exist.
    #[arg(long)]
    key_file: PathBuf,
    /// Directory to write to.
    #[arg(long)]
    out: PathBuf,
    /// Differential privacy instead: epsilon, how much the table may reveal about a person, 0.001 to 20; 1 is usual.
    #[arg(long, value_parser = epsilon)]
    epsilon: Option<Epsilon>,
    /// Budget for the total epsilon of all differentially private tables in this folder; the record is kept next to the key.
    #[arg(long, value_parser = epsilon, default_value = "4", requires = "epsilon")]
    budget: Epsilon,
    /// Also write synthetic microdata with the covariates of the table; each table that is written gets an equal share of epsilon.
    #[arg(long, requires = "epsilon")]
    microdata: bool,
    /// Also write microdata of covariates in which every combination stands eleven times or more; rare ones lose values or are left out.
    #[arg(long, requires = "epsilon")]
    k_anonymous: bool,
    /// Seed of the synthetic microdata.
    #[arg(long, default_value_t = Settings::default().seed, requires = "microdata")]
    seed: u64,
    /// Variance of the noise of a cell.
    #[arg(long, default_value_t = Noise::default().variance)]
    variance: f64,
    /// Language.
    #[arg(long, value_enum, default_value_t = LanguageArgument::of_machine())]
    lang: LanguageArgument,
}

fn epsilon(text: &str) -> Result<Epsilon, String> {
    let number = text.parse().ok().and_then(Epsilon::new);
    number.ok_or_else(|| "expected a number from 0.001 to 20".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let text = Text::new(arguments.lang.into());
    act(&text, arguments).map_err(|e| in_words(&text, &e))
}

fn act(text: &Text, arguments: &Arguments) -> anyhow::Result<()> {
    let path = &arguments.table;
    let cells = cells(text, path)?;
    let wrong = |e| crate::files::wrong(text, path, &e);
    let read = read_or_ask(text, arguments.reading.choices(), |c| cells.table(c));
    // Draws of a linkage would be added up.
    if matches!(read, Err(ReadError::Draws)) {
        bail!(text.fill("protect-draws", &[("path", path.display().to_string())]));
    }
    let (table, _) = read.map_err(wrong)?;
    if let Some(epsilon) = arguments.epsilon {
        return private(text, arguments, &table, epsilon);
    }
    if !table.covariates.is_empty() {
        let names: Vec<&str> = table.covariates.iter().map(|c| c.name.as_str()).collect();
        tell(&text.fill("protect-covariates", &[("columns", names.join(", "))]));
    }
    let histories = &table.histories;
    let overlap: u64 = histories.frequencies()[1..].iter().sum();
    let noise = Noise { variance: arguments.variance, ..Noise::default() };
    Perturbation::new(noise).map_err(|e| anyhow!(errors::register::noise_error(text, &e)))?;
    let key = key(text, &arguments.key_file)?;
    if overlap < LEAST_OVERLAP {
        bail!(text.fill("protect-little-overlap", &[("least", LEAST_OVERLAP.to_string())]));
    }
    let path = beside(&arguments.key_file, TABLES);
    let logs = Logs::of(text, &arguments.key_file, &key)?;
    let logs = logs.locked()?;
    let ledger: Ledger = kept(text, &path, "publish-ledger")?;
    let date = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date().to_string();
    let made = single(&table, noise, &key.bytes, &ledger, &date).map_err(|e| anyhow!(e.in_words(text)))?;
    if made.protected.iter().all(|c| c.0.count_ones() < 2) {
        bail!(text.fill("protect-little-overlap", &[("least", LEAST_OVERLAP.to_string())]));
    }
    logs.check(text, (TABLES, &path), &ledger, &made.ledger)?;
    let staged = Staged::new(&arguments.out)?;
    key.keep(text)?;
    publish(staged.path(), "protected.csv", &csv(&made.lists, &made.protected))?;
    publish(staged.path(), "rounded.csv", &csv(&made.lists, &made.rounded))?;
    // What is given out is written down first: a ledger without a table does no harm, a table without a ledger does.
    logs.write(text, (TABLES, &path), &ledger, &made.ledger)?;
    staged.finish()?;
    if made.held_back > 0 {
        let parts = [("n", text.number(made.held_back as f64)), ("least", REVISED.to_string())];
        tell(&text.fill("protect-held-back", &parts));
    }
    let parts = [
        ("cells", made.protected.len().to_string()),
        ("path", arguments.out.display().to_string()),
        ("variance", text.decimal(noise.variance, 1)),
    ];
    print(&(text.fill("protect-done", &parts) + "\n"))?;
    pairs(text, &made.lists, &made.protected)
}

/// A file beside that of the key, for what was given out with it, or of the persons of its folder.
pub(crate) fn beside(key_file: &Path, what: &str) -> PathBuf {
    let name = key_file.file_name().unwrap_or_default().to_string_lossy();
    key_file.with_file_name(format!("{name}.{what}"))
}

fn write_beside(path: &Path, content: &str) -> anyhow::Result<()> {
    let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    write_whole(dir, &path.file_name().unwrap_or_default().to_string_lossy(), content)
}

/// The differentially private way: a table of all histories, what is estimated from it, and synthetic microdata.
fn private(text: &Text, arguments: &Arguments, table: &Table, whole: Epsilon) -> anyhow::Result<()> {
    let also = Also { synthetic: arguments.microdata, anonymous: arguments.k_anonymous };
    let each = whole.shared(also.tables()).with_context(|| text.say("private-too-little"))?;
    let key = key(text, &arguments.key_file)?;
    let wrong = |e: PrivateError| anyhow!(why_none(text, e));
    // What was spent on the persons of this folder, whatever key it was spent with.
    let path = arguments.key_file.with_file_name("epsilon.json");
    let mut account: Account = kept(text, &path, "private-account")?;
    private::spend(&mut account, (table, also), (each, arguments.budget), &key.bytes).map_err(wrong)?;
    let lists = table.histories.lists();
    let cells = private::histories(table, each, &key.bytes).map_err(wrong)?;
    let made = arguments.microdata.then(|| private::persons(table, each, &key.bytes, arguments.seed));
    let made = made.transpose().map_err(wrong)?;
    let combined = arguments.k_anonymous.then(|| anonymous::combinations(table, each, &key.bytes));
    let combined = combined.transpose().map_err(wrong)?;
    let anonymous = combined.as_ref().map(Combinations::anonymous);
    // What microdata are worth is told by counts with noise, so that it tells nothing more itself.
    let worth = |of: &Microdata| combined.as_ref().map(|c| c.utility(of));
    let synthetic_worth = made.as_ref().and_then(|m| worth(&private::by_covariates(m, lists.len())));
    let anonymous_worth = anonymous.as_ref().and_then(worth);
    let staged = Staged::new(&arguments.out)?;
    key.keep(text)?;
    publish(staged.path(), "private.csv", &csv(lists, &cells))?;
    if let Some((header, rows)) = &made {
        let covariates = header[lists.len()..].to_vec();
        let roles = Roles { lists: lists.to_vec(), covariates, ..Roles::default() };
        let mut out = Csv::below(&roles.line());
        out.row(header);
        rows.iter().for_each(|row| out.row(row));
        publish(staged.path(), "synthetic-microdata.csv", out.finish().as_bytes())?;
    }
    if let Some(of) = &anonymous {
        publish(staged.path(), &format!("microdata-k{K}.csv"), &records(of))?;
    }
    let found = private::estimate(lists.len(), &cells, each, LEVEL);
    let json = serde_json::json!({
        "schema": "ijsberg-private-1",
        "epsilon": whole.get(),
        "epsilon_of_this_table": each.get(),
        "neighbours": "one person more or less",
        "epsilon_in_all": account.total(),
        "delta_in_all": DELTA,
        "lists": lists,
        "model": found.as_ref().map(|f| f.model.formula(lists)),
        "seen": found.as_ref().map(|f| f.seen),
        "n_hat": found.as_ref().map(|f| f.n_hat),
        "lower": found.as_ref().map(|f| f.interval.0),
        "upper": found.as_ref().map(|f| f.interval.1),
        "level": LEVEL,
        "utility": { "synthetic": synthetic_worth.map(utility_json), "k_anonymous": anonymous_worth.map(utility_json) },
    });
    publish(staged.path(), "private.json", ijsberg_outside::json(&json)?.as_bytes())?;
    // It is spent before it is given out.
    write_beside(&path, &ijsberg_outside::json(&account)?)?;
    staged.finish()?;
    let parts = [
        ("path", arguments.out.display().to_string()),
        ("epsilon", text.decimal(whole.get(), 3)),
        ("cells", cells.len().to_string()),
        ("sd", text.decimal(each.variance().sqrt(), 1)),
    ];
    print(&(text.fill("private-done", &parts) + "\n"))?;
    if let Some((_, rows)) = &made {
        print(&(text.fill("private-made", &[("n", text.number(rows.len() as f64))]) + "\n"))?;
    }
    if let Some(of) = &anonymous {
        let parts = [("n", text.number(of.persons() as f64)), ("least", K.to_string())];
        print(&(text.fill("private-anonymous", &parts) + "\n"))?;
    }
    print_worth(text, "private-worth-synthetic", synthetic_worth)?;
    print_worth(text, "private-worth-anonymous", anonymous_worth)?;
    print(&(said(text, lists, found.as_ref()) + "\n"))
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
        PrivateError::Lists(n) => {
            text.fill("private-lists", &[("n", n.to_string()), ("most", MOST_LISTS.to_string())])
        }
        PrivateError::Cells(n) => text
            .fill("private-cells", &[("n", text.number(n as f64)), ("most", text.number(MOST_CELLS as f64))]),
        PrivateError::Unsettled => text.say("private-unsettled"),
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

/// The key of the noise: that of a file, or a new one, which is not on disk until something was made with it.
pub(crate) struct Key {
    pub(crate) bytes: Vec<u8>,
    new: Option<PathBuf>,
}

/// Reads the key, or makes one where there is no file.
pub(crate) fn key(text: &Text, path: &Path) -> anyhow::Result<Key> {
    if !path.exists() {
        let new = ijsberg_crypto::hex(&ijsberg_crypto::random::<32>()?);
        return Ok(Key { bytes: new.into_bytes(), new: Some(path.to_owned()) });
    }
    let bytes = read_file(text, path)?;
    // Any other file would do as well for the noise, and whoever has it could take the noise off.
    let own = bytes.trim_ascii_end();
    let parts = [("path", path.display().to_string()), ("digits", KEY_DIGITS.to_string())];
    let fits = own.len() == KEY_DIGITS && own.iter().all(u8::is_ascii_hexdigit);
    ensure!(fits, text.fill("protect-no-key", &parts));
    Ok(Key { bytes: own.to_vec(), new: None })
}

impl Key {
    /// Writes a new key to its file. Comes before anything that was made with it is written.
    pub(crate) fn keep(&self, text: &Text) -> anyhow::Result<()> {
        let Some(path) = &self.new else { return Ok(()) };
        let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        write_bytes(dir, &path.file_name().unwrap_or_default().to_string_lossy(), &self.bytes)?;
        tell(&text.fill("protect-key", &[("path", path.display().to_string())]));
        Ok(())
    }
}

fn csv(lists: &[String], cells: &[(u32, impl ToString)]) -> Vec<u8> {
    let lists: Vec<String> = lists.iter().map(|l| ijsberg_outside::cell(l).into_owned()).collect();
    let mut out = Csv::below(&Roles::of_histories(&lists, "count").line());
    out.row(lists.iter().map(String::as_str).chain(["count"]));
    for (history, count) in cells {
        let row = (0..lists.len()).map(|l| (history >> l & 1).to_string());
        out.row(row.chain([count.to_string()]));
    }
    out.finish().into_bytes()
}

/// Pairs of lists whose overlap an estimate of two lists would tell, even rounded to thousands.
fn pairs(text: &Text, lists: &[String], cells: &[(u32, u64)]) -> anyhow::Result<()> {
    let sum = |mask: u32| cells.iter().filter(|c| c.0 & mask == mask).map(|c| c.1).sum::<u64>();
    let mut telling = Vec::new();
    for a in 0..lists.len() {
        for b in a + 1..lists.len() {
            let (n1, n2, m) = (sum(1 << a), sum(1 << b), sum(1 << a | 1 << b));
            let estimate = bounds::chapman(n1, n2, m, 0.95).n_hat;
            if m > 0 && consistent_overlaps(n1, n2, estimate.round() as u64, 1000).len() == 1 {
                telling.push(format!("{}·{}", lists[a], lists[b]));
            }
        }
    }
    if telling.is_empty() {
        return Ok(());
    }
    print(&(text.fill("protect-telling", &[("pairs", telling.join(", "))]) + "\n"))
}
