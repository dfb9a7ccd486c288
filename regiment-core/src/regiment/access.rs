//! Who may come in: API tokens, and the sessions of those who sign in at the dashboard.
//!
//! A secret is minted here and shown once; the store keeps its hash.

use std::fmt::{self, Write as _};

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Regiment, Result, context::random, entry};
use crate::{
    Id, Invalid, UserId,
    record::Actor,
    store::{ApiToken, Details, NewEntry, Presented, Role, SecretKind, Session, Tx},
};

/// How long a session's access is valid.
pub const ACCESS: SignedDuration = SignedDuration::from_hours(1);

/// How long a session lives that is not refreshed.
pub const REFRESH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a one-time link waits to be opened.
pub const LINK: SignedDuration = SignedDuration::from_hours(1);

/// The longest name of a token, in characters.
const LONGEST_NAME: usize = 64;

/// A secret, before it is handed over. Printing it in any form shows `[redacted]`.
#[derive(Clone, PartialEq, Eq)]
pub struct Minted {
    /// The secret itself.
    pub secret: String,
    /// When it ends; a token's never does by itself.
    pub expires_at: Option<Timestamp>,
}

/// Somebody who has been found to be who he says.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The person's Discord id; absent for a one-time link.
    pub user_id: Option<UserId>,
    /// What the person is called.
    pub name: String,
    /// What the person may do.
    pub role: Role,
}

/// A session, and the secrets that show it from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Shown with each call.
    pub access: Minted,
    /// Shown once, for the next pair.
    pub refresh: Minted,
}

/// Returns the text under which the store keeps a secret.
pub fn hash_of(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

impl Regiment {
    /// Makes an API token.
    ///
    /// # Errors
    /// [`super::Error::Invalid`] for a name that is empty or longer than 64 characters.
    pub async fn create_token(
        &self,
        role: Role,
        name: &str,
        by: &Actor,
    ) -> Result<(ApiToken, Minted)> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(vec![Invalid::new("display_name", name, "1 to 64 characters")].into());
        }
        let now = self.now();
        let token = ApiToken {
            id: Id::mint(now, random()),
            role,
            name: name.to_owned(),
            created_at: now,
            last_used_at: None,
            revoked_at: None,
        };
        let minted = mint("rgt", None);
        let mut tx = self.store().begin().await?;
        tx.save_token(&token, &hash_of(&minted.secret)).await?;
        let subject = format!("token {}", token.id);
        tx.append_audit(&[entry(by, "token_created", &subject)], now).await?;
        tx.commit().await?;
        Ok((token, minted))
    }

    /// Lists every API token, revoked ones too, oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>> {
        Ok(self.store().read().await?.tokens().await?)
    }

    /// Revokes an API token; returns whether there was one to revoke.
    ///
    /// # Errors
    /// The store's.
    pub async fn revoke_token(&self, id: Id<ApiToken>, by: &Actor) -> Result<bool> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let revoked = tx.revoke_token(id, now).await? > 0;
        if revoked {
            tx.append_audit(&[entry(by, "token_revoked", &format!("token {id}"))], now).await?;
        }
        tx.commit().await?;
        Ok(revoked)
    }

    /// Signs somebody in.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_in(&self, account: Account) -> Result<SignedIn> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        tx.forget_sessions(now).await?;
        let session = begin(&mut tx, account, REFRESH, now).await?;
        let signed_in = renew(&mut tx, session, now).await?;
        tx.append_audit(&[entry_of(&signed_in.session, "signed_in")], now).await?;
        tx.commit().await?;
        Ok(signed_in)
    }

    /// Makes a secret that signs in whoever shows it first, within the hour.
    ///
    /// # Errors
    /// The store's.
    pub async fn one_time_link(&self, account: Account) -> Result<Minted> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        let session = begin(&mut tx, account, LINK, now).await?;
        let minted = mint("rgl", Some(now + LINK));
        let hash = hash_of(&minted.secret);
        tx.save_session_secret(session.id, SecretKind::Link, &hash, now + LINK).await?;
        tx.commit().await?;
        Ok(minted)
    }

    /// Says what a secret of a session is worth.
    ///
    /// # Errors
    /// The store's.
    pub async fn presented(&self, kind: SecretKind, secret: &str) -> Result<Presented> {
        let mut tx = self.store().read().await?;
        Ok(tx.session_secret(kind, &hash_of(secret), self.now()).await?)
    }

    /// Takes a link or a refresh secret in payment for a new pair; the session has `role` from now on.
    ///
    /// `None` means that the secret is not worth anything. A refresh secret that comes a second time was
    /// copied by somebody, and nobody knows by whom: its session ends.
    ///
    /// # Errors
    /// The store's.
    pub async fn renew(
        &self,
        kind: SecretKind,
        secret: &str,
        role: Role,
    ) -> Result<Option<SignedIn>> {
        let now = self.now();
        let hash = hash_of(secret);
        let mut tx = self.store().begin().await?;
        let is_first = tx.spend_session_secret(kind, &hash, now).await? > 0;
        let renewed = match tx.session_secret(kind, &hash, now).await? {
            Presented::Spent(session) if is_first => {
                let renewed = renew(&mut tx, Session { role, ..session }, now).await?;
                if kind == SecretKind::Link {
                    tx.append_audit(&[entry_of(&renewed.session, "signed_in")], now).await?;
                }
                Some(renewed)
            }
            Presented::Spent(session) if kind == SecretKind::Refresh => {
                end(&mut tx, &session, "session_replayed", now).await?;
                None
            }
            Presented::Spent(_) | Presented::Valid(..) | Presented::Unknown => None,
        };
        tx.commit().await?;
        Ok(renewed)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The store's.
    pub async fn sign_out(&self, session: &Session) -> Result<()> {
        let now = self.now();
        let mut tx = self.store().begin().await?;
        end(&mut tx, session, "signed_out", now).await?;
        tx.commit().await?;
        Ok(())
    }
}

impl fmt::Debug for Minted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Minted([redacted])")
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("role", &self.role).finish_non_exhaustive()
    }
}

/// Stores a new session that lives for `length`.
async fn begin(
    tx: &mut Tx,
    account: Account,
    length: SignedDuration,
    now: Timestamp,
) -> Result<Session> {
    let Account { user_id, name, role } = account;
    let id = Id::mint(now, random());
    let session = Session { id, user_id, name, role, created_at: now, ends_at: now + length };
    tx.save_session(&session).await?;
    Ok(session)
}

/// Gives a session its next pair of secrets.
async fn renew(tx: &mut Tx, session: Session, now: Timestamp) -> Result<SignedIn> {
    let session = Session { ends_at: now + REFRESH, ..session };
    tx.save_session(&session).await?;
    let (access, refresh) = (mint("rga", Some(now + ACCESS)), mint("rgr", Some(now + REFRESH)));
    let hash = hash_of(&access.secret);
    tx.save_session_secret(session.id, SecretKind::Access, &hash, now + ACCESS).await?;
    let hash = hash_of(&refresh.secret);
    tx.save_session_secret(session.id, SecretKind::Refresh, &hash, now + REFRESH).await?;
    Ok(SignedIn { session, access, refresh })
}

async fn end(tx: &mut Tx, session: &Session, action: &str, now: Timestamp) -> Result<()> {
    if tx.revoke_session(session.id, now).await? > 0 {
        tx.append_audit(&[entry_of(session, action)], now).await?;
    }
    Ok(())
}

/// Writes an entry of the audit trail about somebody who is, or was, signed in.
fn entry_of(session: &Session, action: &str) -> NewEntry {
    let name = session.user_id.map_or_else(|| session.name.clone(), |id| id.to_string());
    NewEntry {
        actor: session.role.to_string(),
        action: action.to_owned(),
        subject: "practice".to_owned(),
        details: Some(Details { salt: random(), text: format!("by {name}") }),
    }
}

/// Mints a secret of 256 random bits; the prefix tells what was found where it should not be.
fn mint(prefix: &str, expires_at: Option<Timestamp>) -> Minted {
    let bytes: [u8; 32] = random();
    Minted { secret: format!("{prefix}_{}", hex(&bytes)), expires_at }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
