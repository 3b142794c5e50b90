//! The annex for the impact assessment, the controls with the tests that prove them, versions, and limits.

use super::Dossier;
use super::page::Page;
use super::threats::Threat;

/// Why what is registered is needed, and no more than that.
const NECESSITY: [&str; 5] = [
    "dossier-necessity-tracks",
    "dossier-necessity-names",
    "dossier-necessity-roles",
    "dossier-necessity-status",
    "dossier-necessity-publication",
];

/// Rights of people, with what the program does for each.
const RIGHTS: [&str; 5] = [
    "dossier-right-information",
    "dossier-right-access",
    "dossier-right-rectification",
    "dossier-right-erasure",
    "dossier-right-restriction",
];

/// What the dossier does not show.
const LIMITS: [&str; 6] = [
    "dossier-limit-moment",
    "dossier-limit-tests",
    "dossier-limit-outside",
    "dossier-limit-serve",
    "dossier-limit-backup",
    "dossier-limit-advice",
];

/// Sections 2 to 5.
pub(super) fn write(page: &mut Page<'_>, dossier: &Dossier) {
    assessment(page, dossier);
    controls(page, dossier);
    versions(page, dossier);
    page.heading("##", "dossier-limits");
    points(page, &LIMITS);
}

fn points(page: &mut Page<'_>, keys: &[&str]) {
    let points: Vec<String> = keys.iter().map(|key| page.text.say(key)).collect();
    page.points(&points);
}

/// The name of a threat in the language of the document.
fn name(page: &Page<'_>, threat: &Threat) -> String {
    page.text.say(&format!("dossier-threat-{}", threat.number))
}

fn assessment(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("##", "dossier-annex");
    page.heading("###", "dossier-description");
    page.say("dossier-description-text");
    page.heading("###", "dossier-necessity");
    points(page, &NECESSITY);
    page.heading("###", "dossier-rights");
    points(page, &RIGHTS);
    page.heading("###", "dossier-risks");
    page.say("dossier-risks-text");
    let row = |t: &Threat| {
        let tests: usize = t.controls.iter().map(|c| c.tests.len()).sum();
        vec![t.number.to_owned(), name(page, t), t.controls.len().to_string(), tests.to_string()]
    };
    let rows: Vec<Vec<String>> = dossier.threats.iter().map(row).collect();
    let columns =
        ["dossier-column-no", "dossier-column-threat", "dossier-column-controls", "dossier-column-tests"];
    page.table(&columns, &rows);
    for threat in &dossier.threats {
        let title = format!("{}. {}", threat.number, name(page, threat));
        page.title("####", &title);
        page.fill("dossier-remains", &[("risk", threat.remains.clone())]);
    }
    page.heading("###", "dossier-measures");
    page.say("dossier-measures-text");
}

fn controls(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("##", "dossier-controls");
    page.say("dossier-controls-text");
    for threat in &dossier.threats {
        let title = format!("{}. {}", threat.number, name(page, threat));
        page.title("###", &title);
        let row = |c: &super::threats::Control| {
            let tests: Vec<String> = c.tests.iter().map(|test| format!("`{test}`")).collect();
            vec![c.control.to_owned(), tests.join(", ")]
        };
        let rows: Vec<Vec<String>> = threat.controls.iter().map(row).collect();
        page.table(&["dossier-column-control", "dossier-column-proof"], &rows);
    }
}

fn versions(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("##", "dossier-versions");
    let (text, versions) = (page.text, &dossier.versions);
    let program = versions.program_sha256.clone().unwrap_or_else(|| text.say("dossier-unreadable"));
    let tables = [("n", versions.tables.to_string()), ("name", versions.tables_last.to_owned())];
    let log = [("n", dossier.verified.entries.to_string()), ("hash", dossier.verified.hash.clone())];
    let rows: Vec<Vec<String>> = [
        ("dossier-version-program", versions.program.to_owned()),
        ("dossier-version-sha256", program),
        ("dossier-version-threats", versions.threats_sha256.clone()),
        ("dossier-version-tables", text.fill("dossier-tables", &tables)),
        ("dossier-version-log", text.fill("dossier-log-end", &log)),
        ("dossier-version-codes", versions.codes.join("; ")),
    ]
    .into_iter()
    .map(|(key, value)| vec![text.say(key), value])
    .collect();
    page.table(&["dossier-column-item", "dossier-column-value"], &rows);
}
