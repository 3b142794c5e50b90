//! Filters of the list of cases that somebody comes back to, each under a name of their own choice.

use std::collections::BTreeMap;

use ijsberg_outside::Line;
use ijsberg_store::{organisations, views};

use crate::audit::Outcome;
use crate::cases::{Column, Filter, View};
use crate::error::RegisterError;
use crate::expected::{Thing, Wanted};
use crate::register::Register;

/// A filter under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// The name.
    pub name: String,
    /// What it asks for, from the first page.
    pub filter: Filter,
}

/// Views that somebody can have.
pub const MOST_VIEWS: usize = 20;

/// Characters of a name.
const LONGEST_NAME: usize = 60;

impl Filter {
    /// The parts of the filter, by their names in an address; default values are left out.
    pub fn parts(&self) -> Vec<(&'static str, String)> {
        let parts = [
            ("view", if self.view == View::default() { "" } else { self.view.name() }.to_owned()),
            ("organisation", self.organisation.clone()),
            ("form", self.form.clone()),
            ("lane", self.lane.clone()),
            ("year", self.year.clone()),
            ("until", self.until.clone()),
            ("status", self.status.clone()),
            ("by", if self.by == Column::default() { "" } else { self.by.name() }.to_owned()),
            ("order", if self.ascending { "ascending" } else { "" }.to_owned()),
            ("page", if self.page == 0 { String::new() } else { self.page.to_string() }),
        ];
        parts.into_iter().filter(|p| !p.1.is_empty()).collect()
    }

    /// The filter of these parts. Missing or unknown parts are ignored.
    pub fn of_parts(parts: &BTreeMap<String, String>) -> Self {
        let of = |name: &str| parts.get(name).map(|v| v.trim()).unwrap_or_default();
        Self {
            view: View::named(of("view")).unwrap_or_default(),
            organisation: of("organisation").to_owned(),
            form: of("form").to_owned(),
            lane: of("lane").to_owned(),
            year: of("year").to_owned(),
            until: of("until").to_owned(),
            status: of("status").to_owned(),
            by: Column::named(of("by")).unwrap_or_default(),
            ascending: of("order") == "ascending",
            page: of("page").parse().unwrap_or(0),
        }
    }
}

impl Register {
    /// The views of the logged-in user, by name.
    ///
    /// # Errors
    /// If nobody is logged in.
    pub fn saved_views(&mut self) -> Result<Vec<SavedView>, RegisterError> {
        let session = self.session.clone().ok_or(RegisterError::NoSession)?;
        self.current_keys()?;
        let view = |stored: views::StoredView| {
            let parts = serde_json::from_str(&stored.filter).unwrap_or_default();
            SavedView { name: stored.name, filter: Filter::of_parts(&parts) }
        };
        Ok(views::views_of(self.driver.as_mut(), &session.user)?.into_iter().map(view).collect())
    }

    /// Saves a filter for the logged-in user, in place of one of that name.
    ///
    /// # Errors
    /// If the name is not one line of at most 60 characters, the filter has an unknown value, or there are [`MOST_VIEWS`] already.
    pub fn save_view(&mut self, name: &str, filter: &Filter) -> Result<(), RegisterError> {
        let session = self.ready()?;
        let invalid = |_| RegisterError::invalid("name", Wanted::ViewName);
        let name = Line::new(name, LONGEST_NAME).map_err(invalid)?.as_str().to_owned();
        if name.is_empty() {
            return Err(RegisterError::invalid("name", Wanted::ViewName));
        }
        filter.check()?;
        if !["", "help", "statistics"].contains(&filter.lane.as_str()) {
            return Err(RegisterError::invalid("lane", Wanted::OpenLane));
        }
        let organisation = filter.organisation.as_str();
        if !organisation.is_empty() && !organisations::exists(self.driver.as_mut(), organisation)? {
            return Err(RegisterError::invalid("organisation", Wanted::KnownOrganisation));
        }
        let first = Filter { page: 0, ..filter.clone() };
        let parts: BTreeMap<&str, String> = first.parts().into_iter().collect();
        let parts = serde_json::to_string(&parts).unwrap_or_default();
        self.transaction(|r| {
            let others = views::other_views(r.driver.as_mut(), &session.user, &name)?;
            if others >= MOST_VIEWS {
                return Err(RegisterError::invalid("name", Wanted::FewerViews));
            }
            views::save(r.driver.as_mut(), &session.user, &name, &parts)?;
            r.append(&session.user, "save_view", "user", Outcome::Done, &format!("{} views", others + 1))
        })
    }

    /// Removes a view of the logged-in user.
    ///
    /// # Errors
    /// If they have none of that name.
    pub fn remove_view(&mut self, name: &str) -> Result<(), RegisterError> {
        let session = self.ready()?;
        self.transaction(|r| {
            if views::remove(r.driver.as_mut(), &session.user, name)? == 0 {
                return Err(RegisterError::NotFound(Thing::View));
            }
            r.append(&session.user, "remove_view", "user", Outcome::Done, "1 view")
        })
    }
}
