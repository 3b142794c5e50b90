//! Notifications: which organisation reported whom, for what and when. Each becomes a registration, the row that the estimator needs.

use std::collections::{HashMap, HashSet};

use ijsberg_outside::Line;
use ijsberg_store::registrations::has_case_key;
use ijsberg_store::{lanes, organisations};
use jiff::civil::Date;

use crate::ages::AgeFacts;
use crate::codes::has;
use crate::days::happened;
use crate::entities::kind_of;
use crate::error::RegisterError;
use crate::expected::{Expected, HAPPENED, Wanted};
use crate::lanes::Lane;
use crate::merge::Fields;
use crate::policy::Operation;
use crate::register::{Id, Register};
use crate::scope::Scope;
use crate::vault::unfit;

/// A notification as it arrives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notification {
    /// Line of the file, for messages.
    pub line: u64,
    /// The organisation that notifies.
    pub organisation: String,
    /// Its own case reference. Stored as a keyed code only.
    pub local_key: String,
    /// Day, month or year.
    pub happened_on: String,
    /// The track.
    pub lane: Lane,
    /// The lawful basis that the organisation works by; that of the track if empty.
    pub basis: String,
    /// `F`, `M`, `X` or `UNKNOWN`.
    pub sex: String,
    /// Year of birth.
    pub birth_year: Option<i64>,
    /// Under 18 at the time: `yes`, `no`, `unknown`, `not_asked` or `refused`.
    pub minor: String,
    /// All citizenships, ISO 3166-1 alpha-2, see [`crate::citizenships`]; empty if not known.
    pub nationality: String,
    /// Form of exploitation.
    pub form: String,
    /// Sector, ISIC section.
    pub sector: String,
    /// Region code.
    pub region: String,
    /// Parts of article 273f(1) that it rests on, see [`crate::parts`]; empty if none was recorded.
    pub article_part: String,
    /// Synthetic.
    pub synthetic: bool,
    /// The identity, on the support track, by field of the vault.
    pub identity: Vec<(&'static str, String)>,
    /// Keyed codes by scheme.
    pub tokens: Vec<(String, Vec<u8>)>,
    /// Records of the case that come with it, by kind; on the support track.
    pub records: Vec<(&'static str, Fields)>,
    /// Fields of a file that could not be read, with what was expected: reported with all other errors.
    pub unread: Vec<(&'static str, Expected)>,
}

/// Kinds of record that may come with a notification; decisions that a person must make may not.
const WITH_IT: [&str; 9] =
    ["signal", "case", "episode", "journey", "observation", "means", "consent", "referral", "support"];

/// What is wrong with a row. The value is not repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The line.
    pub line: u64,
    /// The field.
    pub field: &'static str,
    /// What was expected.
    pub expected: Expected,
}

/// A row whose case reference is in use and that differs from the stored one. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDiffers {
    /// The line.
    pub line: u64,
    /// Coded fields in which it differs.
    pub fields: Vec<&'static str>,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportResult {
    /// New registrations.
    pub new: u64,
    /// Rows that were there already, by organisation and its case key, or that repeat an earlier row of the file.
    pub already: u64,
    /// Of those, rows that differ from the stored ones, which stay as they are; reported to users who may read these.
    pub differ: Vec<RowDiffers>,
    /// Rows that were not taken; then none was.
    pub errors: Vec<RowError>,
    /// The new registrations, in the order of the rows; none for a row that was there already or for a dry run.
    pub registrations: Vec<Option<Id>>,
}

impl ImportResult {
    /// Rows that do not fit; each may have several errors.
    pub fn wrong_rows(&self) -> usize {
        self.errors.iter().map(|e| e.line).collect::<HashSet<_>>().len()
    }
}

/// Rows that are taken at once, and of those with names or records: everybody else who writes waits for them.
pub const MOST_ROWS: usize = 100_000;
/// See [`MOST_ROWS`].
pub const MOST_NAMED: usize = 20_000;

/// A text that names no person: letters, digits and a few signs, short.
pub(crate) fn is_code(text: &str) -> bool {
    text.len() <= 20
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || "-_.".contains(c))
}

impl Notification {
    /// Every field that does not fit, with what is expected of it.
    fn wrong(&self, lists: &HashMap<String, String>, today: Date) -> Vec<(&'static str, Expected)> {
        let year = self.birth_year.is_none_or(|y| (1900..=i64::from(today.year())).contains(&y));
        let nameless = self.identity.iter().all(|f| f.1.trim().is_empty());
        let rules = [
            (lists.contains_key(&self.organisation), "organisation", Wanted::KnownOrganisation),
            (Line::new(&self.local_key, 200).is_ok(), "local_key", Wanted::LocalKey),
            (happened(&self.happened_on, today), "happened_on", HAPPENED),
            (self.basis.is_empty() || Line::new(&self.basis, 500).is_ok(), "basis", Wanted::BasisInOneLine),
            (crate::citizenships::fits(&self.nationality), "nationality", Wanted::Citizenships),
            (year, "birth_year", Wanted::BirthYear),
            (is_code(&self.region), "region", Wanted::Region),
            (crate::parts::fits(&self.article_part), "article_part", Wanted::ArticleParts),
            (self.lane != Lane::Statistics || nameless, "lane", Wanted::HelpLane),
            (self.lane != Lane::Statistics || self.records.is_empty(), "lane", Wanted::HelpLaneForRecords),
        ];
        let mut all = self.unread.clone();
        all.extend(rules.into_iter().filter(|r| !r.0).map(|r| (r.1, Expected::from(r.2))));
        let codes = [
            ("sex", "sex", &self.sex),
            ("form", "form", &self.form),
            ("minor", "answer", &self.minor),
            ("sector", "sector", &self.sector),
        ];
        all.extend(codes.iter().filter(|c| !has(c.1, c.2)).map(|c| (c.0, Expected::code_of(c.1))));
        let of_identity = |(field, value): &(&'static str, String)| {
            let expected = crate::vault::fits(field, value, today).err().or_else(|| unfit(value))?;
            Some((*field, expected.into()))
        };
        all.extend(self.identity.iter().filter_map(of_identity));
        all.extend(
            self.records.iter().filter_map(|(name, fields)| Some(("records", wrong_record(name, fields)?))),
        );
        if all.is_empty() {
            all.extend(self.contradiction().map(|(field, wanted)| (field, wanted.into())));
        }
        all
    }

    /// The field that cannot be so together with another one.
    pub fn contradiction(&self) -> Option<(&'static str, Wanted)> {
        let birth_date = self.identity.iter().find(|f| f.0 == "birth_date").map(|f| f.1.as_str());
        let (happened_on, minor) = (self.happened_on.as_str(), self.minor.as_str());
        AgeFacts { happened_on, birth_year: self.birth_year, birth_date, minor }.contradiction()
    }

    /// Fields in which it differs from another one.
    fn differs(&self, other: &Self) -> Vec<&'static str> {
        let texts = [
            ("happened_on", &self.happened_on, &other.happened_on),
            ("basis", &self.basis, &other.basis),
            ("sex", &self.sex, &other.sex),
            ("minor", &self.minor, &other.minor),
            ("nationality", &self.nationality, &other.nationality),
            ("form", &self.form, &other.form),
            ("sector", &self.sector, &other.sector),
            ("region", &self.region, &other.region),
            ("article_part", &self.article_part, &other.article_part),
        ];
        let mut all: Vec<&'static str> = texts.iter().filter(|t| t.1 != t.2).map(|t| t.0).collect();
        let rest = [
            ("lane", self.lane != other.lane),
            ("birth_year", self.birth_year != other.birth_year),
            ("synthetic", self.synthetic != other.synthetic),
            ("clk", self.tokens != other.tokens),
            ("records", self.records != other.records),
        ];
        all.extend(rest.iter().filter(|r| r.1).map(|r| r.0));
        let value = |n: &Self, field: &str| {
            n.identity.iter().find(|f| f.0 == field).map(|f| f.1.trim().to_owned()).unwrap_or_default()
        };
        all.extend(crate::vault::FIELDS.iter().copied().filter(|&f| value(self, f) != value(other, f)));
        all
    }
}

/// What is expected of a record that comes with a notification; nothing where it fits.
fn wrong_record(name: &str, fields: &Fields) -> Option<Expected> {
    if !WITH_IT.contains(&name) {
        return Some(Wanted::UndecidedKinds.into());
    }
    match kind_of(name).and_then(|k| k.check(fields)) {
        Err(RegisterError::Invalid { field, expected }) => Some(Expected::Of(field, Box::new(expected))),
        Err(_) => Some(Wanted::UndecidedKinds.into()),
        Ok(()) => None,
    }
}

/// Every field that does not fit, of every row.
pub(crate) fn wrong_rows(
    rows: &[Notification],
    lists: &HashMap<String, String>,
    today: Date,
) -> Vec<RowError> {
    let wrong = |n: &Notification| -> Vec<RowError> {
        let of = |(field, expected)| RowError { line: n.line, field, expected };
        n.wrong(lists, today).into_iter().map(of).collect()
    };
    let mut all: Vec<RowError> = rows.iter().flat_map(wrong).collect();
    all.extend(twice(rows));
    all.sort_by_key(|e| e.line);
    all
}

/// Rows whose case reference is in an earlier row of the file with other fields: one of the two would be lost. Rows that repeat an earlier
/// one in all fields are one notification.
fn twice(rows: &[Notification]) -> impl Iterator<Item = RowError> {
    let mut first: HashMap<(&str, &str), &Notification> = HashMap::new();
    rows.iter().filter_map(move |n| {
        let before = *first.entry((n.organisation.as_str(), n.local_key.trim())).or_insert(n);
        let fields = before.differs(n);
        let expected = || Expected::Twice { line: before.line, fields: fields.join(", ") };
        (!fields.is_empty()).then(|| RowError { line: n.line, field: "local_key", expected: expected() })
    })
}

/// The permission that an import needs, the same for a dry run: the operation and the organisations.
fn asked(rows: &[Notification]) -> (Operation, Scope) {
    // A user who may notify for one organisation may not for another in the same file; records need further permission.
    let records = rows.iter().any(|n| !n.records.is_empty());
    let operation = if records { Operation::WriteRecord } else { Operation::Notify };
    (operation, Scope::all(rows.iter().map(|n| n.organisation.as_str())))
}

impl Register {
    /// Imports notifications, all or none. A row whose organisation and case reference are already registered is left as it is, so that a
    /// file can be sent again.
    ///
    /// # Errors
    /// If the policy does not allow it, a track is closed, or there are more rows than one import takes; invalid rows are reported in the
    /// result.
    pub fn notify(&mut self, rows: &[Notification]) -> Result<ImportResult, RegisterError> {
        self.takes(rows)?;
        let (operation, scope) = asked(rows);
        let subject = format!("{} notifications", rows.len());
        if rows.is_empty() {
            return self.within(operation, &subject, |_, _| Ok((ImportResult::default(), String::new())));
        }
        let ready = |r: &mut Self| r.made_ready(rows);
        self.act_ready(operation, &scope, &subject, ready, |r, ready| {
            let ready = if r.grounds(rows)? == ready.by { ready } else { r.made_ready(rows)? };
            if !ready.errors.is_empty() {
                let done = ImportResult { errors: ready.errors, ..ImportResult::default() };
                return Ok((done, "rows do not fit; nothing was taken".to_owned()));
            }
            let done = r.put_in(ready, rows)?;
            let detail =
                format!("{} new, {} there already, {} otherwise", done.new, done.already, done.differ.len());
            Ok((done, detail))
        })
    }

    /// Whether so many rows are taken at once, and their names can be sealed.
    fn takes(&self, rows: &[Notification]) -> Result<(), RegisterError> {
        let named = rows.iter().any(|n| !n.identity.is_empty() || !n.records.is_empty());
        let most = if named { MOST_NAMED } else { MOST_ROWS };
        if rows.len() > most {
            return Err(RegisterError::invalid("file", Expected::Rows { most, there: rows.len() }));
        }
        if rows.iter().any(|n| !n.identity.is_empty()) && self.vault.is_none() {
            return Err(RegisterError::VaultClosed);
        }
        Ok(())
    }

    /// What an import would do; nothing is stored. It needs the same permission as the import.
    ///
    /// # Errors
    /// See [`Register::notify`].
    pub fn notify_dry(&mut self, rows: &[Notification]) -> Result<ImportResult, RegisterError> {
        self.takes(rows)?;
        let (operation, scope) = asked(rows);
        if rows.is_empty() {
            return self
                .read_within(operation, "dry run", |_, _| Ok((ImportResult::default(), String::new())));
        }
        self.read(operation, &scope, "dry run", |r| {
            let lists = organisations::lists(r.driver.as_mut())?;
            let lanes = r.open_lanes(rows)?;
            let mut done =
                ImportResult { errors: wrong_rows(rows, &lists, r.today()), ..ImportResult::default() };
            let (mut seen, mut there) = (HashSet::new(), Vec::new());
            for n in rows.iter().filter(|_| done.errors.is_empty()) {
                let key = r.local_code(n)?;
                let is_kept = |r: &mut Self| has_case_key(r.driver.as_mut(), &n.organisation, &key);
                // The reason to refuse a notification is reported for restricted people too.
                if r.seeing_all(is_kept)? {
                    done.already += 1;
                    there.push(n);
                } else if !seen.insert((n.organisation.as_str(), key)) {
                    done.already += 1;
                } else {
                    done.new += 1;
                }
            }
            done.differ = r.differing(&there, &lanes)?;
            let detail = format!("{} would be new", done.new);
            Ok((done, detail))
        })
    }

    pub(crate) fn local_code(&self, n: &Notification) -> Result<[u8; 32], RegisterError> {
        self.keyed(&n.organisation, &n.local_key)
    }

    /// What is kept of an organisation's own case key.
    pub(crate) fn keyed(&self, organisation: &str, local_key: &str) -> Result<[u8; 32], RegisterError> {
        self.code(&[b"local key", organisation.as_bytes(), local_key.trim().as_bytes()])
    }

    /// Tracks with their basis, if those of all rows are open: nothing starts on a closed one.
    pub(crate) fn open_lanes(
        &mut self,
        rows: &[Notification],
    ) -> Result<HashMap<String, String>, RegisterError> {
        let lanes = lanes::bases(self.driver.as_mut())?;
        match rows.iter().map(|n| n.lane.name()).find(|lane| !lanes.contains_key(*lane)) {
            Some(closed) => Err(RegisterError::LaneClosed(closed.to_owned())),
            None => Ok(lanes),
        }
    }
}
