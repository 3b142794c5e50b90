//! Certificates: who vouches for them, and why one does not count.

use std::path::Path;
use std::sync::Arc;

use ijsberg_store::{CertificateFault, StoreError};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::address::Roots;

/// Connects over TLS to whom these roots vouch for, under the name that was asked for.
pub(crate) fn connector(roots: &Roots) -> Result<MakeRustlsConnect, StoreError> {
    let store = match roots {
        Roots::System => of_system(),
        Roots::File(path) => of_file(path).ok_or_else(|| path.display().to_string()),
    };
    let store = store.map_err(|path| StoreError::Roots { path })?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| StoreError::Roots { path: "TLS".to_owned() })?;
    let mut config = config.with_root_certificates(store).with_no_client_auth();
    // What a server asks for that expects TLS from the first byte.
    config.alpn_protocols = vec![b"postgresql".to_vec()];
    Ok(MakeRustlsConnect::new(config))
}

/// Whom the machine trusts; what it cannot read of them vouches for nobody.
fn of_system() -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if store.is_empty() { Err("system".to_owned()) } else { Ok(store) }
}

/// A file counts when everything in it does.
fn of_file(path: &Path) -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).ok()? {
        store.add(certificate.ok()?).ok()?;
    }
    (!store.is_empty()).then_some(store)
}

/// Why there is no connection over TLS, if that is why.
pub(crate) fn fault(error: &postgres::Error) -> Option<CertificateFault> {
    let mut cause = std::error::Error::source(error);
    while let Some(e) = cause {
        // What stands in an error of reading or writing is not among its causes.
        let inner = e.downcast_ref::<std::io::Error>().and_then(|io| io.get_ref());
        let found = e.downcast_ref().or_else(|| inner.and_then(|i| i.downcast_ref::<rustls::Error>()));
        if let Some(found) = found {
            return Some(certificate_fault(found));
        }
        // The driver has this in words only.
        if e.to_string() == "server does not support TLS" {
            return Some(CertificateFault::None);
        }
        cause = e.source();
    }
    None
}

fn certificate_fault(error: &rustls::Error) -> CertificateFault {
    use CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(why) => match why {
            C::UnknownIssuer | C::BadSignature => CertificateFault::Issuer,
            C::NotValidForName | C::NotValidForNameContext { .. } => CertificateFault::Name,
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. } => {
                CertificateFault::Time
            }
            _ => CertificateFault::Other,
        },
        _ => CertificateFault::Other,
    }
}
