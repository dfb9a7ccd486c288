use regiment_core::record::{Board, Place, Ranking};
use regiment_core::testing::{date, user};
use regiment_proto::v1::{self, ListBoardsRequest, ListStreaksRequest};

use crate::practice::Practice;

#[tokio::test]
async fn boards_are_listed_newest_first_page_by_page() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    let board = |guild_id: &str, sunday: &str| Board {
        guild_id: guild_id.to_owned(),
        date: date(sunday),
        lists: vec![(
            Ranking::Streak,
            vec![Place { rank: 1, user_id: user("42"), alias: "Falcon".to_owned(), score: 9.0 }],
        )],
    };
    let mut tx = practice.regiment.store().begin().await.unwrap();
    for (guild_id, sunday) in
        [("g1", "2026-02-15"), ("g2", "2026-02-22"), ("g1", "2026-02-22"), ("g1", "2026-03-01")]
    {
        tx.save_board(&board(guild_id, sunday), practice.regiment.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let list = async |guild_id: &str| -> Vec<(String, String)> {
        let (mut listed, mut page_token) = (Vec::new(), String::new());
        loop {
            let guild_id = guild_id.to_owned();
            let asked = ListBoardsRequest { page_size: 1, page_token, guild_id };
            let page = practice.honors().list_boards(asked).await.unwrap().into_inner();
            assert!(page.boards.iter().all(|board| {
                let list = &board.lists[0];
                list.ranking() == v1::Ranking::Streak && list.places[0].client == "clients/42"
            }));
            listed.extend(page.boards.into_iter().map(|board| (board.guild_id, board.date)));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return listed;
            }
        }
    };
    let pair = |guild_id: &str, sunday: &str| (guild_id.to_owned(), sunday.to_owned());
    let newest_first = [
        pair("g1", "2026-03-01"),
        pair("g1", "2026-02-22"),
        pair("g2", "2026-02-22"),
        pair("g1", "2026-02-15"),
    ];
    assert_eq!(list("").await, newest_first);
    assert_eq!(list("g2").await, newest_first[2..3]);
}

#[tokio::test]
async fn the_longest_streak_comes_first() {
    let practice = Practice::open("2026-03-01T12:00:00Z").await;
    for user_id in ["1", "2", "3"] {
        practice.enlist(user_id).await;
    }
    let mut tx = practice.regiment.store().begin().await.unwrap();
    let standing = |user_id: &str, streak| {
        let clean = regiment_core::record::Standing::clean(user(user_id));
        regiment_core::record::Standing { streak, ..clean }
    };
    let now = practice.regiment.now();
    tx.save_standings(&[standing("2", 9), standing("3", 12)], now).await.unwrap();
    tx.commit().await.unwrap();
    let (mut listed, mut page_token) = (Vec::new(), String::new());
    loop {
        let asked = ListStreaksRequest { page_size: 1, page_token };
        let page = practice.honors().list_streaks(asked).await.unwrap().into_inner();
        listed.extend(page.streaks.into_iter().map(|streak| (streak.client, streak.days)));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let expected = [("clients/3", 12), ("clients/2", 9), ("clients/1", 0)];
    assert_eq!(listed, expected.map(|(client, days)| (client.to_owned(), days)));
}
