//! What a report is chosen to be: the form, what it says, and what of it does not fit.

use ijsberg_publication::Options;
use ijsberg_publication::protection::TableProtection;
use ijsberg_register::days::typed;
use ijsberg_report::text::Text;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::register::{FormData, field_value};
use crate::wrong::FieldErrors;

/// Years that a report can be of.
const POSSIBLE: std::ops::RangeInclusive<i16> = 1900..=2100;

/// How many years it can be about.
const WINDOW: std::ops::RangeInclusive<i16> = 1..=30;

/// The values of the form of a preview: the usual ones, those of the preview beside it, or those that were entered.
pub(super) struct EditionForm {
    pub(super) year: String,
    pub(super) years: String,
    pub(super) counts: String,
    /// For named recipients, until this day.
    pub(super) named: bool,
    pub(super) embargo: String,
}

impl Default for EditionForm {
    fn default() -> Self {
        let counts = name(TableProtection::Noise).to_owned();
        // The last year that is over.
        let year = (today().year() - 1).to_string();
        Self { year, years: "5".to_owned(), counts, named: false, embargo: String::new() }
    }
}

/// The day on which an edition is made.
pub(crate) fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// What a form calls a way to protect counts.
pub(crate) fn name(plain: TableProtection) -> &'static str {
    match plain {
        TableProtection::Noise => "noise",
        TableProtection::Rounded => "rounded",
        TableProtection::Suppressed => "suppressed",
    }
}

/// The way that a form calls so.
pub(crate) fn plain(name: &str) -> TableProtection {
    match name {
        "rounded" => TableProtection::Rounded,
        "suppressed" => TableProtection::Suppressed,
        _ => TableProtection::Noise,
    }
}

/// Ways to protect counts, with the key of each one's words, and whether it is the one that was chosen.
pub(crate) fn ways(chosen: &str) -> [(&'static str, &'static str, bool); 3] {
    let way = |name: &'static str, words| (name, words, name == chosen);
    [
        way("noise", "web-counts-noise"),
        way("rounded", "web-counts-rounded"),
        way("suppressed", "web-counts-suppressed"),
    ]
}

/// The year and how many years before it count, as they were entered; what does not fit is said.
pub(crate) fn window(
    text: &Text,
    (year, years): (&str, &str),
    wrong: &mut FieldErrors,
) -> Option<(i16, i16)> {
    let within = |value: &str, of: &std::ops::RangeInclusive<i16>| {
        value.parse::<i16>().ok().filter(|n| of.contains(n))
    };
    let (year, years) = (within(year, &POSSIBLE), within(years, &WINDOW));
    if year.is_none() {
        wrong.add("year", text.say("web-year"), text.say("web-publish-year-wrong"));
    }
    if years.is_none() {
        wrong.add("years", text.say("web-window"), text.say("web-window-wrong"));
    }
    year.zip(years)
}

impl EditionForm {
    /// Of an edition that was made.
    pub(super) fn from_options(o: &Options) -> Self {
        Self {
            year: o.year.to_string(),
            years: o.years.to_string(),
            counts: name(o.plain).to_owned(),
            named: o.embargo.is_some(),
            embargo: o.embargo.map(|day| day.to_string()).unwrap_or_default(),
        }
    }

    /// As it was sent.
    pub(super) fn sent(sent: &FormData) -> Self {
        let text = |field: &str| field_value(sent, field).to_owned();
        Self {
            year: text("year"),
            years: text("years"),
            counts: text("counts"),
            named: field_value(sent, "audience") == "named",
            embargo: text("embargo"),
        }
    }

    /// Ways to protect counts, with the key of each one's words.
    pub(super) fn ways(&self) -> [(&'static str, &'static str, bool); 3] {
        ways(&self.counts)
    }

    /// What is asked for, or every field that does not fit.
    pub(super) fn read(&self, text: &Text) -> Result<EditionRequest, FieldErrors> {
        let mut wrong = FieldErrors::default();
        let window = window(text, (&self.year, &self.years), &mut wrong);
        let embargo = if self.named { typed(&self.embargo).parse::<Date>().ok() } else { None };
        if self.named && embargo.is_none() {
            wrong.add("embargo", text.say("web-embargo"), text.say("web-embargo-wrong"));
        }
        match window.filter(|_| wrong.is_empty()) {
            Some((year, years)) => Ok(EditionRequest { year, years, plain: plain(&self.counts), embargo }),
            None => Err(wrong),
        }
    }
}

/// The report that a form asks for.
pub(super) struct EditionRequest {
    pub(super) year: i16,
    pub(super) years: i16,
    pub(super) plain: TableProtection,
    pub(super) embargo: Option<Date>,
}
