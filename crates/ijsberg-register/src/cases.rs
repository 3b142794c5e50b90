//! The cases that a user may see: filtered, in an order, a page at a time; and found by a reference or a pseudonym.

use ijsberg_store::Value;
use jiff::civil::Date;

use crate::codes::has;
use crate::erasing::PERSON;
use crate::error::RegisterError;
use crate::expected::{Expected, Wanted};
use crate::gate::AuditedResult;
use crate::links::both;
use crate::policy::{Operation, roles};
use crate::register::Register;
use crate::registrations::{COLUMNS, Registration};
use crate::scope::{Reach, Scope};

/// Registrations on a page.
pub const PAGE: usize = 25;

/// Up to so many are counted one by one; nobody pages further, and a larger register answers as fast.
pub const COUNTED: u64 = 10_000;

/// Digits of a pseudonym that find somebody.
const DIGITS: usize = 8;

/// At most so many registrations answer a search.
const FOUND: usize = 100;

/// Days after which what is not known is asked for.
const OVERDUE: i64 = 30;

/// The condition that the sex, the age, the nationality or the form is not known.
const INCOMPLETE: &str = "(sex = 'UNKNOWN' OR form = 'UNKNOWN' OR nationality IN ('', 'ZZ') \
     OR (minor NOT IN ('yes', 'no') AND birth_year IS NULL))";

/// The status of who nobody decided on.
pub const UNDECIDED: &str = "none";

/// A list that people come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Everything.
    #[default]
    All,
    /// A pair left undecided, a person who is listed for erasing or whose emergency reading nobody reviewed, or incomplete for a month.
    Attention,
    /// Recorded in the last seven days.
    New,
    /// Under 18, or it is not known whether they are.
    Minors,
    /// The sex, the age, the nationality or the form is not known.
    Incomplete,
}

impl View {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::All, Self::Attention, Self::New, Self::Minors, Self::Incomplete];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Attention => "attention",
            Self::New => "new",
            Self::Minors => "minors",
            Self::Incomplete => "incomplete",
        }
    }

    /// The view of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }

    fn condition(self, reach: &Reach, today: Date, values: &mut Vec<Value>) -> String {
        let ago = |days: i64| today.checked_sub(jiff::Span::new().days(days)).unwrap_or(today).to_string();
        match self {
            Self::All => "1 = 1".to_owned(),
            Self::Attention => {
                values.push(ago(OVERDUE).into());
                let overdue = format!("({INCOMPLETE} AND recorded_at < ${})", values.len());
                let pairs = both(reach, values);
                let undecided = |side: &str| {
                    format!(
                        "id IN (SELECT {side} FROM link_decision \
                         WHERE undone_at IS NULL AND decision = 'undecided' AND {pairs})"
                    )
                };
                let listed = reach.of_person("id", values);
                let read = reach.of_person("person", values);
                format!(
                    "({overdue} OR {} OR {} \
                     OR person IN (SELECT id FROM erasing WHERE kind = '{PERSON}' AND {listed}) \
                     OR person IN (SELECT person FROM break_glass WHERE reviewed_by IS NULL AND {read}))",
                    undecided("a"),
                    undecided("b")
                )
            }
            Self::New => {
                values.push(ago(7).into());
                format!("recorded_at >= ${}", values.len())
            }
            Self::Minors => "minor <> 'no'".to_owned(),
            Self::Incomplete => INCOMPLETE.to_owned(),
        }
    }
}

/// What the cases are put in order by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Column {
    /// When they were recorded.
    #[default]
    Recorded,
    /// When it happened.
    Happened,
    /// Who notified.
    Organisation,
    /// The form of exploitation.
    Form,
    /// The nationality.
    Nationality,
}

impl Column {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Recorded, Self::Happened, Self::Organisation, Self::Form, Self::Nationality];

    /// Its name, which is that of the column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded_at",
            Self::Happened => "happened_on",
            Self::Organisation => "organisation",
            Self::Form => "form",
            Self::Nationality => "nationality",
        }
    }

    /// The column of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

/// Which cases, and in which order. An empty text restricts nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// A list that people come back to.
    pub view: View,
    /// Of one organisation.
    pub organisation: String,
    /// Of one form of exploitation.
    pub form: String,
    /// On one track.
    pub lane: String,
    /// Of the year in which it happened, or the first year of a period.
    pub year: String,
    /// The last year of that period, which belongs to it; the same year if empty. Without a first year all before it.
    pub until: String,
    /// Of people whose last decision on status this is, or `none` where nobody decided; for who may read records.
    pub status: String,
    /// In the order of this column.
    pub by: Column,
    /// The smallest first.
    pub ascending: bool,
    /// The page, from 0.
    pub page: usize,
}

/// A page of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cases {
    /// The registrations of the page.
    pub rows: Vec<Registration>,
    /// How many there are on all pages.
    pub found: u64,
    /// There are more than were counted.
    pub more: bool,
}

impl Filter {
    /// Whether every part of it can hold of some case.
    pub(crate) fn check(&self) -> Result<(), RegisterError> {
        for (field, year) in [("year", &self.year), ("until", &self.until)] {
            let digits = year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit());
            if !year.is_empty() && !digits {
                return Err(RegisterError::invalid(field, Wanted::Year));
            }
        }
        if !self.until.is_empty() && self.until < self.year {
            return Err(RegisterError::invalid("until", Wanted::Years));
        }
        if !self.form.is_empty() && !has("form", &self.form) {
            return Err(RegisterError::invalid("form", Expected::code_of("form")));
        }
        if !["", UNDECIDED].contains(&self.status.as_str()) && !has("status", &self.status) {
            return Err(RegisterError::invalid("status", Expected::code_of("status")));
        }
        if (self.page as u64).saturating_mul(PAGE as u64) > COUNTED {
            return Err(RegisterError::invalid("page", Wanted::Page));
        }
        Ok(())
    }

    fn order(&self) -> String {
        let direction = if self.ascending { "ASC" } else { "DESC" };
        format!("ORDER BY {} {direction}, id {direction}", self.by.name())
    }

    fn condition(&self, reach: &Reach, today: Date, values: &mut Vec<Value>) -> String {
        let mut all = vec![self.view.condition(reach, today, values)];
        for (column, value) in
            [("organisation", &self.organisation), ("form", &self.form), ("lane", &self.lane)]
        {
            if !value.is_empty() {
                values.push(value.as_str().into());
                all.push(format!("{column} = ${}", values.len()));
            }
        }
        if !self.year.is_empty() || !self.until.is_empty() {
            let last = if self.until.is_empty() { &self.year } else { &self.until };
            values.push(self.year.as_str().into());
            values.push(format!("{last}-12-31").into());
            all.push(format!("happened_on >= ${} AND happened_on <= ${}", values.len() - 1, values.len()));
        }
        all.push(reach.condition("organisation", values));
        all.join(" AND ")
    }
}

/// The least and the greatest pseudonym that begin with these digits.
fn begins_with(text: &str) -> Option<([u8; 16], [u8; 16])> {
    let digits: String = text.chars().filter(|c| *c != '-' && !c.is_whitespace()).collect();
    let fits = (DIGITS..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let of = |fill: char| {
        let whole: String = digits.chars().chain(std::iter::repeat(fill)).take(32).collect();
        u128::from_str_radix(&whole, 16).ok()
    };
    fits.then_some(())?;
    Some((of('0')?.to_be_bytes(), of('f')?.to_be_bytes()))
}

impl Register {
    /// A page of the cases that the user may read and that a filter holds of.
    ///
    /// # Errors
    /// If the policy does not allow it, or a filter names what there is not.
    pub fn cases(&mut self, filter: &Filter) -> Result<Cases, RegisterError> {
        filter.check()?;
        self.read_within(Operation::ReadRegistration, "cases", |r, reach| {
            let mut values = Vec::new();
            let condition = filter.condition(reach, r.today(), &mut values);
            if !filter.status.is_empty() {
                return r.of_status(filter, &condition, &values);
            }
            let sql = format!(
                "SELECT count(*) FROM (SELECT id FROM registration WHERE {condition} LIMIT {}) AS found",
                COUNTED + 1
            );
            let counted = r.driver.first(&sql, &values)?.map_or(0, |row| row.int(0)) as u64;
            let sql = format!(
                "SELECT {COLUMNS} FROM registration WHERE {condition} {} LIMIT {PAGE} OFFSET {}",
                filter.order(),
                filter.page * PAGE
            );
            let rows: Vec<Registration> =
                r.driver.query(&sql, &values)?.iter().map(Registration::from_row).collect();
            let detail = format!("{} of {counted} registrations", rows.len());
            Ok((Cases { rows, found: counted.min(COUNTED), more: counted > COUNTED }, detail))
        })
    }

    /// The same of people of one status. Decisions on it are sealed, so that each is opened, of the organisations whose records the user
    /// may read.
    fn of_status(&mut self, filter: &Filter, condition: &str, values: &[Value]) -> AuditedResult<Cases> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        let Some(reads) = session.reach(Operation::ReadRecord) else {
            let roles: Vec<String> = roles(Operation::ReadRecord).iter().map(|r| r.name()).collect();
            let (user, operation) = (session.user, Operation::ReadRecord);
            return Err(RegisterError::Denied { user, operation, roles: roles.join(", ") });
        };
        let last = self.last_statuses(&reads)?;
        let is = |r: &Registration| {
            reads.holds(&r.organisation)
                && last.get(&r.person).map_or(UNDECIDED, String::as_str) == filter.status
        };
        // Nobody decides on who is on the statistics track, and what was decided on who was erased is gone.
        let open = if filter.status == UNDECIDED {
            " AND lane = 'help' AND person IN (SELECT id FROM person WHERE erased_at IS NULL)"
        } else {
            ""
        };
        let sql = format!("SELECT {COLUMNS} FROM registration WHERE {condition}{open} {}", filter.order());
        let (mut rows, mut found) = (Vec::new(), 0);
        self.driver.each(&sql, values, &mut |row| {
            let registration = Registration::from_row(&row);
            if is(&registration) {
                if found / PAGE == filter.page {
                    rows.push(registration);
                }
                found += 1;
            }
        })?;
        let detail = format!("{} of {found} registrations, {} statuses opened", rows.len(), last.len());
        let found = found as u64;
        Ok((Cases { rows, found: found.min(COUNTED), more: found > COUNTED }, detail))
    }

    /// Registrations that stand under a case reference, or whose person has a pseudonym that begins with these digits (eight or more):
    /// of one organisation, or of every one within reach.
    ///
    /// # Errors
    /// If the policy does not allow it; for one organisation that is not within reach it does not.
    pub fn search(&mut self, organisation: &str, text: &str) -> Result<Vec<Registration>, RegisterError> {
        let found = |r: &mut Self, reach: &Reach| {
            let all = r.found_by(reach, text)?;
            let detail = format!("{} registrations", all.len());
            Ok((all, detail))
        };
        if organisation.is_empty() {
            return self.read_within(Operation::ReadRegistration, "search", found);
        }
        let only = Reach::Only([organisation.to_owned()].into());
        self.read(Operation::ReadRegistration, &Scope::for_organisation(organisation), "search", |r| {
            found(r, &only)
        })
    }

    pub(crate) fn matching(&mut self, reach: &Reach, text: &str) -> Result<Vec<Registration>, RegisterError> {
        let sql = "SELECT id FROM organisation ORDER BY id";
        let all: Vec<String> =
            self.driver.query(sql, &[])?.iter().map(|row| row.text(0).to_owned()).collect();
        let mut rows = Vec::new();
        for id in all.iter().filter(|o| reach.holds(o)) {
            let key = self.keyed(id, text)?;
            let sql =
                format!("SELECT {COLUMNS} FROM registration WHERE organisation = $1 AND local_key = $2");
            rows.extend(self.driver.query(&sql, &[id.as_str().into(), key.as_slice().into()])?);
        }
        if let Some((least, most)) = begins_with(text) {
            let mut values = vec![least.as_slice().into(), most.as_slice().into()];
            let own = reach.condition("organisation", &mut values);
            let sql = format!(
                "SELECT {COLUMNS} FROM registration WHERE person >= $1 AND person <= $2 AND {own} \
                 ORDER BY recorded_at DESC, id DESC LIMIT {FOUND}"
            );
            rows.extend(self.driver.query(&sql, &values)?);
        }
        let mut found: Vec<Registration> = rows.iter().map(Registration::from_row).collect();
        found.sort_by(|a, b| b.recorded_at.cmp(&a.recorded_at).then_with(|| a.id.cmp(&b.id)));
        found.dedup_by(|a, b| a.id == b.id);
        found.truncate(FOUND);
        Ok(found)
    }
}

/// How a pseudonym is shown where it need only be told from its neighbours: the digits that also find it.
pub fn short(pseudonym: &str) -> String {
    let digits: String = pseudonym.chars().take(DIGITS).collect();
    let (a, b) = digits.split_at(digits.len().min(DIGITS / 2));
    if b.is_empty() { a.to_owned() } else { format!("{a}-{b}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ijsberg_crypto::hex;

    #[test]
    fn a_pseudonym_is_found_by_its_first_digits() {
        let (least, most) = begins_with("7bb0-bfe6").unwrap();
        assert_eq!((least[..4].to_vec(), least[4]), (vec![0x7b, 0xb0, 0xbf, 0xe6], 0));
        assert_eq!((most[..4].to_vec(), most[15]), (vec![0x7b, 0xb0, 0xbf, 0xe6], 0xff));
        for other in ["7bb0bfe", "V-15-031", "", "7bb0-bfe6-7bb0-bfe6-7bb0-bfe6-7bb0-bfe6-0"] {
            assert_eq!(begins_with(other), None, "{other}");
        }
        assert_eq!(short(&hex(&least)), "7bb0-bfe6");
        assert_eq!(short("7b"), "7b");
    }

    #[test]
    fn a_year_is_every_day_in_it() {
        let mut values = Vec::new();
        let filter = Filter { year: "2015".to_owned(), ..Filter::default() };
        filter.condition(&Reach::Everywhere, "2026-11-28".parse().unwrap(), &mut values);
        let inside = |day: &str| ("2015"..="2015-12-31").contains(&day);
        assert_eq!(values, ["2015".into(), "2015-12-31".into()]);
        let mut period = Vec::new();
        let filter = Filter { until: "2017".to_owned(), ..filter };
        filter.condition(&Reach::Everywhere, "2026-11-28".parse().unwrap(), &mut period);
        assert_eq!(period, ["2015".into(), "2017-12-31".into()]);
        assert!(inside("2015") && inside("2015-01") && inside("2015-12-31"));
        assert!(!inside("2014-12-31") && !inside("2016") && !inside("2016-01-01"));
    }
}
