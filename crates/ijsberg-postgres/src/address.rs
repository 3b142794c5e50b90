//! Where a database is, and how its identity is verified. On this machine nobody else listens; to another machine everything is encrypted,
//! and its certificate is checked, including its name. No setting weakens that.

use std::net::{IpAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use ijsberg_store::StoreError;
use postgres::Config;
use postgres::config::{Host, SslMode};

/// Where it is.
#[derive(Debug)]
pub(crate) struct Address {
    pub(crate) config: Config,
    /// Who vouches for its certificate; not needed if the connection stays on this machine.
    pub(crate) roots: Option<Roots>,
}

/// Who vouches for certificates.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Roots {
    /// Whom this machine trusts.
    System,
    /// A file in PEM.
    File(PathBuf),
}

/// What the settings say of TLS.
#[derive(Debug, Default, PartialEq, Eq)]
struct TlsSettings {
    mode: Option<String>,
    roots: Option<String>,
}

impl Address {
    /// Reads a URL, or a text of settings (`host=... dbname=...`).
    ///
    /// # Errors
    /// If it is neither, or others could read what is sent there.
    pub(crate) fn parse(text: &str) -> Result<Self, StoreError> {
        let (rest, asked) = asked(text);
        let config: Config = rest.parse().map_err(|_| StoreError::Url)?;
        let elsewhere = elsewhere(&config)?;
        let mode = match asked.mode.as_deref() {
            Some(mode @ ("disable" | "allow" | "prefer")) => {
                if let Some(host) = elsewhere {
                    return Err(StoreError::Unencrypted { host, mode: mode.to_owned() });
                }
                false
            }
            Some("require" | "verify-ca" | "verify-full") => true,
            Some(_) => return Err(StoreError::Url),
            None => elsewhere.is_some() || asked.roots.is_some(),
        };
        let roots = mode.then(|| match asked.roots {
            Some(path) if path != "system" => Roots::File(path.into()),
            _ => Roots::System,
        });
        Ok(Self { config: kept_alive(config, roots.as_ref()), roots })
    }

    /// The name of the server, for messages.
    pub(crate) fn host(&self) -> String {
        let named = self.config.get_hosts().iter().find_map(|host| match host {
            Host::Tcp(name) => Some(name.clone()),
            #[cfg(unix)]
            Host::Unix(_) => None,
        });
        named.unwrap_or_else(|| "localhost".to_owned())
    }
}

/// A machine that is gone, or a way to it that was closed in between, is found out within half a minute.
fn kept_alive(mut config: Config, roots: Option<&Roots>) -> Config {
    config.ssl_mode(if roots.is_some() { SslMode::Require } else { SslMode::Disable });
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
    if config.get_keepalives_idle() > Duration::from_mins(1) {
        config.keepalives_idle(Duration::from_mins(1));
    }
    config
}

/// The name of the first server that is not on this machine. A name of this machine beside the number of another one, or a number without a
/// name, cannot be checked against a certificate.
fn elsewhere(config: &Config) -> Result<Option<String>, StoreError> {
    let (hosts, numbers) = (config.get_hosts(), config.get_hostaddrs());
    let mut found = None;
    for i in 0..hosts.len().max(numbers.len()) {
        let number = numbers.get(i).filter(|ip| !ip.is_loopback());
        let name = match hosts.get(i) {
            Some(Host::Tcp(name)) if !loopback(name) => Some(name),
            _ => None,
        };
        match (name, number) {
            (Some(name), _) if name != "localhost" => {
                found.get_or_insert_with(|| name.clone());
            }
            (Some(name), _) => return Err(StoreError::Nameless { address: name.clone() }),
            (None, Some(ip)) => return Err(StoreError::Nameless { address: ip.to_string() }),
            (None, None) => {}
        }
    }
    Ok(found)
}

/// Whether a name is this machine's, whatever it resolves to.
fn loopback(name: &str) -> bool {
    if name != "localhost" {
        return name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    }
    let found = (name, 0).to_socket_addrs().map(Iterator::collect::<Vec<_>>);
    found.is_ok_and(|all| !all.is_empty() && all.iter().all(|a| a.ip().is_loopback()))
}

/// Whether a URL, or a text of settings, holds a password.
pub fn holds_password(url: &str) -> bool {
    let (rest, _) = asked(url);
    rest.parse::<Config>()
        .map_or_else(|_| url.contains("password") || url.contains('@'), |c| c.get_password().is_some())
}

/// Removes the settings about TLS: the driver knows neither `sslrootcert` nor all modes. Text that cannot be parsed is left as it is, and
/// the driver refuses it.
fn asked(text: &str) -> (String, TlsSettings) {
    let url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let parts = if url { of_url(text) } else { of_settings(text) };
    let Some(parts) = parts else { return (text.to_owned(), TlsSettings::default()) };
    let mut asked = TlsSettings::default();
    let mut rest = String::new();
    for part in parts {
        match part.key.as_str() {
            "sslmode" => asked.mode = Some(part.value),
            "sslrootcert" => asked.roots = Some(part.value),
            _ => rest.push_str(part.text),
        }
    }
    (rest, asked)
}

/// A piece of the text with the key and the value that it is, if it is one.
struct Part<'a> {
    text: &'a str,
    key: String,
    value: String,
}

/// `postgresql://user@host/database?key=value&key=value`. As the driver has it, what stands before the first `@` is a name and a
/// password, whatever is in it.
fn of_url(text: &str) -> Option<Vec<Part<'_>>> {
    let credentials = text.find('@').map_or(0, |at| at + 1);
    let Some(from) = text[credentials..].find('?').map(|at| credentials + at + 1) else {
        return Some(vec![Part { text, key: String::new(), value: String::new() }]);
    };
    let mut parts = vec![Part { text: &text[..from], key: String::new(), value: String::new() }];
    for pair in text[from..].split_inclusive('&') {
        let (key, value) = pair.trim_end_matches('&').split_once('=')?;
        parts.push(Part { text: pair, key: decoded(key)?, value: decoded(value)? });
    }
    Some(parts)
}

/// What percent signs stand for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut all = Vec::with_capacity(text.len());
    while let Some(b) = bytes.next() {
        all.push(match b {
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16);
                (digit(bytes.next()?)? * 16 + digit(bytes.next()?)?) as u8
            }
            b => b,
        });
    }
    String::from_utf8(all).ok()
}

/// `key=value key='a value'`, with blanks around the sign or without, and a backslash before what stands for itself.
fn of_settings(text: &str) -> Option<Vec<Part<'_>>> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while !rest.trim_start().is_empty() {
        let (key, after) = rest.split_once('=')?;
        let key = key.trim().to_owned();
        if key.contains(char::is_whitespace) {
            return None;
        }
        let begun = after.trim_start();
        let quoted = begun.starts_with('\'');
        let (mut value, mut end, mut closed) = (String::new(), begun.len(), !quoted);
        let mut letters = begun.char_indices().skip(usize::from(quoted));
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => value.push(letters.next()?.1),
                '\'' if quoted => {
                    (end, closed) = (at + 1, true);
                    break;
                }
                c if !quoted && c.is_whitespace() => {
                    end = at;
                    break;
                }
                c => value.push(c),
            }
        }
        if !closed {
            return None;
        }
        let taken = text.len() - begun.len() + end;
        parts.push(Part { text: &text[text.len() - rest.len()..taken], key, value });
        rest = &text[taken..];
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_another_machine_leads_nothing_that_others_could_read() {
        for mode in ["disable", "allow", "prefer"] {
            for url in [
                format!("postgresql://db.example/r?sslmode={mode}"),
                format!("postgresql://u:p@10.0.0.7/r?sslmode={mode}&sslrootcert=ca.pem"),
                format!("postgresql://127.0.0.1,db.example/r?ssl%6Dode={mode}"),
                format!("host=db.example sslmode = '{mode}'"),
                format!("sslmode={mode} host=localhost,10.0.0.7"),
                format!("host=db.example hostaddr=127.0.0.1 sslmode={mode}"),
                format!("postgresql://127.0.0.1.example/r?sslmode=require&sslmode={mode}"),
                format!("postgresql://[2001:db8::1]/r?sslmode={mode}"),
            ] {
                let refused = Address::parse(&url);
                assert!(
                    matches!(&refused, Err(StoreError::Unencrypted { mode: m, .. }) if m == mode),
                    "{url}: {refused:?}"
                );
            }
        }
        // A number that no name belongs to, or the name of this machine.
        for url in [
            "postgresql://localhost/r?hostaddr=10.0.0.7",
            "host=localhost hostaddr=10.0.0.7 sslmode=verify-full",
            "host=/var/run/postgresql hostaddr=10.0.0.7",
            "hostaddr=10.0.0.7",
            "hostaddr=10.0.0.7 sslmode=require",
            "host=127.0.0.1,db.example hostaddr=10.0.0.7,10.0.0.8",
        ] {
            let refused = Address::parse(url);
            assert!(matches!(refused, Err(StoreError::Nameless { .. })), "{url}: {refused:?}");
        }
        for url in ["postgresql://db.example/r?sslmode=maybe", "host=db.example sslmode=", "nothing at all"] {
            assert!(matches!(Address::parse(url), Err(StoreError::Url)), "{url}");
        }
    }

    #[test]
    fn another_machine_is_known_by_its_certificate() {
        let parsed = |url: &str| Address::parse(url).unwrap_or_else(|e| panic!("{url}: {e}"));
        let file = || Some(Roots::File("/etc/a ca.pem".into()));
        for (url, roots) in [
            ("postgresql://db.example/r", Some(Roots::System)),
            ("postgresql://db.example/r?sslmode=verify-full&sslrootcert=system", Some(Roots::System)),
            ("postgresql://u:p?w@db.example/r?sslrootcert=%2Fetc%2Fa%20ca.pem&connect_timeout=3", file()),
            ("host=db.example sslrootcert='/etc/a ca.pem' user=u", file()),
            ("sslrootcert=/etc/a\\ ca.pem sslmode=require host=10.0.0.7", file()),
            ("host=db.example hostaddr=127.0.0.1", Some(Roots::System)),
            ("host=localhost,10.0.0.7", Some(Roots::System)),
            ("postgresql://127.0.0.1/r?sslmode=verify-full", Some(Roots::System)),
            ("postgresql://127.0.0.1/r", None),
            ("postgresql://127.0.0.1/r?sslmode=prefer", None),
            ("host=localhost", None),
            ("host=/var/run/postgresql", None),
            ("host=::1 hostaddr=::1 sslmode=disable", None),
        ] {
            let address = parsed(url);
            assert_eq!(address.roots, roots, "{url}");
            let mode = if roots.is_some() { SslMode::Require } else { SslMode::Disable };
            assert_eq!(address.config.get_ssl_mode(), mode, "{url}");
        }
        let address = parsed("postgresql://u:p?w@db.example/r?sslrootcert=x&connect_timeout=3");
        assert_eq!(address.config.get_password(), Some(&b"p?w"[..]));
        assert_eq!(address.config.get_connect_timeout(), Some(&Duration::from_secs(3)));
    }

    #[test]
    fn a_password_is_seen_however_it_is_written() {
        for url in [
            "postgresql://u:secret@localhost/r",
            "postgresql://localhost/r?password=secret",
            "postgresql://u:secret@db.example/r?sslmode=verify-full&sslrootcert=ca.pem",
            "host=localhost password=secret",
            "host=db.example password=secret sslrootcert=ca.pem",
            "host=localhost password='a b' =",
            "postgresql://u:secret@db.example/r?unknown=1",
        ] {
            assert!(holds_password(url), "{url}");
        }
        for url in [
            "postgresql://u@localhost/r",
            "host=localhost",
            "postgresql://u@db.example/r?sslmode=verify-full&sslrootcert=ca.pem",
        ] {
            assert!(!holds_password(url), "{url}");
        }
    }
}
