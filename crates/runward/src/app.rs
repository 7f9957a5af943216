//! Where the parts are joined: configuration, database, engine, watcher, outbox, web.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use anyhow::Context;
use runward_core::event::Event;
use runward_core::notice::Delivery;
use runward_core::run::catalogue;
use runward_core::world::World;
use runward_kinds::exec::runner::{Carrier, Client};
use runward_kinds::exec::{Jobs, Settings, Transcripts};
use runward_kinds::send::Sender;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::config::{self, Loaded, env};
use crate::engine::{Engine, Outbox, Tools, Watcher};
use crate::reload::{Fixed, Reloader};
use crate::store::{Kept, NoStore, Store};
use crate::web::auth::{Auth, Hosts};
use crate::web::inbox::Inbox;
use crate::web::{self, App, InForce};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum NotStarted {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {why}\n  help: {help}")]
    Address {
        /// The address.
        address: String,
        /// Why not.
        why: String,
        /// What to do.
        help: &'static str,
    },
    /// The address could never be listened on, or must not be.
    #[error("cannot listen on {address}: {why}\n  help: {help}")]
    Unsuitable {
        /// The address.
        address: String,
        /// Why not.
        why: String,
        /// What to do.
        help: &'static str,
    },
    /// The database cannot be used.
    #[error("{0}\n  help: {help}", help = store_help(.0))]
    Store(#[from] NoStore),
    /// Something else.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

fn store_help(why: &NoStore) -> &'static str {
    match why {
        NoStore::InUse(_) => "use that one, stop it, or give this one another folder under `data`",
        NoStore::NotWritable(..) => "give a folder this user may write to under `data` in runward.toml",
        NoStore::TooOld(_) => "build Runward as it is published: it brings its own SQLite",
        NoStore::Newer(..) => "use the newer version, or another data folder",
        NoStore::Broken(..) => "move the folder away and restore its last good copy; nothing in it was changed",
    }
}

/// What a server is started with besides its configuration.
#[derive(Default)]
pub struct Options {
    /// Another address to listen on.
    pub listen: Option<String>,
    /// Whether checks run only when a step asks for them.
    pub only_on_demand: bool,
    /// The demo's receiver of pages.
    pub inbox: Option<Arc<Inbox>>,
}

/// A server that runs.
pub struct Running {
    /// What handlers work with.
    pub app: App,
    /// Where it listens.
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    web: JoinHandle<()>,
    engine: JoinHandle<()>,
}

impl Running {
    /// The address of the page.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops taking requests, makes everything durable, and ends.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        let _ = self.web.await;
        self.app.engine.stop().await;
        let _ = self.engine.await;
    }
}

/// The file in the data folder that lets command line tools in.
pub fn token_file(data: &Path) -> PathBuf {
    data.join("admin-token")
}

/// The file in the data folder that tells command line tools where the server listens.
pub fn address_file(data: &Path) -> PathBuf {
    data.join("address")
}

/// Starts a server.
/// # Errors
/// [`NotStarted`], which says what is in the way; nothing has changed then.
pub async fn start(loaded: Loaded, options: Options) -> Result<Running, NotStarted> {
    let listen = options.listen.clone().unwrap_or_else(|| loaded.source.config.listen.clone());
    let listener = bind(&listen, loaded.source.config.public_url.as_deref()).await?;
    let address = listener.local_addr().context("ask for the address")?;
    let data = loaded.source.resolve(&loaded.source.config.data);
    let (store, reader, Kept { saved, outbox, access, people, id }) = Store::open(&data).await?;
    if let Ok(()) = config::refuse_broken(&loaded.runbook) {
        config::keep(&loaded, &data).context("keep the runbook for the next start")?;
    }
    let folder = data.join("jobs").join(id);
    let jobs = jobs(&loaded, &folder)?;
    let mut setup = loaded.setup.clone();
    if loaded.source.config.public_url.is_none() {
        setup.public_url = Some(format!("http://{address}"));
    }
    let mut left_over = outbox;
    left_over.extend(forgotten(&saved, &left_over));
    let idle = Engine::idle(World::restore(setup, saved), store, reader);
    let engine = idle.engine();
    engine.vitals.runs_as_one_user(loaded.source.config.run.runner.is_none());
    let watcher = Watcher::start(engine.clone());
    let tools = Tools {
        jobs,
        sender: Sender::new().context("build the HTTP client")?,
        watcher: watcher.clone(),
        channels: loaded.channels.clone(),
        reviews: loaded.source.resolve(&loaded.source.config.reviews),
        review_template: loaded.review_template.clone(),
    };
    let carrier = Outbox::new(engine.clone(), tools);
    let running = tokio::spawn(idle.run(carrier.clone()));
    tokio::spawn(carrier.clone().prune());
    engine.tell(Event::Started { version: env!("CARGO_PKG_VERSION").into() }).await.context("write to the database")?;
    for effect in left_over {
        carrier.resume(effect);
    }
    watcher.replace(loaded.checks.clone(), !options.only_on_demand);
    let auth = Arc::new(Auth::new(people, access));
    // A token that was thrown away, or is of another database, is made anew; the one that was lost lets nobody in any more.
    if !std::fs::read_to_string(token_file(&data)).is_ok_and(|text| auth.is_file_token(&text)) {
        first_token(&auth, &engine, &data).await?;
    }
    std::fs::write(address_file(&data), format!("http://{address}\n")).context("write the address down")?;
    let (reload, reloads) = mpsc::channel(4);
    let transcripts = Transcripts::new(folder.clone());
    let fixed = Fixed::of(&loaded, format!("http://{address}"), folder);
    let config = &loaded.source.config;
    let app = App {
        engine,
        auth,
        hosts: Arc::new(Hosts::new(&address.to_string(), config.public_url.as_deref())),
        in_force: Arc::new(RwLock::new(Arc::new(InForce::new(loaded.runbook, &config.runbooks, loaded.texts)))),
        warnings: Arc::new(RwLock::new(loaded.warnings)),
        reload,
        transcripts,
        inbox: options.inbox,
    };
    tokio::spawn(
        Reloader { path: loaded.source.path.clone(), app: app.clone(), watcher, outbox: carrier, fixed }.run(reloads),
    );
    let (stop, stopped) = oneshot::channel();
    let web = tokio::spawn(web::serve(listener, app.clone(), async {
        let _ = stopped.await;
    }));
    Ok(Running { app, address, stop, web, engine: running })
}

async fn bind(listen: &str, public_url: Option<&str>) -> Result<TcpListener, NotStarted> {
    let address = || listen.to_owned();
    let listener = TcpListener::bind(listen).await.map_err(|e| match e.kind() {
        std::io::ErrorKind::AddrInUse => NotStarted::Address {
            address: address(),
            why: "something else listens there already".into(),
            help: "stop it, or choose another address with `listen` or --listen",
        },
        std::io::ErrorKind::InvalidInput => NotStarted::Unsuitable {
            address: address(),
            why: e.to_string(),
            help: "`listen` is an address and a port, such as 127.0.0.1:7700",
        },
        _ => NotStarted::Address {
            address: address(),
            why: e.to_string(),
            help: "choose an address of this machine, such as 127.0.0.1:7700",
        },
    })?;
    let local = listener.local_addr().is_ok_and(|a| a.ip().is_loopback());
    // Everything here can run commands: beyond this machine it must not be spoken to in clear.
    if !local && !public_url.is_some_and(|url| url.starts_with("https://")) {
        return Err(NotStarted::Unsuitable {
            address: address(),
            why: "it can be reached from other machines".into(),
            help: "put a proxy with TLS before it and set `public_url` to its https:// address, or listen on 127.0.0.1",
        });
    }
    Ok(listener)
}

/// What commands are run with.
/// # Errors
/// Where the folder for their output cannot be made.
pub fn jobs(loaded: &Loaded, folder: &Path) -> anyhow::Result<Carrier> {
    let run = &loaded.source.config.run;
    let directory =
        std::path::absolute(loaded.source.resolve(&run.directory)).context("find the folder commands start in")?;
    let settings = Settings {
        folder: std::path::absolute(folder).context("find the data folder")?,
        supervisor: env::this_program().context("find this program")?,
        directory,
        env: env::for_commands(&run.env, loaded.command_path.as_deref()),
        secrets: run.env.clone(),
        connections: std::path::absolute(loaded.source.resolve(&loaded.source.config.data))
            .context("find the data folder")?
            .join("ssh"),
    };
    let database = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let runner = run.runner.as_ref().map(|socket| {
        // The user is the catalogue's business: the server cannot choose one, and no hash holds one.
        Client::new(&loaded.source.resolve(socket), &database, catalogue::entries(&loaded.setup, 0))
    });
    Ok(Carrier::new(Jobs::open(settings).context("make the folder for command output")?, runner))
}

/// Notices that were being sent while the database took no writes: the outbox does not know them.
fn forgotten(
    saved: &runward_core::world::Saved,
    outbox: &[runward_core::effect::Effect],
) -> Vec<runward_core::effect::Effect> {
    use runward_core::effect::Effect;
    let known: Vec<String> = outbox.iter().filter_map(Effect::key).collect();
    let sending = saved.notices.iter().filter(|n| matches!(n.delivery, Delivery::Sending { .. }));
    sending.filter(|n| !known.contains(&Effect::send_key(&n.key))).map(|n| Effect::Send(Box::new(n.clone()))).collect()
}

/// Makes the first token and leaves it where only this user can read it.
async fn first_token(auth: &Auth, engine: &Engine, data: &Path) -> anyhow::Result<()> {
    let token = Auth::fresh_token();
    // The file comes first: a token that is known to the database and to nobody else would let nobody in, ever.
    write_token(&token_file(data), &token).with_context(|| format!("write {}", token_file(data).display()))?;
    auth.replace_file_token(engine, &token).await.context("keep the first token")?;
    Ok(())
}

fn write_token(path: &Path, token: &str) -> std::io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    // Made anew: what lay there may have been readable for others, or a link to something else.
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = std::fs::File::options().create_new(true).write(true).mode(0o600).open(path)?;
    writeln!(file, "{token}")?;
    file.sync_all()
}
