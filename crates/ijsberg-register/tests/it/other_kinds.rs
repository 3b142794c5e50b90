//! A value of another kind than the register writes, such as bytes in place of a text. PostgreSQL takes none.

use ijsberg_register::RegisterError;
use ijsberg_register::expected::Break;

use crate::common::{Backend, PASSWORD};
use crate::sql::{changed, furnished, opened, sql};

/// SQLite keeps whatever kind of value somebody writes: that is found as any other change, with the entry where the chain breaks.
#[test]
fn a_value_of_another_kind_is_a_change() {
    let (_place, mut r, _) = furnished(Backend::Sqlite);
    let last = r.verify_audit().unwrap().entries;
    r.begin_session("keeper", PASSWORD, None).unwrap();
    // Nobody vouches for when a session was used: one that cannot be read is over, and no more.
    sql(&mut r, "UPDATE app_session SET seen_at = x'00'", &[]);
    assert_eq!((r.open_sessions().unwrap(), r.sessions().unwrap().len()), (0, 0));
    sql(&mut r, "UPDATE audit SET detail = x'00' WHERE seq = 2", &[]);
    assert!(matches!(r.verify_audit(), Err(RegisterError::Audit { seq: 2, what: Break::Changed })));
    for (statement, table) in [
        (format!("UPDATE audit SET hash = 'x' WHERE seq > {last}"), "audit"),
        ("UPDATE guard SET sums = 'x'".to_owned(), "guard"),
        ("UPDATE app_user SET last_code = last_code + 0.5".to_owned(), "app_user"),
    ] {
        let (place, mut r, _) = furnished(Backend::Sqlite);
        r.begin_session("keeper", PASSWORD, None).unwrap();
        sql(&mut r, &statement, &[]);
        changed(opened(&place), table);
    }
}
