//! Histories of several years, for people who stay.

use ijsberg_register::histories::MAX_LISTS;
use ijsberg_register::notify::Notification;
use ijsberg_register::{Register, RegisterError};

use crate::common::{Backend, Place, notification, on_both};

on_both!(
    people_are_counted_by_the_lists_of_each_year,
    a_year_with_nobody_is_known_from_a_register_with_nobody
);

fn people_are_counted_by_the_lists_of_each_year(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let mut rows = vec![
        notification("police", "1"),
        notification("shelter", "1"),
        notification("police", "2"),
        notification("police", "3"),
        notification("police", "4"),
        notification("border", "5"),
    ];
    let days = ["2016-05-31", "2018", "2017-01", "2016", "2016-12-31", "2019-01-01"];
    for (row, day) in rows.iter_mut().zip(days) {
        row.happened_on = day.into();
    }
    let ids: Vec<_> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    r.decide(&ids[0], &ids[1], "same").unwrap();
    let table = r.histories_by_year(2016, 2018).unwrap();
    // The border is on no list of these years.
    assert_eq!(table.lists, ["O", "P"]);
    assert_eq!((table.years.as_slice(), table.persons()), ([2016, 2017, 2018].as_slice(), 4));
    let people: Vec<_> = table.people.iter().map(|(history, n)| (history.clone(), *n)).collect();
    assert_eq!(people, [(vec![0, 2, 0], 1), (vec![2, 0, 0], 2), (vec![2, 0, 1], 1)]);
    let (header, rows) = table.table();
    assert_eq!(header, ["O.2016", "P.2016", "O.2017", "P.2017", "O.2018", "P.2018", "count"]);
    assert_eq!(rows[2], ["0", "1", "0", "0", "1", "0", "1"]);
    assert!(rows.iter().all(|row| row.len() == header.len()));
    // Registrations that are no longer one person are two.
    let decision = r.decisions().unwrap()[0].0;
    r.undo_link(&decision).unwrap();
    assert_eq!(r.histories_by_year(2016, 2018).unwrap().persons(), 5);
    assert!(matches!(r.histories_by_year(2018, 2016), Err(RegisterError::Invalid { .. })));
}

/// However many lists there ever were, and whatever else is in the years that are not asked for.
fn a_year_with_nobody_is_known_from_a_register_with_nobody(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    assert_eq!(r.registered_years().unwrap(), None);
    assert!(r.histories_for_delivery(2016, 2018, &[]).unwrap().persons.is_empty());
    // One list more than a table holds, each in a year of its own.
    let rows: Vec<_> = (0..=MAX_LISTS)
        .map(|n| {
            let organisation = format!("office-{n}");
            r.add_organisation(&organisation, &organisation, "NP", &format!("list-{n}"), true).unwrap();
            let happened_on = format!("{}", 2000 + n);
            Notification { happened_on, birth_year: None, ..notification(&organisation, "1") }
        })
        .collect();
    assert_eq!(r.notify(&rows).unwrap().registrations.iter().flatten().count(), rows.len());
    assert_eq!(r.registered_years().unwrap(), Some([2000, 2016]));
    assert!(matches!(r.histories_for_report(2000, 2016, &[]), Err(RegisterError::Invalid { .. })));
    let lists = |r: &mut Register, from, to| {
        let table = r.histories_for_delivery(from, to, &[]).unwrap();
        assert_eq!(table.persons.len(), table.lists.len());
        table.lists
    };
    assert_eq!(lists(&mut r, 2014, 2015), ["list-14", "list-15"]);
    for (from, to) in [(2017, 2018), (1990, 1999)] {
        assert_eq!(lists(&mut r, from, to), ["list-16"], "{from}");
    }
}
