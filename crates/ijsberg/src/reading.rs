//! How a table is to be read: the arguments that every command takes, and the question on a terminal.

use std::io::{IsTerminal, Write};

use clap::Args;
use ijsberg_report::errors::reading::uncertain;
use ijsberg_report::text::Text;
use ijsberg_tables::{Blanks, Choices, Overlaps, ReadError, Thousands, Uncertain, parse_hidden};

/// What the columns are and how their values are written.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ReadingArguments {
    /// Columns that are lists, by name, separated by commas [default: those that hold only 0 and 1, or yes and no].
    #[arg(long, value_delimiter = ',')]
    lists: Vec<String>,
    /// Column with the number of people [default: one named count, freq, aantal or the like].
    #[arg(long)]
    count: Option<String>,
    /// Columns to ignore, separated by commas.
    #[arg(long, value_delimiter = ',')]
    ignore: Vec<String>,
    /// Columns that are covariates, separated by commas, although they look like lists or counts.
    #[arg(long = "covariates", value_delimiter = ',')]
    declared: Vec<String>,
    /// Thousands separator, `point` or `comma` [default: by the other numbers of the column].
    #[arg(long, value_parser = thousands)]
    thousands: Option<Thousands>,
    /// The range of counts that are suppressed by a mark such as `*`, as in 1-4.
    #[arg(long, value_parser = hidden)]
    hidden: Option<(u64, u64)>,
    /// The range of counts of combinations of lists that are not in a table of counts: 0-0 if nobody is on them, 0-4 if counts
    /// below 5 were left out.
    #[arg(long, value_parser = hidden)]
    absent: Option<(u64, u64)>,
    /// Whether a number for a combination of lists counts the people on `exact`ly these lists, or also those on more
    /// (`nested`).
    #[arg(long, value_parser = overlaps)]
    overlaps: Option<Overlaps>,
    /// What blank cells below a value mean: the value `above` them, or a `missing` one.
    #[arg(long, value_parser = blanks)]
    blanks: Option<Blanks>,
    /// Sheet of a workbook, where several contain a table.
    #[arg(long)]
    sheet: Option<String>,
}

impl ReadingArguments {
    pub(crate) fn choices(&self) -> Choices {
        Choices {
            lists: self.lists.clone(),
            count: self.count.clone(),
            ignore: self.ignore.clone(),
            covariates: self.declared.clone(),
            thousands: self.thousands,
            hidden: self.hidden,
            absent: self.absent,
            overlaps: self.overlaps,
            blanks: self.blanks,
            sheet: self.sheet.clone(),
        }
    }
}

fn thousands(given: &str) -> Result<Thousands, String> {
    Thousands::parse(given).ok_or_else(|| "point, comma".to_owned())
}

fn hidden(given: &str) -> Result<(u64, u64), String> {
    parse_hidden(given).ok_or_else(|| "expected two whole numbers, the smaller first, such as 1-4".to_owned())
}

fn overlaps(given: &str) -> Result<Overlaps, String> {
    Overlaps::parse(given).ok_or_else(|| "exact, nested".to_owned())
}

fn blanks(given: &str) -> Result<Blanks, String> {
    Blanks::parse(given).ok_or_else(|| "above, missing".to_owned())
}

/// Reads by `reader`, and asks on a terminal where there are two readings. Elsewhere the ambiguity is the error.
pub(crate) fn read_or_ask<T>(
    text: &Text,
    choices: Choices,
    reader: impl Fn(&Choices) -> Result<T, ReadError>,
) -> Result<(T, Choices), ReadError> {
    let mut choices = choices;
    loop {
        match reader(&choices) {
            Ok(read) => return Ok((read, choices)),
            Err(ReadError::Uncertain(doubt)) => {
                choices = ask(text, &doubt).ok_or(ReadError::Uncertain(doubt))?;
            }
            Err(error) => return Err(error),
        }
    }
}

/// The reading that is chosen on a terminal; `None` where there is none or no answer.
fn ask(text: &Text, doubt: &Uncertain) -> Option<Choices> {
    let (input, errors) = (std::io::stdin(), std::io::stderr());
    if !(input.is_terminal() && errors.is_terminal()) {
        return None;
    }
    let mut out = errors.lock();
    writeln!(out, "{}", uncertain(text, doubt)).ok()?;
    for _ in 0..3 {
        write!(out, "{} ", text.say("reading-ask")).ok()?;
        out.flush().ok()?;
        let mut answer = String::new();
        if input.read_line(&mut answer).ok()? == 0 {
            return None;
        }
        match answer.trim() {
            "1" => return Some(doubt.readings[0].choices.clone()),
            "2" => return Some(doubt.readings[1].choices.clone()),
            _ => {}
        }
    }
    None
}
