//! The cases that a user may see: filtered, in an order, a page at a time; and found by a reference or a pseudonym.

use ijsberg_store::cases::{self, CaseFilter};
use ijsberg_store::{Within, organisations, registrations};
use jiff::civil::Date;

use crate::codes::has;
use crate::error::RegisterError;
use crate::expected::{Expected, Wanted};
use crate::gate::AuditedResult;
use crate::policy::{Operation, roles};
use crate::register::Register;
use crate::registrations::Registration;
use crate::scope::{Reach, Scope};

/// Registrations on a page.
pub const PAGE: usize = 25;

/// Up to so many are counted one by one; nobody pages further, and a larger register answers as fast.
pub const COUNTED: u64 = 10_000;

/// Digits of a pseudonym that find somebody.
const DIGITS: usize = 8;

/// At most so many registrations answer a search.
const FOUND: usize = 100;

/// Days after which unknown details of a case are asked for.
const OVERDUE: i64 = 30;

/// Days for which a case is new.
const NEW: i64 = 7;

/// The status of people without a decision.
pub const UNDECIDED: &str = "none";

/// A list that people come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// Everything.
    #[default]
    All,
    /// An undecided pair, a person who is listed for erasure or whose emergency access has not been reviewed, or incomplete for a month.
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

    /// The same for a query; what it counts back from today stands in it.
    fn for_query(self, today: Date) -> cases::View {
        let ago = |days: i64| today.checked_sub(jiff::Span::new().days(days)).unwrap_or(today).to_string();
        match self {
            Self::All => cases::View::All,
            Self::Attention => cases::View::Attention { incomplete_before: ago(OVERDUE) },
            Self::New => cases::View::New { since: ago(NEW) },
            Self::Minors => cases::View::Minors,
            Self::Incomplete => cases::View::Incomplete,
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

    /// Its name in an address.
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

    /// The same for a query.
    fn for_query(self) -> cases::SortColumn {
        match self {
            Self::Recorded => cases::SortColumn::Recorded,
            Self::Happened => cases::SortColumn::Happened,
            Self::Organisation => cases::SortColumn::Organisation,
            Self::Form => cases::SortColumn::Form,
            Self::Nationality => cases::SortColumn::Nationality,
        }
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
    /// Of people whose last decision on status this is, or `none` for people without a decision; for users who may read records.
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

    fn order(&self) -> cases::Order {
        cases::Order { by: self.by.for_query(), ascending: self.ascending }
    }

    /// The first year and the last, where there are any; without a first one all before the last.
    fn years(&self) -> Option<(&str, &str)> {
        let last = if self.until.is_empty() { &self.year } else { &self.until };
        (!last.is_empty()).then_some((self.year.as_str(), last.as_str()))
    }

    /// The same for a query of organisations within reach.
    fn for_query<'a>(&'a self, within: Within<'a>, today: Date) -> CaseFilter<'a> {
        CaseFilter {
            within,
            view: self.view.for_query(today),
            organisation: &self.organisation,
            form: &self.form,
            lane: &self.lane,
            years: self.years(),
            // No decisions are made on the statistics track, and those on erased people are gone.
            undecided: self.status == UNDECIDED,
        }
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
    /// If the policy does not allow it, or the filter contains an unknown value.
    pub fn cases(&mut self, filter: &Filter) -> Result<Cases, RegisterError> {
        filter.check()?;
        self.read_within(Operation::ReadRegistration, "cases", |r, reach| {
            let which = filter.for_query(reach.within(), r.today());
            if !filter.status.is_empty() {
                return r.of_status(filter, &which);
            }
            let counted = cases::counted(r.driver.as_mut(), &which, COUNTED + 1)?;
            let page = cases::Page { number: filter.page, size: PAGE };
            let stored = cases::page(r.driver.as_mut(), &which, filter.order(), page)?;
            let rows: Vec<Registration> = stored.into_iter().map(Registration::from).collect();
            let detail = format!("{} of {counted} registrations", rows.len());
            Ok((Cases { rows, found: counted.min(COUNTED), more: counted > COUNTED }, detail))
        })
    }

    /// The same for people with one status. Decisions on status are sealed, so each is opened, for the organisations of which the user may
    /// read records.
    fn of_status(&mut self, filter: &Filter, which: &CaseFilter<'_>) -> AuditedResult<Cases> {
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
        let (mut rows, mut found) = (Vec::new(), 0);
        cases::each_case(self.driver.as_mut(), which, filter.order(), &mut |stored| {
            let registration = Registration::from(stored);
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
        let all = organisations::ids(self.driver.as_mut())?;
        let mut stored = Vec::new();
        for id in all.iter().filter(|o| reach.holds(o)) {
            let key = self.keyed(id, text)?;
            stored.extend(registrations::under_case_key(self.driver.as_mut(), id, &key)?);
        }
        if let Some((least, greatest)) = begins_with(text) {
            let between = (&least, &greatest);
            stored.extend(cases::by_pseudonym(self.driver.as_mut(), between, reach.within(), FOUND)?);
        }
        let mut found: Vec<Registration> = stored.into_iter().map(Registration::from).collect();
        found.sort_by(|a, b| b.recorded_at.cmp(&a.recorded_at).then_with(|| a.id.cmp(&b.id)));
        found.dedup_by(|a, b| a.id == b.id);
        found.truncate(FOUND);
        Ok(found)
    }
}

/// A pseudonym shortened to distinguish it from its neighbours: the digits that also find it.
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
    fn a_year_alone_is_its_own_last_one() {
        let years = |year: &str, until: &str| {
            let filter = Filter { year: year.to_owned(), until: until.to_owned(), ..Filter::default() };
            filter.years().map(|(first, last)| format!("{first}-{last}"))
        };
        assert_eq!(years("2015", "").as_deref(), Some("2015-2015"));
        assert_eq!(years("2015", "2017").as_deref(), Some("2015-2017"));
        assert_eq!(years("", "2017").as_deref(), Some("-2017"));
        assert_eq!(years("", ""), None);
    }

    #[test]
    fn a_view_counts_back_from_today() {
        let today = "2026-11-28".parse().unwrap();
        assert_eq!(View::New.for_query(today), cases::View::New { since: "2026-11-21".to_owned() });
        let incomplete_before = "2026-10-29".to_owned();
        assert_eq!(View::Attention.for_query(today), cases::View::Attention { incomplete_before });
    }
}
