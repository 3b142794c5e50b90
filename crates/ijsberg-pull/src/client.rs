//! One question after another, each on a connection of its own.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use zeroize::Zeroizing;

use crate::source::Source;
use crate::{Address, PullError, Secret};

/// Mebibytes of a page that are read.
const PAGE: usize = 64;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(20);

/// The longest pause between two tries, whatever the server asks for.
const LONGEST: Duration = Duration::from_mins(2);

/// Answers after which it is worth asking again.
const PASSING: [u16; 5] = [429, 500, 502, 503, 504];

/// How long an answer is waited for, and how often it is asked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How often the same is asked at most.
    pub tries: u32,
    /// The pause after the first try; it doubles each time, unless the server says how long.
    pub first: Duration,
    /// How long one answer may take.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { tries: 6, first: Duration::from_secs(1), answer: Duration::from_mins(2) }
    }
}

/// Asks one server.
pub struct Client {
    runtime: Runtime,
    tls: Option<TlsConnector>,
    address: Address,
    secret: Secret,
    scheme: &'static str,
    /// The path at which the name and the password are exchanged for a token.
    issues: Option<&'static str>,
    /// The token that was issued there.
    issued: Option<HeaderValue>,
    patience: Patience,
}

/// What is asked.
struct Ask {
    method: Method,
    target: String,
    authorization: Option<HeaderValue>,
    body: Zeroizing<Vec<u8>>,
}

/// What came.
struct Answer {
    status: u16,
    pause: Option<Duration>,
    issued: Option<HeaderValue>,
    body: Bytes,
}

/// Why nothing came.
enum Fault {
    /// It may come another time.
    Passing,
    /// It will not.
    Lasting(PullError),
}

impl Client {
    /// Asks the server at an address as a source wants it asked. No connection is made yet.
    ///
    /// # Errors
    /// If no authorities are known that could vouch for the server.
    pub fn new(
        address: Address,
        secret: Secret,
        source: &Source,
        patience: Patience,
    ) -> Result<Self, PullError> {
        let tls = if address.tls { Some(connector()?) } else { None };
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|_| PullError::Silent { tries: 0 })?;
        let issues = source.issues().filter(|_| secret.user().is_some());
        Ok(Self { runtime, tls, address, secret, scheme: source.scheme(), issues, issued: None, patience })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// What is there. A token that ran out is issued anew once.
    pub(crate) fn get(&mut self, path: &str, query: &str) -> Result<Bytes, PullError> {
        let mut renews = self.issues.is_some() && self.issued.is_some();
        loop {
            let authorization = Some(self.authorization()?);
            let target = self.address.target(path, query);
            let ask = Ask { method: Method::GET, target, authorization, body: Zeroizing::default() };
            match self.ask(&ask) {
                Err(PullError::Refused) if renews => {
                    renews = false;
                    self.issued = None;
                }
                other => return other.map(|answer| answer.body),
            }
        }
    }

    /// How the server knows who asks.
    fn authorization(&mut self) -> Result<HeaderValue, PullError> {
        if let Some(issued) = &self.issued {
            return Ok(issued.clone());
        }
        let Some((user, password)) = self.secret.user() else {
            return hidden(&format!("{} {}", self.scheme, self.secret.token()));
        };
        let Some(path) = self.issues else {
            let both = Zeroizing::new(STANDARD.encode(format!("{user}:{password}")));
            return hidden(&format!("Basic {}", both.as_str()));
        };
        let body = serde_json::json!({"user": {"user_name": user, "password": password}});
        let ask = Ask {
            method: Method::POST,
            target: self.address.target(path, ""),
            authorization: None,
            body: Zeroizing::new(body.to_string().into_bytes()),
        };
        let mut issued = self.ask(&ask)?.issued.ok_or(PullError::Answer)?;
        issued.set_sensitive(true);
        self.issued = Some(issued.clone());
        Ok(issued)
    }

    /// Asks until an answer comes, or until it is clear that none does.
    fn ask(&self, ask: &Ask) -> Result<Answer, PullError> {
        let mut pause = self.patience.first;
        let mut tried = 0;
        loop {
            let once =
                async { timeout(self.patience.answer, self.once(ask)).await.unwrap_or(Err(Fault::Passing)) };
            tried += 1;
            let (asked, last) = match self.runtime.block_on(once) {
                Ok(answer) if answer.status == 200 => return Ok(answer),
                Ok(answer) if PASSING.contains(&answer.status) => {
                    (answer.pause, PullError::Status(answer.status))
                }
                Ok(answer) => return Err(of_status(answer.status)),
                Err(Fault::Lasting(why)) => return Err(why),
                Err(Fault::Passing) => (None, PullError::Silent { tries: tried }),
            };
            if tried >= self.patience.tries {
                return Err(last);
            }
            std::thread::sleep(asked.unwrap_or(pause).min(LONGEST));
            pause = pause.saturating_mul(2);
        }
    }

    async fn once(&self, ask: &Ask) -> Result<Answer, Fault> {
        let (name, port) = (self.address.name(), self.address.port);
        let stream = timeout(CONNECT, TcpStream::connect((name, port))).await;
        let stream = stream.map_err(|_| Fault::Passing)?.map_err(|_| Fault::Passing)?;
        let Some(tls) = &self.tls else {
            // Whatever the name says, nothing leaves this machine without TLS.
            if !stream.peer_addr().is_ok_and(|at| at.ip().is_loopback()) {
                return Err(Fault::Lasting(PullError::Plain));
            }
            return self.exchange(stream, ask).await;
        };
        let name = ServerName::try_from(name.to_owned()).map_err(|_| Fault::Lasting(PullError::Address))?;
        let stream = timeout(CONNECT, tls.connect(name, stream)).await.map_err(|_| Fault::Passing)?;
        let stream = stream.map_err(|e| {
            let why = e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            match why {
                Some(rustls::Error::InvalidCertificate(_)) => Fault::Lasting(PullError::Certificate),
                _ => Fault::Passing,
            }
        })?;
        self.exchange(stream, ask).await
    }

    async fn exchange<S>(&self, stream: S, ask: &Ask) -> Result<Answer, Fault>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let shaken = http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = shaken.map_err(|_| Fault::Passing)?;
        let driven = tokio::spawn(connection);
        let answer = self.answer(&mut sender, ask).await;
        driven.abort();
        answer
    }

    async fn answer(&self, sender: &mut SendRequest<Full<Bytes>>, ask: &Ask) -> Result<Answer, Fault> {
        let mut request = Request::builder()
            .method(ask.method.clone())
            .uri(ask.target.as_str())
            .header(HOST, self.address.host())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, "ijsberg")
            .header(CONNECTION, "close");
        if let Some(authorization) = &ask.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        if !ask.body.is_empty() {
            request = request.header(CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(&ask.body)));
        let request = request.map_err(|_| Fault::Lasting(PullError::Address))?;
        let response = sender.send_request(request).await.map_err(|_| Fault::Passing)?;
        let (head, body) = response.into_parts();
        let seconds = head.headers.get(RETRY_AFTER).and_then(|after| after.to_str().ok()?.parse().ok());
        let body = Limited::new(body, PAGE << 20).collect().await.map_err(|e| {
            let large = e.is::<LengthLimitError>();
            if large { Fault::Lasting(PullError::Large { most: PAGE }) } else { Fault::Passing }
        })?;
        Ok(Answer {
            status: head.status.as_u16(),
            pause: seconds.map(Duration::from_secs),
            issued: head.headers.get(AUTHORIZATION).cloned(),
            body: body.to_bytes(),
        })
    }
}

/// A header value that is never shown.
fn hidden(text: &str) -> Result<HeaderValue, PullError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| PullError::Refused)?;
    value.set_sensitive(true);
    Ok(value)
}

fn of_status(status: u16) -> PullError {
    match status {
        300..=399 => PullError::Moved,
        401 | 403 => PullError::Refused,
        404 => PullError::NotThere,
        other => PullError::Status(other),
    }
}

/// Connects over TLS to whom the authorities of this machine vouch for.
fn connector() -> Result<TlsConnector, PullError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(PullError::Roots);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| PullError::Roots)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
