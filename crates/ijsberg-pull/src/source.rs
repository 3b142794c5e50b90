//! The four systems: the requests to each, and how a page of its answer is read.

use std::collections::BTreeMap;
use std::fmt::Write;

use ijsberg_outside::seen;
use serde::Serialize;
use serde_json::Value;

use crate::PullError;
use crate::flat::{Fields, flat, text};

/// Characters of what a record is known by.
const ID: usize = 400;

/// Characters of a query that leads to the next page.
const QUERY: usize = 8 << 10;

/// Where records are kept, and which of them are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Submissions of a form in ODK Central.
    Odk {
        /// The number of the project.
        project: u64,
        /// The form's `xmlFormId`.
        form: String,
    },
    /// Submissions of a project in KoboToolbox.
    Kobo {
        /// The project's `uid`.
        asset: String,
    },
    /// Tracked entities of a DHIS2 program, with their enrolments.
    Dhis2 {
        /// The program.
        program: String,
        /// The organisation unit; those below it count too.
        unit: String,
    },
    /// Cases in Primero v2.
    Primero,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// What it is known by, if by anything.
    pub(crate) id: Option<String>,
    pub(crate) fields: Fields,
}

/// A page of records.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) records: Vec<Record>,
    /// The query that leads to the next one.
    pub(crate) next: Option<String>,
    /// How many records there are, if the server says so.
    pub(crate) total: Option<u64>,
    /// What fields are called.
    pub(crate) labels: BTreeMap<String, String>,
}

impl Source {
    /// The field that identifies a record: it stays the same when the record changes.
    pub fn id_field(&self) -> &'static str {
        match self {
            Self::Odk { .. } => "__id",
            Self::Kobo { .. } => "_id",
            Self::Dhis2 { .. } => "trackedEntity",
            Self::Primero => "id",
        }
    }

    /// The field with the day on which somebody was registered.
    pub fn date_field(&self) -> &'static str {
        match self {
            Self::Odk { .. } => "__system/submissionDate",
            Self::Kobo { .. } => "_submission_time",
            Self::Dhis2 { .. } => "enrollments/1/enrolledAt",
            Self::Primero => "registration_date",
        }
    }

    /// The word before a token.
    pub(crate) fn scheme(&self) -> &'static str {
        match self {
            Self::Odk { .. } | Self::Primero => "Bearer",
            Self::Kobo { .. } => "Token",
            Self::Dhis2 { .. } => "ApiToken",
        }
    }

    /// Where a name and a password are exchanged for a token, if that is how they are used.
    pub(crate) fn issues(&self) -> Option<&'static str> {
        matches!(self, Self::Primero).then_some("/api/v2/tokens")
    }

    pub(crate) fn path(&self) -> String {
        match self {
            Self::Odk { project, form } => {
                format!("/v1/projects/{project}/forms/{}.svc/Submissions", encoded(form))
            }
            Self::Kobo { asset } => format!("/api/v2/assets/{}/data/", encoded(asset)),
            Self::Dhis2 { .. } => "/api/tracker/trackedEntities".to_owned(),
            Self::Primero => "/api/v2/cases".to_owned(),
        }
    }

    /// The query of the first page. Oldest first where that can be asked, so that what comes in meanwhile moves no page.
    pub(crate) fn first(&self, per: u32) -> String {
        match self {
            Self::Odk { .. } => format!("$top={per}&$count=true&$expand=*"),
            Self::Kobo { .. } => format!("format=json&limit={per}&start=0"),
            Self::Dhis2 { program, unit } => {
                let fields = "trackedEntity,trackedEntityType,createdAt,updatedAt,orgUnit,\
                              attributes[attribute,displayName,value],\
                              enrollments[enrollment,status,orgUnit,enrolledAt,occurredAt]";
                let [program, unit, fields] = [program.as_str(), unit.as_str(), fields].map(encoded);
                format!(
                    "program={program}&orgUnits={unit}&orgUnitMode=DESCENDANTS&fields={fields}\
                     &order=createdAt%3Aasc%2CtrackedEntity%3Aasc&pageSize={per}&page=1"
                )
            }
            Self::Primero => format!("per={per}&page=1"),
        }
    }

    /// Reads a page that was asked for with a query.
    pub(crate) fn page(&self, query: &str, body: &[u8]) -> Result<Page, PullError> {
        let answer: Value = serde_json::from_slice(body).map_err(|_| PullError::Answer)?;
        let list = match self {
            Self::Odk { .. } => answer.get("value"),
            Self::Kobo { .. } => answer.get("results"),
            // Before version 2.41 it is called instances.
            Self::Dhis2 { .. } => answer.get("trackedEntities").or_else(|| answer.get("instances")),
            Self::Primero => answer.get("data"),
        };
        let list = list.and_then(Value::as_array).ok_or(PullError::Answer)?;
        let mut labels = BTreeMap::new();
        let records: Vec<Record> =
            list.iter().map(|r| self.record(r, &mut labels)).collect::<Result<_, _>>()?;
        let total = match self {
            Self::Odk { .. } => answer.get("@odata.count").and_then(Value::as_u64),
            Self::Kobo { .. } => answer.get("count").and_then(Value::as_u64),
            Self::Dhis2 { .. } => answer.pointer("/pager/total").and_then(Value::as_u64),
            Self::Primero => answer.pointer("/metadata/total").and_then(Value::as_u64),
        };
        let next = if records.is_empty() { None } else { self.next(query, &answer, records.len() as u64)? };
        Ok(Page { records, next, total, labels })
    }

    fn record(&self, value: &Value, labels: &mut BTreeMap<String, String>) -> Result<Record, PullError> {
        let id = value.get(self.id_field()).and_then(text);
        let id = id.filter(|id| !id.trim().is_empty() && id.chars().count() <= ID);
        let mut fields = flat(value)?;
        if let (Self::Dhis2 { .. }, Some(all)) = (self, value.get("attributes").and_then(Value::as_array)) {
            fields.retain(|name, _| !name.starts_with("attributes/"));
            for attribute in all {
                let of = |name: &str| attribute.get(name).and_then(text);
                let Some(name) = of("attribute").map(|uid| format!("attributes/{}", seen(&uid))) else {
                    continue;
                };
                if let Some(label) = of("displayName") {
                    labels.insert(name.clone(), label);
                }
                if let Some(value) = of("value").filter(|v| !v.trim().is_empty()) {
                    fields.insert(name, value);
                }
            }
        }
        Ok(Record { id, fields })
    }

    /// The query of the next page; none after the last.
    fn next(&self, query: &str, answer: &Value, came: u64) -> Result<Option<String>, PullError> {
        match self {
            Self::Odk { .. } => linked(answer.get("@odata.nextLink")),
            Self::Kobo { .. } => linked(answer.get("next")),
            Self::Dhis2 { .. } => {
                let (_, per) = numbered(query, "pageSize")?;
                let per = answer.pointer("/pager/pageSize").and_then(Value::as_u64).unwrap_or(per);
                following(query, came >= per)
            }
            Self::Primero => {
                let (_, page) = numbered(query, "page")?;
                let (_, per) = numbered(query, "per")?;
                let of = |name| answer.pointer(name).and_then(Value::as_u64);
                let per = of("/metadata/per").unwrap_or(per);
                let more = of("/metadata/total").map(|total| page.saturating_mul(per) < total);
                following(query, more.unwrap_or(came >= per))
            }
        }
    }
}

/// What is asked of the same server: of a link to the next page the query counts, and nothing of where it leads.
fn linked(link: Option<&Value>) -> Result<Option<String>, PullError> {
    let Some(link) = link.filter(|l| !l.is_null()) else { return Ok(None) };
    let query = link.as_str().and_then(|l| l.split('#').next()?.split_once('?')).map(|(_, query)| query);
    match query.filter(|q| !q.is_empty() && q.len() <= QUERY && q.bytes().all(|b| b.is_ascii_graphic())) {
        Some(query) => Ok(Some(query.to_owned())),
        None => Err(PullError::Answer),
    }
}

/// A number in a query, with what comes before it.
fn numbered<'a>(query: &'a str, name: &str) -> Result<(&'a str, u64), PullError> {
    let mut at = 0;
    for part in query.split('&') {
        if let Some(number) = part.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')) {
            let number = number.parse().map_err(|_| PullError::Answer)?;
            return Ok((&query[..=at + name.len()], number));
        }
        at += part.len() + 1;
    }
    Err(PullError::Answer)
}

/// The query with the next number of a page, which is at its end.
fn following(query: &str, more: bool) -> Result<Option<String>, PullError> {
    let (before, page) = numbered(query, "page")?;
    Ok(more.then(|| format!("{before}{}", page + 1)))
}

/// As a part of an address.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            // Writing to memory cannot fail.
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests;
