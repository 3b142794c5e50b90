//! Every setting of an estimate as data: its name, its flag, what it takes and its default. The form, the interface for programs and the packages
//! for Python and R read it from JSON by this table ([`Request::from_json`](crate::Request::from_json)). A test at each edge, the command line too,
//! compares what it takes with [`SETTINGS`]: a new setting fails there until every edge has it.

mod errors;
mod estimates;
mod from_json;
mod value;

pub use errors::SettingError;
pub use from_json::choices_from_json;

use serde_json::{Value, json};

use crate::words_of;

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setting {
    /// Its name: the field in JSON and in the form, the argument in Python and R.
    pub name: &'static str,
    /// Its flag on the command line, without dashes.
    pub flag: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// What it is where it is not given.
    pub default: DefaultValue,
    /// Settings without which it means nothing.
    pub needs: &'static [&'static str],
    /// Settings that exclude it.
    pub excludes: &'static [&'static str],
}

/// What a setting takes, and how it is typed in a form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Yes or no.
    Flag,
    /// One text.
    Text,
    /// Any number of texts, typed in with this separator.
    Texts(char),
    /// One of the words of [`words_of`].
    Word,
    /// A number within bounds.
    Number(Bounds),
    /// A whole number from 0 to 2^53.
    Whole,
    /// Two whole numbers below 2^32, the smaller first: `1-4`.
    Range,
    /// A share below 1, or the smallest and the largest one: `0.02-0.08`.
    Shares,
    /// Names with degrees from 1 to 8: `year=2`.
    Degrees,
    /// Sensitivity and specificity of a check: `0.95,0.99`.
    Check,
    /// The four whole numbers of the trial of a check: `95,89,100,98`.
    Trial,
    /// A table of its own.
    Table,
    /// Estimates from elsewhere, an object each.
    Estimates,
}

/// The bounds of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// The lower one.
    pub least: f64,
    /// Whether the number may be the lower one.
    pub from_least: bool,
    /// The upper one.
    pub most: f64,
    /// Whether the number may be the upper one.
    pub to_most: bool,
}

impl Bounds {
    /// Whether a number lies within.
    pub fn contain(self, x: f64) -> bool {
        let above = x > self.least || self.from_least && x == self.least;
        above && (x < self.most || self.to_most && x == self.most)
    }
}

/// What a setting is where it is not given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DefaultValue {
    /// Nothing, an empty list, or what fits the table.
    Unset,
    /// No.
    Off,
    /// A word.
    Word(&'static str),
    /// A number.
    Number(f64),
    /// A whole number.
    Whole(u64),
}

impl DefaultValue {
    /// As it is typed in; empty for nothing and for no.
    pub fn text(self) -> String {
        match self {
            Self::Unset | Self::Off => String::new(),
            Self::Word(word) => word.to_owned(),
            Self::Number(x) => x.to_string(),
            Self::Whole(n) => n.to_string(),
        }
    }

    /// In JSON.
    pub fn json(self) -> Value {
        match self {
            Self::Unset => Value::Null,
            Self::Off => Value::Bool(false),
            Self::Word(word) => word.into(),
            Self::Number(x) => x.into(),
            Self::Whole(n) => n.into(),
        }
    }
}

impl Setting {
    const fn new(name: &'static str, flag: &'static str, kind: Kind) -> Self {
        let default = if matches!(kind, Kind::Flag) { DefaultValue::Off } else { DefaultValue::Unset };
        Self { name, flag, kind, default, needs: &[], excludes: &[] }
    }

    const fn defaults_to(self, default: DefaultValue) -> Self {
        Self { default, ..self }
    }

    const fn needs(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    const fn excludes(self, excludes: &'static [&'static str]) -> Self {
        Self { excludes, ..self }
    }

    /// A value in JSON as it is typed in a form; nothing where it cannot be typed in.
    pub fn typed(&self, value: &Value) -> Option<String> {
        if let (Kind::Flag, Value::Bool(flag)) = (self.kind, value) {
            return Some(if *flag { "yes" } else { "no" }.to_owned());
        }
        let separator = match self.kind {
            Kind::Range | Kind::Shares => '-',
            Kind::Texts(separator) => separator,
            _ => ',',
        };
        value::typed(value, separator)
    }

    /// A value that it takes, as it is typed in; a test of an edge tries it. Tables and estimates from elsewhere are not typed in.
    pub fn example(&self) -> &'static str {
        match self.kind {
            Kind::Flag => "yes",
            Kind::Texts(_) if self.name == "methods" => "chao",
            Kind::Text | Kind::Texts(_) => "A",
            Kind::Word => words_of(self.name).last().copied().unwrap_or_default(),
            Kind::Number(_) => "0.7",
            Kind::Whole => "7",
            Kind::Range => "1-4",
            Kind::Shares => "0.02-0.08",
            Kind::Degrees => "year=2",
            Kind::Check => "0.95,0.99",
            Kind::Trial => "95,89,100,98",
            Kind::Table | Kind::Estimates => "",
        }
    }
}

const TEXTS: Kind = Kind::Texts(',');

const fn number(least: f64, from_least: bool, most: f64, to_most: bool) -> Kind {
    Kind::Number(Bounds { least, from_least, most, to_most })
}

/// Every setting: first how the table is read, then what is estimated, how, and from what else.
pub const SETTINGS: &[Setting] = &[
    Setting::new("lists", "lists", TEXTS),
    Setting::new("count", "count", Kind::Text),
    Setting::new("ignore", "ignore", TEXTS),
    Setting::new("covariates", "covariates", TEXTS),
    Setting::new("thousands", "thousands", Kind::Word),
    Setting::new("hidden", "hidden", Kind::Range),
    Setting::new("absent", "absent", Kind::Range),
    Setting::new("overlaps", "overlaps", Kind::Word),
    Setting::new("blanks", "blanks", Kind::Word),
    Setting::new("sheet", "sheet", Kind::Text),
    Setting::new("by", "by", TEXTS),
    Setting::new("methods", "methods", TEXTS),
    // A formula has commas of its own.
    Setting::new("models", "model", Kind::Texts(';')),
    Setting::new("level", "level", number(0.5, true, 1.0, false)).defaults_to(DefaultValue::Number(0.95)),
    Setting::new("replicates", "replicates", Kind::Whole),
    Setting::new("seed", "seed", Kind::Whole).defaults_to(DefaultValue::Whole(20_171_018)),
    Setting::new("threshold", "threshold", number(0.0, true, 1.0, true))
        .defaults_to(DefaultValue::Number(0.02)),
    Setting::new("interval", "interval", Kind::Word).defaults_to(DefaultValue::Word("auto")),
    Setting::new("reselect", "reselect", Kind::Word),
    Setting::new("over_coverage", "over-coverage", Kind::Shares),
    Setting::new("missed_links", "missed-links", number(0.0, true, 1.0, false))
        .defaults_to(DefaultValue::Number(0.0)),
    Setting::new("thorough", "thorough", Kind::Flag),
    Setting::new("small_groups", "small-groups", Kind::Flag),
    Setting::new("identifying", "identifying", TEXTS),
    Setting::new("learner", "learner", Kind::Word).needs(&["identifying"]),
    Setting::new("numeric", "numeric", TEXTS),
    Setting::new("polynomial", "polynomial", Kind::Degrees),
    Setting::new("inactive", "inactive", TEXTS),
    Setting::new("order", "order", Kind::Word).defaults_to(DefaultValue::Word("two")),
    Setting::new("criterion", "criterion", Kind::Word).defaults_to(DefaultValue::Word("bic")),
    Setting::new("average", "average", Kind::Flag),
    Setting::new("breakdown_replicates", "breakdown-replicates", Kind::Whole)
        .defaults_to(DefaultValue::Whole(200)),
    Setting::new("population", "population", Kind::Table),
    Setting::new("anchor", "anchor", Kind::Text),
    Setting::new("anchor_share", "anchor-share", number(0.0, false, 1.0, false))
        .needs(&["anchor"])
        .excludes(&["anchor_people"]),
    Setting::new("anchor_people", "anchor-people", Kind::Whole).needs(&["anchor", "anchor_cleared"]),
    Setting::new("anchor_cleared", "anchor-cleared", Kind::Whole).needs(&["anchor_people"]),
    Setting::new("anchor_check", "anchor-check", Kind::Check).needs(&["anchor_people"]),
    Setting::new("anchor_trial", "anchor-trial", Kind::Trial)
        .needs(&["anchor_people"])
        .excludes(&["anchor_check"]),
    Setting::new("evidence", "evidence", Kind::Estimates),
];

/// The setting of this name.
pub fn setting(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

/// All settings in JSON, for the tests of the packages for Python and R: `name`, `flag` and `default`.
pub fn settings_json() -> Value {
    let one = |s: &Setting| json!({ "name": s.name, "flag": s.flag, "default": s.default.json() });
    SETTINGS.iter().map(one).collect()
}

#[cfg(test)]
mod tests;
