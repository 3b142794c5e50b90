//! A second generator, made in another way than that of the crate: so that what holds there is not only true of its own errors.
//!
//! Given names are families of real variants; family names grow letter by letter from a chain learned from a few seeds, and are used
//! again in proportion to how often they were used (a Chinese restaurant process) instead of from a pool. Every tenth person has a
//! sibling in the population with the same family name and place. Errors are of the *record*: each has a quality of its own, so errors
//! come together, and each list has its own ways: letters that lie beside each other on the keyboard, initials only, the year only, names cut
//! off at eight letters. One list copies half of what it shares with another, errors and all. Who is on which list is independent, so that
//! the estimate from the true histories is right.

use ijsberg_linkage::generate::Synthetic;
use ijsberg_linkage::record::{PartialDate, Record};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const GIVEN: [&[&str]; 40] = [
    &["Mohammed", "Muhammad", "Mohamed", "Mo"],
    &["Maria", "Mariya", "Marie", "Mia"],
    &["Elena", "Helena", "Ilinca", "Lena"],
    &["Aleksandra", "Alexandra", "Sandra", "Sasha"],
    &["Yekaterina", "Katarina", "Catharina", "Katja"],
    &["Nguyet", "Nguyệt"],
    &["Fatima", "Fatma", "Fatoumata"],
    &["Ibrahim", "Abraham", "Brahim"],
    &["Joy", "Joyce"],
    &["Blessing"],
    &["Gift"],
    &["Precious"],
    &["Ioana", "Joana", "Johanna"],
    &["Andreea", "Andrea"],
    &["Georgi", "George", "Jorge"],
    &["Dimitar", "Dmitri", "Dimitrios"],
    &["Ivan", "Ioan", "Jan", "John"],
    &["Svetlana", "Svitlana", "Lana"],
    &["Oksana", "Oxana"],
    &["Tatiana", "Tanja"],
    &["Linh"],
    &["Thu"],
    &["Huong"],
    &["Wei"],
    &["Li"],
    &["Abdul", "Abdel"],
    &["Yusuf", "Youssef", "Josef"],
    &["Zoltan"],
    &["Istvan", "Stefan", "Stephen"],
    &["Erzsebet", "Elisabeth", "Elisabeta", "Liza"],
    &["Pawel", "Paul", "Pavel"],
    &["Agnieszka", "Agnes"],
    &["Arjan"],
    &["Drita"],
    &["Besnik"],
    &["Tigist"],
    &["Yonas", "Jonas"],
    &["Selam", "Selamawit"],
    &["Adriana", "Adrijana"],
    &["Kwame"],
];

const SEEDS: [&str; 32] = [
    "popescu", "ionescu", "radu", "dimitrov", "ivanova", "petrov", "kovacs", "nagy", "szabo", "nowak",
    "kowalska", "okafor", "osagie", "adeyemi", "tran", "nguyen", "hassan", "ahmed", "tesfaye", "haile",
    "hoxha", "shehu", "lopez", "ferreira", "santos", "zhang", "chen", "jansen", "bakker", "kaya", "yilmaz",
    "melnyk",
];

const NATIONS: [&str; 14] =
    ["RO", "BG", "NG", "HU", "PL", "VN", "SY", "ER", "AL", "BR", "CN", "NL", "TR", "UA"];

const PLACES: [&str; 24] = [
    "Amsterdam",
    "Rotterdam",
    "Den Haag",
    "Utrecht",
    "Eindhoven",
    "Tilburg",
    "Groningen",
    "Almere",
    "Breda",
    "Nijmegen",
    "Enschede",
    "Haarlem",
    "Arnhem",
    "Zaandam",
    "Amersfoort",
    "Apeldoorn",
    "Hoofddorp",
    "Maastricht",
    "Leiden",
    "Dordrecht",
    "Zoetermeer",
    "Zwolle",
    "Deventer",
    "Delft",
];

const KEYS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// The chance of each list to hold a person.
const LISTS: [f64; 5] = [0.4, 0.3, 0.25, 0.2, 0.12];

struct Person {
    given: usize,
    family: String,
    birth: PartialDate,
    female: bool,
    nation: usize,
    place: usize,
}

/// Lists of so many persons, and how many lists there are.
pub(crate) fn generate(persons: usize, dirt: f64, seed: u64) -> (Synthetic, usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x0ddb_a115);
    let people = people(persons, &mut rng);
    let mut rows: Vec<(Record, u32)> = Vec::new();
    for (id, p) in people.iter().enumerate() {
        let on: Vec<usize> = (0..LISTS.len()).filter(|l| rng.random::<f64>() < LISTS[*l]).collect();
        let mut first: Option<Record> = None;
        for l in on {
            let mut record = written(p, l, dirt, &mut rng);
            // The third list copies half of what it shares with the first.
            if l == 2 && rng.random::<f64>() < 0.5 {
                record = first.clone().map_or(record, |f| Record { list: l, ..f });
            }
            if l == 0 {
                first = Some(record.clone());
            }
            if rng.random::<f64>() < 0.04 {
                rows.push((written(p, l, dirt, &mut rng), id as u32));
            }
            rows.push((record, id as u32));
        }
    }
    rows.sort_by_key(|(r, id)| (r.list, id.wrapping_mul(2_654_435_761)));
    let (records, truth) = rows.into_iter().unzip();
    (Synthetic { records, truth }, LISTS.len())
}

fn people(count: usize, rng: &mut ChaCha8Rng) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::with_capacity(count);
    for i in 0..count {
        let sibling = (i > 0 && rng.random::<f64>() < 0.1).then(|| rng.random_range(0..i));
        // Used again in proportion to use, with as many new ones as a concentration of 400 and a discount of a half give.
        let new = i == 0 || rng.random::<f64>() < (400.0 + 0.5 * i as f64) / (400.0 + i as f64);
        let family = match sibling {
            Some(s) => people[s].family.clone(),
            None if new => grown(rng),
            None => people[rng.random_range(0..i)].family.clone(),
        };
        let birth = PartialDate {
            year: 2008 - (rng.random::<f64>().powi(2) * 45.0) as i16,
            month: Some(rng.random_range(1..=12)),
            day: Some(rng.random_range(1..=28)),
        };
        let nation = (rng.random::<f64>().powi(2) * NATIONS.len() as f64) as usize;
        people.push(Person {
            given: (rng.random::<f64>().powf(1.5) * GIVEN.len() as f64) as usize,
            family,
            birth,
            female: rng.random::<f64>() < 0.7,
            nation: sibling.map_or(nation, |s| people[s].nation),
            place: sibling.map_or_else(|| rng.random_range(0..PLACES.len()), |s| people[s].place),
        });
    }
    people
}

/// A name that grows by what follows two letters in the seeds.
fn grown(rng: &mut ChaCha8Rng) -> String {
    let mut name: String = SEEDS[rng.random_range(0..SEEDS.len())].chars().take(2).collect();
    while name.len() < 12 {
        let end = &name[name.len() - 2..];
        let follow: Vec<Option<char>> = SEEDS
            .iter()
            .flat_map(|s| s.match_indices(end).map(|(at, _)| s[at + 2..].chars().next()))
            .collect();
        let next = match follow.len() {
            0 => None,
            n => follow[rng.random_range(0..n)],
        };
        match next {
            Some(letter) => name.push(letter),
            None if name.len() > 3 => break,
            None => name.push(['a', 'e', 'i', 'o', 'n', 'r'][rng.random_range(0..6)]),
        }
    }
    name
}

/// A letter for one beside it on the keyboard, two letters for one, or one too few.
fn mistyped(name: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    if letters.len() < 3 {
        return name.to_owned();
    }
    let at = rng.random_range(1..letters.len());
    match rng.random_range(0..4) {
        0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 => letters.swap(at, at - 1),
        _ => {
            let row = KEYS.iter().find_map(|k| Some((k, k.find(letters[at].to_ascii_lowercase())?)));
            if let Some((row, key)) = row {
                letters[at] =
                    row.chars().nth(key + 1).or_else(|| row.chars().nth(key.wrapping_sub(1))).unwrap_or('e');
            }
        }
    }
    letters.into_iter().collect()
}

fn written(p: &Person, list: usize, dirt: f64, rng: &mut ChaCha8Rng) -> Record {
    // Most records are well kept and some are bad in all respects.
    let bad = dirt * rng.random::<f64>().powi(3) * 1.6;
    let variants = GIVEN[p.given];
    let mut chance = |p: f64| rng.random::<f64>() < p * bad;
    let (variant, slip, slip_family, initial, no_given) =
        (chance(0.5), chance(0.35), chance(0.45), list == 3 && chance(0.4), chance(0.1));
    let (no_birth, year_only, slip_day, slip_year) = (chance(0.25), chance(0.3), chance(0.25), chance(0.12));
    let (moved, no_place, no_nation, other_sex) = (chance(0.4), chance(0.3), chance(0.2), chance(0.05));
    let mut given = variants[if variant { rng.random_range(0..variants.len()) } else { 0 }].to_owned();
    if slip {
        given = mistyped(&given, rng);
    }
    if initial {
        given = given.chars().take(1).collect::<String>() + ".";
    }
    let mut family = p.family.clone();
    if slip_family {
        family = mistyped(&family, rng);
    }
    if list == 1 {
        family = family.chars().take(8).collect();
    }
    let mut birth = p.birth;
    if slip_year {
        birth.year += [-10, -1, 1, 10][rng.random_range(0..4)];
    }
    if slip_day {
        birth.day = birth.day.map(|d| if d > 1 && rng.random::<bool>() { d - 1 } else { d + 1 });
    }
    if year_only {
        (birth.month, birth.day) = (None, None);
    }
    let place = if moved { rng.random_range(0..PLACES.len()) } else { p.place };
    Record {
        list,
        given: if no_given { Vec::new() } else { vec![given] },
        family: vec![family],
        birth: (!no_birth).then_some(birth),
        sex: Some(if p.female == other_sex { "m" } else { "f" }.to_owned()),
        nationality: (!no_nation).then(|| NATIONS[p.nation].to_owned()),
        place: (!no_place).then(|| PLACES[place].to_owned()),
        ..Record::default()
    }
}
