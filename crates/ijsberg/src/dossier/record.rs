//! The record of processing activities: article 30(1), from (a) to (g).

use ijsberg_register::entities::KINDS;
use ijsberg_register::erasing::DELAY;
use ijsberg_register::scope::EVERYWHERE;
use ijsberg_register::vault::FIELDS;

use super::Dossier;
use super::page::{Page, cell};

/// Coded fields of a registration.
const CODED: [&str; 9] =
    ["happened_on", "sex", "birth_year", "minor", "nationality", "form", "sector", "region", "article_part"];

/// Operations by which something leaves the register.
const LEAVING: [&str; 5] = ["export_lists", "export_histories", "export_cases", "publish", "read_disclosed"];

/// The whole section.
pub(super) fn write(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("##", "dossier-record");
    page.heading("###", "dossier-a");
    page.say("dossier-a-text");
    purposes(page, dossier);
    people(page, dossier);
    recipients(page, dossier);
    page.heading("###", "dossier-e");
    page.say("dossier-e-text");
    periods(page, dossier);
    security(page, dossier);
}

fn purposes(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("###", "dossier-b");
    let running = &dossier.running;
    if running.lanes.is_empty() {
        page.say("dossier-b-none");
    } else {
        let row = |l: &ijsberg_register::worklist::OpenLane| {
            let track = page.text.say(&format!("code-lane-{}", l.name));
            vec![track, cell(&l.basis), page.text.day(&l.assessed)]
        };
        let rows: Vec<Vec<String>> = running.lanes.iter().map(row).collect();
        page.table(&["dossier-column-track", "dossier-column-basis", "dossier-column-assessed"], &rows);
    }
    page.fill("dossier-b-purposes", &[("country", dossier.country.clone())]);
    let row = |p: &super::Purpose| vec![purpose(page, &p.code), page.articles(p)];
    let rows: Vec<Vec<String>> = dossier.purposes.iter().map(row).collect();
    page.table(&["dossier-column-purpose", "dossier-column-articles"], &rows);
}

fn purpose(page: &Page<'_>, code: &str) -> String {
    page.text.say(&format!("code-purpose-{code}"))
}

fn fields(page: &Page<'_>, names: &[&str]) -> String {
    let said: Vec<String> = names.iter().map(|name| page.text.say(&format!("field-{name}"))).collect();
    said.join(", ")
}

fn people(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("###", "dossier-c");
    let people = &dossier.running.people;
    let counted = [
        ("dossier-people-registered", people.registered),
        ("dossier-people-named", people.named),
        ("dossier-people-erased", people.erased),
    ];
    let row = |(key, n): &(&str, i64)| vec![page.text.say(key), page.number(*n)];
    let rows: Vec<Vec<String>> = counted.iter().map(row).collect();
    page.table(&["dossier-column-people", "dossier-column-number"], &rows);
    let (coded, named) = (fields(page, &CODED), fields(page, FIELDS));
    page.fill("dossier-c-registration", &[("fields", coded)]);
    page.fill("dossier-c-identity", &[("fields", named)]);
    page.say("dossier-c-records");
    let held = |kind: &str| dossier.running.records.iter().find(|k| k.kind == kind).map_or(0, |k| k.records);
    let row = |kind: &ijsberg_register::entities::Kind| {
        let class = page.text.say(&format!("dossier-class-{}", kind.class.name()));
        vec![page.text.say(&format!("kind-{}", kind.name)), class, page.number(held(kind.name))]
    };
    let rows: Vec<Vec<String>> = KINDS.iter().map(row).collect();
    page.table(&["dossier-column-kind", "dossier-column-class", "dossier-column-number"], &rows);
    page.say("dossier-c-users");
}

fn recipients(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("###", "dossier-d");
    let running = &dossier.running;
    let row = |o: &ijsberg_register::worklist::Organisation| {
        let kind = page.text.say(&format!("code-organisation_kind-{}", o.kind));
        vec![cell(&o.id), cell(&o.name), kind, cell(&o.list)]
    };
    let rows: Vec<Vec<String>> = running.organisations.iter().map(row).collect();
    let columns =
        ["dossier-column-organisation", "dossier-column-name", "dossier-column-type", "dossier-column-list"];
    page.table(&columns, &rows);
    page.say("dossier-d-roles");
    let row = |r: &ijsberg_register::dossier::RoleHeld| {
        let all = r.organisation == EVERYWHERE;
        let of = if all { page.text.say("dossier-all-organisations") } else { cell(&r.organisation) };
        vec![of, page.text.say(&format!("code-role_of_user-{}", r.role)), page.number(r.accounts as i64)]
    };
    let rows: Vec<Vec<String>> = running.roles.iter().map(row).collect();
    let columns = ["dossier-column-organisation", "dossier-column-role", "dossier-column-accounts"];
    page.table(&columns, &rows);
    page.say("dossier-d-leaves");
    let row = |operation: &&str| {
        let said = page.text.say(&format!("code-operation-{operation}"));
        let done = running.last(operation);
        let last = done.map_or_else(|| page.text.say("dossier-never"), |d| page.moment(&d.last));
        vec![said, page.number(done.map_or(0, |d| d.times)), last]
    };
    let rows: Vec<Vec<String>> = LEAVING.iter().map(row).collect();
    page.table(&["dossier-column-operation", "dossier-column-times", "dossier-column-last"], &rows);
}

fn periods(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("###", "dossier-f");
    let running = &dossier.running;
    let row = |p: &super::Purpose| {
        let set = running.periods.iter().find(|r| r.purpose == p.code);
        let months = |n: i64| page.text.fill("dossier-months", &[("n", page.number(n))]);
        let said = set.map_or_else(|| page.text.say("dossier-no-period"), |r| months(r.months));
        vec![purpose(page, &p.code), said]
    };
    let rows: Vec<Vec<String>> = dossier.purposes.iter().map(row).collect();
    page.table(&["dossier-column-purpose", "dossier-column-period"], &rows);
    page.fill("dossier-f-erasing", &[("days", DELAY.to_string())]);
    let people = &running.people;
    let counted = [
        ("dossier-f-due", people.due as i64),
        ("dossier-f-held", people.held as i64),
        ("dossier-f-restricted", people.restricted),
        ("dossier-f-listed", people.listed),
    ];
    let points: Vec<String> =
        counted.iter().map(|(key, n)| page.text.fill(key, &[("n", page.number(*n))])).collect();
    page.points(&points);
}

fn security(page: &mut Page<'_>, dossier: &Dossier) {
    page.heading("###", "dossier-g");
    let (text, running) = (page.text, &dossier.running);
    let accounts = [
        ("open", page.number(running.accounts.open as i64)),
        ("two", page.number(running.accounts.second_factor as i64)),
        ("closed", page.number(running.accounts.closed as i64)),
    ];
    let backup = match dossier.days_since_backup {
        Some(days) => text.fill("dossier-backup", &[("days", page.number(days))]),
        None => text.say("dossier-backup-none"),
    };
    let compared = match &dossier.compared {
        Some(c) => {
            let parts = [("n", c.checkpoints.to_string()), ("day", page.moment(&c.last_at))];
            text.fill("dossier-checkpoints", &parts)
        }
        None => text.say("dossier-checkpoints-none"),
    };
    let log = [("entries", dossier.verified.entries.to_string()), ("day", text.day(&dossier.made_on))];
    let backwards = if dossier.verified.backwards.is_empty() {
        text.say("dossier-clock")
    } else {
        text.fill("dossier-clock-back", &[("n", dossier.verified.backwards.len().to_string())])
    };
    let recovery = if running.recovery_key { "dossier-recovery" } else { "dossier-recovery-none" };
    page.points(&[
        text.say(&format!("dossier-storage-{}", dossier.storage)),
        text.fill("dossier-accounts", &accounts),
        text.say(recovery),
        backup,
        text.fill("dossier-log", &log),
        backwards,
        compared,
    ]);
    let row = |k: &ijsberg_register::dossier::KeyState| {
        let kept = k.kept.map_or_else(|| text.say("dossier-key-closed"), |n| n.to_string());
        let state = if k.unfinished { "dossier-key-unfinished" } else { "dossier-key-whole" };
        let domain = text.say(&format!("dossier-key-{}", k.domain));
        vec![domain, page.number(k.changes), kept, text.say(state)]
    };
    let rows: Vec<Vec<String>> = running.keys.iter().map(row).collect();
    let columns =
        ["dossier-column-key", "dossier-column-changes", "dossier-column-kept", "dossier-column-state"];
    page.table(&columns, &rows);
    page.say("dossier-g-more");
}
