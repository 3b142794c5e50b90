//! Tracks and their lawful basis, and the organisations that notify.

use ijsberg_outside::{Line, Name};
use ijsberg_store::lanes::{self, NewLane};
use ijsberg_store::organisations::{self, Organisation};

use crate::codes::has;
use crate::days::PartialDay;
use crate::error::RegisterError;
use crate::expected::{Expected, Thing, Wanted};
use crate::policy::Operation;
use crate::register::Register;
use crate::scope::Scope;

/// Characters of the name of an organisation.
const LONGEST_NAME: usize = 200;

/// The tracks. The statistics track has no direct identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lane {
    /// Help: consent or another basis, and an identity where the person wants.
    Help,
    /// Statistics: no direct identifiers.
    #[default]
    Statistics,
}

impl Lane {
    /// Its name in the tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Statistics => "statistics",
        }
    }

    /// The track of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim().to_lowercase().as_str() {
            "help" | "hulp" => Some(Self::Help),
            "statistics" | "statistiek" => Some(Self::Statistics),
            _ => None,
        }
    }
}

impl Register {
    /// Opens a track by recording its lawful basis and when its risks were assessed (DPIA).
    ///
    /// # Errors
    /// If the policy does not allow it or something is missing.
    pub fn open_lane(&mut self, lane: Lane, basis: &str, assessed: &str) -> Result<(), RegisterError> {
        if basis.trim().chars().count() < 5 || Line::new(basis, 500).is_err() {
            return Err(RegisterError::invalid("basis", Wanted::LegalBasis));
        }
        if PartialDay::parse(assessed).is_none_or(|day| day.first() > self.today()) {
            return Err(RegisterError::invalid("assessed", Wanted::Assessed));
        }
        self.act(Operation::OpenLane, &Scope::Everywhere, &format!("lane:{}", lane.name()), |r| {
            let user = r.session.as_ref().map(|s| s.user.clone()).unwrap_or_default();
            let at = r.now.to_string();
            let new = NewLane { name: lane.name(), basis, assessed, opened_by: &user, opened_at: &at };
            lanes::open(r.driver.as_mut(), &new)?;
            Ok(((), String::new()))
        })
    }

    /// Adds an organisation that notifies, and the list that its notifications are on.
    ///
    /// # Errors
    /// If the policy does not allow it, or the id is taken.
    pub fn add_organisation(
        &mut self,
        id: &str,
        name: &str,
        kind: &str,
        list: &str,
        synthetic: bool,
    ) -> Result<(), RegisterError> {
        // Files are named after both, and spaces around them would make two of one.
        let fits = |s: &str| Name::new(s, 40).is_ok_and(|name| name.as_str() == s);
        if !fits(id) || !fits(list) {
            return Err(RegisterError::invalid("organisation", Wanted::OrganisationId));
        }
        let name =
            Line::new(name, LONGEST_NAME).map_err(|_| RegisterError::invalid("name", Wanted::OneLine))?;
        let name = name.as_str();
        if !has("organisation_kind", kind) {
            return Err(RegisterError::invalid("kind", Expected::code_of("organisation_kind")));
        }
        self.act(Operation::ManageOrganisations, &Scope::Everywhere, &format!("organisation:{id}"), |r| {
            if organisations::exists(r.driver.as_mut(), id)? {
                return Err(RegisterError::Exists(Thing::Organisation));
            }
            let [id, name, kind, list] = [id, name, kind, list].map(str::to_owned);
            organisations::add(r.driver.as_mut(), &Organisation { id, name, kind, list, synthetic })?;
            Ok(((), String::new()))
        })
    }
}
