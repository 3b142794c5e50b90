//! Where a server is.

use std::net::IpAddr;

use hyper::Uri;

use crate::PullError;

/// The address of a server: over TLS, or on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) tls: bool,
    /// As addresses have it: with brackets around IPv6.
    host: String,
    pub(crate) port: u16,
    /// What comes before the paths of the interface, without a slash at its end.
    prefix: String,
}

impl Address {
    /// Reads an address, such as `https://example.org/dhis`.
    ///
    /// # Errors
    /// If it is none, or leads to another machine without TLS.
    pub fn new(url: &str) -> Result<Self, PullError> {
        let uri: Uri = url.trim().parse().map_err(|_| PullError::Address)?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(PullError::Address),
        };
        let authority = uri.authority().ok_or(PullError::Address)?;
        // A password in an address would stay in the history of the shell.
        if authority.as_str().is_empty() || authority.as_str().contains('@') || uri.query().is_some() {
            return Err(PullError::Address);
        }
        let host = authority.host();
        if host.is_empty() {
            return Err(PullError::Address);
        }
        let port = match authority.port_u16() {
            Some(port) => port,
            None if authority.as_str().len() == host.len() => usual(tls),
            None => return Err(PullError::Address),
        };
        let prefix = uri.path().trim_end_matches('/').to_owned();
        let address = Self { tls, host: host.to_ascii_lowercase(), port, prefix };
        if tls || address.is_here() { Ok(address) } else { Err(PullError::Plain) }
    }

    /// The host without brackets, as it is looked up.
    pub(crate) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// Whether it is this machine, by its name.
    fn is_here(&self) -> bool {
        self.name() == "localhost" || self.name().parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// The host as a request names it.
    pub(crate) fn host(&self) -> String {
        if self.port == usual(self.tls) { self.host.clone() } else { format!("{}:{}", self.host, self.port) }
    }

    /// What is asked for: a path of the interface.
    pub(crate) fn target(&self, path: &str, query: &str) -> String {
        let mark = if query.is_empty() { "" } else { "?" };
        [&self.prefix, path, mark, query].concat()
    }

    /// The same text for the same server.
    pub(crate) fn canonical(&self) -> String {
        format!("{}://{}:{}{}", if self.tls { "https" } else { "http" }, self.host, self.port, self.prefix)
    }
}

fn usual(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_over_tls_only() {
        for url in
            ["https://example.org", "https://Example.org:8443/dhis/", "http://127.0.0.1:9", "http://[::1]"]
        {
            assert!(Address::new(url).is_ok(), "{url}");
        }
        assert!(Address::new("http://localhost:80/").is_ok());
        for url in ["http://example.org", "http://10.0.0.1", "http://localhost.example.org"] {
            assert!(matches!(Address::new(url), Err(PullError::Plain)), "{url}");
        }
        for url in
            ["", "example.org", "ftp://example.org", "https://a:b@example.org", "https://example.org/?x=1"]
        {
            assert!(matches!(Address::new(url), Err(PullError::Address)), "{url}");
        }
    }

    #[test]
    fn paths_come_after_those_of_the_address() {
        let address = Address::new("https://Example.org/dhis/").unwrap();
        assert_eq!(address.target("/api/tracker", "page=1"), "/dhis/api/tracker?page=1");
        assert_eq!(address.target("/api", ""), "/dhis/api");
        assert_eq!((address.host(), address.port), ("example.org".to_owned(), 443));
        assert_eq!(Address::new("http://[::1]:81").unwrap().name(), "::1");
        assert_eq!(Address::new("http://[::1]:81").unwrap().host(), "[::1]:81");
    }
}
