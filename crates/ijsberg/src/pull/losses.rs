//! What a pull did not take over: as a page, and as a file beside its CSV file.

use std::ffi::OsString;
use std::path::Path;

use ijsberg_pull::{Mapping, Tally};
use ijsberg_report::text::Text;
use serde::Serialize;

use crate::output::write_whole;

/// Fields that are shown; all of them are in the file.
const SHOWN: usize = 20;

/// A field that no column is for.
#[derive(Debug, Serialize)]
struct NotMapped<'a> {
    field: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    values: u64,
}

/// What was not taken over.
#[derive(Debug, Serialize)]
struct Losses<'a> {
    records_in_file: u64,
    records_received: u64,
    already_in_file: u64,
    without_id: u64,
    records_on_server: Option<u64>,
    not_mapped: Vec<NotMapped<'a>>,
    values_of_further_fields: u64,
    mapped_in_no_record: Vec<&'a str>,
}

/// Writes the report beside the file, and says what is in it.
pub(super) fn report(text: &Text, mapping: &Mapping, tally: &Tally, out: &Path) -> anyhow::Result<String> {
    let lost = tally.fields.iter().filter(|(field, _)| mapping.column(field).is_none());
    let label = |field: &str| tally.labels.get(field).map(String::as_str);
    let losses = Losses {
        records_in_file: tally.stored,
        records_received: tally.read,
        already_in_file: tally.again,
        without_id: tally.without_id,
        records_on_server: tally.server,
        not_mapped: lost.map(|(field, n)| NotMapped { field, label: label(field), values: *n }).collect(),
        values_of_further_fields: tally.further,
        mapped_in_no_record: mapping.fields().filter(|f| !tally.fields.contains_key(*f)).collect(),
    };
    let dir = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut name = OsString::from(out.file_name().unwrap_or_default());
    name.push(".losses.json");
    let name = name.to_string_lossy();
    write_whole(dir, &name, &ijsberg_outside::json(&losses)?)?;
    Ok(page(text, &losses, out, &dir.join(&*name)))
}

fn page(text: &Text, losses: &Losses<'_>, out: &Path, file: &Path) -> String {
    let number = |n: u64| text.number(n as f64);
    let stored = ("stored", number(losses.records_in_file));
    let came = ("read", number(losses.records_received));
    let again = ("again", number(losses.already_in_file));
    let path = ("path", out.display().to_string());
    let mut lines = vec![text.fill("pull-done", &[stored.clone(), path, came, again])];
    if losses.without_id > 0 {
        lines.push(text.fill("pull-without-id", &[("n", number(losses.without_id))]));
    }
    if let Some(server) = losses.records_on_server.filter(|server| *server > losses.records_in_file) {
        lines.push(text.fill("pull-server-more", &[("server", number(server)), stored]));
    }
    if !losses.not_mapped.is_empty() {
        lines.push(text.say("pull-not-mapped"));
    }
    for lost in losses.not_mapped.iter().take(SHOWN) {
        let parts = [("field", lost.field.to_owned()), ("n", number(lost.values))];
        let line = match lost.label {
            Some(label) => {
                text.fill("pull-field-label", &[&parts[..], &[("label", label.to_owned())]].concat())
            }
            None => text.fill("pull-field", &parts),
        };
        lines.push(format!("  {line}"));
    }
    if losses.not_mapped.len() > SHOWN {
        let more = (losses.not_mapped.len() - SHOWN) as u64;
        lines.push(format!("  {}", text.fill("pull-more-fields", &[("n", number(more))])));
    }
    if !losses.mapped_in_no_record.is_empty() {
        let fields = losses.mapped_in_no_record.join(", ");
        lines.push(text.fill("pull-never-filled", &[("fields", fields)]));
    }
    lines.push(text.fill("pull-losses", &[("path", file.display().to_string())]));
    lines.join("\n") + "\n"
}
