//! Statements that a connection keeps prepared.

use crate::common::{Backend, Place, on_both};

on_both!(a_statement_is_read_anew_after_its_table_changed, more_statements_than_are_kept_all_work);

fn a_statement_is_read_anew_after_its_table_changed(backend: Backend) {
    let place = Place::new(backend);
    let mut driver = place.driver();
    driver.batch("CREATE TABLE thing (a TEXT); INSERT INTO thing VALUES ('x')").unwrap();
    let all = "SELECT * FROM thing WHERE a = $1";
    for columns in 1..4 {
        for _ in 0..2 {
            let rows = driver.query(all, &["x".into()]).unwrap();
            assert_eq!((rows.len(), rows[0].0.len()), (1, columns));
        }
        driver.batch(&format!("ALTER TABLE thing ADD COLUMN b{columns} TEXT")).unwrap();
    }
    // One that is refused leaves the others as they were.
    assert!(driver.query("SELECT nothing FROM thing", &[]).is_err());
    assert_eq!(driver.query(all, &["x".into()]).unwrap().len(), 1);
}

fn more_statements_than_are_kept_all_work(backend: Backend) {
    let place = Place::new(backend);
    let mut driver = place.driver();
    for round in 0..2 {
        for n in 0..900_i64 {
            let row = driver.first(&format!("SELECT CAST($1 AS BIGINT) + {n}"), &[round.into()]).unwrap();
            assert_eq!(row.unwrap().get::<i64>(0).unwrap(), round + n);
        }
    }
}
