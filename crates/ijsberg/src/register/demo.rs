//! A register to try things on, with synthetic people.
//!
//! 8,234 persons on the six lists of the Dutch study, as many on each combination of lists as published (van Dijk, Cruyff, van
//! der Heijden and Kragten-Heerdink 2017), with the shares of the synthetic table; names and slips are those of the linkage
//! generator.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, bail};
use ijsberg_linkage::generate::{Design, generate};
use ijsberg_linkage::record::Record;
use ijsberg_register::lanes::Lane;
use ijsberg_register::merge::Fields;
use ijsberg_register::notify::Notification;
use ijsberg_report::text::Text;
use ijsberg_tables::Grid;
use zeroize::Zeroizing;

use super::{Place, export, place, received};
use crate::output::{print, write_bytes};

/// Persons by list, year, sex, age, nationality and form.
const TABLE: &str = include_str!("../../../../data/netherlands-synthetic.csv");

/// Lists of the study and what organisations they are of, in its coding.
const LISTS: [(&str, &str, &str, &str); 6] = [
    ("I", "inspectorate", "Synthetic labour inspectorate", "NLA"),
    ("K", "border", "Synthetic border police", "KMAR"),
    ("O", "shelter", "Synthetic shelters", "OPVANG"),
    ("P", "police", "Synthetic national police", "NP"),
    ("R", "regional", "Synthetic regional coordinators", "ZORGCOORDINATIE"),
    ("Z", "other", "Synthetic other organisations", "OVERIG"),
];

/// A quarter of the usual dirt. With more the published combinations of lists, of which many hold one person or two, are soon
/// those of the dirt.
const DIRT: f64 = 0.25;

/// How many persons are made for each that is used, so that each finds one of its sex.
const SPARE: usize = 3;

/// In a file of its own, or in the database that `whole` names; the lists also as organisations send them, if that is asked for.
pub(super) fn run(
    text: &Text,
    whole: &Place,
    (out, as_received): (&Path, bool),
    seed: u64,
) -> anyhow::Result<()> {
    if out.exists() {
        bail!(text.fill("register-exists", &[("path", out.display().to_string())]));
    }
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let secret = Zeroizing::new(ijsberg_crypto::hex(&ijsberg_crypto::random::<16>()?));
    write_bytes(out, "passphrase", secret.as_bytes())?;
    let password = Zeroizing::new(ijsberg_crypto::hex(&ijsberg_crypto::random::<8>()?));
    write_bytes(out, "password", password.as_bytes())?;
    let place = place::bare(out.join("register"), out.join("passphrase"), out.join("password")).beside(whole);
    let mut register = place.make(text, &secret, &password, None, &place::everything())?;
    register.open_lane(Lane::Help, "none needed: nobody in this register exists", "2026-11-24")?;
    for (list, id, name, kind) in LISTS {
        register.add_organisation(id, name, kind, list, true)?;
    }
    let rows = notifications(seed)?;
    let done = register.notify(&rows)?;
    if let Some(e) = done.errors.first() {
        bail!("row {}: {}: {}", e.line, e.field, e.expected);
    }
    let lists = out.join("lists");
    export::lists(text, &mut register, false, &lists)?;
    if as_received {
        received::write(text, &lists, LISTS.iter().map(|l| l.0), &out.join("received"))?;
    }
    let parts = [
        ("n", text.number(done.new as f64)),
        ("path", out.display().to_string()),
        ("lists", lists.display().to_string()),
    ];
    print(&(text.fill("register-demo", &parts) + "\n"))
}

/// A notification for each person on each list.
fn notifications(seed: u64) -> anyhow::Result<Vec<Notification>> {
    let grid = Grid::read(TABLE.as_bytes()).map_err(|e| anyhow::anyhow!("{e}"))?;
    let column = |name: &str| grid.header.iter().position(|h| h == name).with_context(|| name.to_owned());
    let lists: Vec<usize> = LISTS.iter().map(|l| column(l.0)).collect::<Result<_, _>>()?;
    let [year, sex, age, nationality, form] =
        [column("year")?, column("sex")?, column("age")?, column("nationality")?, column("form")?];
    let design = Design {
        persons: SPARE * grid.rows.len(),
        // Everybody on every list; the table says which are used.
        lists: LISTS.iter().map(|l| (l.0.to_owned(), 1.0)).collect(),
        dependence: 0.0,
        duplicates: 0.0,
        damage: DIRT,
        ..Design::default()
    };
    let made = generate(&design, seed);
    let mut persons: HashMap<u32, Vec<&Record>> = HashMap::new();
    for (record, person) in made.records.iter().zip(&made.truth) {
        persons.entry(*person).or_default().push(record);
    }
    // Persons by sex, and apart those whose names could be Dutch as well as anything.
    let mut waiting: HashMap<(String, bool), Vec<u32>> = HashMap::new();
    let mut ids: Vec<u32> = persons.keys().copied().collect();
    ids.sort_unstable();
    for id in ids {
        let of = &persons[&id];
        let romance = most(of.iter().filter_map(|r| r.nationality.clone()));
        let dutch = ["RO", "HU", "AL", "MD", "BR", "NL", "CO"].contains(&romance.as_str());
        waiting.entry((most(of.iter().filter_map(|r| r.sex.clone())), dutch)).or_default().push(id);
    }
    let mut all = Vec::new();
    for (number, (_, cells)) in grid.rows.iter().enumerate() {
        let (woman, dutch) = (cells[sex] == "female", cells[nationality] == "dutch");
        let wanted = if woman { "f" } else { "m" };
        let key = [(wanted, dutch), (wanted, !dutch)]
            .into_iter()
            .map(|(s, d)| (s.to_owned(), d))
            .find(|k| waiting.get(k).is_some_and(|w| !w.is_empty()));
        let person =
            key.and_then(|k| waiting.get_mut(&k)?.pop()).context("the generator made too few persons")?;
        let records = &persons[&person];
        let usual_nationality = most(records.iter().filter_map(|r| r.nationality.clone()));
        let usual_year: i16 =
            most(records.iter().filter_map(|r| Some(r.birth?.year.to_string()))).parse().unwrap_or(1990);
        let happened: i16 = cells[year].parse().with_context(|| format!("row {number}"))?;
        let minor = cells[age] == "minor";
        let years = if minor { 12 + number % 6 } else { 18 + number % 32 } as i16;
        let moved = happened - years - usual_year;
        let mut known = known_of(number, woman, &cells[form]);
        for record in records.iter().filter(|r| cells[lists[r.list]] == "1") {
            let of = |moved| {
                notification(
                    number,
                    record,
                    &cells[year],
                    minor,
                    dutch,
                    &cells[form],
                    moved,
                    &usual_nationality,
                )
            };
            let mut made = of(moved);
            // A slip in a birth year may make an adult of a minor, which no register takes.
            if made.contradiction().is_some() {
                let slip = record.birth.map_or(0, |b| b.year - usual_year);
                made = of(moved - slip - i16::from(!minor));
            }
            // Who notified first knew most.
            made.records = std::mem::take(&mut known);
            all.push(made);
        }
    }
    Ok(all)
}

fn most(values: impl Iterator<Item = String>) -> String {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for value in values {
        match counts.iter_mut().find(|c| c.0 == value) {
            Some(count) => count.1 += 1,
            None => counts.push((value, 1)),
        }
    }
    counts.into_iter().max_by_key(|c| c.1).map(|c| c.0).unwrap_or_default()
}

#[expect(clippy::too_many_arguments, reason = "one call, and a type for it would say no more")]
fn notification(
    number: usize,
    record: &Record,
    year: &str,
    minor: bool,
    dutch: bool,
    form: &str,
    moved: i16,
    usual: &str,
) -> Notification {
    let (_, organisation, _, _) = LISTS[record.list];
    let birth = record.birth.map(|b| {
        let year = b.year + moved;
        match (b.month, b.day) {
            (Some(m), Some(d)) => format!("{year:04}-{m:02}-{d:02}"),
            (Some(m), None) => format!("{year:04}-{m:02}"),
            _ => format!("{year:04}"),
        }
    });
    let nationality = match &record.nationality {
        Some(n) if n == usual && dutch => "NL".to_owned(),
        Some(n) => n.clone(),
        None => String::new(),
    };
    let mut identity = Vec::new();
    let given = record.given.first().cloned();
    let fields = [
        ("given_name", given),
        ("alias", record.given.get(1).cloned()),
        ("family_name", record.family.first().cloned()),
        ("birth_date", birth.clone()),
        ("place", record.place.clone()),
    ];
    identity.extend(fields.into_iter().filter_map(|(f, v)| Some((f, v?))));
    Notification {
        line: number as u64 + 2,
        organisation: organisation.to_owned(),
        local_key: format!("synthetic-{number}"),
        happened_on: format!("{year}-{:02}-{:02}", 1 + number % 12, 1 + number % 28),
        lane: Lane::Help,
        basis: String::new(),
        sex: record.sex.as_ref().map_or_else(|| "UNKNOWN".to_owned(), |s| s.to_uppercase()),
        birth_year: birth.and_then(|b| b.get(..4)?.parse().ok()),
        minor: if minor { "yes" } else { "no" }.to_owned(),
        nationality,
        form: if form == "sexual" { "SEX_PROSTITUTION" } else { "LABOUR" }.to_owned(),
        sector: "UNKNOWN".to_owned(),
        region: String::new(),
        article_part: String::new(),
        synthetic: true,
        identity,
        tokens: Vec::new(),
        records: Vec::new(),
        unread: Vec::new(),
    }
}

/// Means of coercion, signals and support of a person, as invented as the person: so many in a hundred have each.
fn known_of(number: usize, woman: bool, form: &str) -> Vec<(&'static str, Fields)> {
    let sexual = form == "sexual";
    let either = |s: usize, other: usize| if sexual { s } else { other };
    // Spread over the persons by multiplication with a prime; everything else in the register comes from the seed.
    let has = |salt: usize, share: usize| (number * 7919 + salt * 104_729) / 13 % 100 < share;
    let pick = |all: &[(&str, usize)], from: usize| -> Vec<String> {
        let those = all.iter().enumerate().filter(|(i, c)| has(from + i, c.1));
        those.map(|(_, c)| c.0.to_owned()).collect()
    };
    let means = [
        ("DebtBondage", either(28, 41)),
        ("FalsePromises", either(44, 52)),
        ("WithholdsDocuments", either(19, 37)),
        ("PhysicalThreats", either(36, 17)),
        ("PhysicalAbuse", either(24, 8)),
        ("SexualAbuse", either(21, usize::from(woman))),
        ("TakesEarnings", either(47, 22)),
        ("ExcessiveWorkingHours", either(12, 58)),
        ("RestrictsMovement", either(23, 14)),
        ("AbuseOfVulnerability", 33),
        ("UsesChildren", 1),
    ];
    let signals = [
        ("no_own_papers", either(22, 31)),
        ("high_debt", either(26, 39)),
        ("hands_over_income", either(49, 18)),
        ("works_for_third_party", either(38, 46)),
        ("fears_deportation", 17),
        ("family_threatened", either(13, 6)),
        ("limited_freedom", either(29, 21)),
        ("bad_housing", either(4, 44)),
        ("excessive_hours", either(11, 53)),
    ];
    let support = [("SocialCare", 31), ("Legal", 24), ("Health", either(27, 9)), ("Financial", 12)];
    let fields = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    let mut all = Vec::new();
    let controls = pick(&means, 0);
    if !controls.is_empty() {
        all.push(("means", fields(serde_json::json!({ "controls": controls }))));
    }
    for indicator in pick(&signals, 20) {
        all.push(("observation", fields(serde_json::json!({ "indicator": indicator, "answer": "yes" }))));
    }
    let types = pick(&support, 40);
    if !types.is_empty() {
        all.push(("support", fields(serde_json::json!({ "types": types }))));
    }
    all
}

#[cfg(test)]
mod tests {
    use ijsberg_publication::country::Country;

    use super::*;

    /// A report from the demonstration and one from the published table name the same organisations.
    #[test]
    fn lists_are_of_the_organisations_of_the_study() {
        let country = Country::shipped("528").unwrap();
        let letters = LISTS.map(|l| l.0.to_owned());
        for (list, _, name, kind) in LISTS {
            let coded = country.reporter(list, &letters).map(|r| r.code.as_str());
            assert_eq!(coded, Some(kind), "{list}: {name}");
        }
        // No list has the letter of an organisation for its code, which would be taken for the organisation itself.
        assert!(letters.iter().all(|l| country.reporter(l, &[]).is_none()));
    }
}
