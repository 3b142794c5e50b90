//! Words and numbers in the reader's language. All words are in `locales/`.

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::{LanguageIdentifier, langid};

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Dutch.
    Dutch,
}

impl Language {
    /// The code for the `lang` attribute.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Dutch => "nl",
        }
    }

    /// Words of estimates and errors, of methods, of pages, of codes, of countries, of the yearly report and its chapters, of what
    /// would give a better answer, of late lists and estimates from elsewhere, of what the law asks for, of other systems, of the
    /// page without a server, of the assurance dossier, and of open data.
    pub(crate) fn sources(self) -> [&'static str; 17] {
        match self {
            Self::English => [
                include_str!("../locales/en.ftl"),
                include_str!("../locales/methods.en.ftl"),
                include_str!("../locales/web.en.ftl"),
                include_str!("../locales/codes.en.ftl"),
                include_str!("../locales/countries.en.ftl"),
                include_str!("../locales/report.en.ftl"),
                include_str!("../locales/monitor.en.ftl"),
                include_str!("../locales/facts.en.ftl"),
                include_str!("../locales/design.en.ftl"),
                include_str!("../locales/late.en.ftl"),
                include_str!("../locales/open.en.ftl"),
                include_str!("../locales/delays.en.ftl"),
                include_str!("../locales/legal.en.ftl"),
                include_str!("../locales/pull.en.ftl"),
                include_str!("../locales/alone.en.ftl"),
                include_str!("../locales/dossier.en.ftl"),
                include_str!("../locales/data.en.ftl"),
            ],
            Self::Dutch => [
                include_str!("../locales/nl.ftl"),
                include_str!("../locales/methods.nl.ftl"),
                include_str!("../locales/web.nl.ftl"),
                include_str!("../locales/codes.nl.ftl"),
                include_str!("../locales/countries.nl.ftl"),
                include_str!("../locales/report.nl.ftl"),
                include_str!("../locales/monitor.nl.ftl"),
                include_str!("../locales/facts.nl.ftl"),
                include_str!("../locales/design.nl.ftl"),
                include_str!("../locales/late.nl.ftl"),
                include_str!("../locales/open.nl.ftl"),
                include_str!("../locales/delays.nl.ftl"),
                include_str!("../locales/legal.nl.ftl"),
                include_str!("../locales/pull.nl.ftl"),
                include_str!("../locales/alone.nl.ftl"),
                include_str!("../locales/dossier.nl.ftl"),
                include_str!("../locales/data.nl.ftl"),
            ],
        }
    }
}

/// Looks words up and writes numbers.
pub struct Text {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Text {
    /// Loads a language. The resources are part of the program and checked by a test, so nothing can be missing.
    pub fn new(language: Language) -> Self {
        let id: LanguageIdentifier = match language {
            Language::English => langid!("en-GB"),
            Language::Dutch => langid!("nl-NL"),
        };
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        bundle.set_use_isolating(false);
        for source in language.sources() {
            let resource = match FluentResource::try_new(source.to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { language, bundle }
    }

    /// The language.
    pub fn language(&self) -> Language {
        self.language
    }

    /// A message without arguments; the key itself when there is none.
    pub fn say(&self, key: &str) -> String {
        self.fill(key, &[])
    }

    /// A message with arguments.
    pub fn fill(&self, key: &str, values: &[(&str, String)]) -> String {
        let mut args = FluentArgs::new();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        let pattern = self.bundle.get_message(key).and_then(|m| m.value());
        pattern.map_or_else(
            || key.to_owned(),
            |p| self.bundle.format_pattern(p, Some(&args), &mut Vec::new()).into_owned(),
        )
    }

    /// The words for a stage of a run, by the name that its progress reports.
    pub fn stage(&self, name: &str) -> String {
        self.say(&format!("stage-{name}"))
    }

    /// A whole number with thousands separated: `52,823` or `52.823`; "unbounded" when infinite.
    pub fn number(&self, x: f64) -> String {
        if !x.is_finite() {
            return self.say("unbounded");
        }
        let digits = format!("{:.0}", x.abs());
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i) % 3 == 0 {
                out.push(if self.language == Language::Dutch { '.' } else { ',' });
            }
            out.push(c);
        }
        if x < -0.5 { format!("-{out}") } else { out }
    }

    /// A number with decimals.
    pub fn decimal(&self, x: f64, places: usize) -> String {
        if !x.is_finite() {
            return self.say("unbounded");
        }
        let s = format!("{x:.places$}");
        // What is rounded to nothing has no sign.
        let nothing = s.bytes().all(|b| matches!(b, b'-' | b'0' | b'.'));
        let s = if nothing { s.trim_start_matches('-').to_owned() } else { s };
        if self.language == Language::Dutch { s.replace('.', ",") } else { s }
    }

    /// A number with as many decimals as it has, two at most.
    pub fn plain(&self, x: f64) -> String {
        let places = (0..2).find(|p| format!("{x:.*}", *p).parse() == format!("{x:.2}").parse::<f64>());
        self.decimal(x, places.unwrap_or(2))
    }

    /// A day, a month or a year as people read it: `2016-05-31` is "31 May 2016" or "31 mei 2016", `2016-05` "May 2016". What is none of
    /// these stays as it is.
    pub fn day(&self, stored: &str) -> String {
        let parts: Vec<&str> = stored.split('-').collect();
        let (year, month, day) = match parts[..] {
            [year, month] => (year, month, None),
            [year, month, day] => (year, month, Some(day)),
            _ => return stored.to_owned(),
        };
        let is = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        let name = month.parse().ok().filter(|m| (1..=12).contains(m)).map(|m: usize| match self.language {
            Language::Dutch => MONTHS_NL[m - 1],
            Language::English => MONTHS_EN[m - 1],
        });
        match (name, day.map(|d| (is(d, 2), d.trim_start_matches('0')))) {
            (Some(name), None) if is(year, 4) && is(month, 2) => format!("{name} {year}"),
            (Some(name), Some((true, day))) if is(year, 4) && is(month, 2) => format!("{day} {name} {year}"),
            _ => stored.to_owned(),
        }
    }

    /// A share as a percentage.
    pub fn percent(&self, x: f64) -> String {
        format!("{}%", self.decimal(100.0 * x, usize::from(x < 0.1)))
    }
}

const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONTHS_NL: [&str; 12] = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
];

/// The kebab-case name that an enumeration has in JSON, which is also its key in the resources.
pub(crate) fn key_of(value: impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(s)) => s,
        Ok(serde_json::Value::Object(o)) => {
            o.get("reason").and_then(|r| r.as_str()).unwrap_or_default().to_owned()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let lines = |language: Language| language.sources().into_iter().flat_map(str::lines);
        let keys = |language: Language| -> Vec<&str> {
            assert!(language.sources().iter().all(|s| FluentResource::try_new((*s).to_owned()).is_ok()));
            lines(language).filter_map(|l| l.split_once(" = ")).map(|l| l.0).collect()
        };
        assert_eq!(keys(Language::English), keys(Language::Dutch));
        let mut once = keys(Language::English);
        once.sort_unstable();
        assert_eq!(once.windows(2).find(|w| w[0] == w[1]), None, "the second is never heard of");
        for (english, dutch) in lines(Language::English).zip(lines(Language::Dutch)) {
            assert_eq!(english.matches("{ $").count(), dutch.matches("{ $").count(), "{english}\n{dutch}");
        }
    }

    #[cfg(feature = "register")]
    #[test]
    fn every_code_and_field_has_a_word() {
        let text = Text::new(Language::Dutch);
        let said = |key: String| assert_ne!(text.say(&key), key);
        for list in ijsberg_register::codes::LISTS {
            list.codes.iter().for_each(|c| said(format!("code-{}-{c}", list.name)));
        }
        for kind in ijsberg_register::entities::KINDS {
            said(format!("kind-{}", kind.name));
            kind.fields.iter().for_each(|f| said(format!("field-{}", f.0)));
        }
        ijsberg_register::vault::FIELDS.iter().for_each(|f| said(format!("field-{f}")));
        ijsberg_register::policy::Role::ALL
            .iter()
            .for_each(|r| said(format!("code-role_of_user-{}", r.name())));
        ijsberg_register::policy::MATRIX.iter().for_each(|m| said(format!("code-operation-{}", m.0.name())));
    }

    #[test]
    fn numbers_as_each_language_writes_them() {
        let (en, nl) = (Text::new(Language::English), Text::new(Language::Dutch));
        assert_eq!((en.number(52_823.4), nl.number(52_823.4)), ("52,823".into(), "52.823".into()));
        assert_eq!((en.decimal(3.46, 1), nl.decimal(3.46, 1)), ("3.5".into(), "3,5".into()));
        assert_eq!(nl.number(f64::INFINITY), "onbegrensd");
    }
}
