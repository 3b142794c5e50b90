//! Listening: on this machine only unless certificates are given.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;

use crate::app::App;
use crate::routes::router;

/// Where to listen.
#[derive(Debug, Clone)]
pub struct Listen {
    /// Address and port; port 0 for a free one.
    pub address: SocketAddr,
    /// Certificate chain and key in PEM, for TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// Why it does not listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Other machines could listen in.
    #[error("{0} can be reached from other machines: give --tls-cert and --tls-key, or listen on 127.0.0.1")]
    Unencrypted(SocketAddr),
    /// The certificate or the key cannot be read.
    #[error("the certificate or its key cannot be used: {0}")]
    Certificate(std::io::Error),
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
}

/// How long requests may go on after the end was asked for.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `end` is done; `began` is told the address.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(
    app: Arc<App>,
    listen: &Listen,
    began: impl FnOnce(SocketAddr),
    end: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let address = listen.address;
    if !address.ip().is_loopback() && listen.tls.is_none() {
        return Err(ServeError::Unencrypted(address));
    }
    let failed = |e| ServeError::Listen(address, e);
    let listener = std::net::TcpListener::bind(address).map_err(failed)?;
    listener.set_nonblocking(true).map_err(failed)?;
    let local = listener.local_addr().map_err(failed)?;
    let handle = Handle::new();
    let (ending, watched) = (handle.clone(), Arc::clone(&app));
    tokio::spawn(async move {
        end.await;
        watched.jobs.cancel_all();
        watched.linkages.cancel_all();
        watched.previews.cancel_all();
        ending.graceful_shutdown(Some(GRACE));
    });
    let tidied = Arc::clone(&app);
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(Duration::from_mins(1)).await;
            tidied.limits.tidy();
            tidied.jobs.tidy();
            tidied.linkages.tidy();
            tidied.previews.tidy();
        }
    });
    let service = router(app).into_make_service_with_connect_info::<SocketAddr>();
    began(local);
    match &listen.tls {
        None => axum_server::from_tcp(listener).map_err(failed)?.handle(handle).serve(service).await,
        Some((chain, key)) => {
            // A second installation is refused and changes nothing.
            let _ = rustls::crypto::ring::default_provider().install_default();
            let config = RustlsConfig::from_pem_file(chain, key).await.map_err(ServeError::Certificate)?;
            axum_server::from_tcp_rustls(listener, config)
                .map_err(failed)?
                .handle(handle)
                .serve(service)
                .await
        }
    }
    .map_err(failed)
}
