//! From rows with two dates, or counts by month and delay, to counts that can be completed.

use ijsberg_mse::delays::{DelaySettings, Lag, Month, NoDelays, delays};
use ijsberg_mse::methods::Progress;
use ijsberg_report::delays::DelayReport;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;

use crate::Source;

/// Columns of a table of counts.
pub const COUNT_COLUMNS: [&str; 3] = ["month", "delay", "count"];

/// The longest delay that is read, in months; longer is a slip.
const MOST: usize = 1200;

/// What is asked of counts that are not complete yet, beside the table.
#[derive(Debug, Clone, PartialEq)]
pub struct DelaysRequest {
    /// The column with the day something happened.
    pub happened: String,
    /// The column with the day it was registered.
    pub registered: String,
    /// The longest delay, in months.
    pub most: usize,
    /// The first month, as it is written.
    pub since: Option<String>,
    /// The last month with all its registrations, as it is written.
    pub until: Option<String>,
    /// Tables that are simulated.
    pub replicates: usize,
    /// Confidence level.
    pub level: f64,
    /// Seed of every random draw.
    pub seed: u64,
}

impl DelaysRequest {
    /// What is asked, with its months read.
    ///
    /// # Errors
    /// The name of a setting that cannot be, and what was expected in words of `text`.
    pub fn asked(&self, text: &Text) -> Result<DelaySettings, (&'static str, String)> {
        let Self { most, replicates, level, seed, .. } = *self;
        if !(0.5..1.0).contains(&level) {
            return Err(("level", text.fill("argument-level", &[("value", level.to_string())])));
        }
        if !(1..=60).contains(&most) {
            return Err(("most", text.fill("argument-delays-most", &[("value", most.to_string())])));
        }
        if !(100..=100_000).contains(&replicates) {
            let why = text.fill("argument-delays-replicates", &[("value", replicates.to_string())]);
            return Err(("replicates", why));
        }
        let month = |flag: &'static str, said: Option<&String>| {
            let Some(said) = said else { return Ok(None) };
            let parts = [("flag", flag.to_owned()), ("value", said.clone())];
            Month::read(said).map(Some).ok_or_else(|| (flag, text.fill("argument-delays-month", &parts)))
        };
        let since = month("since", self.since.as_ref())?;
        Ok(DelaySettings {
            most,
            since,
            until: month("until", self.until.as_ref())?,
            replicates,
            level,
            seed,
        })
    }
}

/// Completes the counts of a file. `asked` is what [`DelaysRequest::asked`] made of `wanted`.
///
/// # Errors
/// See [`DelaysError`].
pub fn completed(
    source: Source,
    input: &str,
    wanted: &DelaysRequest,
    asked: DelaySettings,
    progress: &dyn Progress,
) -> Result<DelayReport, DelaysError> {
    let read = lags(&source.cells.grid(), &wanted.happened, &wanted.registered)?;
    Ok(DelayReport {
        delays: delays(&read.lags, &asked, progress)?,
        asked,
        without_month: read.without_month,
        backwards: read.backwards,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        input: input.to_owned(),
        sha256: Some(source.sha256),
    })
}

/// What was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lags {
    /// Counts by month and delay.
    pub lags: Vec<Lag>,
    /// Rows with no month of what happened or of its registration.
    pub without_month: u64,
    /// Rows that were registered before they happened.
    pub backwards: u64,
}

/// Why nothing could be read or completed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DelaysError {
    /// No such column.
    #[error("no column {name}; the columns are {known}")]
    Column {
        /// The name.
        name: String,
        /// The columns that there are.
        known: String,
    },
    /// A cell is not what it should be.
    #[error("line {line}, {column}")]
    Cell {
        /// The line.
        line: u64,
        /// The column.
        column: &'static str,
    },
    /// There are no figures.
    #[error(transparent)]
    NoFigures(#[from] NoDelays),
}

impl DelaysError {
    /// In the reader's language.
    pub fn in_words(&self, text: &Text) -> String {
        match self {
            Self::Column { name, known } => {
                text.fill("delays-no-column", &[("name", name.clone()), ("columns", known.clone())])
            }
            Self::Cell { line, column } => text.fill(
                &format!("delays-cell-{column}"),
                &[("line", line.to_string()), ("column", (*column).to_owned())],
            ),
            Self::NoFigures(NoDelays::Nothing) => text.say("delays-nothing"),
            Self::NoFigures(NoDelays::TooShort { months, most, needed }) => text.fill(
                "delays-too-short",
                &[("months", months.to_string()), ("most", most.to_string()), ("needed", needed.to_string())],
            ),
            Self::NoFigures(NoDelays::TooLong { months }) => {
                text.fill("delays-too-long", &[("months", months.to_string())])
            }
        }
    }
}

fn place(grid: &Grid, name: &str) -> Option<usize> {
    grid.header.iter().position(|h| h.trim().eq_ignore_ascii_case(name))
}

/// Reads a table with a row for each registration and a column for each of the dates, or one with columns `month`, `delay` and `count`.
///
/// # Errors
/// If a column is missing, or a count is none. A row without a month is counted and left out.
pub fn lags(grid: &Grid, happened: &str, registered: &str) -> Result<Lags, DelaysError> {
    let at = COUNT_COLUMNS.map(|name| place(grid, name));
    if let [Some(month), Some(delay), Some(count)] = at {
        return counted(grid, [month, delay, count]);
    }
    let column = |name: &str| {
        let known = grid.header.join(", ");
        place(grid, name).ok_or_else(|| DelaysError::Column { name: name.to_owned(), known })
    };
    let (happened, registered) = (column(happened)?, column(registered)?);
    let mut read = Lags::default();
    for (_, cells) in &grid.rows {
        let month = |at: usize| cells.get(at).and_then(|c| Month::read(c));
        read.add(month(happened), month(registered), 1);
    }
    Ok(read)
}

fn counted(grid: &Grid, at: [usize; 3]) -> Result<Lags, DelaysError> {
    let mut read = Lags::default();
    for (line, cells) in &grid.rows {
        let cell = |c: usize| cells.get(at[c]).map_or("", |c| c.trim());
        let wrong = |c: usize| DelaysError::Cell { line: *line, column: COUNT_COLUMNS[c] };
        let month = Month::read(cell(0)).ok_or_else(|| wrong(0))?;
        let delay = cell(1).parse::<usize>().ok().filter(|d| *d <= MOST).ok_or_else(|| wrong(1))?;
        // Far more than there are people would not add up.
        let count = cell(2).parse::<u32>().map_err(|_| wrong(2))?;
        read.lags.push(Lag { month, delay, count: count.into() });
    }
    Ok(read)
}

impl Lags {
    /// Adds registrations of a month, if both months are known and in their order.
    pub fn add(&mut self, happened: Option<Month>, registered: Option<Month>, count: u64) {
        let Some((month, registered)) = happened.zip(registered) else {
            self.without_month += count;
            return;
        };
        match usize::try_from(registered.since(month)) {
            Ok(delay) => self.lags.push(Lag { month, delay, count }),
            Err(_) => self.backwards += count,
        }
    }
}

#[cfg(test)]
mod tests {
    use ijsberg_report::text::Language;

    use super::*;

    fn read(table: &str) -> Result<Lags, DelaysError> {
        lags(&Grid::read(table.as_bytes()).unwrap(), "happened", "registered")
    }

    #[test]
    fn two_dates_and_counts_are_read_alike() {
        let dates = "id,happened,Registered\n1,2016-01-31,2016-03-01\n2,2016-01,2016-01-02T08:00:00Z\n\
            3,2016,2016-05-01\n4,2016-05-02,2016-04-30\n5,,2016-04-30\n";
        let dates = read(dates).unwrap();
        let month = Month::read("2016-01").unwrap();
        let lag = |delay| Lag { month, delay, count: 1 };
        assert_eq!(dates, Lags { lags: vec![lag(2), lag(0)], without_month: 2, backwards: 1 });
        let counts = read("month,delay,count\n2016-01,2,1\n2016-01,0,1\n").unwrap();
        assert_eq!(counts.lags, dates.lags);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let text = Text::new(Language::English);
        let column = read("day,registered\n2016-01-01,2016-01-01\n").unwrap_err();
        assert!(column.in_words(&text).contains("happened"), "{}", column.in_words(&text));
        for (row, what) in [("x,0,1", "month"), ("2016-01,-1,1", "delay"), ("2016-01,0,x", "count")] {
            let error = read(&format!("month,delay,count\n2016-01,0,1\n{row}\n")).unwrap_err();
            assert_eq!(error, DelaysError::Cell { line: 3, column: what });
            let said = error.in_words(&text);
            assert!(said.contains("line 3") && said.contains(what), "{said}");
        }
    }
}
