//! With what somebody came in who has something done: noted where the request is let in, read where an event is told.
//!
//! It travels with the task that answers the request and not from hand to hand, so that no handler can forget it.

use runward_core::id::Actor;

/// What a request came in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Through {
    /// Whose name that is.
    pub name: Actor,
    /// `session 3f9a01c2b4d5`, `token 99ab12cd34ef (ci)`.
    pub with: String,
}

impl std::fmt::Display for Through {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} by {}", self.name, self.with)
    }
}

tokio::task_local! {
    static THROUGH: Through;
}

/// Answers a request that came in through this.
pub async fn answering<F: Future>(through: Through, answer: F) -> F::Output {
    THROUGH.scope(through, answer).await
}

/// What the request came in through that is being answered; nothing where Runward acts by itself.
pub(super) fn current() -> Option<Through> {
    THROUGH.try_with(Clone::clone).ok()
}
