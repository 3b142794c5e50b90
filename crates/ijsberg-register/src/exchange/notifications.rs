//! Notifications as a table: CSV, a spreadsheet, or submissions of a form.

use crate::error::RegisterError;
use crate::expected::Wanted;
use crate::lanes::Lane;
use crate::notify::Notification;
use crate::vault;

/// What a column is, by its names in English and Dutch.
const COLUMNS: &[(&str, &[&str])] = &[
    ("organisation", &["organisation", "organization", "organisatie", "melder"]),
    (
        "local_key",
        &[
            "local_key",
            "case",
            "case_number",
            "case_id",
            "zaaknummer",
            "zaaknr",
            "dossiernummer",
            "kenmerk",
            "_uuid",
        ],
    ),
    (
        "happened_on",
        &[
            "happened_on",
            "date",
            "registered_on",
            "notification_date",
            "datum",
            "meldingsdatum",
            "datum_melding",
        ],
    ),
    ("lane", &["lane", "spoor"]),
    ("basis", &["basis", "grondslag"]),
    ("sex", &["sex", "gender", "geslacht"]),
    ("birth_year", &["birth_year", "year_of_birth", "geboortejaar"]),
    ("minor", &["minor", "minderjarig"]),
    (
        "nationality",
        &["nationality", "nationalities", "nationaliteit", "nationaliteiten", "citizenship", "citizenships"],
    ),
    ("form", &["form", "vorm", "exploitation", "type_of_exploitation", "uitbuitingsvorm"]),
    ("sector", &["sector"]),
    ("region", &["region", "regio"]),
    ("article_part", &["article_part", "article_parts", "artikelonderdeel", "artikelonderdelen"]),
    ("synthetic", &["synthetic", "synthetisch"]),
    ("clk", &["clk"]),
    ("given_name", &["given_name", "first_name", "voornaam", "voornamen"]),
    ("family_name", &["family_name", "surname", "achternaam"]),
    ("alias", &["alias", "roepnaam"]),
    ("birth_date", &["birth_date", "date_of_birth", "geboortedatum"]),
    ("identity_number", &["identity_number", "document_number", "documentnummer"]),
    ("email", &["email"]),
    ("phone", &["phone", "telefoon"]),
    ("address", &["address", "adres"]),
    ("place", &["place", "plaats", "woonplaats"]),
    ("safe_contact", &["safe_contact", "veilig_contact"]),
];

fn code(list: &str, word: &str) -> String {
    let w = word.trim();
    let known = match (list, w.to_lowercase().as_str()) {
        (_, "") if list == "minor" => "not_asked",
        ("sex", "f" | "v" | "female" | "woman" | "vrouw" | "feminine") => "F",
        ("sex", "m" | "male" | "man" | "masculine") => "M",
        ("sex", "x" | "other" | "anders" | "nonconforming") => "X",
        (_, "") | ("sex", "unknown" | "onbekend" | "nonspecifiedunknown") => "UNKNOWN",
        ("minor", "yes" | "ja" | "1" | "1.0" | "true" | "minor") => "yes",
        ("minor", "no" | "nee" | "0" | "0.0" | "false" | "adult") => "no",
        ("minor", "unknown" | "onbekend") => "unknown",
        _ => w,
    };
    known.to_owned()
}

/// What a column may be.
pub fn fields() -> impl Iterator<Item = &'static str> {
    COLUMNS.iter().map(|c| c.0)
}

/// What each column is by its name; nothing where the name is not known.
pub fn proposed(header: &[String]) -> Vec<Option<&'static str>> {
    let of = |h: &String| {
        let name = h.trim().rsplit('/').next().unwrap_or_default().to_lowercase().replace([' ', '-'], "_");
        COLUMNS.iter().find(|c| c.1.contains(&name.as_str())).map(|c| c.0)
    };
    header.iter().map(of).collect()
}

/// A whole number as people and spreadsheets write it: `1990`, `1990.0`, `1990,00`.
fn whole(cell: &str) -> Option<i64> {
    let cell = cell.trim();
    let (digits, rest) = cell.split_once(['.', ',']).unwrap_or((cell, "0"));
    let zeros = !rest.is_empty() && rest.bytes().all(|b| b == b'0');
    (zeros && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        .then(|| digits.parse().ok())
        .flatten()
}

/// A day, a month or a year; with a time of the day behind it, or a year as spreadsheets write numbers.
pub(super) fn day(cell: &str) -> String {
    let cell = cell.trim();
    match (cell.get(..10), cell.get(10..)) {
        (Some(day), Some(time)) if time.starts_with(['T', ' ']) => day.to_owned(),
        _ if cell.contains(['.', ',']) => {
            whole(cell).map_or_else(|| cell.to_owned(), |year| year.to_string())
        }
        _ => cell.to_owned(),
    }
}

/// Whether a person is synthetic.
fn made_up(cell: &str) -> Option<bool> {
    match cell.trim().to_lowercase().as_str() {
        "1" | "1.0" | "true" | "yes" | "ja" | "waar" | "synthetic" | "synthetisch" => Some(true),
        "" | "0" | "0.0" | "false" | "no" | "nee" | "onwaar" => Some(false),
        _ => None,
    }
}

/// Reads a table whose columns have names that this program knows; also returns the columns that were left out. Invalid values are reported
/// on import, by line and field.
///
/// # Errors
/// If columns are missing or appear twice.
pub fn read(
    header: &[String],
    rows: impl Iterator<Item = (u64, Vec<String>)>,
    organisation: Option<&str>,
    lane: Lane,
) -> Result<(Vec<Notification>, Vec<String>), RegisterError> {
    let columns = proposed(header);
    let left_out = header.iter().zip(&columns).filter(|c| c.1.is_none()).map(|c| c.0.clone()).collect();
    Ok((read_as(&columns, rows, organisation, lane)?, left_out))
}

/// Reads a table whose columns are already identified. Invalid values are reported on import, by line and field.
///
/// # Errors
/// See [`read`].
pub fn read_as(
    at: &[Option<&'static str>],
    rows: impl Iterator<Item = (u64, Vec<String>)>,
    organisation: Option<&str>,
    lane: Lane,
) -> Result<Vec<Notification>, RegisterError> {
    for (c, what) in at.iter().enumerate() {
        if what.is_some() && at[..c].contains(what) {
            return Err(RegisterError::invalid(what.unwrap_or_default(), Wanted::OneColumn));
        }
    }
    for needed in ["local_key", "happened_on"] {
        if !at.contains(&Some(needed)) {
            return Err(RegisterError::invalid(needed, Wanted::Column));
        }
    }
    if organisation.is_none() && !at.contains(&Some("organisation")) {
        return Err(RegisterError::invalid("organisation", Wanted::ColumnOrOrganisation));
    }
    let mut all = Vec::new();
    for (line, mut cells) in rows {
        let mut n = Notification {
            line,
            organisation: organisation.unwrap_or_default().to_owned(),
            lane,
            sex: "UNKNOWN".into(),
            minor: "not_asked".into(),
            form: "UNKNOWN".into(),
            sector: "UNKNOWN".into(),
            ..Notification::default()
        };
        for (c, what) in at.iter().enumerate() {
            let (Some(what), Some(cell)) = (what, cells.get_mut(c)) else { continue };
            let cell = std::mem::take(cell);
            match *what {
                "organisation" if organisation.is_none() => cell.trim().clone_into(&mut n.organisation),
                "local_key" => n.local_key = cell,
                "happened_on" => n.happened_on = day(&cell),
                "organisation" => {}
                "lane" | "birth_year" | "clk" if cell.trim().is_empty() => {}
                "lane" => match Lane::parse(cell.trim()) {
                    Some(lane) => n.lane = lane,
                    None => n.unread.push(("lane", Wanted::LaneName.into())),
                },
                "basis" => cell.trim().clone_into(&mut n.basis),
                "sex" | "minor" => {
                    let of = code(what, &cell);
                    if *what == "sex" { n.sex = of } else { n.minor = of }
                }
                "birth_year" => match whole(&cell) {
                    Some(year) => n.birth_year = Some(year),
                    None => n.unread.push(("birth_year", Wanted::Year.into())),
                },
                "nationality" => n.nationality = crate::citizenships::typed(&cell),
                "form" => n.form = code("form", &cell).to_uppercase(),
                "sector" => n.sector = code("sector", &cell).to_uppercase(),
                "region" => cell.trim().clone_into(&mut n.region),
                "article_part" => {
                    let number = whole(&cell).map(|n| n.to_string());
                    n.article_part = crate::parts::typed(number.as_deref().unwrap_or(&cell));
                }
                "synthetic" => match made_up(&cell) {
                    Some(said) => n.synthetic = said,
                    None => n.unread.push(("synthetic", Wanted::YesOrNo.into())),
                },
                "clk" => n.tokens.push(("clk".into(), cell.trim().as_bytes().to_vec())),
                identity => {
                    if !cell.trim().is_empty()
                        && let Some(field) = vault::field(identity)
                    {
                        n.identity.push((field, cell));
                    }
                }
            }
        }
        all.push(n);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> (Vec<String>, Vec<(u64, Vec<String>)>) {
        let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        let header = lines.next().unwrap();
        (header, lines.enumerate().map(|(i, r)| (i as u64 + 2, r)).collect())
    }

    #[test]
    fn columns_are_known_in_both_languages_and_words_become_codes() {
        let (header, rows) = table(
            "Organisatie,group/Zaaknummer,Datum,Geslacht,Minderjarig,Vorm,Voornaam,x\npolice,A-1,2016-05-31,vrouw,nee,labour,Ana,1\npolice,A-2,2016,,,,,",
        );
        let (all, left_out) = read(&header, rows.into_iter(), None, Lane::Help).unwrap();
        assert_eq!(left_out, ["x"]);
        let n = &all[0];
        assert_eq!((n.sex.as_str(), n.minor.as_str(), n.form.as_str(), n.line), ("F", "no", "LABOUR", 2));
        assert_eq!(n.identity, [("given_name", "Ana".to_owned())]);
        assert_eq!(
            (all[1].sex.as_str(), all[1].minor.as_str(), all[1].form.as_str()),
            ("UNKNOWN", "not_asked", "UNKNOWN")
        );
        assert!(all[1].identity.is_empty());
    }

    #[test]
    fn parts_of_the_article_are_read_as_people_and_spreadsheets_write_them() {
        let (header, rows) = table(
            "organisation,case,date,Artikelonderdeel\np,1,2016,3.0\np,2,2016,sub 4 en 1\np,3,2016,\np,4,2016,x",
        );
        let (all, left_out) = read(&header, rows.into_iter(), None, Lane::Statistics).unwrap();
        assert!(left_out.is_empty());
        let parts: Vec<&str> = all.iter().map(|n| n.article_part.as_str()).collect();
        assert_eq!(parts, ["sub3", "sub1 sub4", "", "x"]);
    }

    #[test]
    fn several_citizenships_stand_in_one_cell() {
        let (header, rows) = table(
            "organisation,case,date,Nationaliteiten\np,1,2016,NL;MA\np,2,2016,NL MA\np,3,2016,ZZ\np,4,2016,x NL",
        );
        let (all, left_out) = read(&header, rows.into_iter(), None, Lane::Statistics).unwrap();
        assert!(left_out.is_empty());
        let citizenships: Vec<&str> = all.iter().map(|n| n.nationality.as_str()).collect();
        assert_eq!(citizenships, ["MA;NL", "MA;NL", "", "x NL"]);
    }

    #[test]
    fn what_is_missing_is_named_without_the_value() {
        let fails = |text: &str, expected: &str| {
            let (header, rows) = table(text);
            let error = read(&header, rows.into_iter(), None, Lane::Help).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("Fatima"), "{error}");
        };
        fails("case,date", "organisation: a column");
        fails("organisation,date", "local_key: a column");
        fails("organisation,case,date,datum", "happened_on: one column");
    }

    #[test]
    fn every_unread_field_is_reported_and_numbers_are_read_as_spreadsheets_write_them() {
        let (header, rows) = table(
            "organisation,case,date,birth_year,lane,minor,synthetic\n\
             p,1,2016.0,1990.0,help,1.0,1.0\n\
             p,2,2016-05-31T10:00,Fatima,Fatima,,Fatima\n\
             p,3,2016-05-31x,1990.5,,,",
        );
        let (all, _) = read(&header, rows.into_iter(), None, Lane::Help).unwrap();
        let n = &all[0];
        assert_eq!((n.birth_year, n.happened_on.as_str(), n.minor.as_str()), (Some(1990), "2016", "yes"));
        assert!(n.synthetic && n.unread.is_empty());
        let unread = |n: &Notification| n.unread.iter().map(|u| u.0).collect::<Vec<_>>();
        assert_eq!(unread(&all[1]), ["birth_year", "lane", "synthetic"]);
        assert_eq!(all[1].happened_on, "2016-05-31");
        assert_eq!((unread(&all[2]), all[2].happened_on.as_str()), (vec!["birth_year"], "2016-05-31x"));
        for (cell, number) in [
            ("1990", Some(1990)),
            (" 1990,00 ", Some(1990)),
            ("1990.", None),
            ("-5", None),
            ("", None),
            ("1e3", None),
        ] {
            assert_eq!(whole(cell), number, "{cell}");
        }
    }
}
