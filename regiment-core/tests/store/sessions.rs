//! Who is signed in, and what each secret of a session is worth.

use regiment_core::{
    Id,
    store::{Presented, Role, SecretKind, Session},
    testing::user,
};

use crate::harness::at;

fn session(number: u8) -> Session {
    Session {
        id: Id::mint(at(0), [number; 10]),
        user_id: Some(user("7")),
        name: "Ana".to_owned(),
        role: Role::Coach,
        created_at: at(0),
        ends_at: at(100),
    }
}

on_both! {
    async fn a_secret_opens_its_own_kind_until_it_expires(database: &Database) {
        let session = session(1);
        let mut tx = database.store.begin().await.unwrap();
        tx.save_session(&session).await.unwrap();
        tx.save_session_secret(session.id, SecretKind::Access, "a", at(10)).await.unwrap();
        let valid = Presented::Valid(session, at(10));
        assert_eq!(tx.session_secret(SecretKind::Access, "a", at(9)).await.unwrap(), valid);
        for (kind, hash, seconds) in [
            (SecretKind::Access, "a", 10),
            (SecretKind::Refresh, "a", 9),
            (SecretKind::Link, "a", 9),
            (SecretKind::Access, "b", 9),
        ] {
            let found = tx.session_secret(kind, hash, at(seconds)).await.unwrap();
            assert_eq!(found, Presented::Unknown, "{kind} {hash} {seconds}");
        }
    }

    async fn a_secret_is_spent_once_and_stays_known(database: &Database) {
        let session = session(1);
        let mut tx = database.store.begin().await.unwrap();
        tx.save_session(&session).await.unwrap();
        let kind = SecretKind::Refresh;
        tx.save_session_secret(session.id, kind, "r", at(10)).await.unwrap();
        assert_eq!(tx.spend_session_secret(SecretKind::Link, "r", at(1)).await.unwrap(), 0);
        assert_eq!(tx.spend_session_secret(kind, "r", at(1)).await.unwrap(), 1);
        assert_eq!(tx.spend_session_secret(kind, "r", at(2)).await.unwrap(), 0);
        let found = tx.session_secret(kind, "r", at(2)).await.unwrap();
        assert_eq!(found, Presented::Spent(session));
    }

    async fn a_revoked_session_opens_nothing(database: &Database) {
        let (one, other) = (session(1), session(2));
        let mut tx = database.store.begin().await.unwrap();
        for (session, hash) in [(&one, "a"), (&other, "b")] {
            tx.save_session(session).await.unwrap();
            tx.save_session_secret(session.id, SecretKind::Access, hash, at(10)).await.unwrap();
        }
        assert_eq!(tx.revoke_session(one.id, at(1)).await.unwrap(), 1);
        assert_eq!(tx.revoke_session(one.id, at(2)).await.unwrap(), 0);
        let access = SecretKind::Access;
        let found = tx.session_secret(access, "a", at(3)).await.unwrap();
        assert_eq!(found, Presented::Unknown);
        let found = tx.session_secret(access, "b", at(3)).await.unwrap();
        assert_eq!(found, Presented::Valid(other, at(10)));
    }

    async fn a_session_that_has_ended_is_forgotten_with_its_secrets(database: &Database) {
        let mut tx = database.store.begin().await.unwrap();
        let kept = Session { role: Role::Viewer, ends_at: at(200), ..session(1) };
        tx.save_session(&session(1)).await.unwrap();
        tx.save_session(&kept).await.unwrap();
        tx.save_session(&session(2)).await.unwrap();
        tx.save_session_secret(kept.id, SecretKind::Access, "a", at(300)).await.unwrap();
        tx.save_session_secret(session(2).id, SecretKind::Access, "b", at(300)).await.unwrap();
        assert_eq!(tx.forget_sessions(at(99)).await.unwrap(), 0);
        assert_eq!(tx.forget_sessions(at(100)).await.unwrap(), 1);
        let found = tx.session_secret(SecretKind::Access, "a", at(101)).await.unwrap();
        assert_eq!(found, Presented::Valid(kept, at(300)));
        let found = tx.session_secret(SecretKind::Access, "b", at(101)).await.unwrap();
        assert_eq!(found, Presented::Unknown);
    }
}
