//! Prepares a file of notifications before anybody has to wait for it: rows are checked, names sealed and codes computed in a snapshot,
//! while others write. The transaction only inserts them.

use std::collections::{BTreeMap, HashMap};

use ijsberg_store::new_rows::{self, NewIdentity, NewLinkToken, NewPerson, NewPersonKey, NewRegistration};
use ijsberg_store::organisations;

use crate::domain::{Domain, Epoch};
use crate::entities::kind_of;
use crate::error::RegisterError;
use crate::ground::Ground;
use crate::lanes::Lane;
use crate::notify::{ImportResult, Notification, RowError, wrong_rows};
use crate::register::{Id, Register};
use crate::sealed::Sealed;

/// What the preparation is based on: keys, lists of organisations and open tracks. If these have changed, the file is prepared again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct By {
    epochs: BTreeMap<Domain, Epoch>,
    lists: HashMap<String, String>,
    lanes: HashMap<String, String>,
}

/// What comes with notifications, each with the number of its notification.
type Rows<T> = Vec<(usize, T)>;

/// A file that only has to be put in.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) by: By,
    /// Rows that do not fit; then there is nothing else.
    pub(crate) errors: Vec<RowError>,
    ids: Vec<(Id, Id)>,
    registrations: Vec<NewRegistration>,
    persons: Vec<NewPerson>,
    tokens: Rows<NewLinkToken>,
    keys: Rows<NewPersonKey>,
    identities: Rows<NewIdentity>,
    /// None where the register has no key of records yet, which only a transaction can make.
    records: Option<Rows<Sealed>>,
}

impl Register {
    /// What a preparation is based on, as it is now.
    pub(crate) fn grounds(&mut self, rows: &[Notification]) -> Result<By, RegisterError> {
        let lists = organisations::lists(self.driver.as_mut())?;
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
            ready.registrations.push(registration(n, (id, person), key, (&user, &at), &ready.by));
            ready.persons.push(NewPerson { id: person, created_at: at, synthetic: n.synthetic });
            ready.tokens.extend(n.tokens.iter().map(|(scheme, token)| {
                (i, NewLinkToken { registration: id, scheme: scheme.clone(), token: token.clone() })
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
    ) -> Result<Rows<Sealed>, RegisterError> {
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

    /// Inserts it, within a transaction. Rows that already exist stay as they are, and what would come with them is left out.
    pub(crate) fn put_in(
        &mut self,
        ready: Ready,
        rows: &[Notification],
    ) -> Result<ImportResult, RegisterError> {
        let records = match ready.records {
            Some(records) => records,
            None => self.sealed_records(rows, &ready.ids, &ready.by)?,
        };
        let driver = self.driver.as_mut();
        let new = new_rows::insert_registrations(driver, &mut ready.registrations.into_iter())?;
        let already = rows.len() as u64 - new;
        let fresh = self.fresh(&ready.ids, already > 0)?;
        let driver = self.driver.as_mut();
        new_rows::insert_persons(driver, &mut of_new(ready.persons.into_iter().enumerate(), &fresh))?;
        new_rows::insert_link_tokens(driver, &mut of_new(ready.tokens, &fresh))?;
        new_rows::insert_person_keys(driver, &mut of_new(ready.keys, &fresh))?;
        new_rows::insert_identities(driver, &mut of_new(ready.identities, &fresh))?;
        self.insert_sealed(of_new(records, &fresh).collect())?;
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
        let own: Vec<Id> = ids.iter().map(|(id, _)| *id).collect();
        let there = new_rows::stored_registrations(self.driver.as_mut(), &own)?;
        Ok(own.iter().map(|id| there.contains(id)).collect())
    }
}

/// Rows of those notifications that are new.
fn of_new<T>(rows: impl IntoIterator<Item = (usize, T)>, fresh: &[bool]) -> impl Iterator<Item = T> {
    rows.into_iter().filter(move |(i, _)| fresh[*i]).map(|(_, row)| row)
}

/// The basis that an organisation works by; that of the lane where it names none.
fn basis<'a>(n: &'a Notification, lanes: &'a HashMap<String, String>) -> &'a str {
    if n.basis.is_empty() { lanes[n.lane.name()].as_str() } else { &n.basis }
}

fn registration(
    n: &Notification,
    (id, person): (Id, Id),
    local_key: [u8; 32],
    (user, at): (&str, &str),
    by: &By,
) -> NewRegistration {
    let purpose = if n.lane == Lane::Help { "help" } else { "statistics" };
    NewRegistration {
        id,
        person,
        list: by.lists[&n.organisation].clone(),
        organisation: n.organisation.clone(),
        local_key,
        happened_on: n.happened_on.clone(),
        lane: n.lane.name().to_owned(),
        purpose: purpose.to_owned(),
        basis: basis(n, &by.lanes).to_owned(),
        sex: n.sex.clone(),
        birth_year: n.birth_year,
        minor: n.minor.clone(),
        nationality: n.nationality.clone(),
        form: n.form.clone(),
        sector: n.sector.clone(),
        region: n.region.clone(),
        codes: crate::codes::stamp().to_owned(),
        synthetic: n.synthetic,
        recorded_by: user.to_owned(),
        recorded_at: at.to_owned(),
        version: 1,
        article_part: n.article_part.clone(),
    }
}
