use super::*;

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn set(names: &[&str]) -> BTreeSet<String> {
    texts(names).into_iter().collect()
}

fn group(history: u32, levels: &[&str], marks: &[bool], count: u64) -> Group {
    Group { history, levels: texts(levels), marks: marks.to_vec(), count, key: 0, pseudonyms: Vec::new() }
}

fn count(level: Option<&str>, year: Option<&str>, value: u64, how: CountProtection) -> PublishedCount {
    PublishedCount { level: level.map(str::to_owned), year: year.map(str::to_owned), value, how }
}

fn exact(level: &str, year: &str, value: u64) -> PublishedCount {
    count(Some(level), Some(year), value, CountProtection::Exact)
}

#[test]
fn each_family_belongs_to_its_topic() {
    let marks = BTreeMap::from([
        ("grounds".to_owned(), set(&["debt", "force"])),
        (STATUS.to_owned(), set(&["victim"])),
    ]);
    let topics = |families: &[&str]| Topic::all(&set(families), &marks);
    let of = |name: &str| Topic::Covariate(name.to_owned());
    assert_eq!(topics(&["list", HISTORIES]), BTreeSet::from([Topic::Lists]));
    assert_eq!(topics(&["form", "geslacht", SDG_INDICATOR]), BTreeSet::from([Topic::Sdg]));
    assert_eq!(topics(&["nationality", "region"]), BTreeSet::from([of("nationality"), of("region")]));
    assert_eq!(topics(&["nationality", "citizenship"]), BTreeSet::from([Topic::Citizenship]));
    assert_eq!(topics(&["region", GROUPS, "form"]), BTreeSet::from([Topic::Groups, of("region")]));
    assert_eq!(topics(&[GROUPS, SDG_INDICATOR, "citizenship"]), BTreeSet::from([Topic::Groups]));
    assert_eq!(topics(&[STATUS, IDENTIFIED]), BTreeSet::from([Topic::Identified]));
    assert_eq!(topics(&[STATUS]), BTreeSet::from([Topic::Identified]));
    let mark = |m: &str| Topic::Mark("grounds".to_owned(), m.to_owned());
    assert_eq!(topics(&["grounds"]), BTreeSet::from([mark("debt"), mark("force")]));
    // A column with the name of decisions on status, without decisions.
    assert_eq!(Topic::all(&set(&[STATUS]), &BTreeMap::new()), BTreeSet::from([of(STATUS)]));
}

/// A year with all kinds of columns, and one person.
fn of_everything() -> (Year, Group) {
    let year = Year {
        lists: texts(&["Police", "Shelter", "Border"]),
        covariates: texts(&[
            "region",
            "vorm",
            "sex",
            "age",
            "nationality",
            "citizenship",
            GROUPS,
            IDENTIFIED,
        ]),
        marks: texts(&["status.victim", "status.presumed", "grounds.debt"]),
        groups: Vec::new(),
    };
    let levels =
        ["North", "sexual", "vrouw", "minor", "other", "EU", "sexual_domestic", "police"].map(str::to_owned);
    let person = Group { levels: levels.to_vec(), ..group(0b101, &[], &[true, false, true], 1) };
    (year, person)
}

/// Whether the count of a family at a level includes the person.
fn includes(topic: &Topic, family: &str, level: &str) -> Option<bool> {
    let (year, person) = of_everything();
    topic.fits(family, Some(level), &topic.place(&year, &person))
}

#[test]
fn counts_include_the_people_of_their_level() {
    let lists = |family: &str, level: &str| includes(&Topic::Lists, family, level);
    assert_eq!(lists("list", "police"), Some(true));
    assert_eq!(lists("list", "Shelter"), Some(false));
    let history = |lists: &[&str]| lists.join(BETWEEN);
    assert_eq!(lists(HISTORIES, &history(&["Border", "Police"])), Some(true));
    assert_eq!(lists(HISTORIES, "Police"), Some(false));
    assert_eq!(lists(HISTORIES, &history(&["Border", "Police", "Shelter"])), Some(false));
    assert_eq!(lists("sex", "F"), None);
    for topic in [Topic::Sdg, Topic::Groups] {
        let sdg = |level: &str| includes(&topic, SDG_INDICATOR, level);
        assert_eq!(sdg("VC_HTF_DETVSX F Y0T17"), Some(true));
        assert_eq!(sdg("VC_HTF_DETV _T _T"), Some(true));
        assert_eq!(sdg("VC_HTF_DETVSX F Y_GE18"), Some(false));
        assert_eq!(sdg("VC_HTF_DETVSX M Y0T17"), Some(false));
        assert_eq!(sdg("VC_HTF_DETVFL F Y0T17"), Some(false));
        assert_eq!(includes(&topic, "geslacht", "female"), Some(true));
        assert_eq!(includes(&topic, "sex", "male"), Some(false));
        assert_eq!(includes(&topic, "age", "minor"), Some(true));
        assert_eq!(includes(&topic, "form", "labour"), Some(false));
        assert_eq!(includes(&topic, "region", "North"), None);
    }
    for topic in [Topic::Citizenship, Topic::Groups] {
        assert_eq!(includes(&topic, "nationality", "other"), Some(true));
        assert_eq!(includes(&topic, "nationality", "EU"), Some(false));
        assert_eq!(includes(&topic, "citizenship", "EU"), Some(true));
    }
    assert_eq!(includes(&Topic::Groups, GROUPS, "sexual_domestic"), Some(true));
    assert_eq!(includes(&Topic::Groups, GROUPS, "labour"), Some(false));
    assert_eq!(includes(&Topic::Citizenship, GROUPS, "labour"), None);
    assert_eq!(includes(&Topic::Identified, IDENTIFIED, "police"), Some(true));
    assert_eq!(includes(&Topic::Identified, IDENTIFIED, "victim"), Some(false));
    assert_eq!(includes(&Topic::Identified, STATUS, "victim"), Some(true));
    assert_eq!(includes(&Topic::Identified, STATUS, "presumed"), Some(false));
    assert_eq!(includes(&Topic::Identified, STATUS, "police"), Some(false));
    assert_eq!(includes(&Topic::Identified, "grounds", "debt"), None);
    let region = Topic::Covariate("region".to_owned());
    assert_eq!(includes(&region, "region", "North"), Some(true));
    assert_eq!(includes(&region, "region", "South"), Some(false));
    assert_eq!(includes(&region, "sex", "North"), None);
    let debt = Topic::Mark("grounds".to_owned(), "debt".to_owned());
    assert_eq!(includes(&debt, "grounds", "debt"), Some(true));
    assert_eq!(includes(&debt, "grounds", "force"), None);
    assert_eq!(includes(&debt, "status", "debt"), None);
    let presumed = Topic::Mark(STATUS.to_owned(), "presumed".to_owned());
    assert_eq!(includes(&presumed, STATUS, "presumed"), Some(false));
    // A year without the mark.
    let force = Topic::Mark("grounds".to_owned(), "force".to_owned());
    assert_eq!(includes(&force, "grounds", "force"), Some(false));
}

#[test]
fn only_families_of_a_topic_have_its_total() {
    let mark = Topic::Mark("grounds".to_owned(), "debt".to_owned());
    let region = Topic::Covariate("region".to_owned());
    let nowhere: [String; PARTS] = Default::default();
    let total = |topic: &Topic, family: &str| topic.fits(family, None, &nowhere);
    for (topic, own, others) in [
        (&Topic::Lists, "list", [HISTORIES, "sex"]),
        (&Topic::Sdg, "leeftijd", ["nationality", SDG_INDICATOR]),
        (&Topic::Citizenship, "citizenship", ["sex", GROUPS]),
        (&Topic::Groups, GROUPS, ["region", SDG_INDICATOR]),
        (&Topic::Groups, "nationality", ["region", "list"]),
        (&Topic::Groups, "form", ["region", "list"]),
        (&Topic::Identified, IDENTIFIED, ["grounds", "sex"]),
        (&Topic::Identified, STATUS, ["grounds", "sex"]),
        (&mark, "grounds", [STATUS, "debt"]),
        (&region, "region", ["sex", "list"]),
    ] {
        assert_eq!(total(topic, own), Some(true), "{topic:?} {own}");
        assert_eq!(others.map(|family| total(topic, family)), [None, None], "{topic:?}");
    }
}

/// Years by region: the persons of each vintage, in the north on one list and in the south on two.
fn kept(years: &[(&str, &[[u64; 2]])]) -> KeptYears {
    let vintage = |n: &[u64; 2]| Year {
        lists: texts(&["A", "B"]),
        covariates: texts(&["region"]),
        marks: Vec::new(),
        groups: vec![group(1, &["north"], &[], n[0]), group(3, &["south"], &[], n[1])],
    };
    let years = years.iter().map(|(year, v)| ((*year).to_owned(), v.iter().map(vintage).collect()));
    KeptYears { years: years.collect() }
}

type Families = BTreeMap<String, Vec<PublishedCount>>;

fn vintages(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter().map(|(year, v)| ((*year).to_owned(), *v)).collect()
}

fn bounds(linked: &LinkedSystem) -> Vec<(Vec<usize>, u64, u64)> {
    linked.system.published.iter().map(|p| (p.cells.clone(), p.low, p.high)).collect()
}

fn region() -> Topic {
    Topic::Covariate("region".to_owned())
}

#[test]
fn one_release_is_a_system_of_its_persons_and_counts() {
    let kept = kept(&[("2024", &[[3, 20]])]);
    let total = count(None, Some("2024"), 23, CountProtection::Exact);
    let counts =
        vec![exact("North", "2024", 3), exact("south", "2024", 20), total, exact("north", "2030", 0)];
    let (families, of) =
        (Families::from([("region".to_owned(), counts)]), vintages(&[("2024", 1), ("2030", 1)]));
    let now = LinkedRelease { vintages: &of, families: &families, table: false, now: true };
    let linked = link_releases(&region(), &kept, &[now], &Noise::default());
    assert_eq!((&linked.system.truth, &linked.system.blocks), (&vec![3, 20], &vec![0, 0]));
    assert_eq!(bounds(&linked), [(vec![0], 3, 3), (vec![0, 1], 23, 23), (vec![1], 20, 20)]);
    let owner = |at: usize| Some(vec![("region".to_owned(), at)]);
    assert_eq!(linked.owners, [owner(0), owner(2), owner(1)]);
    assert_eq!(linked.targets, [vec![(0, 1)]]);
}

#[test]
fn a_count_of_nobody_that_is_not_zero_contradicts_the_persons() {
    let kept = kept(&[("2024", &[[3, 20]])]);
    let families = Families::from([("region".to_owned(), vec![exact("north", "2030", 4)])]);
    let of = vintages(&[("2024", 1), ("2030", 1)]);
    let now = LinkedRelease { vintages: &of, families: &families, table: false, now: true };
    let linked = link_releases(&region(), &kept, &[now], &Noise::default());
    assert_eq!(bounds(&linked), [(vec![], 4, 4)]);
    assert!(ijsberg_disclosure::witness::Search::new(&linked.system).is_none());
}

#[test]
fn who_is_not_on_a_list_is_a_count_too() {
    let kept = kept(&[("2024", &[[3, 20]])]);
    let families = Families::from([("list".to_owned(), vec![exact("B", "2024", 20)])]);
    let of = vintages(&[("2024", 1)]);
    let now = LinkedRelease { vintages: &of, families: &families, table: false, now: true };
    let linked = link_releases(&Topic::Lists, &kept, &[now], &Noise::default());
    // Three people are on the other list only.
    assert_eq!(linked.targets, [vec![(0, 1)]]);
    let families = Families::from([("region".to_owned(), vec![exact("south", "2024", 20)])]);
    let now = LinkedRelease { vintages: &of, families: &families, table: false, now: true };
    assert!(link_releases(&region(), &kept, &[now], &Noise::default()).targets.is_empty());
}

#[test]
fn vintages_have_their_common_persons_and_their_own() {
    let kept = kept(&[("2024", &[[3, 20], [5, 19]])]);
    let families = |north: u64, how: CountProtection| {
        let counts = vec![count(Some("north"), Some("2024"), north, how), exact("south", "2024", 20)];
        Families::from([("region".to_owned(), counts)])
    };
    let (first, second) = (vintages(&[("2024", 1)]), vintages(&[("2024", 2)]));
    let (then, now) = (families(3, CountProtection::Exact), families(5, CountProtection::Exact));
    let release = |of, families, now| LinkedRelease { vintages: of, families, table: false, now };
    let linked = link_releases(
        &region(),
        &kept,
        &[release(&first, &then, false), release(&second, &now, true)],
        &Noise::default(),
    );
    // In the north 3 are in both and 2 came; in the south 19 are in both and one left.
    assert_eq!(linked.system.truth, [3, 19, 0, 1, 2, 0]);
    assert_eq!(linked.system.blocks, [0, 0, 1, 1, 2, 2]);
    let cells: Vec<Vec<usize>> = linked.system.published.iter().map(|p| p.cells.clone()).collect();
    assert_eq!(cells, [vec![0, 2], vec![0, 4], vec![1, 3], vec![1, 5]]);
    let is_open: Vec<bool> = linked.owners.iter().map(Option::is_some).collect();
    assert_eq!(is_open, [false, true, false, true]);
    // The small counts of both vintages, and who came and who left.
    let target = |plus: &[usize], minus: &[usize]| -> Target {
        plus.iter().map(|c| (*c, 1)).chain(minus.iter().map(|c| (*c, -1))).collect()
    };
    let mut wanted = vec![target(&[0, 2], &[]), target(&[0, 4], &[]), target(&[4], &[2]), target(&[5], &[3])];
    wanted.sort();
    assert_eq!(linked.targets, wanted);
}

#[test]
fn a_count_that_an_earlier_release_suppressed_can_be_suppressed_again() {
    let kept = kept(&[("2024", &[[3, 20]])]);
    let of = vintages(&[("2024", 1)]);
    let families = |how: CountProtection| {
        Families::from([("region".to_owned(), vec![count(Some("north"), Some("2024"), 3, how)])])
    };
    let now = families(CountProtection::Noise);
    let owner = |how: CountProtection| {
        let then = families(how);
        let release = |families, now| LinkedRelease { vintages: &of, families, table: false, now };
        let both = [release(&then, false), release(&now, true)];
        link_releases(&region(), &kept, &both, &Noise::default()).owners
    };
    assert_eq!(owner(CountProtection::Hidden), [Some(vec![("region".to_owned(), 0)])]);
    assert_eq!(owner(CountProtection::Noise), [None]);
}

#[test]
fn a_table_of_all_years_discloses_each_of_them() {
    let kept = kept(&[("2023", &[[4, 50]]), ("2024", &[[30, 50]])]);
    let history = count(Some("A"), None, 34, CountProtection::Noise);
    let (families, of) =
        (Families::from([(HISTORIES.to_owned(), vec![history])]), vintages(&[("2023", 1), ("2024", 1)]));
    let targets = |table: bool| {
        let now = LinkedRelease { vintages: &of, families: &families, table, now: true };
        link_releases(&Topic::Lists, &kept, &[now], &Noise::default()).targets
    };
    assert_eq!(targets(true), [vec![(0, 1)]]);
    assert!(targets(false).is_empty());
}

#[test]
fn a_mark_that_nobody_has_is_a_place_all_the_same() {
    let kept = kept(&[("2024", &[[3, 20]])]);
    let none = exact("debt", "2024", 0);
    let (families, of) = (Families::from([("grounds".to_owned(), vec![none])]), vintages(&[("2024", 1)]));
    let now = LinkedRelease { vintages: &of, families: &families, table: false, now: true };
    let topic = Topic::Mark("grounds".to_owned(), "debt".to_owned());
    let linked = link_releases(&topic, &kept, &[now], &Noise::default());
    // Without the mark 23, with it nobody.
    assert_eq!(linked.system.truth, [23, 0]);
    assert_eq!(bounds(&linked), [(vec![1], 0, 0)]);
}

#[test]
fn differences_between_vintages_are_those_of_published_levels() {
    let kept = kept(&[("2024", &[[3, 20], [3, 22]])]);
    let families = Families::from([("region".to_owned(), vec![exact("north", "2024", 3)])]);
    let (first, second) = (vintages(&[("2024", 1)]), vintages(&[("2024", 2)]));
    let release = |of, now| LinkedRelease { vintages: of, families: &families, table: false, now };
    let both = [release(&first, false), release(&second, true)];
    // Two came in the south, of which nothing is published.
    let linked = link_releases(&region(), &kept, &both, &Noise::default());
    assert_eq!(linked.system.truth, [3, 20, 0, 2]);
    assert_eq!(linked.targets, [vec![(0, 1)], vec![(0, 1), (2, 1)]]);
}

#[test]
fn a_table_discloses_each_vintage_of_a_year() {
    let kept = kept(&[("2024", &[[4, 50], [7, 50], [12, 50]])]);
    let history = count(Some("A"), None, 12, CountProtection::Noise);
    let families = Families::from([(HISTORIES.to_owned(), vec![history])]);
    let of = vintages(&[("2024", 3)]);
    let now = LinkedRelease { vintages: &of, families: &families, table: true, now: true };
    let linked = link_releases(&Topic::Lists, &kept, &[now], &Noise::default());
    assert_eq!(linked.system.truth, [4, 50, 3, 0, 8, 0]);
    // Four at first and seven in the second vintage; then who came: three, eight since the first, five since the second.
    let (first, second) = (vec![(0, 1)], vec![(0, 1), (2, 1)]);
    assert_eq!(linked.targets, [first, second, vec![(2, 1)], vec![(4, 1)], vec![(4, 1), (2, -1)]]);
}

#[test]
fn a_third_vintage_is_compared_with_the_first_too() {
    let kept = kept(&[("2024", &[[3, 20], [15, 20], [6, 20]])]);
    let families =
        [3, 15, 6].map(|north| Families::from([("region".to_owned(), vec![exact("north", "2024", north)])]));
    let of = [1, 2, 3].map(|v| vintages(&[("2024", v)]));
    let release =
        |v: usize| LinkedRelease { vintages: &of[v], families: &families[v], table: false, now: v == 2 };
    let linked = link_releases(&region(), &kept, &[0, 1, 2].map(release), &Noise::default());
    assert_eq!(linked.system.truth, [3, 20, 12, 0, 3, 0]);
    // Twelve came and nine left; three more than at first.
    let (first, third) = (vec![(0, 1)], vec![(0, 1), (4, 1)]);
    assert_eq!(linked.targets, [first, third, vec![(4, 1)], vec![(4, 1), (2, -1)]]);
}
