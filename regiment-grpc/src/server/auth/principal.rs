//! Who calls, and what he may.

use std::fmt;

use jiff::Timestamp;
use regiment_core::UserId;
use regiment_core::record::Actor;
use regiment_core::store::Role;
use regiment_proto::v1::Permission;
use tonic::{Request, Status};

use crate::status;

/// Who calls: in the extensions of every request that the guard has let through, but for public methods.
#[derive(Clone, PartialEq, Eq)]
pub struct Principal {
    /// The account or the token, as the audit trail names it.
    pub name: String,
    /// What the account or the token is called.
    pub display_name: String,
    /// What the account or the token may do.
    pub role: Role,
    /// For whom the bot makes this call.
    pub acting_for: Option<Person>,
    /// When a session's access ends.
    pub expires_at: Option<Timestamp>,
}

/// A person whom the bot names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// The person's Discord id, which is a client's id too.
    pub user_id: UserId,
    /// What the person is beside a client.
    pub rank: Rank,
}

/// What a person is in the practice's guild.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// A client, or about to be one.
    Client,
    /// A coach, by one of the configured roles.
    Coach,
}

impl Principal {
    /// Returns who makes a call.
    ///
    /// # Errors
    /// UNAUTHENTICATED, where the method is public and nobody is signed in.
    pub fn of<T>(request: &Request<T>) -> Result<Self, Status> {
        let found = request.extensions().get::<Self>().cloned();
        found.ok_or_else(|| status::unauthenticated("sign in, or show a token"))
    }

    /// Returns whether the caller may call methods of a permission.
    pub fn may(&self, permission: Permission) -> bool {
        let is_staff = self.as_staff().is_some();
        let acts_for_somebody = self.role == Role::Bot && self.acting_for.is_some();
        match permission {
            Permission::Unspecified => false,
            Permission::Public | Permission::SignedIn => true,
            Permission::Read => is_staff || self.role == Role::Viewer,
            Permission::SelfOrRead => is_staff || self.role == Role::Viewer || acts_for_somebody,
            Permission::Coach => is_staff,
            Permission::Log => is_staff || acts_for_somebody,
            Permission::Admin => self.role == Role::Admin,
            Permission::SelfOrAdmin => self.role == Role::Admin || acts_for_somebody,
            Permission::Self_ => acts_for_somebody,
            Permission::Bot => self.role == Role::Bot,
        }
    }

    /// Returns the coach or admin who answers for what the call does.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, where the caller is neither.
    pub fn staff(&self) -> Result<Actor, Status> {
        self.as_staff().ok_or_else(|| status::permission_denied("that is for coaches and admins"))
    }

    /// Returns who answers for a change that a client may make for himself, and staff for anybody.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, where the caller is somebody else.
    pub fn himself_or_staff(&self, client: UserId) -> Result<Actor, Status> {
        if self.is_himself(client) { Ok(Actor::Client(client)) } else { self.staff_or_not_yours() }
    }

    /// Lets a person through for himself, and nobody else.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, where the caller is somebody else.
    pub fn check_himself(&self, client: UserId) -> Result<(), Status> {
        if self.is_himself(client) { Ok(()) } else { Err(not_yours()) }
    }

    /// Lets those through who may read about a client: himself, viewers and staff.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, where the caller is somebody else.
    pub fn check_reads(&self, client: UserId) -> Result<(), Status> {
        if self.is_himself(client) || self.may(Permission::Read) {
            Ok(())
        } else {
            Err(not_yours())
        }
    }

    /// Returns whose allowance a call takes from, and under whose name its `request_id` is remembered: the person's
    /// for whom the bot calls.
    pub fn scope(&self) -> String {
        self.acting_for.map_or_else(|| self.name.clone(), |person| person.user_id.to_string())
    }

    fn is_himself(&self, client: UserId) -> bool {
        self.acting_for.is_some_and(|person| person.user_id == client)
    }

    fn staff_or_not_yours(&self) -> Result<Actor, Status> {
        self.as_staff().ok_or_else(not_yours)
    }

    fn as_staff(&self) -> Option<Actor> {
        match (self.role, self.acting_for) {
            (Role::Admin, _) => Some(Actor::Admin(self.name.clone())),
            (Role::Coach, _) => Some(Actor::Coach(self.name.clone())),
            (Role::Bot, Some(Person { user_id, rank: Rank::Coach })) => {
                Some(Actor::Coach(user_id.to_string()))
            }
            (Role::Bot | Role::Viewer, _) => None,
        }
    }
}

/// Names the role alone: an account leads to a person.
impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principal").field("role", &self.role).finish_non_exhaustive()
    }
}

fn not_yours() -> Status {
    status::permission_denied("that is another client's")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: &str) -> UserId {
        id.parse().unwrap()
    }

    fn principal(role: Role, acting_for: Option<(&str, Rank)>) -> Principal {
        let acting_for = acting_for.map(|(id, rank)| Person { user_id: user(id), rank });
        let (name, display_name) = ("n".to_owned(), "N".to_owned());
        Principal { name, display_name, role, acting_for, expires_at: None }
    }

    #[test]
    fn each_permission_is_granted_as_the_domain_says() {
        let callers = [
            principal(Role::Viewer, None),
            principal(Role::Coach, None),
            principal(Role::Admin, None),
            principal(Role::Bot, None),
            principal(Role::Bot, Some(("42", Rank::Client))),
            principal(Role::Bot, Some(("42", Rank::Coach))),
        ];
        let check = |permission, expected: [u8; 6]| {
            let found = callers.each_ref().map(|caller| u8::from(caller.may(permission)));
            assert_eq!(found, expected, "{permission:?}");
        };
        check(Permission::Unspecified, [0, 0, 0, 0, 0, 0]);
        check(Permission::Public, [1, 1, 1, 1, 1, 1]);
        check(Permission::SignedIn, [1, 1, 1, 1, 1, 1]);
        check(Permission::Read, [1, 1, 1, 0, 0, 1]);
        check(Permission::SelfOrRead, [1, 1, 1, 0, 1, 1]);
        check(Permission::Coach, [0, 1, 1, 0, 0, 1]);
        check(Permission::Log, [0, 1, 1, 0, 1, 1]);
        check(Permission::Admin, [0, 0, 1, 0, 0, 0]);
        check(Permission::SelfOrAdmin, [0, 0, 1, 0, 1, 1]);
        check(Permission::Self_, [0, 0, 0, 0, 1, 1]);
        check(Permission::Bot, [0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn a_client_answers_for_himself_and_for_nobody_else() {
        let client = principal(Role::Bot, Some(("42", Rank::Client)));
        assert_eq!(client.himself_or_staff(user("42")).unwrap(), Actor::Client(user("42")));
        client.himself_or_staff(user("43")).unwrap_err();
        client.staff().unwrap_err();
        client.check_reads(user("42")).unwrap();
        client.check_reads(user("43")).unwrap_err();
        client.check_himself(user("42")).unwrap();
        client.check_himself(user("43")).unwrap_err();
    }

    #[test]
    fn a_coach_through_the_bot_answers_under_his_own_id() {
        let coach = principal(Role::Bot, Some(("7", Rank::Coach)));
        let by = Actor::Coach("7".to_owned());
        assert_eq!(coach.himself_or_staff(user("42")).unwrap(), by);
        assert_eq!(coach.staff().unwrap(), by);
        assert_eq!(coach.himself_or_staff(user("7")).unwrap(), Actor::Client(user("7")));
        coach.check_reads(user("42")).unwrap();
        coach.check_himself(user("42")).unwrap_err();
    }

    #[test]
    fn staff_answers_under_the_name_of_its_account() {
        let admin = principal(Role::Admin, None);
        assert_eq!(admin.staff().unwrap(), Actor::Admin("n".to_owned()));
        principal(Role::Viewer, None).staff().unwrap_err();
        principal(Role::Viewer, None).check_reads(user("42")).unwrap();
    }

    #[test]
    fn the_name_of_a_principal_is_not_printed() {
        let named =
            Principal { name: "80351110224678912".to_owned(), ..principal(Role::Coach, None) };
        assert!(!format!("{named:?}").contains("8035"), "{named:?}");
    }
}
