//! Types of fields, in all the spellings that tools write (<https://xlsform.org/en/ref-table/>, and the older ones that pyxform takes).

const PLAIN: &[&str] = &[
    "text",
    "integer",
    "int",
    "decimal",
    "date",
    "time",
    "datetime",
    "note",
    "calculate",
    "hidden",
    "acknowledge",
    "trigger",
    "start",
    "end",
    "today",
    "username",
    "range",
    "string",
    "barcode",
    "csv-external",
    "xml-external",
    "phone number",
    "percentage",
    "number of days in last month",
    "number of days in last six months",
    "number of days in last year",
];

/// Types that reveal where a device or a person is; left out unless somebody states a purpose.
const TRACKING: &[&str] = &[
    "deviceid",
    "phonenumber",
    "email",
    "simserial",
    "subscriberid",
    "background-audio",
    "audit",
    "start-geopoint",
    "geopoint",
    "geotrace",
    "geoshape",
    "image",
    "audio",
    "video",
    "file",
    "photo",
    "osm",
    "background-geopoint",
    "uri:deviceid",
    "uri:phonenumber",
    "uri:simserial",
    "uri:subscriberid",
    "uri:email",
    "uri:username",
];

/// A type that chooses from a list.
#[derive(Debug, PartialEq)]
pub(super) struct Chooses {
    pub(super) many: bool,
    pub(super) list: String,
    /// The list is in a file or on the sheet of external choices.
    pub(super) elsewhere: bool,
    /// With a free text for others.
    pub(super) other: bool,
}

/// What a cell of the column of types says.
#[derive(Debug, PartialEq)]
pub(super) enum Type {
    /// A `group`, `repeat` or `loop` begins.
    Begin(String),
    /// It ends.
    End(String),
    Chooses(Chooses),
    Plain(String),
    Tracking(String),
    /// Another form stands here.
    Include,
    Unknown,
}

/// Reads a type.
pub(super) fn normal(raw: &str) -> Type {
    let words: Vec<&str> = raw.split_whitespace().collect();
    let small = words.join(" ").to_lowercase();
    for (word, make) in [("begin", Type::Begin as fn(String) -> Type), ("end", Type::End)] {
        let rest = small.strip_prefix(word).and_then(|r| r.strip_prefix([' ', '_']));
        if let Some(what) = rest.and_then(group) {
            return make(what.to_owned());
        }
    }
    if let Some(chooses) = choice(&words) {
        return Type::Chooses(chooses);
    }
    let name = alias(&small);
    match name {
        _ if PLAIN.contains(&name) => Type::Plain(name.to_owned()),
        _ if TRACKING.contains(&name) => Type::Tracking(name.to_owned()),
        _ if name.starts_with("osm ") => Type::Tracking("osm".to_owned()),
        "include" => Type::Include,
        _ => Type::Unknown,
    }
}

/// What begins or ends; `loop over toilets` is a loop.
fn group(what: &str) -> Option<&'static str> {
    let is = |name: &str| what == name || what.strip_prefix(name).is_some_and(|r| r.starts_with(' '));
    [
        ("group", "group"),
        ("repeat", "repeat"),
        ("loop", "loop"),
        ("lgroup", "repeat"),
        ("looped group", "repeat"),
    ]
    .iter()
    .find(|(written, _)| is(written))
    .map(|g| g.1)
}

/// The name of today for older ones: `add image prompt`, `q location`, `get start time`.
fn alias(small: &str) -> &str {
    let inner = small.strip_prefix("add ").and_then(|t| t.strip_suffix(" prompt"));
    let inner = inner.or_else(|| small.strip_prefix("q ")).unwrap_or(small);
    match inner {
        "imei" | "device id" | "get device id" => "deviceid",
        "get phone number" => "phonenumber",
        "sim id" | "get sim id" => "simserial",
        "subscriber id" | "get subscriber id" => "subscriberid",
        "start time" | "get start time" => "start",
        "end time" | "get end time" => "end",
        "get today" => "today",
        "gps" | "location" => "geopoint",
        "picture" => "image",
        "date time" => "datetime",
        same => same,
    }
}

/// The spellings that tools write: `select_one list`, `select one from list`, `select_one_from_file list.csv` and so on.
#[expect(clippy::match_same_arms, reason = "one arm for each tool's way of writing")]
fn choice(words: &[&str]) -> Option<Chooses> {
    let (words, other) = match words {
        [of @ .., "or_other" | "or_specify"] | [of @ .., "or", "specify" | "other"] => (of, true),
        of => (of, false),
    };
    let (head, rest) = words.split_first()?;
    let head = head.to_lowercase();
    let found = |many: bool, list: &str, elsewhere: bool| {
        Some(Chooses { many, list: list.to_owned(), elsewhere, other })
    };
    match (head.as_str(), rest) {
        ("select_one_from_file" | "select_one_external", [list, ..]) => found(false, list, true),
        ("select_multiple_from_file" | "select_multiple_external", [list, ..]) => found(true, list, true),
        ("add", ["select", one @ ("one" | "multiple"), "prompt", "using", list, ..]) => {
            found(*one == "multiple", list, false)
        }
        ("select", ["one", "from", "file", list, ..] | ["one", "external", list, ..]) => {
            found(false, list, true)
        }
        ("select", ["multiple", "from", "file", list, ..]) => found(true, list, true),
        ("select", ["one", "from" | "using", list, ..] | ["one", list, ..]) => found(false, list, false),
        (
            "select",
            ["all", "that", "apply", "from", list, ..]
            | ["all", "that", "apply", list, ..]
            | ["multiple", "from" | "using", list, ..]
            | ["multiple", list, ..],
        ) => found(true, list, false),
        ("q", [select @ ("select" | "select1"), list, ..]) => found(*select == "select", list, false),
        ("select_one" | "select1", [list, ..]) => found(false, list, false),
        ("select_multiple" | "select" | "rank", [list, ..]) => found(true, list, false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_old_and_of_today_are_one_type() {
        let plain = |t: &str| Type::Plain(t.to_owned());
        let tracking = |t: &str| Type::Tracking(t.to_owned());
        for (written, expected) in [
            ("add text prompt", plain("text")),
            ("q date", plain("date")),
            ("DateTime", plain("datetime")),
            ("get start time", plain("start")),
            ("phone number", plain("phone number")),
            ("get phone number", tracking("phonenumber")),
            ("q location", tracking("geopoint")),
            ("add image prompt", tracking("image")),
            ("imei", tracking("deviceid")),
            ("osm buildings", tracking("osm")),
            ("include", Type::Include),
            ("hologram", Type::Unknown),
            ("end", plain("end")),
            ("start", plain("start")),
            ("end time", plain("end")),
            ("begin  loop over toilets", Type::Begin("loop".to_owned())),
            ("begin looped group", Type::Begin("repeat".to_owned())),
            ("end_repeat", Type::End("repeat".to_owned())),
        ] {
            assert_eq!(normal(written), expected, "{written}");
        }
        for (written, many, elsewhere, other) in [
            ("select one from yn or specify", false, false, true),
            ("select_multiple yn or_other", true, false, true),
            ("select one from file yn", false, true, false),
            ("select one yn", false, false, false),
            ("q select1 yn", false, false, false),
            ("rank yn", true, false, false),
        ] {
            let expected = Chooses { many, list: "yn".to_owned(), elsewhere, other };
            assert_eq!(normal(written), Type::Chooses(expected), "{written}");
        }
    }
}
