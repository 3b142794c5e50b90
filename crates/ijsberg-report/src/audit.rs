//! Entries of the register's log in the reader's language. The log holds counts, names of fields and pseudonyms as the register wrote
//! them, in English; what is not known here stays as it is.

use crate::text::Text;

/// Details as the register writes them, with the message that says the same. In braces stands what differs: of one letter a number.
const DETAILS: &[(&str, &str)] = &[
    ("{n} registrations", "audit-registrations"),
    ("{n} of {m} registrations", "audit-registrations-of"),
    ("{n} statuses opened", "audit-statuses-opened"),
    ("{n} records", "audit-records"),
    ("{n} disclosures", "audit-disclosures"),
    ("{n} decisions", "audit-decisions"),
    ("{n} notifications", "audit-notifications"),
    ("{n} groups", "audit-groups"),
    ("{n} pairs", "audit-pairs"),
    ("{n} persons", "audit-persons"),
    ("{n} users", "audit-users"),
    ("{n} rows", "audit-rows"),
    ("{n} lists", "audit-lists"),
    ("{n} views", "audit-views"),
    ("{n} view", "audit-views"),
    ("{n} months", "audit-months"),
    ("{n} entries", "audit-entries"),
    ("{n} open", "audit-open"),
    ("{n} listed", "audit-listed"),
    ("{n} changed", "audit-changed"),
    ("{n} removed", "audit-removed"),
    ("{n} new", "audit-new"),
    ("{n} there already", "audit-already"),
    ("{n} otherwise", "audit-otherwise"),
    ("{n} would be new", "audit-would-be-new"),
    ("{n} taken back", "audit-taken-back"),
    ("{n} in force again", "audit-in-force-again"),
    ("{n} names compared", "audit-names-compared"),
    ("no names compared", "audit-names-none"),
    ("{n} incomplete", "audit-incomplete"),
    ("listed for erasure", "audit-listed-for-erasing"),
    ("no decision on status", "audit-undecided"),
    ("{n} made", "audit-made"),
    ("{n} recovery codes made", "audit-made"),
    ("{n} used codes seen", "audit-codes-seen"),
    ("{n} left", "audit-left"),
    ("{n} wait", "audit-wait"),
    ("{n} not due any more", "audit-not-due"),
    ("{n} persons and {m} records erased", "audit-erased-both"),
    ("{n} persons on {m} lists", "audit-persons-on-lists"),
    ("{n} persons on {m} lists in {k} years", "audit-persons-on-lists-years"),
    ("{n} persons on {m} lists and what is known of them, in codes", "audit-persons-on-lists-known"),
    ("{n} sessions and {m} tokens ended", "audit-access-ended"),
    ("{n} and {m}", "audit-no-names"),
    ("{n} and {m} fields of identity opened", "audit-names"),
    ("{n} read within {m} minutes", "audit-pace"),
    ("{n} keys wrapped anew", "audit-keys-wrapped"),
    ("{n} keys open under the new one", "audit-keys-open"),
    ("{n} sealed anew", "audit-sealed"),
    ("{n} listed for erasure from {day} on", "audit-listed-from"),
    ("listed for erasure from {day} on", "audit-listed-person"),
    ("at the person's request", "audit-at-request"),
    ("taken off: not erased", "audit-taken-off"),
    ("erased ({ground}); listed by {user} on {day}", "audit-erased"),
    ("held until {day}", "audit-held"),
    ("processing restricted: {cause}", "audit-restricted"),
    ("restriction lifted", "audit-restriction-lifted"),
    ("opened though restricted: {use}", "audit-opened-restricted"),
    ("{n} restricted", "audit-restricted-people"),
    ("before until {day}", "audit-held-before"),
    ("until {moment}", "audit-until"),
    ("{user} told", "audit-told"),
    ("unusual readings seen", "audit-unusual-seen"),
    ("version {n}", "audit-version"),
    ("fields {fields}", "audit-fields"),
    ("no change", "audit-no-change"),
    ("rows do not fit; nothing was taken", "audit-rows-unfit"),
    ("{decision}", "audit-as-is"),
    ("{role} for {organisation} given", "audit-role-given"),
    ("{role} for {organisation} taken", "audit-role-taken"),
    ("for {operations} until {day}", "audit-token"),
    ("attempt {n}", "audit-attempt"),
    ("by a recovery code", "audit-by-recovery"),
    ("first user", "audit-first-user"),
    ("to be changed at first login", "audit-to-be-changed"),
    ("added", "audit-added"),
    ("with a password for one time", "audit-one-time"),
    ("password reset", "audit-password-reset"),
    ("second factor reset", "audit-factor-reset"),
    ("enabled", "audit-enabled"),
    ("disabled", "audit-disabled"),
    ("on", "audit-on"),
    ("made", "audit-factor-made"),
    ("not confirmed", "audit-not-confirmed"),
    ("new shares", "audit-new-shares"),
    ("given back by shares of the recovery key", "audit-given-back"),
    ("begun anew", "audit-begun-anew"),
    ("everything opens under the new ones", "audit-all-open"),
    ("the old ones forgotten", "audit-old-forgotten"),
    ("the old one forgotten", "audit-old-forgotten"),
    ("work and vault", "audit-of-work-and-vault"),
    ("delivery of {year}: {kinds}", "audit-delivery"),
];

/// What an entry is about, where that is no kind with a pseudonym.
const SUBJECTS: &[(&str, &str)] = &[
    ("{n} notifications", "audit-notifications"),
    ("{n} decisions", "audit-decisions"),
    ("{n} registrations", "audit-registrations"),
    ("user", "audit-of-account"),
    ("users", "audit-of-users"),
    ("audit", "audit-of-audit"),
    ("register", "audit-of-register"),
    ("cases", "audit-of-cases"),
    ("search", "audit-of-search"),
    ("by case key", "audit-of-case-key"),
    ("alike by name", "audit-of-alike-name"),
    ("alike by codes", "audit-of-alike-codes"),
    ("dry run", "audit-of-dry-run"),
    ("disclosures", "audit-of-disclosures"),
    ("decisions", "audit-of-decisions"),
    ("duplicates", "audit-of-duplicates"),
    ("review", "audit-of-review"),
    ("judged pairs", "audit-of-judged"),
    ("lists with names", "audit-of-lists"),
    ("release", "audit-of-release"),
    ("erasing", "audit-of-erasing"),
    ("restricted", "audit-of-restricted"),
    ("due", "audit-of-due"),
    ("retention", "audit-of-retention"),
    ("break glass", "audit-of-glass"),
    ("vault", "audit-of-vault"),
    ("work", "audit-of-work"),
    ("passphrase", "audit-of-passphrase"),
    ("recovery", "audit-of-recovery"),
    ("anchor", "audit-of-anchor"),
    ("dossier", "audit-of-dossier"),
    ("registered years", "audit-of-years"),
];

/// Kinds before a colon that are no records of a case.
const KINDS: &[(&str, &str)] = &[
    ("registration", "audit-kind-registration"),
    ("decision", "audit-kind-decision"),
    ("user", "audit-kind-user"),
    ("organisation", "audit-kind-organisation"),
    ("lane", "audit-kind-lane"),
    ("token", "audit-kind-token"),
    ("session", "audit-kind-session"),
    ("break glass", "audit-kind-glass"),
    ("retention", "audit-kind-retention"),
    ("histories", "audit-kind-histories"),
    ("access", "audit-kind-access"),
    ("suspects", "audit-kind-suspects"),
    ("proceedings", "audit-kind-proceedings"),
];

/// The detail of an entry, or as it is where one of its parts is not known.
pub fn detail(text: &Text, written: &str) -> String {
    if let Some(whole) = fill_first_match(text, DETAILS, written) {
        return whole;
    }
    let parts: Option<Vec<String>> =
        written.split(", ").map(|part| fill_first_match(text, DETAILS, part)).collect();
    parts.map_or_else(|| subject(text, written), |parts| parts.join(", "))
}

/// What an entry is about: a kind and a pseudonym or a name, or what was looked at; as it is where it is not known.
pub fn subject(text: &Text, written: &str) -> String {
    if let Some(whole) = fill_first_match(text, SUBJECTS, written) {
        return whole;
    }
    let Some((kind, which)) = written.split_once(':') else { return written.to_owned() };
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    let key = known.map_or_else(|| format!("kind-{kind}"), |(_, key)| (*key).to_owned());
    let Some(called) = said(text, &key) else { return written.to_owned() };
    let which = match kind {
        "lane" => code(text, "lane", which),
        "retention" => code(text, "purpose", which),
        _ => which.to_owned(),
    };
    text.fill("audit-kind", &[("kind", called), ("which", which)])
}

/// The message of the first pattern that fits the entry.
fn fill_first_match(text: &Text, patterns: &[(&str, &str)], written: &str) -> Option<String> {
    patterns.iter().find_map(|(pattern, key)| {
        let found = fitting(pattern, written)?;
        let parts: Option<Vec<(&str, String)>> =
            found.into_iter().map(|(name, value)| Some((name, word(text, name, value)?))).collect();
        Some(text.fill(key, &parts?))
    })
}

/// The value in the place of each brace of a pattern, if the entry fits the pattern.
fn fitting<'a>(pattern: &'a str, written: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut pieces = pattern.split(['{', '}']);
    let mut rest = written.strip_prefix(pieces.next()?)?;
    let mut found = Vec::new();
    while let (Some(name), Some(after)) = (pieces.next(), pieces.next()) {
        let end = if after.is_empty() { rest.len() } else { rest.find(after)? };
        let value = &rest[..end];
        // A comma ends a part.
        if value.is_empty() || value.contains(',') {
            return None;
        }
        found.push((name, value));
        rest = &rest[end + after.len()..];
    }
    rest.is_empty().then_some(found)
}

/// A value in words; none where it does not belong in such a place.
fn word(text: &Text, name: &str, value: &str) -> Option<String> {
    let all = |list: &str, name: &dyn Fn(&str) -> String| {
        list.split(' ').map(name).collect::<Vec<String>>().join(", ")
    };
    Some(match name {
        "fields" => all(value, &|f| said(text, &format!("field-{f}")).unwrap_or_else(|| f.to_owned())),
        "operations" => all(value, &|operation| code(text, "operation", operation)),
        // The name of a message has no dots.
        "kinds" => all(value, &|kind| {
            let name = kind.split('-').next().unwrap_or(kind);
            said(text, &format!("legal-kind-{name}")).unwrap_or_else(|| kind.to_owned())
        }),
        "decision" => said(text, &format!("code-decision-{value}"))?,
        "role" => said(text, &format!("code-role_of_user-{value}"))?,
        "ground" => said(text, &format!("audit-ground-{value}"))?,
        "cause" => said(text, &format!("restriction-cause-{value}"))?,
        "use" => said(text, &format!("restriction-use-{value}"))?,
        "organisation" if value == "*" => text.say("audit-all-organisations"),
        "organisation" | "user" | "year" => value.to_owned(),
        "day" => Some(text.day(value)).filter(|day| day != value)?,
        "moment" => value.get(..16).unwrap_or(value).replace('T', " "),
        _ => {
            let number: u64 = value.parse().ok()?;
            text.number(number as f64)
        }
    })
}

/// The word for a code; the code itself where there is none.
fn code(text: &Text, list: &str, code: &str) -> String {
    said(text, &format!("code-{list}-{code}")).unwrap_or_else(|| code.to_owned())
}

/// A message, if there is one.
fn said(text: &Text, key: &str) -> Option<String> {
    let said = text.say(key);
    (said != key).then_some(said)
}

#[cfg(test)]
mod tests;
