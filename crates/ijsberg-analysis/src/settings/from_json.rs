//! A request from JSON by the names of settings, or all settings that do not fit.

use ijsberg_mse::anchor::{Anchor, Check, CheckAccuracy, DrawnFrom};
use ijsberg_mse::doubly_robust::chosen::ChosenLists;
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::evidence::NamedEstimate;
use ijsberg_mse::loglinear::Criterion;
use ijsberg_mse::loglinear::selection::Reselect;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::{IntervalChoice, Settings};
use ijsberg_mse::strata::model::Order;
use ijsberg_report::text::Text;
use ijsberg_tables::{Blanks, Choices, Overlaps, Thousands};
use serde_json::{Map, Value};

use super::errors::{SettingError, expected, expected_methods};
use super::{Kind, SETTINGS, Setting, estimates, setting, value};
use crate::{CovariateRequest, Request};

impl Request {
    /// Reads settings by their names in [`SETTINGS`]. Each is typed, or one text as it is typed in a form; what is null or empty is not given. A table
    /// of inhabitants is not JSON: a caller that has one sets it afterwards.
    ///
    /// # Errors
    /// Every setting that does not fit, in the order of [`SETTINGS`], after the names that are none.
    pub fn from_json(settings: &Map<String, Value>, text: &Text) -> Result<Self, Vec<SettingError>> {
        let mut reader = Reader { settings, text, errors: Vec::new() };
        let request = Self {
            choices: reader.choices(),
            settings: reader.settings(),
            over_coverage: reader.take("over_coverage", |_, given| value::shares(given)),
            missed_links: reader.number("missed_links").unwrap_or_default(),
            covariates: reader.covariates(),
            evidence: reader.evidence(),
        };
        reader.check_names();
        reader.check_companions();
        reader.finish(request)
    }
}

/// The settings that say how a table is read; others are ignored.
///
/// # Errors
/// Every such setting that does not fit.
pub fn choices_from_json(settings: &Map<String, Value>, text: &Text) -> Result<Choices, Vec<SettingError>> {
    let mut reader = Reader { settings, text, errors: Vec::new() };
    let choices = reader.choices();
    reader.finish(choices)
}

/// Reads settings one by one and collects what is wrong.
struct Reader<'a> {
    settings: &'a Map<String, Value>,
    text: &'a Text,
    errors: Vec<SettingError>,
}

impl<'a> Reader<'a> {
    /// The value of a setting, where it is given.
    fn given(&self, name: &str) -> Option<&'a Value> {
        self.settings.get(name).filter(|given| value::is_given(given))
    }

    /// The value of a setting, where it is given and fits.
    fn take<T>(&mut self, name: &str, read: impl FnOnce(&Setting, &Value) -> Option<T>) -> Option<T> {
        let setting = setting(name)?;
        let given = self.given(name)?;
        let found = read(setting, given);
        if found.is_none() {
            self.errors.push(SettingError::new(setting, given, expected(setting, self.text)));
        }
        found
    }

    fn flag(&mut self, name: &str) -> bool {
        self.take(name, |_, given| value::flag(given)).unwrap_or(false)
    }

    fn text(&mut self, name: &str) -> Option<String> {
        self.take(name, |_, given| value::text(given))
    }

    fn texts(&mut self, name: &str) -> Vec<String> {
        let read = |setting: &Setting, given: &Value| match setting.kind {
            Kind::Texts(separator) => value::texts(given, separator),
            _ => None,
        };
        self.take(name, read).unwrap_or_default()
    }

    fn word<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.take(name, |_, given| parse(given.as_str()?.trim()))
    }

    fn number(&mut self, name: &str) -> Option<f64> {
        let read = |setting: &Setting, given: &Value| match setting.kind {
            Kind::Number(bounds) => value::number(given).filter(|x| bounds.contain(*x)),
            _ => None,
        };
        self.take(name, read)
    }

    fn whole(&mut self, name: &str) -> Option<u64> {
        self.take(name, |_, given| value::whole(given))
    }

    fn count(&mut self, name: &str) -> Option<usize> {
        self.take(name, |_, given| usize::try_from(value::whole(given)?).ok())
    }

    fn choices(&mut self) -> Choices {
        Choices {
            lists: self.texts("lists"),
            count: self.text("count"),
            ignore: self.texts("ignore"),
            covariates: self.texts("covariates"),
            thousands: self.word("thousands", Thousands::parse),
            hidden: self.take("hidden", |_, given| value::range(given)),
            absent: self.take("absent", |_, given| value::range(given)),
            overlaps: self.word("overlaps", Overlaps::parse),
            blanks: self.word("blanks", Blanks::parse),
            sheet: self.text("sheet"),
        }
    }

    fn settings(&mut self) -> Settings {
        let usual = Settings::default();
        let replicates = self.count("replicates");
        Settings {
            methods: self.methods(),
            formulas: self.texts("models"),
            thorough: self.flag("thorough"),
            level: self.number("level").unwrap_or(usual.level),
            replicates: replicates.unwrap_or(usual.replicates),
            replicates_asked: replicates.is_some(),
            seed: self.whole("seed").unwrap_or(usual.seed),
            threshold: self.number("threshold").unwrap_or(usual.threshold),
            interval: self.word("interval", IntervalChoice::parse).unwrap_or(usual.interval),
            reselect: self.word("reselect", Reselect::parse),
            anchor: self.anchor(),
            identifying: self.identifying(),
        }
    }

    fn methods(&mut self) -> Vec<Method> {
        let names = self.texts("methods");
        Method::parse_all(&names).unwrap_or_else(|unknown| {
            let expected = expected_methods(self.text);
            let error = setting("methods").map(|s| SettingError::new(s, &Value::from(unknown.0), expected));
            self.errors.extend(error);
            Vec::new()
        })
    }

    fn identifying(&mut self) -> Option<ChosenLists> {
        let lists = self.texts("identifying");
        let learner = self.word("learner", learner).unwrap_or_default();
        (!lists.is_empty()).then_some(ChosenLists { lists, learner })
    }

    fn anchor(&mut self) -> Option<Anchor> {
        let list = self.text("anchor");
        let share = self.number("anchor_share");
        let people = self.whole("anchor_people").zip(self.whole("anchor_cleared"));
        let known = self.take("anchor_check", |_, given| value::check(given)).map(CheckAccuracy::from);
        let tried = self.take("anchor_trial", |_, given| value::trial(given)).map(CheckAccuracy::from);
        let drawn = match (share, people) {
            (Some(share), _) => DrawnFrom::Share { share },
            (None, Some((people, cleared))) => {
                let check = tried.or(known).unwrap_or_else(|| Check::default().into());
                DrawnFrom::People { people, cleared, check }
            }
            (None, None) => DrawnFrom::Unknown,
        };
        list.map(|list| Anchor { list, drawn })
    }

    fn covariates(&mut self) -> CovariateRequest {
        let usual = CovariateRequest::default();
        // No JSON is a table.
        let _: Option<()> = self.take("population", |_, _| None);
        CovariateRequest {
            by: self.texts("by"),
            numeric: self.texts("numeric"),
            polynomial: self.take("polynomial", |_, given| value::degrees(given)).unwrap_or_default(),
            inactive: self.texts("inactive"),
            order: self.word("order", order).unwrap_or(usual.order),
            criterion: self.word("criterion", criterion).unwrap_or(usual.criterion),
            averaged: self.flag("average"),
            replicates: self.count("breakdown_replicates").unwrap_or(usual.replicates),
            population: None,
            small: self.flag("small_groups"),
        }
    }

    fn evidence(&mut self) -> Vec<NamedEstimate> {
        let all = self.take("evidence", |_, given| given.as_array().cloned()).unwrap_or_default();
        let mut found = Vec::with_capacity(all.len());
        for (i, one) in all.iter().enumerate() {
            let n = i + 1;
            let unreadable = || self.text.fill("setting-estimate", &[("n", n.to_string())]);
            let read = estimates::from_json(one).ok_or_else(unreadable);
            match read.and_then(|written| written.given(n, self.text)) {
                Ok(estimate) => found.push(estimate),
                Err(why) => self.errors.push(SettingError::in_list("evidence", why)),
            }
        }
        found
    }

    /// Notes names that are no setting's.
    fn check_names(&mut self) {
        let unknown = self.settings.keys().filter(|name| setting(name).is_none());
        self.errors.extend(unknown.map(|name| SettingError::unknown(name, self.text)));
    }

    /// Notes settings without those that they need, and beside those that exclude them.
    fn check_companions(&mut self) {
        for setting in SETTINGS {
            let Some(given) = self.given(setting.name) else { continue };
            let missing = setting.needs.iter().find(|name| self.given(name).is_none());
            let other = setting.excludes.iter().find(|name| self.given(name).is_some());
            let (key, name) = match (missing, other) {
                (Some(name), _) => ("setting-needs", name),
                (None, Some(name)) => ("setting-excludes", name),
                (None, None) => continue,
            };
            let flag = super::setting(name).map(|s| format!("--{}", s.flag)).unwrap_or_default();
            let expected = self.text.fill(key, &[("other", flag)]);
            self.errors.push(SettingError::new(setting, given, expected));
        }
    }

    fn finish<T>(mut self, read: T) -> Result<T, Vec<SettingError>> {
        if self.errors.is_empty() {
            return Ok(read);
        }
        let place = |e: &SettingError| SETTINGS.iter().position(|s| s.name == e.setting);
        self.errors.sort_by_key(place);
        Err(self.errors)
    }
}

fn learner(word: &str) -> Option<Learner> {
    match word {
        "logistic" => Some(Learner::Logistic),
        "spline" => Some(Learner::Spline),
        _ => None,
    }
}

fn order(word: &str) -> Option<Order> {
    match word {
        "two" => Some(Order::Two),
        "three" => Some(Order::Three),
        _ => None,
    }
}

fn criterion(word: &str) -> Option<Criterion> {
    match word {
        "bic" => Some(Criterion::Bic),
        "aic" => Some(Criterion::Aic),
        _ => None,
    }
}
