//! What R asks is done by the same function as for the command line, the pages and Python.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use ijsberg_analysis::linkage::{LinkError, LinkRequest, chosen, link_files, year_after};
use ijsberg_analysis::{Input, Outcome, Request as AnalysisRequest, SETTINGS, run as analyse};
use ijsberg_mse::method::{Cost, Method};
use ijsberg_mse::methods::Progress;
use ijsberg_report::terminal::{Colour, Detail, counts_report, report};
use ijsberg_report::text::Text;
use ijsberg_report::{headline, html, machine};
use serde_json::{Value, json};

use crate::answer::{Refusal, bytes};
use crate::figures::{delays, nowcast, open};
use crate::refusal::{refused, text, unfit};
use crate::request::{Estimate, Link, Request, Task};

/// The answer to a request.
pub(crate) fn run(request: Request, progress: &dyn Progress) -> Vec<u8> {
    let Request { task, tables, .. } = request;
    let done = match task {
        Task::Methods => Ok(methods()),
        Task::Settings => Ok(settings()),
        Task::Estimate(asked) => estimate(&asked, tables, progress),
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

/// Names and defaults of all settings.
fn settings() -> Value {
    json!({
        "name": SETTINGS.iter().map(|s| s.name).collect::<Vec<_>>(),
        "default": SETTINGS.iter().map(|s| s.default.json()).collect::<Vec<_>>(),
    })
}

fn estimate(asked: &Estimate, tables: Vec<Vec<u8>>, progress: &dyn Progress) -> Result<Value, Refusal> {
    let text = text(&asked.language)?;
    let mut tables = tables.into_iter();
    let Some(table) = tables.next() else { return Err(Refusal::fault("no table".to_owned())) };
    let mut request = AnalysisRequest::from_json(&asked.settings, &text).map_err(unfit)?;
    request.covariates.population = tables.next().map(Input::from);
    let mut warned = Vec::new();
    let outcome = analyse(&table, &asked.input, &request, &text, progress, &mut |said| warned.push(said))
        .map_err(|e| refused(&e, &text))?;
    let mut value = told(&outcome, &text, request.settings.level);
    value["warned"] = json!(warned);
    Ok(value)
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
