//! Refusals of the register, the assessment and the protection of tables, in the reader's language. What was expected of a field is in the
//! words of the code lists.

use ijsberg_crypto::CryptoError;
use ijsberg_disclosure::perturbation::NoiseError;
use ijsberg_register::RegisterError;
use ijsberg_register::expected::{Expected, Lost, Thing};
use ijsberg_register::notify::RowDiffers;
use ijsberg_register::register::Obligation;
use ijsberg_signals::assess::CaseError;
use ijsberg_signals::rules::RulesError;
use ijsberg_signals::xlsform::{Finding, FormError, RowError};
use ijsberg_store::{CertificateFault, Fault, StoreError};

use crate::text::Text;

/// Why the register did not do it.
pub fn register_error(text: &Text, error: &RegisterError) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match error {
        RegisterError::NoSession => ("no-session", vec![]),
        RegisterError::Login => ("login", vec![]),
        RegisterError::Locked(until) => ("locked", vec![("until", until.clone())]),
        RegisterError::Pace { until, .. } => ("pace", vec![("until", until.clone())]),
        RegisterError::Denied { user, operation, roles } => {
            let roles: Vec<String> = roles.split(", ").map(|role| code(text, "role_of_user", role)).collect();
            let operation = code(text, "operation", &operation.name());
            ("denied", vec![("user", user.clone()), ("operation", operation), ("roles", roles.join(", "))])
        }
        RegisterError::OtherOrganisation { user } => ("other-organisation", vec![("user", user.clone())]),
        RegisterError::Oneself => ("oneself", vec![]),
        RegisterError::Code => ("code", vec![]),
        RegisterError::ByRecovery => ("by-recovery", vec![]),
        RegisterError::SamePassword => ("same-password", vec![]),
        RegisterError::First(Obligation::ChangePassword) => ("first-password", vec![]),
        RegisterError::First(Obligation::SecondFactor) => ("first-factor", vec![]),
        RegisterError::NotEverywhere { user } => ("not-everywhere", vec![("user", user.clone())]),
        RegisterError::LastAdministrator => ("last-administrator", vec![]),
        RegisterError::LaneClosed(lane) => ("lane-closed", vec![("lane", lane.clone())]),
        RegisterError::NotFound(what) => ("not-found", vec![("what", thing(text, *what))]),
        RegisterError::Exists(what) => ("exists", vec![("what", thing(text, *what))]),
        RegisterError::Invalid { field, expected } => {
            ("invalid", vec![("field", field.clone()), ("expected", self::expected(text, expected))])
        }
        RegisterError::Conflict { fields, version } => {
            ("conflict", vec![("fields", fields.join(", ")), ("version", version.to_string())])
        }
        RegisterError::Immutable(kind) => ("immutable", vec![("what", text.say(&format!("kind-{kind}")))]),
        RegisterError::VaultClosed => ("vault-closed", vec![]),
        RegisterError::Erased => ("erased", vec![]),
        RegisterError::Audit { seq, what } => {
            ("audit", vec![("seq", seq.to_string()), ("what", text.say(&format!("break-{}", what.key())))])
        }
        RegisterError::KeyFile { path, why } => {
            ("key-file", vec![("path", path.clone()), ("why", why.clone())])
        }
        RegisterError::StaleKeys => ("stale-keys", vec![]),
        RegisterError::OtherRegister(domain) => ("other-register", vec![("domain", domain.clone())]),
        RegisterError::NoKeyFiles => ("no-key-files", vec![]),
        RegisterError::NoEpoch => ("no-epoch", vec![]),
        RegisterError::Older { seen, there } => {
            ("older", vec![("seen", seen.to_string()), ("there", there.to_string())])
        }
        RegisterError::Witness { path } => ("witness", vec![("path", path.clone())]),
        RegisterError::NoWitness { path } => ("no-witness", vec![("path", path.clone())]),
        RegisterError::Unwritten => ("unwritten", vec![]),
        RegisterError::Clock { now, last } => ("clock", vec![("now", now.clone()), ("last", last.clone())]),
        RegisterError::Checkpoint { line } => ("checkpoint", vec![("line", line.to_string())]),
        RegisterError::CopyDiffers => ("copy-differs", vec![]),
        RegisterError::SomebodyElse => ("somebody-else", vec![]),
        RegisterError::TooEarly(day) => ("too-early", vec![("day", day.clone())]),
        RegisterError::NotListed => ("not-listed", vec![]),
        RegisterError::ListedAlready => ("listed-already", vec![]),
        RegisterError::Held => ("held", vec![]),
        RegisterError::Restricted => ("restricted", vec![]),
        RegisterError::RestrictedAlready => ("restricted-already", vec![]),
        RegisterError::NotRestricted => ("not-restricted", vec![]),
        RegisterError::ErasingDelay { least, most } => {
            ("erasing-delay", vec![("least", least.to_string()), ("most", most.to_string())])
        }
        RegisterError::Store(error) => return store_error(text, error),
        RegisterError::Crypto(error) => return crypto_error(text, error),
    };
    text.fill(&format!("register-error-{key}"), &parts)
}

/// What was looked for.
fn thing(text: &Text, thing: Thing) -> String {
    text.say(&format!("thing-{}", thing.key()))
}

/// A code in words, or as it is where there are none.
fn code(text: &Text, list: &str, code: &str) -> String {
    let key = format!("code-{list}-{code}");
    let said = text.say(&key);
    if said == key { code.to_owned() } else { said }
}

/// The word for a field; its name where there is none.
pub fn field(text: &Text, name: &str) -> String {
    let key = format!("field-{name}");
    let said = text.say(&key);
    if said == key { name.to_owned() } else { said }
}

/// A row that exists already with other values than the registration.
pub fn differs(text: &Text, row: &RowDiffers) -> String {
    let fields: Vec<String> = row.fields.iter().map(|f| field(text, f)).collect();
    text.fill("register-differs", &[("line", row.line.to_string()), ("fields", fields.join(", "))])
}

/// What was expected of a field.
pub fn expected(text: &Text, expected: &Expected) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match expected {
        Expected::Wanted(wanted) => return text.say(&format!("wanted-{}", wanted.key())),
        Expected::OneOf(codes) => ("one-of", vec![("values", codes.clone())]),
        Expected::Fields(all) => ("fields", vec![("values", all.clone())]),
        Expected::Organisations(all) => ("organisations", vec![("values", all.clone())]),
        Expected::Lists { most, there } => {
            ("lists", vec![("most", most.to_string()), ("there", there.to_string())])
        }
        Expected::Rows { most, there } => {
            ("rows", vec![("most", most.to_string()), ("there", there.to_string())])
        }
        Expected::Twice { line, fields } => {
            let named = fields.split(", ").map(|f| field(text, f));
            ("twice", vec![("line", line.to_string()), ("fields", named.collect::<Vec<_>>().join(", "))])
        }
        Expected::Of(field, within) => return format!("{field}: {}", self::expected(text, within)),
    };
    text.fill(&format!("expected-{key}"), &parts)
}

/// Why the storage did not do it.
pub fn store_error(text: &Text, error: &StoreError) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match error {
        StoreError::Open(why) => ("open", vec![("why", fault(text, why))]),
        StoreError::Key => ("key", vec![]),
        StoreError::Empty(path) => ("empty", vec![("path", path.clone())]),
        StoreError::Url => ("url", vec![]),
        StoreError::NoAnswer => ("no-answer", vec![]),
        StoreError::Unencrypted { host, mode } => {
            ("unencrypted", vec![("host", host.clone()), ("mode", mode.clone())])
        }
        StoreError::Nameless { address } => ("nameless", vec![("address", address.clone())]),
        StoreError::Certificate { host, fault } => {
            ("certificate", vec![("host", host.clone()), ("fault", certificate_fault(text, fault))])
        }
        StoreError::Roots { path } => ("roots", vec![("path", path.clone())]),
        StoreError::Busy => ("busy", vec![]),
        StoreError::Rule(rule) => ("rule", vec![("rule", rule.clone())]),
        StoreError::Damaged => ("damaged", vec![]),
        StoreError::Unreadable { column } => ("unreadable", vec![("column", column.as_str().into())]),
        StoreError::Changed(table) => ("changed", vec![("table", table.clone())]),
        StoreError::Later => ("later", vec![]),
        StoreError::OtherMigration(number) => ("other-migration", vec![("number", number.to_string())]),
        StoreError::OtherVersion => ("other-version", vec![]),
        StoreError::Statement { what, statement } => {
            ("statement", vec![("what", fault(text, what)), ("statement", statement.clone())])
        }
    };
    text.fill(&format!("store-error-{key}"), &parts)
}

fn fault(text: &Text, fault: &Fault) -> String {
    let key = match fault {
        Fault::Login => "login",
        Fault::Database => "database",
        Fault::Connections => "connections",
        Fault::Starting => "starting",
        Fault::Silent => "silent",
        Fault::Path => "path",
        Fault::File => "file",
        Fault::Full => "full",
        Fault::Unfollowed => "unfollowed",
        Fault::OnlyLooking => "only-looking",
        Fault::Unfitting => "unfitting",
        Fault::Code(code) => return text.fill("store-fault-code", &[("code", code.clone())]),
    };
    text.say(&format!("store-fault-{key}"))
}

fn certificate_fault(text: &Text, fault: &CertificateFault) -> String {
    let key = match fault {
        CertificateFault::None => "none",
        CertificateFault::Issuer => "issuer",
        CertificateFault::Name => "name",
        CertificateFault::Time => "time",
        CertificateFault::Other => "other",
    };
    text.say(&format!("certificate-fault-{key}"))
}

/// Why nothing was sealed or opened.
pub fn crypto_error(text: &Text, error: &CryptoError) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match error {
        CryptoError::DoesNotOpen => ("does-not-open", vec![]),
        CryptoError::NotSealed => ("not-sealed", vec![]),
        CryptoError::NoRandomness => ("no-randomness", vec![]),
        CryptoError::ShortPassphrase(n) => ("short-passphrase", vec![("n", n.to_string())]),
        CryptoError::Shares => ("shares", vec![]),
        CryptoError::Cost => ("cost", vec![]),
        CryptoError::Development => ("development", vec![]),
    };
    text.fill(&format!("crypto-error-{key}"), &parts)
}

/// Why a case cannot be assessed.
pub fn case_error(text: &Text, error: &CaseError) -> String {
    let (key, name) = match error {
        CaseError::UnknownQuestion(id) => ("unknown-question", id.clone()),
        CaseError::Future(day) => ("future", day.to_string()),
        CaseError::OutOfRange(field) => ("out-of-range", (*field).to_owned()),
    };
    text.fill(&format!("case-error-{key}"), &[("name", name)])
}

/// Why instruments cannot be used. The message of the TOML reader is English; other languages give its line.
pub fn rules_error(text: &Text, error: &RulesError) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match error {
        RulesError::Toml { file, line, message } => {
            ("toml", vec![("file", file.clone()), ("line", line.to_string()), ("message", message.clone())])
        }
        RulesError::Content { file, place, what } => {
            let what = text.fill(&format!("rules-what-{}", what.key()), &what.parts());
            ("content", vec![("file", file.clone()), ("place", place.clone()), ("what", what)])
        }
        RulesError::Missing { file } => ("missing", vec![("file", file.clone())]),
    };
    text.fill(&format!("rules-error-{key}"), &parts)
}

/// Why a workbook is no form.
pub fn form_error(text: &Text, error: &FormError) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match error {
        FormError::NoSheet(sheet) => ("no-sheet", vec![("sheet", (*sheet).to_owned())]),
        FormError::NoColumn(sheet, column) => {
            ("no-column", vec![("sheet", (*sheet).to_owned()), ("column", (*column).to_owned())])
        }
        FormError::Group { cell, what } => {
            let what = text.fill(&format!("form-group-{}", what.key()), &what.parts());
            ("group", vec![("cell", cell.clone()), ("what", what)])
        }
        FormError::Twice { cell, name } => ("twice", vec![("cell", cell.clone()), ("name", name.clone())]),
    };
    text.fill(&format!("form-error-{key}"), &parts)
}

/// A field that was not read, as the form has it.
pub fn finding(text: &Text, finding: &Finding) -> String {
    format!(
        "{}: {}",
        finding.cell,
        text.fill(&format!("form-found-{}", finding.what.key()), &finding.what.parts())
    )
}

/// What a form of another standard cannot hold.
pub fn lost(text: &Text, lost: &Lost) -> String {
    let (key, parts) = match lost {
        Lost::Lack(lack) => return text.say(&format!("lost-{}", lack.key())),
        Lost::NoColumn(code) => ("no-column", vec![("code", code.clone())]),
        Lost::NoSection(code) => ("no-section", vec![("code", code.clone())]),
        Lost::NoCode(code) => ("no-code", vec![("code", code.clone())]),
        Lost::NoChoice(code) => ("no-choice", vec![("code", code.clone())]),
        Lost::Became(code, other) => ("became", vec![("code", code.clone()), ("other", other.clone())]),
    };
    text.fill(&format!("lost-{key}"), &parts)
}

/// Why submissions are no cases.
pub fn row_error(text: &Text, error: &RowError) -> String {
    let (key, parts): (&str, Vec<(&str, String)>) = match error {
        RowError::Answer { line, column } => {
            ("answer", vec![("line", line.to_string()), ("column", column.clone())])
        }
        RowError::Day { line, column } => {
            ("day", vec![("line", line.to_string()), ("column", column.clone())])
        }
        RowError::Future { line, column, day } => {
            ("future", vec![("line", line.to_string()), ("column", column.clone()), ("day", day.to_string())])
        }
        RowError::Twice(column) => ("twice", vec![("column", column.clone())]),
        RowError::NoQuestion => ("no-question", vec![]),
    };
    text.fill(&format!("row-error-{key}"), &parts)
}

/// Why there is no such noise.
pub fn noise_error(text: &Text, error: &NoiseError) -> String {
    let NoiseError::Impossible { count, variance } = error;
    text.fill("noise-error", &[("count", count.to_string()), ("variance", variance.to_string())])
}

/// What the system says of a file, in the reader's language; in its own words where it says something rare.
pub fn io_error(text: &Text, error: &std::io::Error) -> String {
    use std::io::ErrorKind as Kind;
    let key = match error.kind() {
        Kind::NotFound => "io-not-found",
        Kind::PermissionDenied => "io-denied",
        Kind::AlreadyExists => "io-exists",
        Kind::NotADirectory => "io-no-folder",
        Kind::IsADirectory => "io-folder",
        Kind::StorageFull => "io-full",
        Kind::ReadOnlyFilesystem => "io-read-only",
        Kind::AddrInUse => "io-address-taken",
        Kind::AddrNotAvailable => "io-no-address",
        Kind::ConnectionRefused => "io-refused",
        Kind::TimedOut => "io-slow",
        Kind::UnexpectedEof => "io-short",
        Kind::InvalidFilename => "io-name",
        _ => return error.to_string(),
    };
    text.say(key)
}

/// An error in the reader's language, if it is one of these.
pub fn any(text: &Text, error: &(dyn std::error::Error + 'static)) -> Option<String> {
    None.or_else(|| error.downcast_ref().map(|e| register_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| store_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| crypto_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| case_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| rules_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| form_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| row_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| noise_error(text, e)))
        .or_else(|| error.downcast_ref().map(|e| io_error(text, e)))
}

#[cfg(test)]
mod tests;
