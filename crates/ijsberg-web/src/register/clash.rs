//! Two people correct one registration. The page shows the original value, the other user's correction and the entered value side by side;
//! where only one of the two changed a field that value is preselected, and where both did none is.
//!
//! The form carries all values as they were sent: `was.FIELD` is what the field is in the version that the form is about, `opened.FIELD`
//! what it was when the first form was opened, and `take.FIELD` which of the two is taken.

use askama::Template;
use ijsberg_register::registrations::Registration;

use super::fields::{CORRECTED, RegistrationRef, kept, value, was};
use super::{FormData, countries, field_value, parts, regions};
use crate::app::App;
use crate::shell::{Shell, Visitor};
use crate::wrong::FieldErrors;

/// The two choices.
const MINE: &str = "mine";
const THEIRS: &str = "theirs";

fn opened(field: &str) -> String {
    format!("opened.{field}")
}

/// Which of the two the user takes; nothing where they did not choose.
fn taken(sent: &FormData, field: &str) -> Option<&'static str> {
    [MINE, THEIRS].into_iter().find(|take| field_value(sent, &format!("take.{field}")) == *take)
}

/// Whether a form is one with choices.
pub(super) fn is_one(sent: &FormData) -> bool {
    !field_value(sent, "clash").is_empty()
}

/// Whether the user takes the other correction of a field.
pub(super) fn is_theirs(sent: &FormData, field: &str) -> bool {
    is_one(sent) && taken(sent, field) == Some(THEIRS)
}

/// The value that a user wants: the entered one, or the one taken from the other correction.
pub(super) fn meant<'a>(sent: &'a FormData, field: &str) -> &'a str {
    if is_theirs(sent, field) { field_value(sent, &was(field)) } else { field_value(sent, field) }
}

/// The value of a field that the sender of the form started from. A choice that was not made is asked for again, against the first value.
pub(super) fn base<'a>(sent: &'a FormData, field: &str) -> &'a str {
    let first = is_one(sent) && taken(sent, field).is_none();
    field_value(sent, &if first { opened(field) } else { was(field) })
}

/// Three values of a field: when the form was opened, after the other correction, and as entered; all as stored.
struct FieldVersions {
    name: &'static str,
    list: &'static str,
    opened: String,
    theirs: String,
    mine: String,
    /// What was entered, as it was typed.
    typed: String,
}

impl FieldVersions {
    fn differs(&self) -> bool {
        self.mine != self.theirs
    }

    /// The one that was changed, where the other was not.
    fn chosen_beforehand(&self) -> Option<&'static str> {
        if self.theirs == self.opened {
            Some(MINE)
        } else if self.mine == self.opened {
            Some(THEIRS)
        } else {
            None
        }
    }
}

/// Fields that were sent, with what a correction that came between made of them.
fn between(app: &App, sent: &FormData, now: &Registration) -> Vec<FieldVersions> {
    let three = |&(name, list): &(&'static str, &'static str)| {
        let typed = sent.contains_key(name).then(|| meant(sent, name).to_owned())?;
        let (opened, theirs) = (base(sent, name).to_owned(), value(now, name));
        Some(FieldVersions { name, list, opened, theirs, mine: kept(app, name, &typed), typed })
    };
    CORRECTED.iter().filter_map(three).collect()
}

/// The same of a form with choices, as it says so itself.
fn as_sent(app: &App, sent: &FormData) -> Vec<FieldVersions> {
    let three = |&(name, list): &(&'static str, &'static str)| {
        let typed = sent.contains_key(name).then(|| field_value(sent, name).to_owned())?;
        let (opened, theirs) =
            (field_value(sent, &opened(name)).to_owned(), field_value(sent, &was(name)).to_owned());
        Some(FieldVersions { name, list, opened, theirs, mine: kept(app, name, &typed), typed })
    };
    CORRECTED.iter().filter_map(three).collect()
}

/// Fields of a form with choices where nothing was chosen.
pub(super) fn unchosen(app: &App, sent: &FormData) -> Vec<&'static str> {
    if !is_one(sent) {
        return Vec::new();
    }
    let open = as_sent(app, sent).into_iter().filter(|t| t.differs() && taken(sent, t.name).is_none());
    open.map(|t| t.name).collect()
}

/// A field of the page, in words.
struct Row {
    name: &'static str,
    label: String,
    opened: String,
    theirs: String,
    mine: String,
    /// Which of the two is chosen; empty where neither is.
    take: &'static str,
}

/// The page with the choices.
#[derive(Template)]
#[template(path = "clash.html")]
pub(super) struct Clash<'a> {
    s: Shell<'a>,
    whose: RegistrationRef,
    version: String,
    /// What the form carries: names and values.
    carried: Vec<(String, String)>,
    rows: Vec<Row>,
    wrong: FieldErrors,
}

/// What a field holds, in words.
fn words(s: &Shell<'_>, three: &FieldVersions, kept: &str) -> String {
    match (three.name, three.list) {
        _ if kept.is_empty() => s.t("web-not-known"),
        ("happened_on", _) => s.text.day(kept),
        ("nationality", _) => countries::all(s.text, kept),
        ("region", _) => regions::name(s.text, kept),
        ("article_part", _) => parts::name(s.text, kept),
        (_, "") => kept.to_owned(),
        (_, list) => s.code(list, kept),
    }
}

fn made<'a>(
    s: Shell<'a>,
    whose: &RegistrationRef,
    version: String,
    all: Vec<FieldVersions>,
    take: &dyn Fn(&FieldVersions) -> Option<&'static str>,
) -> Clash<'a> {
    let s = s.with_form("correction").begun(true);
    let row = |t: &FieldVersions| Row {
        name: t.name,
        label: s.t(&format!("field-{}", t.name)),
        opened: words(&s, t, &t.opened),
        theirs: words(&s, t, &t.theirs),
        mine: words(&s, t, &t.mine),
        take: take(t).unwrap_or_default(),
    };
    let rows = all.iter().filter(|t| t.differs()).map(row).collect();
    let carry = |t: FieldVersions| {
        [(t.name.to_owned(), t.typed), (was(t.name), t.theirs), (opened(t.name), t.opened)]
    };
    let carried = all.into_iter().flat_map(carry).collect();
    Clash { s, whose: whose.clone(), version, carried, rows, wrong: FieldErrors::default() }
}

/// The page of a correction that met another one.
pub(super) fn found<'a>(
    app: &'a App,
    visitor: &Visitor,
    whose: &RegistrationRef,
    sent: &FormData,
    now: &Registration,
) -> Clash<'a> {
    let s = Shell::new(app, visitor, "web-correct");
    made(s, whose, now.version.to_string(), between(app, sent, now), &FieldVersions::chosen_beforehand)
}

/// The same page as it was sent; with what is still to be chosen, where somebody wanted to save it.
pub(super) fn again<'a>(
    app: &'a App,
    visitor: &Visitor,
    whose: &RegistrationRef,
    sent: &FormData,
    saved: bool,
) -> Clash<'a> {
    let s = Shell::new(app, visitor, "web-correct");
    let version = field_value(sent, "version").to_owned();
    let mut page = made(s, whose, version, as_sent(app, sent), &|t| taken(sent, t.name));
    let open = if saved { unchosen(app, sent) } else { Vec::new() };
    for name in open {
        page.wrong.add(name, page.s.t(&format!("field-{name}")), page.s.t("web-choose-one"));
    }
    page
}
