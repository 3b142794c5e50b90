//! An attacker with SQL access restores, for a moment, a row that was once valid.

use ijsberg_register::RegisterError;
use ijsberg_register::policy::{Grant, Role};

use crate::common::{Backend, PASSWORD, log_in, on_both};
use crate::sql::{changed, furnished, sql};

on_both!(a_role_taken_away_does_not_come_back_for_a_moment);

/// A row that was once valid has a matching hash. Restored between two verifications, or for as long as one request lasts, it gives no
/// access: rights are taken from the rows that were verified.
fn a_role_taken_away_does_not_come_back_for_a_moment(backend: Backend) {
    let (_place, mut r, ana) = furnished(backend);
    log_in(&mut r, "eve", Role::VaultKeeper, "*");
    let stolen = "SELECT user_name, role, organisation, mac FROM app_role WHERE user_name = 'eve'";
    let stolen = r.driver().first(stolen, &[]).unwrap().unwrap().0;
    let secret = r.begin_session("eve", PASSWORD, None).unwrap();
    r.resume("keeper").unwrap();
    let role = Grant { role: Role::VaultKeeper, organisation: "*".into() };
    r.set_grant("eve", &role, false).unwrap();
    r.resume_session(&secret).unwrap();
    assert!(r.session().unwrap().grants.is_empty());
    let back = "INSERT INTO app_role (user_name, role, organisation, mac) VALUES ($1, $2, $3, $4)";
    sql(&mut r, back, &stolen);
    // Counted a moment ago.
    r.resume_session(&secret).unwrap();
    assert!(r.session().unwrap().grants.is_empty());
    assert!(matches!(r.identity(&ana), Err(RegisterError::Denied { .. })));
    // Counted anew.
    changed(r.login("eve", PASSWORD, None), "app_role");
    sql(&mut r, "DELETE FROM app_role WHERE user_name = 'eve'", &[]);
    r.login("eve", PASSWORD, None).unwrap();
    assert!(r.session().unwrap().grants.is_empty());
}
