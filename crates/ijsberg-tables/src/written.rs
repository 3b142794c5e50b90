//! Roles of columns that a table written by ijsberg carries with it, so that nothing is guessed when it comes back.
//!
//! In text they stand on the first line: `# ijsberg-table v1; lists=A,B; count=count`. In Parquet the same line is the value
//! of the key [`KEY`]. Of a name, everything but letters and digits of ASCII, `-`, `_`, `.` and spaces inside is written as `%` and
//! two hexadecimal digits a byte.

use std::fmt::Write as _;

const START: &str = "# ijsberg-table v1";

/// The key of the roles among a Parquet file's own metadata.
pub const KEY: &str = "ijsberg-table";

/// What each column is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roles {
    /// The lists.
    pub lists: Vec<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// The count.
    pub count: Option<String>,
    /// The number of a draw.
    pub draw: Option<String>,
}

impl Roles {
    /// Roles of a table of histories with a count.
    pub fn of_histories(lists: &[String], count: &str) -> Self {
        Self { lists: lists.to_vec(), count: Some(count.to_owned()), ..Self::default() }
    }

    /// Whether these are the columns of a table and no others.
    pub(crate) fn fit(&self, header: &[String]) -> bool {
        let told = self.lists.iter().chain(&self.covariates).chain(&self.count).chain(&self.draw);
        told.clone().count() == header.len() && told.clone().all(|name| header.contains(name))
    }

    /// Adds the roles from the file to the choices of the user, which take precedence.
    pub(crate) fn complete(&self, mut choices: crate::Choices) -> crate::Choices {
        let free = |name: &&String| {
            !choices.ignore.contains(name)
                && !choices.covariates.contains(name)
                && choices.count.as_ref() != Some(name)
        };
        if choices.lists.is_empty() {
            choices.lists = self.lists.iter().filter(free).cloned().collect();
        }
        if choices.count.is_none() {
            let taken = |name: &&String| {
                !choices.lists.contains(name)
                    && !choices.ignore.contains(name)
                    && !choices.covariates.contains(name)
            };
            choices.count = self.count.as_ref().filter(taken).cloned();
        }
        choices
    }

    /// The line with the roles, without its end.
    pub fn line(&self) -> String {
        let mut line = START.to_owned();
        let mut tell = |role: &str, names: &[String]| {
            if !names.is_empty() {
                let names: Vec<String> = names.iter().map(|n| escape(n)).collect();
                let _ = write!(line, "; {role}={}", names.join(","));
            }
        };
        tell("lists", &self.lists);
        tell("covariates", &self.covariates);
        tell("count", self.count.as_slice());
        tell("draw", self.draw.as_slice());
        line
    }

    /// Reads such a line; `None` when it is another.
    pub fn parse(line: &str) -> Option<Self> {
        let rest = line.trim().trim_matches('"').strip_prefix(START)?;
        let mut roles = Self::default();
        // Spreadsheets that save the file again fill the line up with separators.
        for part in rest.trim_end_matches([',', ';', '\t', '"']).split(';').map(str::trim) {
            let Some((role, names)) = part.split_once('=') else { continue };
            let names: Vec<String> = names.split(',').map(unescape).collect();
            match role {
                "lists" => roles.lists = names,
                "covariates" => roles.covariates = names,
                "count" => roles.count = names.into_iter().next(),
                "draw" => roles.draw = names.into_iter().next(),
                _ => {}
            }
        }
        Some(roles)
    }
}

fn escape(name: &str) -> String {
    let mut out = String::new();
    let inner = name.trim();
    let edge = name.len() != inner.len();
    for (at, c) in name.chars().enumerate() {
        // A minus sign at the start would make a formula of a name that stands behind a comma.
        let sign = at == 0 && c == '-';
        if !sign && (c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') || c == ' ' && !edge) {
            out.push(c);
        } else {
            let mut bytes = [0; 4];
            for b in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(out, "%{b:02X}");
            }
        }
    }
    out
}

fn unescape(name: &str) -> String {
    let bytes = name.as_bytes();
    let (mut out, mut i) = (Vec::with_capacity(bytes.len()), 0);
    while i < bytes.len() {
        let hex = name.get(i + 1..i + 3).and_then(|h| u8::from_str_radix(h, 16).ok());
        if let (b'%', Some(b)) = (bytes[i], hex) {
            out.push(b);
            i += 3;
        } else {
            out.push(bytes[i]);
            i += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names_come_back() {
        let names =
            ["a,b", "c;d", "e=f", "100%", " edge ", "naïef", "say \"x\"", "two\nlines", "N", "plain name"];
        let roles = Roles {
            lists: names.map(String::from).to_vec(),
            covariates: vec!["sex".into()],
            count: Some("count".into()),
            draw: None,
        };
        assert_eq!(Roles::parse(&roles.line()), Some(roles.clone()));
        assert_eq!(Roles::parse(&(roles.line() + ",,,")), Some(roles));
        assert_eq!(Roles::parse("# export 2024"), None);
    }
}
