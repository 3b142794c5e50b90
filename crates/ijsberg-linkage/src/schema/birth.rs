//! Which columns hold the date of birth: one, or one each for year, month and day.

use super::known::BIRTH_YEARS;
use super::{Rows, Schema, SchemaError};
use crate::normalise::fold;
use crate::record::dates::{Dates, Reading, is_missing};

/// Names of columns that contain part of a date without saying of which date: years, months and days, folded.
const BARE: [&[&str]; 3] = [
    &["jaar", "year", "annee", "jahr", "jjjj", "yyyy", "jj", "yy"],
    &["maand", "month", "mnd", "mois", "monat", "mm"],
    &["dag", "day", "jour", "tag", "dd"],
];

/// Rows that are examined.
pub(super) const ENOUGH: usize = 1000;

/// Fewer dates than this do not show what they are dates of.
const FEWEST: usize = 5;

/// Most people on a list were born before this, and registers of notifications are younger.
const BORN_BEFORE: i32 = 1995;

/// Births lie at least so many years apart, the outer ones left out. Dates that lie within fewer may be those of something else, or the
/// births of children.
const APART: i32 = 10;

/// The columns of a date: the year, the month and the day.
pub type Ymd = [String; 3];

/// What columns for year, month and day that do not name their date contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parts {
    /// The date of birth: they stand beside one another, there is no other, and their values are those of births.
    Births(Ymd),
    /// The date of birth, or the date of something else: their values may be those of both, or they stand apart.
    Doubted(Ymd),
}

/// What the years in a column are years of, by their values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    Births,
    Else,
    Either,
}

/// Whether a column contains only the year of birth, by its name.
fn says_year(column: &str) -> bool {
    BIRTH_YEARS.contains(&fold(column).as_str())
}

/// A number that a program wrote as a decimal: of `1990.0` the part before the point.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").unwrap_or(text)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// A date from its parts, as a text: with the year first where it has four digits, and last where it has two. A part that is not known
/// is zero.
pub(super) fn joined(year: &str, month: Option<String>, day: Option<String>) -> String {
    let part = |p: Option<String>| p.map_or_else(|| "0".to_owned(), |p| whole(&p).to_owned());
    let (month, day) = (part(month), part(day));
    let digits = Some(whole(year)).filter(|y| is_number(y));
    match digits {
        Some(y) if y.len() == 4 => format!("{y}-{month}-{day}"),
        Some(y) if y.len() == 2 => format!("{day}-{month}-{y}"),
        _ => year.to_owned(),
    }
}

impl Schema {
    /// Of several columns that are known as births the whole date goes before the year. A birthday beside year and month is the day,
    /// and a day of birth alone is a date.
    pub(super) fn one_date(&mut self, births: Vec<String>) {
        let (years, mut dates): (Vec<String>, Vec<String>) = births.into_iter().partition(|c| says_year(c));
        let birthday = dates.iter().position(|c| fold(c) == "birthday");
        if let Some(at) = birthday
            && self.birth_month.is_some()
            && self.birth_day.is_none()
            && !years.is_empty()
        {
            self.birth_day = Some(dates.remove(at));
        }
        self.birth = dates.into_iter().chain(years).next();
        if self.birth.is_none() && self.birth_month.is_none() {
            self.birth = self.birth_day.take();
        }
    }

    /// Proposes a schema for a list, by the names of its columns; where columns are called year, month and day and no more, by their
    /// values too.
    ///
    /// ```
    /// use ijsberg_linkage::schema::{Rows, Schema};
    ///
    /// let header = ["naam", "dag", "maand", "jaar"].map(String::from);
    /// let row = |i: u64| (i, ["Bos", "31", "5", ["1960", "1985"][i as usize % 2]].map(String::from).to_vec());
    /// let rows: Vec<(u64, Vec<String>)> = (2..12).map(row).collect();
    /// let schema = Schema::of_list(&Rows { name: "a", header: &header, rows: &rows }).unwrap();
    /// assert_eq!(schema.birth.as_deref(), Some("jaar"));
    /// ```
    ///
    /// # Errors
    /// [`SchemaError::Parts`] where they may be the date of birth or that of something else.
    pub fn of_list(file: &Rows<'_>) -> Result<Self, SchemaError> {
        let mut schema = Self::propose(file.header);
        let rows: Vec<&[String]> = file.rows.iter().take(ENOUGH).map(|r| r.1.as_slice()).collect();
        match schema.parts(file.header, &rows) {
            None => {}
            Some(Parts::Births(parts)) => schema.born(parts),
            Some(Parts::Doubted([year, month, day])) => {
                return Err(SchemaError::Parts { file: file.name.to_owned(), year, month, day });
            }
        }
        Ok(schema)
    }

    /// Takes three columns for the date of birth.
    pub(super) fn born(&mut self, [year, month, day]: Ymd) {
        (self.birth, self.birth_month, self.birth_day) = (Some(year), Some(month), Some(day));
    }

    /// Columns for year, month and day of which at least one does not say of what it is; nothing where there are none, where another
    /// column is the date of birth, and where they are no births by their values.
    pub fn parts(&self, header: &[String], rows: &[&[String]]) -> Option<Parts> {
        if self.birth.as_ref().is_some_and(|b| !says_year(b)) {
            return None;
        }
        let mut named = [&self.birth, &self.birth_month, &self.birth_day].into_iter();
        let bare = BARE.map(|names| {
            let mut all = header.iter().filter(|h| names.contains(&fold(h).as_str()));
            (all.next(), all.next().is_some())
        });
        let ymd = bare.map(|(own, several)| {
            let known = named.next().and_then(Option::as_ref);
            match (known, own) {
                // A year of birth beside another year: that one, with month and day, is of something else.
                (Some(known), None) => Some((known.clone(), true)),
                (None, Some(own)) if !several => Some((own.clone(), false)),
                _ => None,
            }
        });
        let [Some(year), Some(month), Some(day)] = ymd else { return None };
        if year.1 && month.1 && day.1 {
            return None;
        }
        let parts = [year.0, month.0, day.0];
        let at = parts.clone().map(|p| header.iter().position(|h| *h == p));
        let [Some(y), Some(m), Some(d)] = at else { return None };
        let says_birth = year.1 || month.1 || day.1;
        let beside = y.max(m).max(d) - y.min(m).min(d) == 2;
        match values(rows, [y, m, d]) {
            Of::Else if !says_birth => None,
            Of::Births if beside => Some(Parts::Births(parts)),
            _ => Some(Parts::Doubted(parts)),
        }
    }
}

/// What the dates in three columns are dates of. Columns without dates are of something else.
fn values(rows: &[&[String]], [y, m, d]: [usize; 3]) -> Of {
    let dates = Dates::default();
    let cell = |row: &[String], at: usize| row.get(at).map_or("", |c| c.trim()).to_owned();
    let (mut filled, mut years) = (0, Vec::new());
    for row in rows.iter().copied() {
        let [year, month, day] = [y, m, d].map(|at| cell(row, at));
        if is_missing(&year) || year.is_empty() {
            continue;
        }
        filled += 1;
        let part = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty() && !is_missing(t));
        // In a leap year every day of every month exists.
        let fits = matches!(dates.read(&joined("2000", part(&month), part(&day))), Reading::Date(_));
        years.extend(of_four_digits(whole(&year)).filter(|_| fits));
    }
    if filled == 0 || (years.len() as f64) < 0.9 * f64::from(filled) {
        return Of::Else;
    }
    if years.len() < FEWEST {
        return Of::Either;
    }
    years.sort_unstable();
    let at = |share: f64| years[(share * (years.len() - 1) as f64).round() as usize];
    let span = at(0.95) - at(0.05);
    match at(0.5) {
        middle if middle < BORN_BEFORE && span >= APART => Of::Births,
        _ => Of::Either,
    }
}

/// A year of four digits, or of two: those after 30 are of the last century.
fn of_four_digits(text: &str) -> Option<i32> {
    let year: i32 = text.parse().ok().filter(|_| is_number(text))?;
    match text.len() {
        4 => Some(year).filter(|y| (1850..=2200).contains(y)),
        2 => Some(if year > 30 { 1900 + year } else { 2000 + year }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::PartialDate;
    use crate::schema::{Meaning, Records};

    fn texts(t: &[&str]) -> Vec<String> {
        t.iter().map(|s| (*s).to_owned()).collect()
    }

    /// Twelve people, born or notified in years that far apart.
    fn people(first: u16, step: u16) -> Vec<[String; 3]> {
        (0..12_u16).map(|i| [first + i * step, 1 + i, 31 - 2 * i].map(|n| n.to_string())).collect()
    }

    /// A list with a name, and with these columns in some order; `of` takes a cell from year, month and day.
    fn list(header: &[&str], dates: &[[String; 3]], of: impl Fn(&str, &[String; 3]) -> String) -> Table {
        let row = |(i, date): (usize, &[String; 3])| {
            let cell = |h: &&str| if *h == "Naam" { format!("Bos{i}") } else { of(h, date) };
            (i as u64 + 2, header.iter().map(cell).collect::<Vec<String>>())
        };
        (texts(header), dates.iter().enumerate().map(row).collect())
    }

    type Table = (Vec<String>, Vec<(u64, Vec<String>)>);

    fn plain(column: &str, [year, month, day]: &[String; 3]) -> String {
        let folded = fold(column);
        match () {
            () if folded.contains("jaar") || folded.contains("year") => year.clone(),
            () if folded.contains("maand") || folded.contains("month") => month.clone(),
            () if folded.contains("dag") || folded.contains("day") => day.clone(),
            () => "x".to_owned(),
        }
    }

    fn schema(table: &Table) -> Result<Schema, SchemaError> {
        Schema::of_list(&Rows { name: "a", header: &table.0, rows: &table.1 })
    }

    fn read(table: &Table) -> Records {
        let schema = Schema { two_digit_years_until: Some(2026), ..schema(table).unwrap() };
        schema.records(&[Rows { name: "a", header: &table.0, rows: &table.1 }]).unwrap()
    }

    #[test]
    fn day_month_and_year_beside_one_another_are_the_date_of_birth() {
        for header in [
            &["Naam", "dag", "maand", "jaar"][..],
            &["Naam", "Jaar", "Maand", "Dag"],
            &["day", "month", "year", "Naam"],
            &["Naam", "geboortedag", "geboortemaand", "geboortejaar"],
            &["Naam", "Geb.dag", "Geb.maand", "Geb.jaar"],
            &["Naam", "geboorte_dag", "geboorte_maand", "geboorte_jaar"],
            &["birth_year", "birth_month", "birth_day", "Naam"],
            &["Naam", "birthday", "birth month", "birth year"],
            &["Naam", "dag", "maand", "geboortejaar"],
        ] {
            let records = read(&list(header, &people(1950, 4), plain));
            let birth = records.records[3].birth;
            let expected = PartialDate { year: 1962, month: Some(4), day: Some(25) };
            assert_eq!(birth, Some(expected), "{header:?}");
            let all = [Meaning::Birth, Meaning::BirthMonth, Meaning::BirthDay];
            let told = |m: &Meaning| records.columns.iter().any(|c| c.meaning == Some(*m) && c.filled == 12);
            assert!(all.iter().all(told), "{header:?} {:?}", records.columns);
        }
    }

    #[test]
    fn parts_of_dates_as_programs_and_people_write_them() {
        let header = ["Naam", "dag", "maand", "jaar"];
        let month = |n: &str| {
            let names = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"];
            names[n.parse::<usize>().unwrap() - 1].to_owned()
        };
        let of = |how: usize| {
            let dates = people(1950, 4);
            let cell = move |column: &str, date: &[String; 3]| {
                let text = plain(column, date);
                match (how, column) {
                    (0, _) => format!("{text}.0"),
                    (1, "maand") => month(&text),
                    (2, "jaar") => text[2..].to_owned(),
                    (3, "dag") => "onbekend".to_owned(),
                    _ => text,
                }
            };
            read(&list(&header, &dates, cell)).records[3].birth
        };
        let whole = Some(PartialDate { year: 1962, month: Some(4), day: Some(25) });
        assert_eq!([of(0), of(1), of(2)], [whole; 3]);
        assert_eq!(of(3), Some(PartialDate { year: 1962, month: Some(4), day: None }));
    }

    #[test]
    fn dates_of_something_else_are_no_births_and_what_may_be_both_is_refused() {
        let bare = ["Naam", "dag", "maand", "jaar"];
        let births = people(1950, 4);
        // Numbers that are no dates.
        let of = |dates: &[[String; 3]]| schema(&list(&bare, dates, plain));
        let counts: Vec<[String; 3]> =
            births.iter().map(|[y, _, d]| [y.clone(), "40".to_owned(), d.clone()]).collect();
        assert_eq!(of(&counts).unwrap().birth, None);
        // Children, or notifications, of many years and of one; a few rows; births in columns that stand apart.
        let doubted = |found: Result<Schema, SchemaError>| {
            let SchemaError::Parts { file, year, month, day } = found.unwrap_err() else { panic!() };
            assert_eq!([file, year, month, day], ["a", "jaar", "maand", "dag"]);
        };
        doubted(of(&people(2003, 2)));
        doubted(of(&people(2009, 0)));
        doubted(of(&births[..3]));
        doubted(schema(&list(&["dag", "maand", "Naam", "jaar"], &births, plain)));
        // The year of birth, and apart from it the day of something else.
        let apart = schema(&list(&["geboortejaar", "Naam", "maand", "dag"], &births, plain));
        assert!(matches!(apart, Err(SchemaError::Parts { year, .. }) if year == "geboortejaar"));
        // Another date of birth, or another year: then they are of something else.
        for header in
            [&["Geboortedatum", "dag", "maand", "jaar"][..], &["geboortejaar", "dag", "maand", "jaar"]]
        {
            let other = schema(&list(header, &births, plain)).unwrap();
            assert_eq!((other.birth.as_deref(), other.birth_month), (Some(header[0]), None), "{header:?}");
        }
    }

    #[test]
    fn the_whole_date_goes_before_the_year_and_a_birthday_alone_is_a_date() {
        let of = |header: &[&str]| Schema::propose(&texts(header)).birth;
        for whole in ["Geboortedatum", "dob"] {
            for header in [["geboortejaar", whole], [whole, "geboortejaar"]] {
                assert_eq!(of(&header).as_deref(), Some(whole));
            }
        }
        assert_eq!(of(&["geboortedag", "Naam"]).as_deref(), Some("geboortedag"));
        assert_eq!(of(&["geboortedag", "geboortemaand"]), None);
        let header = texts(&["Naam", "birth_day"]);
        let rows = [(2, texts(&["Anna Bos", "1990-05-31"])), (3, texts(&["Bo Vos", "01-02-1991"]))];
        let records = Schema::propose(&header).records(&[Rows { name: "a", header: &header, rows: &rows }]);
        let birth = PartialDate { year: 1990, month: Some(5), day: Some(31) };
        assert_eq!(records.unwrap().records[0].birth, Some(birth));
    }
}
