//! What R asks is done by the same function as for the command line, the pages and Python.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use ijsberg_analysis::linkage::{LinkError, LinkRequest, chosen, link_files, year_after};
use ijsberg_analysis::{
    AnalysisError, CovariateRequest, Input, NotAWord, NotIdentifying, Outcome, Request as Asked, Written,
    identifying, interval_choice, reselection, run as analyse,
};
use ijsberg_mse::doubly_robust::chosen::Chosen;
use ijsberg_mse::evidence::Given;
use ijsberg_mse::method::{Cost, Method};
use ijsberg_mse::methods::{Progress, Settings};
use ijsberg_mse::timely::NoNowcast;
use ijsberg_report::terminal::{Colour, Detail, counts_report, report};
use ijsberg_report::text::{Language, Text};
use ijsberg_report::{headline, html, machine};
use ijsberg_tables::CovariateError;
use serde_json::{Value, json};

use crate::answer::{Refusal, bytes};
use crate::figures::{delays, nowcast, open};
use crate::request::{Elsewhere, Estimate, Link, Request, Task};

/// The answer to a request.
pub(crate) fn run(request: Request, progress: &dyn Progress) -> Vec<u8> {
    let Request { task, tables, .. } = request;
    let done = match task {
        Task::Methods => Ok(methods()),
        Task::Estimate(asked) => estimate(*asked, tables, progress),
        Task::Link(asked) => link(&asked, &tables, progress),
        Task::Nowcast(asked) => nowcast(*asked, &tables, progress),
        Task::Open(asked) => open(asked, &tables, progress),
        Task::Delays(asked) => delays(asked, &tables, progress),
    };
    done.map_or_else(|refusal| refusal.bytes(), |value| bytes(&value))
}

fn methods() -> Value {
    let named: Vec<Method> = Method::ALL.iter().copied().filter(|m| m.cost() != Cost::Given).collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "method": named.iter().map(|m| m.id()).collect::<Vec<_>>(),
        "thorough": named.iter().map(|m| m.cost() == Cost::Slow).collect::<Vec<_>>(),
        "covariates": named.iter().map(|m| m.takes_covariates()).collect::<Vec<_>>(),
    })
}

pub(crate) fn text(language: &str) -> Result<Text, Refusal> {
    match language {
        "en" => Ok(Text::new(Language::English)),
        "nl" => Ok(Text::new(Language::Dutch)),
        _ => Err(Refusal::argument("language", "expected \"en\" or \"nl\"".to_owned())),
    }
}

/// A word that a setting does not have.
pub(crate) fn not_a_word(error: NotAWord) -> Refusal {
    Refusal::argument(error.setting, format!("expected {}", error.expected('"')))
}

fn estimate(asked: Estimate, tables: Vec<Vec<u8>>, progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    let mut tables = tables.into_iter();
    let Some(table) = tables.next() else { return Err(Refusal::fault("no table".to_owned())) };
    let level = asked.level;
    let input = asked.input.clone();
    let request = request(asked, tables.next(), &text)?;
    let mut warned = Vec::new();
    let outcome = analyse(&table, &input, &request, &text, progress, &mut |said| warned.push(said))
        .map_err(|e| refused(&e, &text))?;
    let mut value = told(&outcome, &text, level);
    value["warned"] = json!(warned);
    Ok(value)
}

fn request(asked: Estimate, population: Option<Vec<u8>>, text: &Text) -> Result<Asked, Refusal> {
    let choices = asked.reading.choices().map_err(not_a_word)?;
    let methods = Method::parse_all(&asked.methods).map_err(|e| refused(&AnalysisError::from(e), text))?;
    let interval = interval_choice(&asked.interval).map_err(not_a_word)?;
    let reselect = reselection(asked.reselect.as_deref()).map_err(not_a_word)?;
    let identifying = chosen_lists(asked.identifying, asked.learner.as_deref())?;
    let Estimate { by, inactive, replicates, .. } = asked;
    let (numeric, small) = (asked.numeric, asked.small_groups);
    Ok(Asked {
        choices,
        settings: Settings {
            methods,
            formulas: asked.models,
            thorough: asked.thorough,
            level: asked.level,
            replicates: replicates.unwrap_or(Settings::default().replicates),
            replicates_asked: replicates.is_some(),
            seed: asked.seed,
            threshold: asked.threshold,
            interval,
            reselect,
            identifying,
            ..Settings::default()
        },
        over_coverage: asked.over_coverage,
        missed_links: asked.missed_links,
        covariates: CovariateRequest {
            by,
            numeric,
            inactive,
            population: population.map(Input::from),
            small,
            ..CovariateRequest::default()
        },
        evidence: evidence(asked.evidence, text)?,
    })
}

/// The lists whose interaction is assumed to be absent, where some are chosen.
fn chosen_lists(lists: Vec<String>, learner: Option<&str>) -> Result<Option<Chosen>, Refusal> {
    identifying(lists, learner).map_err(|why| match why {
        NotIdentifying::Learner(error) => not_a_word(error),
        NotIdentifying::NoLists => {
            Refusal::argument("learner", "expected lists in `identifying`, which it is for".to_owned())
        }
    })
}

fn evidence(all: Vec<Elsewhere>, text: &Text) -> Result<Vec<Given>, Refusal> {
    let given = |(i, one): (usize, Elsewhere)| {
        let Elsewhere { name, kind, source, year, estimate, lower, upper, level } = one;
        let written = Written { name, kind, source, year, estimate, lower, upper, level };
        written.given(i + 1, text).map_err(|why| Refusal::argument("evidence", why))
    };
    all.into_iter().enumerate().map(given).collect()
}

/// Which argument is to blame.
pub(crate) fn refused(error: &AnalysisError, text: &Text) -> Refusal {
    let said = error.in_words(text);
    match error {
        AnalysisError::Population(_) => Refusal::table("population", said),
        AnalysisError::Model(_) => Refusal::argument("models", said),
        AnalysisError::Covariates(CovariateError::Inactive { .. }) => Refusal::argument("inactive", said),
        AnalysisError::Covariates(_) => Refusal::argument("by", said),
        AnalysisError::Method(_) => Refusal::argument("methods", said),
        AnalysisError::Level(_) => Refusal::argument("level", said),
        AnalysisError::Threshold(_) => Refusal::argument("threshold", said),
        AnalysisError::Lists { .. } => Refusal::argument("reselect", said),
        AnalysisError::NoIdentifying { .. } | AnalysisError::FewIdentifying { .. } => {
            Refusal::argument("identifying", said)
        }
        AnalysisError::Nowcast(NoNowcast::NoSuchList { .. }) => Refusal::argument("late", said),
        AnalysisError::Nowcast(NoNowcast::TooFewLists { .. } | NoNowcast::TooManyLists { .. }) => {
            Refusal::argument("lists", said)
        }
        AnalysisError::NowcastOfOneYear { .. } => Refusal::argument("year", said),
        AnalysisError::Read(_)
        | AnalysisError::Nowcast(_)
        | AnalysisError::NowcastOfCounts
        | AnalysisError::NowcastOfDraws => Refusal::table("table", said),
        AnalysisError::NoAnchor { .. }
        | AnalysisError::Anchor { .. }
        | AnalysisError::Design(_)
        | AnalysisError::DesignOfCounts => Refusal::fault(said),
    }
}

/// All that R shows of an outcome.
fn told(outcome: &Outcome, text: &Text, level: f64) -> Value {
    match outcome {
        Outcome::Histories(a) => {
            let card = headline::card(text, a);
            let json = machine::to_json(a);
            let breakdown = a.covariates.as_ref().map(|c| c.csv(a.diagnostics.verdict));
            json!({
                "json": json.to_string(),
                "raw": json,
                "breakdown": breakdown,
                "verdict": card.verdict,
                "conclusion": headline::conclusion(text, a),
                "because": card.because,
                "short": report(text, a, Detail::Families, Colour::Off),
                "long": report(text, a, Detail::Methods, Colour::Off),
                "html": html::page(text, a),
            })
        }
        Outcome::Counts(c) => {
            let card = c.card(text);
            let json = c.json();
            let said = counts_report(text, &c.title(text), c, level, Colour::Off);
            json!({
                "json": json.to_string(),
                "raw": json,
                "breakdown": null,
                "verdict": card.verdict,
                "conclusion": c.conclusion(text),
                "because": card.because,
                "short": said,
                "long": said,
                "html": html::document(text, "ijsberg", html::STYLE, &html::counts(text, c, level)),
            })
        }
    }
}

fn link(asked: &Link, tables: &[Vec<u8>], progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    if asked.draws == 0 {
        return Err(Refusal::argument("draws", "expected 1 or more".to_owned()));
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let lists = tables.iter().map(|bytes| Input::from(bytes.as_slice()));
    let wanted = LinkRequest {
        lists: asked.names.iter().map(String::as_str).zip(lists).collect(),
        covariates: &asked.covariates,
        draws: asked.draws,
        seed: asked.seed,
        this_year: year_after(now),
    };
    let made = link_files(&wanted, progress).map_err(|e| {
        let said = e.in_words(&text);
        match e {
            LinkError::Read { .. } | LinkError::Schema(_) => Refusal::table("lists", said),
            LinkError::Covariates(_) => Refusal::argument("covariates", said),
        }
    })?;
    let persons = |groups: &Vec<u32>| groups.iter().collect::<BTreeSet<_>>().len();
    let persons: Vec<usize> = chosen(&made.found, asked.draws).into_iter().map(persons).collect();
    Ok(json!({
        "linked": made.linked,
        "draws": made.draws,
        "persons": persons,
    }))
}
