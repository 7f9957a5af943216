//! Proof that whoever sits at a browser is still the one who signed in: before something is destroyed, and some minutes
//! after it was given, the password is asked for again. A browser that was left open destroys nothing.

use axum::http::StatusCode;
use runward_core::command::impact::Impact;
use runward_core::id::RunId;
use runward_core::run::{Changed, RunStep};
use secrecy::{ExposeSecret, SecretString};

use super::{Auth, Bearer, Known, NotIn, PROOF_LASTS};
use crate::engine::{Engine, clock};
use crate::web::App;
use crate::web::error::Problem;

impl App {
    /// Lets somebody approve a step, if they have proved lately who they are, or do so now. Only what destroys asks
    /// for it, and only a user at a browser who has a password can be asked.
    /// # Errors
    /// Where the password is missing or wrong; nothing is approved then.
    pub async fn proved(
        &self,
        bearer: &Bearer,
        run: RunId,
        step: usize,
        password: Option<SecretString>,
    ) -> Result<(), Problem> {
        let destroys = |step: &RunStep| {
            let now = match &step.changed {
                Some(Changed::Says(now)) => now.impact,
                _ => Impact::ReadOnly,
            };
            step.plan.impact.max(now) == Impact::Destructive
        };
        let asks = self.engine.read(|world| world.run(run).and_then(|r| r.steps.get(step)).is_some_and(destroys));
        if !asks || !self.auth.must_prove(bearer) {
            return Ok(());
        }
        let forbidden =
            |error: &str| Problem::new(StatusCode::FORBIDDEN, error, "give your password with the approval");
        let given = password.filter(|password| !password.expose_secret().is_empty());
        let Some(password) = given else {
            return Err(forbidden("this destroys something, and you signed in more than five minutes ago"));
        };
        self.auth.prove(&self.engine, bearer, password).await.map_err(|why| match why {
            NotIn::Wait(wait) => {
                Problem::new(StatusCode::TOO_MANY_REQUESTS, format!("too many tries: wait {wait}"), "")
            }
            NotIn::Busy => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many passwords are being looked at", "try again")
            }
            NotIn::Problem(problem) => problem,
            NotIn::Wrong | NotIn::Invalid(_) => forbidden("this is not your password"),
        })
    }
}

impl Auth {
    fn must_prove(&self, bearer: &Bearer) -> bool {
        let now = clock::now();
        bearer.is_session()
            && self.read(|known| {
                let has_one = known.person(bearer.name.as_str()).is_some_and(|person| !person.password.is_empty());
                let began = known.access.get(&bearer.hash).map(|access| access.created_at);
                let proved = known.proved.get(&bearer.hash).copied().max(began);
                has_one && proved.is_none_or(|at| at + PROOF_LASTS <= now)
            })
    }

    async fn prove(&self, engine: &Engine, bearer: &Bearer, password: SecretString) -> Result<(), NotIn> {
        self.knows_password(engine, bearer.name.as_str(), password, &bearer.address).await?;
        self.write(|known| {
            let Known { access, proved, .. } = known;
            proved.retain(|hash, _| access.contains_key(hash));
            proved.insert(bearer.hash.clone(), clock::now());
        });
        Ok(())
    }
}
