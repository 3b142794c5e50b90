//! Nationalities: a person may have several, and two records agree where they share one.

use crate::prepare::Nations;

/// The nationality that two records share: of several the rarest, whichever record comes first.
pub(crate) fn shared_nation(a: &Nations, b: &Nations) -> Option<u32> {
    a.iter().copied().find(|n| *n > 0 && b.contains(n))
}

/// The level of two records: 2 where they share one, 0 where either has none.
pub(super) fn nations_level(a: &Nations, b: &Nations) -> u32 {
    if a[0] == 0 || b[0] == 0 { 0 } else { 1 + u32::from(shared_nation(a, b).is_some()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prepare::Prepared;
    use crate::record::Record;

    fn prepared(cells: &[&str]) -> Prepared {
        let of = |cell: &&str| Record { nationality: Some((*cell).to_owned()), ..Record::default() };
        Prepared::new(&cells.iter().map(of).collect::<Vec<_>>())
    }

    #[test]
    fn two_people_of_whom_one_nationality_is_not_known_share_none_by_that() {
        let p = prepared(&["SY; onbekend", "IQ; onbekend", "onbekend", "NL;NL"]);
        assert_eq!(p.nationalities, [0, 1, 1, 1]);
        let level = |i: usize, j: usize| nations_level(&p.records[i].nationality, &p.records[j].nationality);
        assert_eq!((level(0, 1), level(0, 2)), (1, 0));
    }

    #[test]
    fn of_several_shared_nationalities_the_rarest_counts_in_any_order() {
        let mut cells = ["NL", "NL;MA", "MA;NL", "NL", "be", "SY / NL / MA"];
        let shared = |p: &Prepared, i: usize, j: usize| {
            let nation = shared_nation(&p.records[i].nationality, &p.records[j].nationality);
            nation.map(|n| (n, p.nationalities[n as usize]))
        };
        // Belgium and Syria have one record each, Morocco three, the Netherlands five.
        let p = prepared(&cells);
        assert_eq!((shared(&p, 1, 2), shared(&p, 1, 5)), (Some((3, 3)), Some((3, 3))));
        assert_eq!((shared(&p, 0, 1), shared(&p, 5, 5)), (Some((4, 5)), Some((2, 1))));
        cells.reverse();
        let p = prepared(&cells);
        assert_eq!((shared(&p, 4, 3), shared(&p, 4, 0)), (Some((3, 3)), Some((3, 3))));
        assert_eq!(shared(&p, 1, 1), Some((1, 1)));
    }
}
