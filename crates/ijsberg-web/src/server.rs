//! Listening: on this machine only unless certificates are given.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;

use crate::app::App;
use crate::connections::Doorkeeper;
use crate::pages::metrics;
use crate::routes::router;

/// Where to listen.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Address and port; port 0 for a free one.
    pub address: SocketAddr,
    /// Certificate chain and key in PEM, for TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Where a monitor asks for counts: an address of this machine.
    pub metrics: Option<SocketAddr>,
}

/// Why it does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Other machines could listen in.
    #[error("{0} can be reached from other machines: give --tls-cert and --tls-key, or listen on 127.0.0.1")]
    Unencrypted(SocketAddr),
    /// Another name without TLS.
    #[error(
        "{0} is not a name of this machine alone: give --tls-cert and --tls-key, or --behind-tls-proxy where a proxy on this machine encrypts"
    )]
    Name(String),
    /// Counts for everybody.
    #[error(
        "{0} can be reached from other machines: counts are for a monitor on this machine, as on 127.0.0.1"
    )]
    Metrics(SocketAddr),
    /// The certificate or the key cannot be read.
    #[error("the certificate or its key cannot be used: {0}")]
    Certificate(std::io::Error),
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// How long requests may go on after the end was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// How long the head of a request may take, and a connection be silent.
const HEAD: Duration = Duration::from_secs(15);

impl Listen {
    /// Refuses what others could listen in to.
    fn check(&self, app: &App) -> Result<(), ServeError> {
        if !self.address.ip().is_loopback() && self.tls.is_none() {
            return Err(ServeError::Unencrypted(self.address));
        }
        let foreign = app.config.hosts.iter().find(|host| !is_here(host));
        if let Some(host) = foreign.filter(|_| !app.config.secure) {
            return Err(ServeError::Name(host.clone()));
        }
        match self.metrics.filter(|at| !at.ip().is_loopback()) {
            Some(at) => Err(ServeError::Metrics(at)),
            None => Ok(()),
        }
    }
}

/// Whether a name means this machine alone.
fn is_here(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|a: std::net::IpAddr| a.is_loopback())
}

fn bound(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let failed = |e| ServeError::Listen(address, e);
    let listener = TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    Ok(listener)
}

/// Serves until `end` is done; `began` receives the address.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(
    app: Arc<App>,
    listen: &Listen,
    began: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    listen.check(&app)?;
    let address = listen.address;
    let failed = |e| ServeError::Listen(address, e);
    let listener = bound(address)?;
    let counts = listen.metrics.map(bound).transpose()?;
    let local = listener.local_addr().map_err(failed)?;
    let handle = Handle::new();
    let (ending, watched) = (handle.clone(), Arc::clone(&app));
    tokio::spawn(async move {
        end.await;
        watched.cancel_all();
        watched.linkages.cancel_all();
        watched.previews.cancel_all();
        watched.deliveries.cancel_all();
        ending.graceful_shutdown(Some(GRACE));
    });
    tokio::spawn(tidied(Arc::clone(&app)));
    let door = Doorkeeper::new(app.config.behind_proxy);
    if let Some(listener) = counts {
        let service = Router::new().route("/metrics", get(metrics)).with_state(Arc::clone(&app));
        let service = service.layer(axum::middleware::from_fn(crate::guards::this_machine));
        let server = axum_server::from_tcp(listener).map_err(failed)?.acceptor(door.clone());
        tokio::spawn(timed(server).serve(service.into_make_service()));
    }
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    began(local);
    let server = axum_server::from_tcp(listener).map_err(failed)?;
    match &listen.tls {
        None => timed(server.acceptor(door)).handle(handle).serve(service).await,
        Some((chain, key)) => {
            // A second installation is refused and changes nothing.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let config = RustlsConfig::from_pem_file(chain, key).await.map_err(ServeError::Certificate)?;
            // Who is offered HTTP 2 speaks it, and here it is not understood.
            let mut first = rustls::ServerConfig::clone(&config.get_inner());
            first.alpn_protocols = vec![b"http/1.1".to_vec()];
            config.reload_from_config(Arc::new(first));
            let acceptor = RustlsAcceptor::new(config).handshake_timeout(HEAD).acceptor(door);
            timed(server.acceptor(acceptor)).handle(handle).serve(service).await
        }
    }
    .map_err(failed)
}

/// A visitor that says half a sentence and waits is not waited for.
fn timed<A>(server: Server<SocketAddr, A>) -> Server<SocketAddr, A> {
    // Finding out whether it is HTTP 2 would wait without end.
    let mut server = server.http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(64);
    server
}

/// Drops old runs and notices, every minute.
async fn tidied(app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_mins(1)).await;
        app.limits.tidy();
        app.tidy_runs();
        app.linkages.tidy();
        app.previews.tidy();
        app.deliveries.tidy();
        app.uploads.tidy();
        app.told.tidy();
        app.verified.tidy();
    }
}
