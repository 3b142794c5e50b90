//! What is asked of an estimate: the fields of its form, and what they come to.

use std::collections::BTreeMap;
use std::sync::Arc;

use ijsberg_analysis::{AnalysisError, CovariateRequest, Request, interval_choice, learner, words_of};
use ijsberg_mse::doubly_robust::chosen::{Chosen, NotChosen};
use ijsberg_mse::doubly_robust::learner::Learner;
use ijsberg_mse::method::Method;
use ijsberg_mse::methods::Settings;
use ijsberg_report::text::Text;
use ijsberg_tables::{Blanks, Cells, Choices, Contents, Overlaps, Thousands, parse_hidden};

use crate::app::App;
use crate::elsewhere;
use crate::error::WebError;
use crate::register::wrong::AllWrong;

/// The most replicates that may be asked for here; the command line has no such bound.
const MOST_REPLICATES: usize = 5000;

/// Settings as a link has them; texts, as a form sends them.
pub(crate) type Asked = BTreeMap<String, String>;

/// Settings that say how a table is read, in the order of a link.
pub(crate) const READING: [&str; 10] = [
    "lists",
    "count",
    "ignore",
    "covariates",
    "thousands",
    "hidden",
    "absent",
    "overlaps",
    "blanks",
    "sheet",
];

/// Settings of an estimate, which follow those.
const SETTINGS: [&str; 14] = [
    "by",
    "methods",
    "models",
    "level",
    "replicates",
    "seed",
    "threshold",
    "interval",
    "over_coverage",
    "missed_links",
    "thorough",
    "small",
    "identifying",
    "learner",
];

/// All fields in the order of a link, with those of estimates from elsewhere.
pub(crate) fn fields() -> impl Iterator<Item = &'static str> {
    let own = std::iter::once("table").chain(READING).chain(SETTINGS);
    own.chain(elsewhere::FIELDS.into_iter().flatten())
}

/// What a field of the form has where nobody sets it.
pub(crate) fn usual(field: &str) -> String {
    let of = Settings::default();
    match field {
        "level" => of.level.to_string(),
        "replicates" => of.replicates.to_string(),
        "seed" => of.seed.to_string(),
        "threshold" => of.threshold.to_string(),
        "learner" | "interval" => words_of(field).first().copied().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

/// What stands in a field, if anything does.
fn of<'a>(asked: &'a Asked, name: &str) -> Option<&'a str> {
    asked.get(name).map(|v| v.trim()).filter(|v| !v.is_empty())
}

/// A field that does not fit.
fn wrong(text: &Text, name: &str) -> WebError {
    let label = text.say(&format!("web-field-{}", name.replace('_', "-")));
    WebError::Sent(text.fill("web-field-wrong", &[("field", label)]))
}

/// What stands in a field, read; nothing where it is empty.
fn given<T>(
    text: &Text,
    asked: &Asked,
    name: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, WebError> {
    of(asked, name).map(|v| parse(v).ok_or_else(|| wrong(text, name))).transpose()
}

/// What stands in a field, in parts.
fn all(asked: &Asked, name: &str, separator: char) -> Vec<String> {
    let parts = asked.get(name).map(|v| v.split(separator)).into_iter().flatten();
    parts.map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

/// What is asked of the analysis.
pub(crate) fn request(text: &Text, asked: &Asked) -> Result<Request, WebError> {
    let mut request = plain(text, asked)?;
    request.covariates.small = asked.get("small").is_some_and(|v| !v.trim().is_empty());
    request.settings.identifying = identifying(text, asked)?;
    let mut wrong = AllWrong::default();
    request.evidence = elsewhere::read(text, asked, &mut wrong);
    match wrong.all().first() {
        Some(first) => Err(WebError::Sent(format!("{}: {}", first.label, first.expected))),
        None => Ok(request),
    }
}

/// The identifying lists, where there are some.
fn identifying(text: &Text, asked: &Asked) -> Result<Option<Chosen>, WebError> {
    let lists = all(asked, "identifying", ',');
    let named = of(asked, "learner").map_or(Ok(Learner::default()), learner);
    let learner = named.map_err(|_| wrong(text, "learner"))?;
    Ok((!lists.is_empty()).then_some(Chosen { lists, learner }))
}

/// Every field that does not fit, as far as the table or other fields tell: identifying lists, and estimates from elsewhere. A table that
/// cannot be read is told of by the run.
pub(crate) async fn unfit(
    app: &Arc<App>,
    text: &Text,
    asked: &Asked,
    bytes: &[u8],
) -> Result<AllWrong, WebError> {
    let mut wrong = AllWrong::default();
    if let Some(chosen) = identifying(text, asked)? {
        let choices = plain(text, asked)?.choices;
        let read = app.apart(bytes.to_vec(), move |cells| Columns::of(&cells, &choices)).await?;
        let known = read.ok().flatten().map(|columns| columns.lists);
        if let Some(why) = known.and_then(|lists| not_chosen(text, &chosen, &lists)) {
            wrong.add("identifying", text.say("web-field-identifying"), why);
        }
    }
    elsewhere::read(text, asked, &mut wrong);
    Ok(wrong)
}

/// Why these lists cannot identify, if they cannot.
fn not_chosen(text: &Text, chosen: &Chosen, lists: &[String]) -> Option<String> {
    let known = ("lists", lists.join(", "));
    match chosen.places(lists) {
        Ok(_) => None,
        Err(_) if lists.is_empty() => Some(text.say("web-lists-none")),
        Err(NotChosen::NoList(name)) => Some(text.fill("web-list-unknown", &[("value", name), known])),
        Err(NotChosen::TooFew) => Some(text.fill("web-lists-few", &[known])),
    }
}

/// What the columns of a table are called.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Lists.
    pub(crate) lists: Vec<String>,
    /// Whatever else can be named.
    pub(crate) others: Vec<String>,
}

impl Columns {
    /// Of a table of lists; nothing where it cannot be read, which whoever works with it tells of.
    pub(crate) fn of(cells: &Cells, choices: &Choices) -> Option<Self> {
        if choices.lists.is_empty() && matches!(cells.counts(choices), Ok(Some(_))) {
            return Some(Self::default());
        }
        let table = match cells.open(choices).ok()? {
            Contents::Table(table) => *table,
            Contents::Draws(draws) => draws.tables.into_iter().next()?,
            Contents::Hidden(hidden) => {
                let most: Vec<u64> = hidden.hidden().iter().map(|h| h.high).collect();
                hidden.complete(&most).ok()?
            }
        };
        let lists = table.histories.lists().to_vec();
        Some(Self { lists, others: table.covariates.into_iter().map(|c| c.name).collect() })
    }
}

/// Words that name settings as the command line does, with the labels that they have in a form.
pub(crate) fn in_form(text: &Text, said: &str) -> String {
    let (mut out, mut rest) = (String::new(), said);
    while let Some((before, flag)) = rest.split_once("--") {
        let end = flag.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(flag.len());
        let (name, after) = flag.split_at(end);
        let key = format!("web-field-{name}");
        let label = text.say(&key);
        out.push_str(before);
        if label == key {
            out.push_str("--");
            out.push_str(name);
        } else {
            out.push_str(&text.fill("web-setting-named", &[("field", label)]));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// How the table is read.
pub(crate) fn choices(text: &Text, asked: &Asked) -> Result<Choices, WebError> {
    Ok(Choices {
        lists: all(asked, "lists", ','),
        count: of(asked, "count").map(str::to_owned),
        ignore: all(asked, "ignore", ','),
        covariates: all(asked, "covariates", ','),
        thousands: given(text, asked, "thousands", Thousands::parse)?,
        hidden: given(text, asked, "hidden", parse_hidden)?,
        absent: given(text, asked, "absent", parse_hidden)?,
        overlaps: given(text, asked, "overlaps", Overlaps::parse)?,
        blanks: given(text, asked, "blanks", Blanks::parse)?,
        sheet: of(asked, "sheet").map(str::to_owned),
    })
}

/// A share of the persons seen, or a range of them such as `0.01-0.05`.
fn shares(written: &str) -> Option<(f64, f64)> {
    let (low, high) = written.split_once('-').unwrap_or((written, written));
    let range = low.trim().parse::<f64>().ok().zip(high.trim().parse::<f64>().ok());
    range.filter(|r| 0.0 <= r.0 && r.0 <= r.1 && r.1 < 1.0)
}

/// What is asked of the analysis, but for estimates from elsewhere, small groups and identifying lists.
fn plain(text: &Text, asked: &Asked) -> Result<Request, WebError> {
    let usual = Settings::default();
    let decimal = |v: &str| v.replace(',', ".").parse::<f64>().ok();
    let level = given(text, asked, "level", decimal)?;
    let few = |v: &str| v.parse::<usize>().ok().filter(|n| *n <= MOST_REPLICATES);
    let replicates = given(text, asked, "replicates", few)?;
    let seed = given(text, asked, "seed", |v| v.parse::<u64>().ok())?;
    let threshold = given(text, asked, "threshold", decimal)?;
    let interval = given(text, asked, "interval", |v| interval_choice(v).ok())?;
    let over_coverage = given(text, asked, "over_coverage", shares)?;
    let share = |v: &str| decimal(v).filter(|m| (0.0..1.0).contains(m));
    let missed_links = given(text, asked, "missed_links", share)?;
    let methods = Method::parse_all(&all(asked, "methods", ','))
        .map_err(|unknown| WebError::Sent(AnalysisError::from(unknown).in_words(text)))?;
    Ok(Request {
        choices: choices(text, asked)?,
        settings: Settings {
            methods,
            // A formula has commas of its own.
            formulas: all(asked, "models", ';'),
            thorough: of(asked, "thorough").is_some(),
            level: level.unwrap_or(usual.level),
            replicates: replicates.unwrap_or(usual.replicates),
            seed: seed.unwrap_or(usual.seed),
            threshold: threshold.unwrap_or(usual.threshold),
            interval: interval.unwrap_or(usual.interval),
            ..usual
        },
        over_coverage,
        missed_links: missed_links.unwrap_or(0.0),
        covariates: CovariateRequest { by: all(asked, "by", ','), ..CovariateRequest::default() },
        evidence: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use ijsberg_mse::methods::IntervalChoice;
    use ijsberg_report::text::Language;

    use super::*;

    #[test]
    fn a_form_names_settings_by_their_labels() {
        let text = Text::new(Language::English);
        let said = in_form(&text, "choose covariates with --by, not --nothing");
        assert_eq!(said, "choose covariates with “Break down by”, not --nothing");
        assert_eq!(in_form(&text, "a -- b"), "a -- b");
        let dutch = in_form(&Text::new(Language::Dutch), "kies kenmerken met --by");
        assert_eq!(dutch, "kies kenmerken met ‘Uitsplitsen naar’");
    }

    #[test]
    fn a_threshold_and_a_kind_of_interval_are_read() {
        let text = Text::new(Language::English);
        let read = |name: &str, value: &str| {
            let asked = Asked::from([(name.to_owned(), value.to_owned())]);
            request(&text, &asked).map(|request| request.settings)
        };
        assert_eq!(read("threshold", "0,05").unwrap().threshold.to_string(), "0.05");
        assert_eq!(read("interval", "wald").unwrap().interval, IntervalChoice::Wald);
        assert!(read("threshold", "low").is_err() && read("interval", "wide").is_err());
        assert_eq!(usual("interval"), "auto");
    }

    #[test]
    fn small_groups_identifying_lists_and_a_learner_are_read() {
        let text = Text::new(Language::English);
        let set = [("small", "yes"), ("identifying", "a, b,"), ("learner", "spline")];
        let asked: Asked = set.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect();
        let request = request(&text, &asked).unwrap();
        assert!(request.covariates.small);
        let lists = ["a", "b"].map(str::to_owned).to_vec();
        assert_eq!(request.settings.identifying, Some(Chosen { lists, learner: Learner::Spline }));
        let none = super::request(&text, &Asked::new()).unwrap();
        assert!(!none.covariates.small && none.settings.identifying.is_none() && none.evidence.is_empty());
        let other = Asked::from([("learner".to_owned(), "magic".to_owned())]);
        assert!(super::request(&text, &other).is_err());
    }
}
