//! The fields of the form of an estimate, and the request that they make.

use std::sync::Arc;

use ijsberg_analysis::{
    Request, SETTINGS, Setting, SettingError, SettingKind, choices_from_json, setting, words_of,
};
use ijsberg_mse::doubly_robust::chosen::{ChosenLists, NotChosen};
use ijsberg_report::text::Text;
use ijsberg_tables::{Cells, Choices, Contents};
use serde_json::{Map, Value};

use crate::app::App;
use crate::elsewhere;
use crate::error::WebError;
pub(crate) use crate::setting::SettingTexts;
use crate::wrong::FieldErrors;

/// The most replicates of each kind that may be asked for here; the command line has no such bound.
const MOST_HERE: [(&str, usize); 2] = [("replicates", 5000), ("breakdown_replicates", 1000)];

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

/// What the form shows first beside how the table is read; all others are folded away below them.
const FIRST: [&str; 14] = [
    "by",
    "methods",
    "models",
    "over_coverage",
    "missed_links",
    "level",
    "replicates",
    "seed",
    "interval",
    "threshold",
    "identifying",
    "learner",
    "thorough",
    "small_groups",
];

/// The settings of a part of the form.
pub(crate) struct FormPart {
    /// Those that are typed in, chosen or uploaded.
    pub(crate) entered: Vec<&'static str>,
    /// Those that are ticked.
    pub(crate) ticked: Vec<&'static str>,
}

impl FormPart {
    fn new(settings: impl Iterator<Item = &'static Setting>) -> Self {
        let (ticked, entered): (Vec<&Setting>, Vec<&Setting>) =
            settings.partition(|s| s.kind == SettingKind::Flag);
        let names = |of: Vec<&Setting>| of.into_iter().map(|s| s.name).collect();
        Self { entered: names(entered), ticked: names(ticked) }
    }
}

/// The settings that the form shows first, and all others but estimates from elsewhere, which have rows of their own.
pub(crate) fn form_parts() -> [FormPart; 2] {
    let first = || READING.into_iter().chain(FIRST);
    let others =
        SETTINGS.iter().filter(|s| !first().any(|name| name == s.name) && s.kind != SettingKind::Estimates);
    [FormPart::new(first().filter_map(setting)), FormPart::new(others)]
}

/// All fields in the order of a link, with those of estimates from elsewhere.
pub(crate) fn fields() -> impl Iterator<Item = &'static str> {
    let own = SETTINGS.iter().filter(|s| s.kind != SettingKind::Estimates).map(|s| s.name);
    std::iter::once("table").chain(own).chain(elsewhere::FIELDS.into_iter().flatten())
}

/// The default of a field of the form.
pub(crate) fn usual(field: &str) -> String {
    match setting(field) {
        // The form has it chosen, whether or not there are lists that it is for.
        Some(s) if s.name == "learner" => words_of(field).first().copied().unwrap_or_default().to_owned(),
        Some(s) => s.default.text(),
        None => String::new(),
    }
}

/// Whether a setting is a number, which is typed with a point or a comma.
pub(crate) fn is_number(field: &str) -> bool {
    setting(field).is_some_and(|s| matches!(s.kind, SettingKind::Number(_)))
}

/// Settings with the names that they have now; links from before may have another one.
pub(crate) fn with_new_names(mut asked: SettingTexts) -> SettingTexts {
    if let Some(value) = asked.remove("small") {
        asked.entry("small_groups".to_owned()).or_insert(value);
    }
    asked
}

/// What a setting is called.
pub(crate) fn label(text: &Text, field: &str) -> String {
    text.say(&format!("web-field-{}", field.replace('_', "-")))
}

/// Settings of a form as JSON, each a text. Those that are as usual are left out; the table of inhabitants and estimates from elsewhere are
/// read apart.
fn as_json(asked: &SettingTexts) -> Map<String, Value> {
    let is_text = |s: &Setting| !matches!(s.kind, SettingKind::Table | SettingKind::Estimates);
    let own = asked
        .iter()
        .filter(|(name, value)| setting(name).is_some_and(is_text) && value.trim() != usual(name));
    own.map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
}

/// A request within the bounds of a server.
pub(crate) fn from_json(settings: &Map<String, Value>, text: &Text) -> Result<Request, Vec<SettingError>> {
    let request = Request::from_json(settings, text)?;
    let asked = [request.settings.replicates, request.covariates.replicates];
    let over = MOST_HERE.into_iter().zip(asked).filter(|((_, most), asked)| asked > most);
    let error = |((name, most), _): ((&str, usize), usize)| {
        let expected = text.fill("setting-whole-most", &[("most", most.to_string())]);
        SettingError { setting: name.to_owned(), message: format!("{name}: {expected}"), expected }
    };
    let errors: Vec<SettingError> = over.map(error).collect();
    if errors.is_empty() { Ok(request) } else { Err(errors) }
}

/// Settings that do not fit, at their fields.
fn at_fields(text: &Text, errors: &[SettingError]) -> FieldErrors {
    let mut wrong = FieldErrors::default();
    for e in errors {
        wrong.add(&e.setting, label(text, &e.setting), in_form(text, &e.expected));
    }
    wrong
}

/// The first field that does not fit, as an error of its own page.
pub(crate) fn first_error(wrong: &FieldErrors) -> WebError {
    let first = wrong.all().first();
    WebError::Sent(first.map(|w| format!("{}: {}", w.label, w.expected)).unwrap_or_default())
}

/// What is asked of the analysis, but for inhabitants; or every field that does not fit.
pub(crate) fn request(text: &Text, asked: &SettingTexts) -> Result<Request, FieldErrors> {
    let read = from_json(&as_json(asked), text);
    let mut wrong = read.as_ref().err().map(|errors| at_fields(text, errors)).unwrap_or_default();
    let evidence = elsewhere::read(text, asked, &mut wrong);
    match read {
        Ok(request) if wrong.is_empty() => Ok(Request { evidence, ..request }),
        _ => Err(wrong),
    }
}

/// Every field that names a list which the table does not have. The run reports a table that cannot be read.
pub(crate) async fn unfit(
    app: &Arc<App>,
    text: &Text,
    request: &Request,
    bytes: &[u8],
) -> Result<FieldErrors, WebError> {
    let mut wrong = FieldErrors::default();
    let (chosen, anchor) = (&request.settings.identifying, &request.settings.anchor);
    if chosen.is_none() && anchor.is_none() {
        return Ok(wrong);
    }
    let choices = request.choices.clone();
    let read = app.apart(bytes.to_vec(), move |cells| Columns::from_cells(&cells, &choices)).await?;
    let Some(Columns { lists, .. }) = read.ok().flatten() else { return Ok(wrong) };
    if let Some(why) = chosen.as_ref().and_then(|chosen| not_chosen(text, chosen, &lists)) {
        wrong.add("identifying", label(text, "identifying"), why);
    }
    if let Some(anchor) = anchor.as_ref().filter(|anchor| !lists.contains(&anchor.list)) {
        wrong.add("anchor", label(text, "anchor"), no_list(text, &anchor.list, &lists));
    }
    Ok(wrong)
}

/// There is no list of this name.
fn no_list(text: &Text, name: &str, lists: &[String]) -> String {
    if lists.is_empty() {
        return text.say("web-lists-none");
    }
    text.fill("web-list-unknown", &[("value", name.to_owned()), ("lists", lists.join(", "))])
}

/// Why these lists cannot identify, if they cannot.
fn not_chosen(text: &Text, chosen: &ChosenLists, lists: &[String]) -> Option<String> {
    match chosen.places(lists) {
        Ok(_) => None,
        Err(_) if lists.is_empty() => Some(text.say("web-lists-none")),
        Err(NotChosen::NoList(name)) => Some(no_list(text, &name, lists)),
        Err(NotChosen::TooFew) => Some(text.fill("web-lists-few", &[("lists", lists.join(", "))])),
    }
}

/// What the columns of a table are called.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    /// Lists.
    pub(crate) lists: Vec<String>,
    /// Other fields.
    pub(crate) others: Vec<String>,
}

impl Columns {
    /// Of a table of lists; nothing where it cannot be read, which the work on the table reports.
    pub(crate) fn from_cells(cells: &Cells, choices: &Choices) -> Option<Self> {
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

/// Words that name settings by their flags, with other names; a flag without one stays.
pub(crate) fn with_names(said: &str, name_of: impl Fn(&str) -> Option<String>) -> String {
    let (mut out, mut rest) = (String::new(), said);
    while let Some((before, flag)) = rest.split_once("--") {
        let end = flag.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(flag.len());
        let (flag, after) = flag.split_at(end);
        out.push_str(before);
        out.push_str(&name_of(flag).unwrap_or_else(|| format!("--{flag}")));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Words that name settings as the command line does, with the labels that they have in a form.
pub(crate) fn in_form(text: &Text, said: &str) -> String {
    with_names(said, |flag| {
        let key = format!("web-field-{flag}");
        let label = text.say(&key);
        (label != key).then(|| text.fill("web-setting-named", &[("field", label)]))
    })
}

/// How the table is read, or every such field that does not fit.
pub(crate) fn choices(text: &Text, asked: &SettingTexts) -> Result<Choices, FieldErrors> {
    choices_from_json(&as_json(asked), text).map_err(|errors| at_fields(text, &errors))
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
            let asked = SettingTexts::from([(name.to_owned(), value.to_owned())]);
            request(&text, &asked).map(|request| request.settings).ok()
        };
        assert_eq!(read("threshold", "0,05").unwrap().threshold.to_string(), "0.05");
        assert_eq!(read("interval", "wald").unwrap().interval, IntervalChoice::Wald);
        assert!(read("threshold", "low").is_none() && read("interval", "wide").is_none());
        assert_eq!(usual("interval"), "auto");
    }

    #[test]
    fn small_groups_identifying_lists_and_a_learner_are_read() {
        let text = Text::new(Language::English);
        let set = [("small_groups", "yes"), ("identifying", "a, b,"), ("learner", "spline")];
        let asked: SettingTexts = set.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect();
        let request = request(&text, &asked).ok().unwrap();
        assert!(request.covariates.small);
        let lists = ["a", "b"].map(str::to_owned).to_vec();
        let learner = ijsberg_mse::doubly_robust::learner::Learner::Spline;
        assert_eq!(request.settings.identifying, Some(ChosenLists { lists, learner }));
        let none = super::request(&text, &SettingTexts::new()).ok().unwrap();
        assert!(!none.covariates.small && none.settings.identifying.is_none() && none.evidence.is_empty());
        let other = SettingTexts::from([("learner".to_owned(), "magic".to_owned())]);
        assert!(super::request(&text, &other).is_err());
    }

    #[test]
    fn the_form_has_every_setting_once_and_those_of_reading_first() {
        let parts = form_parts();
        let mut shown: Vec<&str> =
            parts.iter().flat_map(|p| p.entered.iter().chain(&p.ticked)).copied().collect();
        assert!(READING.iter().zip(SETTINGS).all(|(name, s)| *name == s.name));
        assert_eq!(parts[0].entered[..READING.len()], READING);
        assert_eq!(parts[0].entered.len() + parts[0].ticked.len(), READING.len() + FIRST.len());
        shown.push("evidence");
        shown.sort_unstable();
        let mut known: Vec<&str> = SETTINGS.iter().map(|s| s.name).collect();
        known.sort_unstable();
        assert_eq!(shown, known);
        assert!(fields().filter(|field| setting(field).is_some()).count() == SETTINGS.len() - 1);
    }

    #[test]
    fn what_is_as_usual_is_not_given_and_old_names_are_known() {
        let text = Text::new(Language::English);
        let usual: SettingTexts = fields().map(|field| (field.to_owned(), usual(field))).collect();
        let request = request(&text, &usual).ok().unwrap();
        assert_eq!(format!("{request:?}"), format!("{:?}", Request::default()));
        let old = SettingTexts::from([("small".to_owned(), "yes".to_owned())]);
        assert!(super::request(&text, &with_new_names(old)).ok().unwrap().covariates.small);
    }

    #[test]
    fn every_field_that_does_not_fit_is_told_by_its_label() {
        let text = Text::new(Language::English);
        let set = [
            ("level", "2"),
            ("replicates", "5001"),
            ("anchor_share", "0.1"),
            ("evidence_1_name", "Survey"),
            ("evidence_1_estimate", "100"),
        ];
        let asked: SettingTexts = set.map(|(k, v)| (k.to_owned(), v.to_owned())).into_iter().collect();
        let wrong = request(&text, &asked).err().unwrap();
        let fields: Vec<&str> = wrong.all().iter().map(|w| w.field.as_str()).collect();
        assert_eq!(fields, ["level", "anchor_share", "evidence_1_kind"]);
        assert_eq!(wrong.error("anchor_share"), Some("only together with “Random sample”"));
        let many = SettingTexts::from([("replicates".to_owned(), "5001".to_owned())]);
        let wrong = request(&text, &many).err().unwrap();
        assert_eq!(wrong.error("replicates"), Some("expected a whole number from 0 to 5000"));
    }
}
