//! Lanes and their lawful basis, and the organisations that notify.

use crate::codes::has;
use crate::days::PartialDay;
use crate::error::RegisterError;
use crate::expected::{Expected, Thing, Wanted};
use crate::policy::Operation;
use crate::register::Register;
use crate::scope::Scope;
use ijsberg_outside::{Line, Name};

/// Characters of the name of an organisation.
const LONGEST_NAME: usize = 200;

/// The lanes. In the statistics lane there is nobody to be found.
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

    /// The lane of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name.trim().to_lowercase().as_str() {
            "help" | "hulp" => Some(Self::Help),
            "statistics" | "statistiek" => Some(Self::Statistics),
            _ => None,
        }
    }
}

impl Register {
    /// Opens a lane by recording its lawful basis and when its risks were assessed (DPIA).
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
            let sql = "INSERT INTO lane (name, basis, assessed, opened_by, opened_at) VALUES ($1, $2, $3, $4, $5) \
                       ON CONFLICT (name) DO UPDATE SET basis = $2, assessed = $3, opened_by = $4, opened_at = $5";
            let at = r.now.to_string();
            r.driver.execute(sql, &[lane.name().into(), basis.into(), assessed.into(), user.into(), at.into()])?;
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
            if r.driver.first("SELECT 1 FROM organisation WHERE id = $1", &[id.into()])?.is_some() {
                return Err(RegisterError::Exists(Thing::Organisation));
            }
            let sql =
                "INSERT INTO organisation (id, name, kind, list, synthetic) VALUES ($1, $2, $3, $4, $5)";
            r.driver.execute(sql, &[id.into(), name.into(), kind.into(), list.into(), synthetic.into()])?;
            Ok(((), String::new()))
        })
    }
}
