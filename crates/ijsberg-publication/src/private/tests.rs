use ijsberg_tables::Grid;

use super::*;
use crate::anonymous::combinations;
use crate::domain::Domain;

const KEY: &[u8] = b"a key for the tests of this file";

const BOTH: ExtraTables = ExtraTables { synthetic: true, anonymous: false };

const ALL: ExtraTables = ExtraTables { synthetic: true, anonymous: true };

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|w| (*w).to_owned()).collect()
}

fn declared(lists: &[&str], levels: &[&str], rows: &str) -> Declared {
    let csv = format!("{},sex,count\n{rows}", lists.join(","));
    let domain = Domain {
        lists: words(lists),
        count: Some("count".to_owned()),
        levels: vec![("sex".to_owned(), words(levels))],
        others: Vec::new(),
    };
    Declared::read(&Grid::read(csv.as_bytes()).unwrap(), &domain).unwrap()
}

fn table() -> Declared {
    let rows = [("1,0", 300, 90), ("0,1", 80, 210), ("1,1", 60, 30)]
        .map(|(cell, woman, man)| format!("{cell},F,{woman}\n{cell},M,{man}\n"));
    declared(&["A", "B"], &["F", "M"], &rows.concat())
}

fn one() -> Epsilon {
    Epsilon::new(1.0).unwrap()
}

fn released(table: &Declared, also: ExtraTables) -> NoisyTables {
    let budget = Epsilon::new(4.0).unwrap();
    release(&mut Account::default(), (table, also), (one(), budget), (KEY, "")).unwrap()
}

#[test]
fn synthetic_persons_resemble_the_table() {
    let (table, epsilon) = (table(), one());
    let noisy = released(&table, BOTH).crossed.unwrap();
    let (header, rows) = synthetic_persons(&table, &noisy, epsilon, 1).unwrap();
    assert_eq!(header, ["A", "B", "sex"]);
    let count = |fits: &dyn Fn(&Vec<String>) -> bool| rows.iter().filter(|r| fits(r)).count() as f64;
    assert!((count(&|_| true) / 770.0 - 1.0).abs() < 0.12, "{}", rows.len());
    for (a, sex, truth) in [("1", "F", 360.0), ("1", "M", 120.0), ("0", "F", 80.0)] {
        let made = count(&|r| r[0] == a && r[2] == sex);
        assert!((made / truth - 1.0_f64).abs() < 0.3, "{a} {sex}: {made}");
    }
    assert_eq!(synthetic_persons(&table, &noisy, epsilon, 1).unwrap().1, rows);
    assert_ne!(synthetic_persons(&table, &noisy, epsilon, 2).unwrap().1, rows);
    let levels: Vec<String> = (0..9000).map(|i| format!("p{i}")).collect();
    let wide = declared(&["A", "B"], &levels.iter().map(String::as_str).collect::<Vec<_>>(), "1,1,p1,1\n");
    let refused = release(&mut Account::default(), (&wide, BOTH), (epsilon, one()), (KEY, ""));
    assert!(matches!(refused, Err(PrivateError::Cells(cells)) if cells > MOST_CELLS));
}

/// Everything about a release except its noise: its cells, its cost, whether it repeats an earlier one, and why it is refused.
type Shape = (Result<(Vec<u32>, Option<usize>, Option<usize>, bool), PrivateError>, u64);

fn shape(account: &Account, table: &Declared, also: ExtraTables, budget: f64, edition: &str) -> Shape {
    let mut account = account.clone();
    let made = release(&mut account, (table, also), (one(), Epsilon::new(budget).unwrap()), (KEY, edition));
    let of = |r: NoisyTables| {
        let cells = r.histories.iter().map(|h| h.0).collect();
        (cells, r.crossed.map(|c| c.len()), r.combinations.map(|c| c.len()), r.repeated)
    };
    (made.map(of), account.total().to_bits())
}

/// One more person never decides which tables are published or refused, or what they cost: whether the table was empty, whether the person
/// is the first on a list or has an undeclared level, whether nine or ten are on two lists, before or after other releases, within the
/// budget or beyond it.
#[test]
fn whoever_is_in_a_table_its_neighbour_is_released_alike() {
    let of = |rows: &str| declared(&["A", "B", "C"], &["F", "M"], rows);
    let bases = ["", "1,0,0,F,1\n", "1,0,0,F,50\n0,1,0,M,60\n1,1,0,M,9\n", "1,1,1,X,20\n"];
    let more = ["1,0,0,F,1\n", "0,0,1,M,1\n", "1,1,0,X,1\n", "0,1,0,,1\n"];
    for (base, person) in bases.iter().flat_map(|b| more.iter().map(move |p| (*b, *p))) {
        let neighbours = [of(base), of(&format!("{base}{person}"))];
        let mut before = Account::default();
        let none = ExtraTables::default();
        for (also, budget, edition) in
            [(none, 4.0, ""), (ALL, 2.5, ""), (ALL, 4.0, ""), (ALL, 7.0, "2026"), (ALL, 4.0, "")]
        {
            let [one, other] = neighbours.each_ref().map(|t| shape(&before, t, also, budget, edition));
            assert_eq!(one, other, "{base:?} {person:?} {budget}");
            let budget = Epsilon::new(budget).unwrap();
            let _ = release(&mut before, (&neighbours[0], also), (self::one(), budget), (KEY, edition));
        }
        assert_eq!(before.spent.len(), 6);
        // A release stays the same, whoever arrived since.
        let mut account = before.clone();
        let again = |account: &mut Account, table: &Declared| {
            release(account, (table, ALL), (self::one(), Epsilon::new(7.0).unwrap()), (KEY, "2026")).unwrap()
        };
        let [first, second] = neighbours.each_ref().map(|t| again(&mut account, t));
        assert!(first.repeated && first == second && account == before, "{base:?} {person:?}");
        // The files have the same columns.
        let heads = neighbours.each_ref().map(|t| {
            let made = synthetic_persons(t, first.crossed.as_ref().unwrap(), self::one(), 1).map(|p| p.0);
            let combined = combinations(t, first.combinations.clone().unwrap()).unwrap();
            (made, combined.anonymous())
        });
        assert_eq!(heads[0], heads[1]);
    }
}

#[test]
fn the_budget_holds_for_all_tables_whatever_the_key() {
    let budget = Epsilon::new(4.0).unwrap();
    let spend = |account: &mut Account, also: ExtraTables, key: &[u8], edition: &str| {
        release(account, (&table(), also), (one(), budget), (key, edition))
    };
    let mut account = Account::default();
    let first = spend(&mut account, BOTH, KEY, "").unwrap();
    assert!((account.total() - 2.0).abs() < 1e-12 && !first.repeated);
    // A repeated release has the same noise, also with the account read from its file.
    let mut kept: Account = serde_json::from_str(&serde_json::to_string(&account).unwrap()).unwrap();
    let again = spend(&mut kept, BOTH, KEY, "").unwrap();
    assert_eq!((again.histories, again.crossed, again.repeated), (first.histories, first.crossed, true));
    assert_eq!(kept, account);
    // The combinations of covariates are a third table.
    let mut three = account.clone();
    assert!(spend(&mut three, ALL, KEY, "").is_ok());
    assert!((three.total() - 3.0).abs() < 1e-12 && ALL.tables() == 3);
    // Another name makes another release, with independent noise.
    let mut other = account.clone();
    let next = spend(&mut other, ExtraTables::default(), KEY, "2026").unwrap();
    assert!((other.total() - 3.0).abs() < 1e-12 && !next.repeated);
    // Another key does as well: two more of forty runs are allowed.
    let allowed = (0..40).filter(|run| {
        let key = format!("a key of a test of many runs {run}");
        spend(&mut account, ExtraTables::default(), key.as_bytes(), "").is_ok()
    });
    assert_eq!(allowed.count(), 2);
    let before = account.clone();
    let refused = spend(&mut account, BOTH, b"yet another key of a test", "");
    assert!(matches!(refused, Err(PrivateError::Exceeded(e)) if e.would > 4.0));
    assert_eq!(account, before);
    // An account without the counts of a release is damaged.
    account.spent[0].given.clear();
    assert_eq!(spend(&mut account, ExtraTables::default(), KEY, ""), Err(PrivateError::Damaged));
}

#[test]
fn microdata_of_too_many_rows_are_refused_and_cost_nothing() {
    let many = |n: u64| declared(&["A", "B"], &["F", "M"], &format!("1,1,F,{n}\n1,0,M,{n}\n"));
    let budget = Epsilon::new(4.0).unwrap();
    let most = MOST_SYNTHETIC.unsigned_abs();
    for n in [most, most * 1000, 1 << 51] {
        let mut account = Account::default();
        let mut of = |also: ExtraTables| release(&mut account, (&many(n), also), (one(), budget), (KEY, ""));
        assert_eq!(of(BOTH), Err(PrivateError::Rows), "{n}");
        assert_eq!(of(ALL), Err(PrivateError::Rows), "{n}");
        assert!(of(ExtraTables { anonymous: true, ..ExtraTables::default() }).is_ok(), "{n}");
        assert_eq!(account.spent.len(), 2);
    }
}

#[test]
fn the_estimate_of_the_noisy_table_is_near_the_exact_one() {
    let cells = released(&table(), ExtraTables::default()).histories;
    assert_eq!(cells.len(), 3);
    let found = estimate(2, &cells, one(), 0.95).unwrap();
    let petersen = 480.0 * 380.0 / 90.0;
    assert!((found.n_hat / petersen - 1.0).abs() < 0.1, "{} {petersen}", found.n_hat);
    assert!(found.interval.0 < petersen && petersen < found.interval.1);
}
