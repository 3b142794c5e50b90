//! Who looks at a page, in which language, and as whom the register is asked.

use ijsberg_register::Session;
use ijsberg_register::policy::Operation;
use ijsberg_report::text::Language;

/// The user on whose behalf a register is read or changed.
#[derive(Debug, Clone)]
pub(crate) enum Actor {
    /// Nobody yet: to log in.
    Nobody,
    /// Who logged in before and has the secret of a session.
    Session(String),
    /// Whose token it is.
    Token(String),
}

/// Who is there, for handlers.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) session: Session,
    pub(crate) by: Actor,
}

/// Who looks at a page.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) language: Language,
    pub(crate) person: Option<Person>,
    /// The path, for the way back after a change of language.
    pub(crate) path: String,
}

impl Visitor {
    pub(crate) fn session(&self) -> Option<&Session> {
        self.person.as_ref().map(|p| &p.session)
    }

    /// As whom to ask the register.
    pub(crate) fn by(&self) -> Actor {
        self.person.as_ref().map_or(Actor::Nobody, |p| p.by.clone())
    }

    pub(crate) fn may(&self, operation: Operation) -> bool {
        self.session().is_some_and(|s| s.may(operation))
    }
}
