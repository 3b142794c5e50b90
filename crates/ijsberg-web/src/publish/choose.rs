//! What a report is chosen to be: the form, what it says, and what of it does not fit.

use ijsberg_publication::Options;
use ijsberg_publication::families::Plain;
use ijsberg_register::days::typed;
use ijsberg_report::text::Text;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::register::wrong::AllWrong;
use crate::register::{Sent, of};

/// Years that a report can be of.
const POSSIBLE: std::ops::RangeInclusive<i16> = 1900..=2100;

/// How many years it can be about.
const WINDOW: std::ops::RangeInclusive<i16> = 1..=30;

/// What the form of a preview holds: the usual, what the preview beside it was made with, or what was entered.
pub(super) struct Chosen {
    pub(super) year: String,
    pub(super) years: String,
    pub(super) counts: String,
    /// For named recipients, until this day.
    pub(super) named: bool,
    pub(super) embargo: String,
}

impl Default for Chosen {
    fn default() -> Self {
        let counts = name(Plain::Noise).to_owned();
        // The last year that is over.
        let year = (today().year() - 1).to_string();
        Self { year, years: "5".to_owned(), counts, named: false, embargo: String::new() }
    }
}

/// The day on which an edition is made.
pub(super) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

fn name(plain: Plain) -> &'static str {
    match plain {
        Plain::Noise => "noise",
        Plain::Rounded => "rounded",
        Plain::Suppressed => "suppressed",
    }
}

impl Chosen {
    /// Of an edition that was made.
    pub(super) fn of(o: &Options) -> Self {
        Self {
            year: o.year.to_string(),
            years: o.years.to_string(),
            counts: name(o.plain).to_owned(),
            named: o.embargo.is_some(),
            embargo: o.embargo.map(|day| day.to_string()).unwrap_or_default(),
        }
    }

    /// As it was sent.
    pub(super) fn sent(sent: &Sent) -> Self {
        let text = |field: &str| of(sent, field).to_owned();
        Self {
            year: text("year"),
            years: text("years"),
            counts: text("counts"),
            named: of(sent, "audience") == "named",
            embargo: text("embargo"),
        }
    }

    /// Ways to protect counts, with the key of each one's words.
    pub(super) fn ways(&self) -> [(&'static str, &'static str, bool); 3] {
        let way = |name: &'static str, words| (name, words, name == self.counts);
        [
            way("noise", "web-counts-noise"),
            way("rounded", "web-counts-rounded"),
            way("suppressed", "web-counts-suppressed"),
        ]
    }

    /// What is asked for, or every field that does not fit.
    pub(super) fn read(&self, text: &Text) -> Result<Wanted, AllWrong> {
        let within = |value: &str, of: &std::ops::RangeInclusive<i16>| {
            value.parse::<i16>().ok().filter(|n| of.contains(n))
        };
        let (year, years) = (within(&self.year, &POSSIBLE), within(&self.years, &WINDOW));
        let embargo = if self.named { typed(&self.embargo).parse::<Date>().ok() } else { None };
        let mut wrong = AllWrong::default();
        let mut need = |there: bool, field: &str, label: &str, expected: &str| {
            if !there {
                wrong.add(field, text.say(label), text.say(expected));
            }
        };
        need(year.is_some(), "year", "web-year", "web-publish-year-wrong");
        need(years.is_some(), "years", "web-window", "web-window-wrong");
        need(embargo.is_some() || !self.named, "embargo", "web-embargo", "web-embargo-wrong");
        let plain = match self.counts.as_str() {
            "rounded" => Plain::Rounded,
            "suppressed" => Plain::Suppressed,
            _ => Plain::Noise,
        };
        match year.zip(years).filter(|_| wrong.is_empty()) {
            Some((year, years)) => Ok(Wanted { year, years, plain, embargo }),
            None => Err(wrong),
        }
    }
}

/// What a report is asked to be.
pub(super) struct Wanted {
    pub(super) year: i16,
    pub(super) years: i16,
    pub(super) plain: Plain,
    pub(super) embargo: Option<Date>,
}
