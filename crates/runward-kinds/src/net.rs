//! Connections for looking at services: addresses, TCP, TLS, and what their failures mean.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

use runward_core::check::{Health, Observation};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Why a connection did not come about.
#[derive(Debug, thiserror::Error)]
pub enum NoConnection {
    /// The name has no address, or nobody could be asked for it.
    #[error("cannot resolve `{0}`: {1}")]
    Unresolved(String, String),
    /// The other side said no, or nothing at all.
    #[error("{0}")]
    Refused(String),
    /// This side could not even try.
    #[error("cannot connect from here: {0}")]
    Local(String),
    /// The certificate does not hold.
    #[error("{0}")]
    Tls(String),
}

impl NoConnection {
    /// What it says of the service: only the other side's failure is the service's.
    pub fn observation(&self) -> Observation {
        let health = match self {
            NoConnection::Unresolved(..) | NoConnection::Local(_) => Health::Unknown,
            NoConnection::Refused(_) | NoConnection::Tls(_) => Health::Critical,
        };
        Observation::new(health, self.to_string())
    }
}

/// Connects to the first address of a host that answers.
/// # Errors
/// [`NoConnection`], which tells our failures from the service's.
pub async fn connect(host: &str, port: u16) -> Result<TcpStream, NoConnection> {
    let addresses = resolve(host, port).await?;
    let mut last = NoConnection::Unresolved(host.to_owned(), "it has no address".into());
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            // Of several addresses the first that was refused says most: it is the one people mean.
            Err(_) if matches!(last, NoConnection::Refused(_)) => {}
            Err(e) if is_local(&e) => last = NoConnection::Local(e.to_string()),
            Err(e) => last = NoConnection::Refused(refusal(&e, address)),
        }
    }
    Err(last)
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, NoConnection> {
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    // RFC 6761: `localhost` is this host, whatever a resolver would say, and no reason to ask one.
    if host.eq_ignore_ascii_case("localhost") {
        return Ok(vec![
            SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
            SocketAddr::new(Ipv6Addr::LOCALHOST.into(), port),
        ]);
    }
    let found = tokio::net::lookup_host((host, port)).await;
    found.map(Iterator::collect).map_err(|e| NoConnection::Unresolved(host.to_owned(), e.to_string()))
}

/// Failures that lie on this side: no route, no ports, no file descriptors.
fn is_local(e: &io::Error) -> bool {
    use io::ErrorKind as K;
    let out_of = e.raw_os_error().is_some_and(|code| {
        code == rustix::io::Errno::MFILE.raw_os_error()
            || code == rustix::io::Errno::NFILE.raw_os_error()
            || code == rustix::io::Errno::NOBUFS.raw_os_error()
    });
    out_of
        || matches!(
            e.kind(),
            K::NetworkUnreachable | K::AddrNotAvailable | K::NetworkDown | K::PermissionDenied | K::Unsupported
        )
}

fn refusal(e: &io::Error, address: SocketAddr) -> String {
    match e.kind() {
        io::ErrorKind::ConnectionRefused => format!("connection refused by {address}"),
        io::ErrorKind::HostUnreachable => format!("host {} is unreachable", address.ip()),
        _ => format!("no connection to {address}: {e}"),
    }
}

/// Speaks TLS over a connection and checks the other side's certificate for `host`.
/// # Errors
/// Where the handshake fails or the certificate does not hold.
pub async fn secure(stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, NoConnection> {
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
        .map_err(|_| NoConnection::Tls(format!("`{host}` is no name for a certificate")))?;
    TlsConnector::from(tls()).connect(name, stream).await.map_err(|e| NoConnection::Tls(tls_failure(&e)))
}

fn tls_failure(e: &io::Error) -> String {
    let inner = e.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match inner {
        Some(rustls::Error::InvalidCertificate(why)) => format!("certificate does not hold: {why:?}"),
        Some(other) => format!("TLS failed: {other}"),
        None => format!("TLS failed: {e}"),
    }
}

/// The one TLS configuration: the system's roots and Mozilla's, so that a bare container still verifies.
pub fn tls() -> Arc<rustls::ClientConfig> {
    static CONFIG: OnceLock<Arc<rustls::ClientConfig>> = OnceLock::new();
    CONFIG
        .get_or_init(|| {
            let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            let native = rustls_native_certs::load_native_certs();
            roots.add_parsable_certificates(native.certs);
            let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
            let versions = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
            let builder =
                versions.unwrap_or_else(|e| unreachable!("the default versions suit the default provider: {e}"));
            Arc::new(builder.with_root_certificates(roots).with_no_client_auth())
        })
        .clone()
}
