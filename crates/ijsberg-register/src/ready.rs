//! A file of notifications, made ready before anybody has to wait for it: rows are checked, names sealed and codes computed as things are
//! at one moment, while others write. The transaction only puts them in.

use std::collections::{BTreeMap, HashMap, HashSet};

use ijsberg_store::Value;

use crate::domain::{Domain, Epoch};
use crate::entities::kind_of;
use crate::error::RegisterError;
use crate::ground::Ground;
use crate::lanes::Lane;
use crate::notify::{ImportResult, Notification, RowError, wrong_rows};
use crate::register::{Id, Register};
use crate::sealed::Sealed;

/// Rows that are looked up by one statement.
const AT_ONCE: usize = 500;

/// Columns of a registration in the order of its values.
const COLUMNS: [&str; 22] = [
    "id",
    "person",
    "list",
    "organisation",
    "local_key",
    "happened_on",
    "lane",
    "purpose",
    "basis",
    "sex",
    "birth_year",
    "minor",
    "nationality",
    "form",
    "sector",
    "region",
    "codes",
    "synthetic",
    "recorded_by",
    "recorded_at",
    "version",
    "article_part",
];

/// By what a file is made ready: keys, lists of organisations and open lanes. Where these have changed, it is made ready again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct By {
    epochs: BTreeMap<Domain, Epoch>,
    lists: HashMap<String, String>,
    lanes: HashMap<String, String>,
}

/// Rows of a table, each with the number of the notification that it belongs to.
type Rows = Vec<(usize, Vec<Value>)>;

/// A file that only has to be put in.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) by: By,
    /// Rows that do not fit; then there is nothing else.
    pub(crate) errors: Vec<RowError>,
    ids: Vec<(Id, Id)>,
    registrations: Vec<Vec<Value>>,
    persons: Vec<Vec<Value>>,
    tokens: Rows,
    keys: Rows,
    identities: Rows,
    /// None where the register has no key of records yet, which only a transaction can make.
    records: Option<Vec<(usize, Sealed)>>,
}

impl Register {
    /// What a file is made ready by, as it is now.
    pub(crate) fn grounds(&mut self, rows: &[Notification]) -> Result<By, RegisterError> {
        let lists = self.pairs("SELECT id, list FROM organisation")?;
        Ok(By { epochs: self.epochs.clone(), lists, lanes: self.open_lanes(rows)? })
    }

    /// Makes a file ready.
    pub(crate) fn made_ready(&mut self, rows: &[Notification]) -> Result<Ready, RegisterError> {
        let by = self.grounds(rows)?;
        let errors = wrong_rows(rows, &by.lists, self.today());
        let mut ready = Ready {
            by,
            errors,
            ids: Vec::new(),
            registrations: Vec::new(),
            persons: Vec::new(),
            tokens: Vec::new(),
            keys: Vec::new(),
            identities: Vec::new(),
            records: None,
        };
        if !ready.errors.is_empty() {
            return Ok(ready);
        }
        let user = self.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
        for (i, n) in rows.iter().enumerate() {
            let (id, person, at) = (self.next_id()?, self.next_id()?, self.stamp());
            ready.ids.push((id, person));
            let key = self.local_code(n)?;
            ready.registrations.push(registration(n, (&id, &person), &key, (&user, &at), &ready.by));
            ready.persons.push(vec![
                person.as_slice().into(),
                at.as_str().into(),
                n.synthetic.into(),
                Value::Null,
            ]);
            ready.tokens.extend(n.tokens.iter().map(|(scheme, token)| {
                (i, vec![id.as_slice().into(), scheme.as_str().into(), token.as_slice().into()])
            }));
            if !n.identity.is_empty() {
                let (key, fields) = self.sealed_identity(&person, &n.identity)?;
                ready.keys.push((i, key));
                ready.identities.extend(fields.into_iter().map(|f| (i, f)));
            }
        }
        if self.has_record_key()? {
            ready.records = Some(self.sealed_records(rows, &ready.ids, &ready.by)?);
        }
        Ok(ready)
    }

    /// Records that come with notifications, sealed.
    fn sealed_records(
        &mut self,
        rows: &[Notification],
        ids: &[(Id, Id)],
        by: &By,
    ) -> Result<Vec<(usize, Sealed)>, RegisterError> {
        let mut all = Vec::new();
        for (i, n) in rows.iter().enumerate() {
            let ground =
                Ground { organisation: &n.organisation, purpose: "help", basis: basis(n, &by.lanes) };
            for (name, fields) in &n.records {
                let id = self.next_id()?;
                all.push((i, self.sealed_record(kind_of(name)?, &id, Some(&ids[i].1), &ground, fields)?));
            }
        }
        Ok(all)
    }

    /// Puts it in, within a transaction. Rows that were there already stay as they are, and so does all that would come with them.
    pub(crate) fn put_in(
        &mut self,
        ready: Ready,
        rows: &[Notification],
    ) -> Result<ImportResult, RegisterError> {
        let records = match ready.records {
            Some(records) => records,
            None => self.sealed_records(rows, &ready.ids, &ready.by)?,
        };
        let new = self.driver.insert_new("registration", &COLUMNS, &mut ready.registrations.into_iter())?;
        let already = rows.len() as u64 - new;
        let fresh = self.fresh(&ready.ids, already > 0)?;
        let of = |rows: Rows| rows.into_iter().filter(|(i, _)| fresh[*i]).map(|(_, row)| row);
        let persons = ready.persons.into_iter().enumerate().collect();
        let columns = ["id", "created_at", "synthetic", "erased_at"];
        self.driver.insert_new("person", &columns, &mut of(persons))?;
        self.driver.insert_new("link_token", &["registration", "scheme", "token"], &mut of(ready.tokens))?;
        self.driver.insert_new("person_key", &["person", "wrapped", "under"], &mut of(ready.keys))?;
        self.driver.insert_new("identity", &["person", "field", "value"], &mut of(ready.identities))?;
        self.insert_sealed(
            records.into_iter().filter(|(i, _)| fresh[*i]).map(|(_, sealed)| sealed).collect(),
        )?;
        let old: Vec<&Notification> =
            rows.iter().zip(&fresh).filter(|(_, new)| !**new).map(|r| r.0).collect();
        let differ = self.differing(&old, &ready.by.lanes)?;
        let registrations = ready.ids.iter().zip(&fresh).map(|((id, _), new)| new.then_some(*id)).collect();
        Ok(ImportResult { new, already, differ, errors: Vec::new(), registrations })
    }

    /// Which of them are new: those whose own id stands in the table.
    fn fresh(&mut self, ids: &[(Id, Id)], some: bool) -> Result<Vec<bool>, RegisterError> {
        if !some {
            return Ok(vec![true; ids.len()]);
        }
        let mut there: HashSet<Vec<u8>> = HashSet::new();
        for part in ids.chunks(AT_ONCE) {
            let places: Vec<String> = (1..=part.len()).map(|i| format!("${i}")).collect();
            let sql = format!("SELECT id FROM registration WHERE id IN ({})", places.join(", "));
            let values: Vec<Value> = part.iter().map(|(id, _)| id.as_slice().into()).collect();
            there.extend(self.driver.query(&sql, &values)?.iter().map(|r| r.bytes(0).to_vec()));
        }
        Ok(ids.iter().map(|(id, _)| there.contains(id.as_slice())).collect())
    }
}

/// The basis that an organisation works by; that of the lane where it names none.
fn basis<'a>(n: &'a Notification, lanes: &'a HashMap<String, String>) -> &'a str {
    if n.basis.is_empty() { lanes[n.lane.name()].as_str() } else { &n.basis }
}

fn registration(
    n: &Notification,
    (id, person): (&Id, &Id),
    key: &[u8; 32],
    (user, at): (&str, &str),
    by: &By,
) -> Vec<Value> {
    let purpose = if n.lane == Lane::Help { "help" } else { "statistics" };
    vec![
        id.as_slice().into(),
        person.as_slice().into(),
        by.lists[&n.organisation].as_str().into(),
        n.organisation.as_str().into(),
        key.as_slice().into(),
        n.happened_on.as_str().into(),
        n.lane.name().into(),
        purpose.into(),
        basis(n, &by.lanes).into(),
        n.sex.as_str().into(),
        n.birth_year.into(),
        n.minor.as_str().into(),
        n.nationality.as_str().into(),
        n.form.as_str().into(),
        n.sector.as_str().into(),
        n.region.as_str().into(),
        crate::codes::stamp().into(),
        n.synthetic.into(),
        user.into(),
        at.into(),
        1.into(),
        n.article_part.as_str().into(),
    ]
}
