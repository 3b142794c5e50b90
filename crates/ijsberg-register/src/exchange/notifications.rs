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
    ("nationality", &["nationality", "nationaliteit", "citizenship"]),
    ("form", &["form", "vorm", "exploitation", "type_of_exploitation", "uitbuitingsvorm"]),
    ("sector", &["sector"]),
    ("region", &["region", "regio"]),
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
        ("minor", "yes" | "ja" | "1" | "true" | "minor") => "yes",
        ("minor", "no" | "nee" | "0" | "false" | "adult") => "no",
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

/// Reads a table whose columns are called as this program knows them; also gives the columns that were left out. Values that do not fit are told when they are taken, by line and field.
///
/// # Errors
/// If columns are missing or stand there twice, or a year or a lane is none.
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

/// Reads a table of which it is known what each column is. Values that do not fit are told when they are taken, by line and field.
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
            let of_line =
                |expected: Wanted| RegisterError::invalid(&format!("line {line}, {what}"), expected);
            match *what {
                "organisation" if organisation.is_none() => cell.trim().clone_into(&mut n.organisation),
                "local_key" => n.local_key = cell,
                "happened_on" => n.happened_on = cell.trim().chars().take(10).collect(),
                "organisation" => {}
                "lane" | "birth_year" | "clk" if cell.trim().is_empty() => {}
                "lane" => n.lane = Lane::parse(&cell).ok_or_else(|| of_line(Wanted::LaneName))?,
                "basis" => cell.trim().clone_into(&mut n.basis),
                "sex" | "minor" => {
                    let of = code(what, &cell);
                    if *what == "sex" { n.sex = of } else { n.minor = of }
                }
                "birth_year" => {
                    n.birth_year = Some(cell.trim().parse().map_err(|_| of_line(Wanted::Year))?);
                }
                "nationality" => cell.trim().clone_into(&mut n.nationality),
                "form" => n.form = code("form", &cell).to_uppercase(),
                "sector" => n.sector = code("sector", &cell).to_uppercase(),
                "region" => cell.trim().clone_into(&mut n.region),
                "synthetic" => n.synthetic = matches!(cell.trim(), "1" | "true" | "yes" | "synthetic"),
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
    fn what_is_missing_or_no_year_is_named_without_the_value() {
        let fails = |text: &str, expected: &str| {
            let (header, rows) = table(text);
            let error = read(&header, rows.into_iter(), None, Lane::Help).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("Fatima"), "{error}");
        };
        fails("case,date", "organisation: a column");
        fails("organisation,date", "local_key: a column");
        fails("organisation,case,date,datum", "happened_on: one column");
        fails("organisation,case,date,birth_year\np,1,2016,Fatima", "line 2, birth_year: a year");
        fails("organisation,case,date,lane\np,1,2016,Fatima", "line 2, lane: help or statistics");
    }
}
