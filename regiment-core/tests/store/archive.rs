//! What an archive needs beside the records of every day.

use regiment_core::{
    Id,
    import::{Origin, WeighIn},
    measure::BodyWeight,
    record::{ExcuseReason, ExcuseRequest, RequestState},
    testing::{date, user},
};

use crate::{clients::enlist, harness::at};

fn weigh_in(user_id: &str, day: &str, kg: f64) -> WeighIn {
    WeighIn {
        user_id: user(user_id),
        date: date(day),
        timestamp: at(5),
        weight: BodyWeight::weigh_in(kg).unwrap(),
        origin: Origin { source: "weights-csv:scale.csv".to_owned(), line: 2 },
    }
}

fn request(number: u8, state: RequestState) -> ExcuseRequest {
    ExcuseRequest {
        id: Id::mint(at(i64::from(number)), [number; 10]),
        user_id: user("7"),
        from: date("2026-01-06"),
        until: date("2026-01-08"),
        streams: Vec::new(),
        item: None,
        reason: ExcuseReason::Travel,
        state,
        asked_at: at(i64::from(number)),
        decided_by: None,
        decided_at: None,
    }
}

on_both! {
    async fn every_request_of_a_client_is_listed(database: &Database) {
        enlist(&database.store, &["7"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let requests = [request(1, RequestState::Refused), request(2, RequestState::Asked)];
        tx.save_requests(&requests).await.unwrap();
        assert_eq!(tx.requests_of(user("7")).await.unwrap(), requests);
        assert_eq!(tx.requests_of(user("8")).await.unwrap(), []);
        tx.commit().await.unwrap();
    }

    async fn a_weigh_in_replaces_the_one_of_its_date(database: &Database) {
        enlist(&database.store, &["7", "8"]).await;
        let mut tx = database.store.begin().await.unwrap();
        let first = [weigh_in("7", "2026-01-05", 83.4), weigh_in("8", "2026-01-05", 70.0)];
        tx.save_weigh_ins(&first).await.unwrap();
        let second = [weigh_in("7", "2026-01-05", 84.0), weigh_in("7", "2026-01-04", 83.0)];
        tx.save_weigh_ins(&second).await.unwrap();
        assert_eq!(tx.save_weigh_ins(&second).await.unwrap(), 0);
        let found = tx.weigh_ins([user("7"), user("8")]).await.unwrap();
        assert_eq!(found, [second[1].clone(), second[0].clone(), first[1].clone()]);
        tx.erase_client(user("7"), "s", "coach:1", at(9)).await.unwrap();
        assert_eq!(tx.weigh_ins([user("7")]).await.unwrap(), []);
        tx.commit().await.unwrap();
    }
}
