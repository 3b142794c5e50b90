//! `ijsberg protect`: a table of capture histories that may be published, and what an attacker could still work out.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use ijsberg_disclosure::attack::{Published, consistent_overlaps, pinned, possible};
use ijsberg_disclosure::cell_key::{CellKey, protect};
use ijsberg_disclosure::geometric::Epsilon;
use ijsberg_disclosure::perturbation::{Noise, Perturbation};
use ijsberg_disclosure::round::{Base, to_base};
use ijsberg_mse::bounds;
use ijsberg_mse::histories::Histories;
use ijsberg_mse::methods::Settings;
use ijsberg_publication::estimate::LEVEL;
use ijsberg_publication::private::{self, MOST_CELLS, MOST_LISTS, PrivateError};
use ijsberg_report::errors;
use ijsberg_report::text::Text;
use ijsberg_tables::written::Roles;
use ijsberg_tables::{ReadError, Table, read};

use crate::estimate::{LanguageArgument, read_file};
use crate::output::{in_words, print, write_bytes};
use crate::reading::{ReadingArguments, read_or_ask};

/// Bytes that a key has at least.
const SHORTEST_KEY: usize = 16;

/// Fewer persons than this on two lists or more, and an estimate tells too much and is worth too little.
const LEAST_OVERLAP: u64 = 10;

/// Protect a table. Example: ijsberg protect histories.csv --key-file key --out protected
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The table: columns of 0 and 1 for lists, and a count.
    table: PathBuf,
    #[command(flatten)]
    reading: ReadingArguments,
    /// A file with the key, kept from release to release so that the same cell gets the same noise; made if it is not there.
    #[arg(long)]
    key_file: PathBuf,
    /// Directory to write to.
    #[arg(long)]
    out: PathBuf,
    /// Differentially private instead: how much the table may tell of a person, 0.001 to 20; 1 is usual.
    #[arg(long, value_parser = epsilon)]
    epsilon: Option<Epsilon>,
    /// Persons made up too, with the covariates of the table; each of the two tables gets half of epsilon.
    #[arg(long, requires = "epsilon")]
    microdata: bool,
    /// Seed of the persons made up.
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
    let bytes = read_file(text, path)?;
    let wrong = |e| anyhow!("{}: {}", path.display(), errors::read_error(text, &e));
    let read = read_or_ask(text, arguments.reading.choices(), |c| read(&bytes, c));
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
        eprintln!("{}", text.fill("protect-covariates", &[("columns", names.join(", "))]));
    }
    let histories = &table.histories;
    let overlap: u64 = histories.frequencies()[1..].iter().sum();
    let noise = Noise { variance: arguments.variance, ..Noise::default() };
    let perturbation = Perturbation::new(noise)?;
    let key = key(text, &arguments.key_file)?;
    let protected: Vec<(u32, u64)> = histories
        .cells()
        .iter()
        .map(|(history, count)| {
            (*history, protect(&perturbation, *count, cell(&key, *history, *count)).get())
        })
        .filter(|c| c.1 > 0)
        .collect();
    if overlap < LEAST_OVERLAP || protected.iter().all(|c| c.0.count_ones() < 2) {
        bail!(text.fill("protect-little-overlap", &[("least", LEAST_OVERLAP.to_string())]));
    }
    let rounded = rounded(text, histories)?;
    std::fs::create_dir_all(&arguments.out).with_context(|| arguments.out.display().to_string())?;
    write_bytes(&arguments.out, "protected.csv", &csv(histories.lists(), &protected)?)?;
    write_bytes(&arguments.out, "rounded.csv", &csv(histories.lists(), &rounded)?)?;
    let parts = [
        ("cells", protected.len().to_string()),
        ("path", arguments.out.display().to_string()),
        ("variance", text.decimal(noise.variance, 1)),
    ];
    print(&(text.fill("protect-done", &parts) + "\n"))?;
    pairs(text, histories.lists(), &protected)
}

/// The differentially private way: a table of all histories, what is estimated from it, and persons made up.
fn private(text: &Text, arguments: &Arguments, table: &Table, whole: Epsilon) -> anyhow::Result<()> {
    let overlap: u64 = table.histories.frequencies()[1..].iter().sum();
    if overlap < LEAST_OVERLAP {
        bail!(text.fill("protect-little-overlap", &[("least", LEAST_OVERLAP.to_string())]));
    }
    let each = if arguments.microdata { whole.half() } else { Some(whole) };
    let each = each.with_context(|| text.say("private-too-little"))?;
    let key = key(text, &arguments.key_file)?;
    let wrong = |e: PrivateError| {
        anyhow!(match e {
            PrivateError::Lists(n) => {
                text.fill("private-lists", &[("n", n.to_string()), ("most", MOST_LISTS.to_string())])
            }
            PrivateError::Cells(n) => text.fill(
                "private-cells",
                &[("n", text.number(n as f64)), ("most", text.number(MOST_CELLS as f64))]
            ),
            PrivateError::Unsettled => text.say("private-unsettled"),
        })
    };
    let lists = table.histories.lists();
    let cells = private::histories(table, each, &key).map_err(wrong)?;
    let made = arguments.microdata.then(|| private::persons(table, each, &key, arguments.seed));
    let made = made.transpose().map_err(wrong)?;
    std::fs::create_dir_all(&arguments.out).with_context(|| arguments.out.display().to_string())?;
    write_bytes(&arguments.out, "private.csv", &csv(lists, &cells)?)?;
    if let Some((header, rows)) = &made {
        write_bytes(&arguments.out, "made-up-persons.csv", &crate::register::csv(header, rows)?)?;
    }
    let found = private::estimate(lists.len(), &cells, each, LEVEL);
    let json = serde_json::json!({
        "schema": "ijsberg-private-1",
        "epsilon": whole.get(),
        "epsilon_of_this_table": each.get(),
        "lists": lists,
        "model": found.as_ref().map(|f| f.model.formula(lists)),
        "seen": found.as_ref().map(|f| f.seen),
        "n_hat": found.as_ref().map(|f| f.n_hat),
        "lower": found.as_ref().map(|f| f.interval.0),
        "upper": found.as_ref().map(|f| f.interval.1),
        "level": LEVEL,
    });
    write_bytes(&arguments.out, "private.json", (serde_json::to_string_pretty(&json)? + "\n").as_bytes())?;
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
    let said = match &found {
        None => text.say("private-no-estimate"),
        Some(f) => text.fill(
            "private-estimate",
            &[
                ("n", text.number(f.n_hat)),
                ("low", text.number(f.interval.0)),
                ("high", text.number(f.interval.1)),
                ("model", f.model.formula(lists)),
            ],
        ),
    };
    print(&(said + "\n"))
}

/// Numbers of the persons of a cell. Within a cell nobody is told apart but by their number.
fn cell(key: &[u8], history: u32, count: u64) -> CellKey {
    (0..count).fold(CellKey::default(), |sum, number| {
        sum.and(CellKey::of(key, &[history.to_le_bytes().as_slice(), &number.to_le_bytes()].concat()))
    })
}

pub(crate) fn key(text: &Text, path: &Path) -> anyhow::Result<Vec<u8>> {
    if !path.exists() {
        let new = ijsberg_crypto::hex(&ijsberg_crypto::random::<32>()?);
        let dir = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        write_bytes(dir, &path.file_name().unwrap_or_default().to_string_lossy(), new.as_bytes())?;
        eprintln!("{}", text.fill("protect-key", &[("path", path.display().to_string())]));
    }
    let key = read_file(text, path)?;
    ensure!(
        key.len() >= SHORTEST_KEY,
        text.fill("protect-short-key", &[("least", SHORTEST_KEY.to_string())])
    );
    Ok(key)
}

/// The table rounded to fives with its totals, if no cell can be worked out from it.
fn rounded(text: &Text, histories: &Histories) -> anyhow::Result<Vec<(u32, u64)>> {
    let cells = histories.cells();
    let five = |count: u64| to_base(count, Base::FIVE);
    let base = Base::FIVE.get();
    let mut published: Vec<Published> =
        cells.iter().enumerate().map(|(i, c)| Published::rounded(vec![i], five(c.1), base)).collect();
    let lists = 0..histories.lists().len();
    let on = |l: usize| (0..cells.len()).filter(|i| cells[*i].0 >> l & 1 == 1).collect::<Vec<usize>>();
    published.extend(lists.map(|l| Published::rounded(on(l), five(histories.list_size(l)), base)));
    published.push(Published::rounded((0..cells.len()).collect(), five(histories.n()), base));
    let found = possible(cells.len(), &published).context("the table contradicts itself")?;
    let pinned = pinned(&found);
    ensure!(pinned.is_empty(), text.fill("protect-pinned", &[("n", pinned.len().to_string())]));
    Ok(cells.iter().map(|c| (c.0, five(c.1))).filter(|c| c.1 > 0).collect())
}

fn csv(lists: &[String], cells: &[(u32, impl ToString)]) -> anyhow::Result<Vec<u8>> {
    let roles = Roles::of_histories(lists, "count").line();
    let mut out = csv::Writer::from_writer((roles + "\n").into_bytes());
    out.write_record(lists.iter().map(String::as_str).chain(["count"]))?;
    for (history, count) in cells {
        let row = (0..lists.len()).map(|l| (history >> l & 1).to_string());
        out.write_record(row.chain([count.to_string()]))?;
    }
    Ok(out.into_inner()?)
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
