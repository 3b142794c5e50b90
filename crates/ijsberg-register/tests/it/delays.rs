//! How long it took until people were reported: on each list, by the first notification that it has of a person.

use ijsberg_register::links::Link;
use ijsberg_register::notify::Notification;
use ijsberg_register::register::Id;

use crate::common::{Backend, Place, notification, on_both};

on_both!(days_are_those_of_the_first_notification_on_each_list);

/// The register is used on 24 November 2026.
fn days_are_those_of_the_first_notification_on_each_list(backend: Backend) {
    let place = Place::new(backend);
    let mut r = place.furnished();
    let on = |organisation: &str, key: &str, day: &str| Notification {
        happened_on: day.into(),
        ..notification(organisation, key)
    };
    let rows = [
        on("police", "1", "2026-11-14"),
        on("police", "2", "2026-11-20"),
        on("shelter", "1", "2026-11-22"),
        on("border", "1", "2026-11"),
        on("border", "2", "2026-11-24"),
    ];
    let ids: Vec<Id> = r.notify(&rows).unwrap().registrations.into_iter().map(Option::unwrap).collect();
    // The first three are one person.
    let same = |b: Id| Link { a: ids[0], b, decision: "same", probability: 0.9, method: "linkage".into() };
    r.link(&[same(ids[1]), same(ids[2])]).unwrap();
    let table = r.histories_for_report(2026, 2026, &[]).unwrap();
    assert_eq!(table.lists, ["K", "O", "P"]);
    let mut found: Vec<(u32, Vec<(usize, u32)>)> =
        table.persons.iter().map(|p| (p.lists, p.days.clone().into_iter().collect())).collect();
    found.sort();
    // Of a month nobody knows how many days it is ago.
    let known: [(u32, Vec<(usize, u32)>); 3] =
        [(0b001, vec![]), (0b001, vec![(0, 0)]), (0b110, vec![(1, 2), (2, 10)])];
    assert_eq!(found, known);
    // In no file of histories, and only where what is known beside them is asked for.
    assert!(r.histories(2026, 2026).unwrap().persons.iter().all(|p| p.days.is_empty()));
    let columns = table.columns();
    assert!(columns.iter().all(|c| c.1.len() == 3 && !c.1.contains(&Some("10".to_owned()))));
}
