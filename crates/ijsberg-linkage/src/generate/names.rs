//! Names: made of syllables, misspelled, and in the script of a passport.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Nationality, group of languages, and script other than Latin.
pub(super) const NATIONALITIES: [(&str, usize, Script); 26] = [
    ("RO", 1, Script::Latin),
    ("BG", 0, Script::Cyrillic),
    ("NG", 2, Script::Latin),
    ("HU", 1, Script::Latin),
    ("PL", 0, Script::Latin),
    ("VN", 3, Script::Latin),
    ("AL", 1, Script::Latin),
    ("UA", 0, Script::Cyrillic),
    ("MD", 1, Script::Latin),
    ("RS", 0, Script::Cyrillic),
    ("BR", 1, Script::Latin),
    ("CN", 3, Script::Latin),
    ("SK", 0, Script::Latin),
    ("MA", 2, Script::Arabic),
    ("SL", 2, Script::Latin),
    ("UG", 2, Script::Latin),
    ("TH", 3, Script::Latin),
    ("PH", 3, Script::Latin),
    ("LT", 0, Script::Latin),
    ("LV", 0, Script::Latin),
    ("NL", 1, Script::Latin),
    ("SY", 2, Script::Arabic),
    ("ER", 2, Script::Latin),
    ("GH", 2, Script::Latin),
    ("CM", 2, Script::Latin),
    ("CO", 1, Script::Latin),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
}

pub(super) const SYLLABLES: [[&str; 24]; 4] = [
    [
        "va", "vo", "ni", "ko", "ka", "ma", "sla", "mi", "li", "da", "bo", "go", "le", "na", "ta", "zhe",
        "sha", "dra", "ste", "pe", "ro", "vla", "ya", "yu",
    ],
    [
        "ma", "ri", "a", "lu", "ca", "jo", "se", "de", "fe", "el", "ga", "bri", "te", "ro", "san", "al",
        "an", "cris", "ti", "mo", "pau", "be", "na", "do",
    ],
    [
        "a", "bu", "ha", "sa", "mo", "ka", "fa", "ti", "kha", "di", "ja", "ou", "ba", "la", "na", "ye", "ko",
        "ama", "ndi", "ru", "o", "chi", "wa", "za",
    ],
    [
        "ngu", "li", "wa", "thi", "ho", "mai", "chu", "an", "xi", "zhi", "lo", "su", "pha", "ri", "tra",
        "ki", "da", "hue", "mi", "le", "yen", "so", "na", "ta",
    ],
];

pub(super) const ENDINGS: [[&str; 8]; 4] = [
    ["ova", "ov", "enko", "ic", "ski", "ska", "ev", "uk"],
    ["escu", "ez", "s", "i", "ra", "nho", "n", "lli"],
    ["", "h", "d", "r", "m", "di", "oui", "ne"],
    ["", "n", "ng", "nh", "t", "rn", "o", "p"],
];

/// Spellings of the same sound.
const SPELLINGS: [(&str, &str); 17] = [
    ("y", "i"),
    ("kh", "h"),
    ("sh", "s"),
    ("ou", "u"),
    ("dj", "j"),
    ("ck", "k"),
    ("zh", "j"),
    ("c", "k"),
    ("v", "w"),
    ("ii", "i"),
    ("ae", "e"),
    ("ph", "f"),
    ("th", "t"),
    ("i", "y"),
    ("u", "ou"),
    ("k", "kh"),
    ("j", "dj"),
];

/// Draws names so that the first are common: weights `1 / rank^s`.
pub(super) struct Pool {
    pub(super) names: Vec<String>,
    cumulative: Vec<f64>,
}

impl Pool {
    pub(super) fn new(count: usize, exponent: f64, mut name: impl FnMut() -> String) -> Self {
        let mut seen = std::collections::BTreeSet::new();
        let mut names = Vec::with_capacity(count);
        // Short names run out; a thousand misses in a row mean there are no more.
        let mut misses = 0;
        while names.len() < count && misses < 1000 {
            let next = name();
            if next.len() > 2 && seen.insert(next.clone()) {
                names.push(next);
                misses = 0;
            } else {
                misses += 1;
            }
        }
        let mut sum = 0.0;
        let cumulative = (0..names.len())
            .map(|i| {
                sum += 1.0 / ((i + 1) as f64).powf(exponent);
                sum
            })
            .collect();
        Self { names, cumulative }
    }

    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> usize {
        let at = rng.random::<f64>() * self.cumulative.last().copied().unwrap_or(1.0);
        self.cumulative.partition_point(|c| *c < at).min(self.names.len() - 1)
    }
}

/// One slip of the pen or another spelling.
pub(super) fn slip(name: &str, rng: &mut ChaCha8Rng) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = rng.random_range(0..letters.len().max(1));
    let letter = |rng: &mut ChaCha8Rng| (b'a' + rng.random_range(0..26_u8)) as char;
    match rng.random_range(0..5) {
        0 if letters.len() > 2 => {
            letters.remove(at);
        }
        1 => {
            let l = letter(rng);
            letters.insert(at, l);
        }
        2 if !letters.is_empty() => letters[at] = letter(rng),
        3 if letters.len() > 2 => {
            let i = at.min(letters.len() - 2);
            letters.swap(i, i + 1);
        }
        _ => {
            let fitting: Vec<&(&str, &str)> = SPELLINGS.iter().filter(|(a, _)| name.contains(a)).collect();
            if !fitting.is_empty() {
                let (a, b) = fitting[rng.random_range(0..fitting.len())];
                return name.replacen(a, b, 1);
            }
        }
    }
    letters.into_iter().collect()
}

pub(super) fn in_script(name: &str, script: Script) -> String {
    const CYRILLIC: [(&str, &str); 29] = [
        ("shch", "щ"),
        ("zh", "ж"),
        ("kh", "х"),
        ("ts", "ц"),
        ("ch", "ч"),
        ("sh", "ш"),
        ("yu", "ю"),
        ("ya", "я"),
        ("a", "а"),
        ("b", "б"),
        ("v", "в"),
        ("w", "в"),
        ("g", "г"),
        ("d", "д"),
        ("e", "е"),
        ("z", "з"),
        ("i", "и"),
        ("y", "й"),
        ("k", "к"),
        ("l", "л"),
        ("m", "м"),
        ("n", "н"),
        ("o", "о"),
        ("p", "п"),
        ("r", "р"),
        ("s", "с"),
        ("t", "т"),
        ("u", "у"),
        ("f", "ф"),
    ];
    // Short vowels are not written.
    const ARABIC: [(&str, &str); 26] = [
        ("kh", "خ"),
        ("sh", "ش"),
        ("th", "ث"),
        ("dh", "ذ"),
        ("gh", "غ"),
        ("ou", "و"),
        ("a", ""),
        ("e", ""),
        ("i", ""),
        ("o", ""),
        ("u", ""),
        ("b", "ب"),
        ("t", "ت"),
        ("j", "ج"),
        ("h", "ه"),
        ("d", "د"),
        ("r", "ر"),
        ("z", "ز"),
        ("s", "س"),
        ("f", "ف"),
        ("k", "ك"),
        ("l", "ل"),
        ("m", "م"),
        ("n", "ن"),
        ("w", "و"),
        ("y", "ي"),
    ];
    let table: &[(&str, &str)] = match script {
        Script::Latin => return name.to_owned(),
        Script::Cyrillic => &CYRILLIC,
        Script::Arabic => &ARABIC,
    };
    let mut out = String::new();
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        if let Some((latin, other)) = table.iter().find(|(l, _)| rest.starts_with(l)) {
            out += other;
            rest = &rest[latin.len()..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    if out.is_empty() { name.to_owned() } else { out }
}
