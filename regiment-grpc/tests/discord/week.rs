//! A client's whole week on Discord, from Enlist to Sunday's card, and what his coach sees and does meanwhile.

use regiment_core::testing::user;
use regiment_proto::v1;
use regiment_proto::v1::client_service_client::ClientServiceClient;
use tonic::Request;
use tonic::transport::Channel;

use crate::company::Company;
use crate::process::TOKEN;
use crate::stand_in::components::Control;
use crate::stand_in::person::{Person, Reply, Seen};
use crate::stand_in::world::{Place, Timings};

/// The Saturday on which he enlists.
const SATURDAY: &str = "2026-02-28T10:00:00Z";

impl Company {
    /// Finalizes and activates a client, as the coach does on the dashboard.
    async fn activate(&self, person: &Person) {
        let address = self.server.url.clone();
        let channel = Channel::from_shared(address).expect("an address").connect().await;
        let mut clients = ClientServiceClient::new(channel.expect("the server answers"));
        let name = format!("clients/{}", person.id);
        let client = v1::Client {
            name: name.clone(),
            meal_template_id: "template_b".to_owned(),
            training_template_id: "steel_block_a".to_owned(),
            macros: Some(v1::Macros { protein: 180, carbs: 200, fats: 60 }),
            cardio_minutes: Some(30),
            start_date: "2026-03-02".to_owned(),
            ..v1::Client::default()
        };
        let asked = v1::UpdateClientRequest { client: Some(client), ..Default::default() };
        clients.update_client(signed(asked)).await.expect("the profile is finalized");
        let asked = v1::ActivateClientRequest { name, ..Default::default() };
        clients.activate_client(signed(asked)).await.expect("the client is activated");
    }
}

fn signed<T>(asked: T) -> Request<T> {
    let mut request = Request::new(asked);
    let token = format!("Bearer {TOKEN}").parse().expect("ASCII");
    request.metadata_mut().insert("authorization", token);
    request
}

/// Enlists, as somebody does who makes a mistake on the way.
async fn enlists(anna: &Person, post: &Seen) {
    let form = anna.press(post, "Enlist").await.expect("it is offered").form();
    let half =
        anna.submit(&form, &[("Name", "Anna"), ("Age", "34")]).await.expect("it is offered").note();
    let form = anna.press(&half, "Continue").await.expect("it is offered").form();
    let typed = [("Height", "18"), ("Weight", "82,5"), ("Time zone", "london")];
    let wrong = anna.submit(&form, &typed).await.expect("it is offered").changed();
    let form = anna.press(&wrong, "Fix").await.expect("it is offered").form();
    let goal = anna.submit(&form, &[("Height", "180")]).await.expect("it is offered").changed();
    let done =
        anna.choose(&goal, "Goal", &["Cut: lose weight"]).await.expect("it is offered").changed();
    assert!(done.content.contains("Enlisted."), "{}", done.content);
}

/// Reports in.
async fn reports(anna: &Person, weight: &str, mood: &str) {
    let order = anna.reads("Check-in").await;
    let mut report = anna.press(&order, "Report in").await.expect("it is offered").note();
    assert!(!report.rows.is_empty(), "{report:?}");
    for (menu, choice) in
        [("Mood", mood), ("Soreness", "Low"), ("Stress", "Low"), ("Sleep", "8 hours")]
    {
        report = anna.choose(&report, menu, &[choice]).await.expect("it is offered").changed();
    }
    let form = anna.press(&report, "Weight and notes").await.expect("it is offered").form();
    let filed = anna.submit(&form, &[("Weight", weight)]).await.expect("it is offered").changed();
    assert!(filed.content.contains("Reported"), "{}", filed.content);
}

/// Eats what is ordered, and walks for so many minutes.
async fn eats(anna: &Person, minutes: &str) {
    let order = anna.reads("Fuel and cardio").await;
    let meals = order.rows.iter().flatten().filter_map(|control| match control {
        Control::Button { label, .. } if label.contains("✅") => Some(label.clone()),
        Control::Button { .. } | Control::Link { .. } | Control::Menu { .. } => None,
    });
    for meal in meals {
        anna.press(&order, &meal).await.expect("it is offered").changed();
    }
    let form = anna.press(&order, "Log cardio").await.expect("it is offered").form();
    anna.submit(&form, &[("Minutes", minutes)]).await.expect("it is offered").changed();
}

/// Lifts everything that is ordered.
async fn lifts(anna: &Person, weight: &str) {
    let order = anna.reads("Log the top set").await;
    let logs = order.rows.iter().flatten().filter_map(|control| match control {
        Control::Button { label, .. } if label.starts_with("Log ") => Some(label.clone()),
        Control::Button { .. } | Control::Link { .. } | Control::Menu { .. } => None,
    });
    let logs: Vec<String> = logs.collect();
    assert!(!logs.is_empty(), "{order:?}");
    for log in logs {
        let form = anna.press(&order, &log).await.expect("it is offered").form();
        anna.submit(&form, &[("Weight", weight), ("Reps", "5")])
            .await
            .expect("it is offered")
            .changed();
    }
}

#[tokio::test]
async fn a_week_from_enlisting_to_the_card_of_sunday() {
    let mut company = Company::without_bot(SATURDAY, Timings::default()).await;
    company.start_bot(&[]).await;
    let registered = |world: &mut crate::stand_in::world::World| {
        (!world.guild_commands.is_empty()).then_some(())
    };
    company.discord.until("the commands are registered", registered).await;
    let (anna, coach) = (company.discord.member("Anna"), company.discord.coach("Coach"));
    let public = company.discord.public();
    coach.slash_in(public, "/post_enlist", &[]).await.unwrap();
    let post = anna.reads_in(public, "Enlist").await;
    enlists(&anna, &post).await;
    company.activate(&anna).await;
    company.sent().await;
    company.live_until("2026-03-02T05:30:00Z").await;

    // Monday and Tuesday go as ordered.
    for (day, weight) in [("02", "82,5"), ("03", "82.3 kg")] {
        company.live_until(&format!("2026-03-{day}T05:30:00Z")).await;
        reports(&anna, weight, "Good").await;
        company.live_until(&format!("2026-03-{day}T06:00:00Z")).await;
        eats(&anna, "30").await;
        company.live_until(&format!("2026-03-{day}T07:00:00Z")).await;
        if day == "02" {
            lifts(&anna, "60").await;
        }
        company.sent().await;
    }
    anna.slash("/today", &[]).await.unwrap().note();

    // On Wednesday he corrects himself, types nonsense, and asks to be excused from the workout.
    company.live_until("2026-03-04T06:00:00Z").await;
    reports(&anna, "82.4", "Fair").await;
    let order = anna.reads("Fuel and cardio").await;
    anna.press(&order, "✅ Meal 1").await.unwrap().changed();
    anna.press(&order, "❌ Meal 1").await.unwrap().changed();
    anna.press(&order, "✅ Meal 2").await.unwrap().changed();
    let form = anna.press(&order, "Log cardio").await.unwrap().form();
    let wrong = anna.submit(&form, &[("Minutes", "half an hour")]).await.unwrap().note();
    let form = anna.press(&wrong, "Fix").await.unwrap().form();
    anna.submit(&form, &[("Minutes", "20")]).await.unwrap();
    company.live_until("2026-03-04T07:00:00Z").await;
    let order = anna.reads("Log the top set").await;
    anna.press(&order, "Ask to be excused").await.unwrap().note();
    company.live_until("2026-03-04T12:30:00Z").await;
    let asks = coach.slash_in(company.discord.coaches(), "/excuse", &[]).await.unwrap().note();
    coach.press(&asks, "Grant").await.unwrap();
    company.sent().await;
    company.live_until("2026-03-04T22:05:00Z").await;

    // On Thursday the commands do what the buttons do.
    company.live_until("2026-03-05T06:30:00Z").await;
    let meals = anna.completes("/log meal", "meal", "").await.unwrap();
    let typed = [("meal", meals[0].as_str()), ("outcome", "Done")];
    anna.slash("/log meal", &typed).await.unwrap().note();
    anna.slash("/log cardio", &[("minutes", "35")]).await.unwrap().note();
    let settings = anna.slash("/settings", &[]).await.unwrap().note();
    let form = anna.press(&settings, "Change alias").await.unwrap().form();
    anna.submit(&form, &[("Alias", "Iron Anna")]).await.unwrap();

    // Friday asks for the coming plan, Saturday says what to buy.
    company.live_until("2026-03-06T09:00:00Z").await;
    let prompt = anna.reads("Protocol selection").await;
    anna.press(&prompt, "Shred Recon").await.unwrap().changed();
    company.live_until("2026-03-07T06:00:00Z").await;
    anna.reads("Rearming order").await;
    let chart = anna.slash("/progress", &[]).await.unwrap().note();
    assert!(chart.files[0].bytes.starts_with(b"\x89PNG"), "{chart:?}");

    // On Sunday the week is reckoned up.
    company.live_until("2026-03-08T22:30:00Z").await;
    let coaches = company.discord.coaches();
    let summary = coach.reads_in(coaches, "Clients scanned: 1").await;
    let client = user(&anna.id.to_string());
    assert_eq!(company.regiment.open_cards(10).await.unwrap()[0].user_id, client);
    let ask = coach.press(&summary, "Resolve 1").await.unwrap().note();
    let form = coach.choose(&ask, "", &["Callout: a private message"]).await;
    let form = form.unwrap().form();
    coach.submit(&form, &[("Message", "Three days without a word. Call me today.")]).await.unwrap();
    company.sent().await;
    let who = anna.id.to_string();
    coach.slash_in(coaches, "/status", &[("client", &who)]).await.unwrap().note();
    let pause = [("client", who.as_str()), ("reason", "travel"), ("until", "2026-03-12")];
    coach.slash_in(coaches, "/pause", &pause).await.unwrap().note();
    anna.slash("/today", &[]).await.unwrap().note();
    company.sent().await;

    insta::assert_snapshot!("the_client", anna.story());
    insta::assert_snapshot!("the_coach", coach.story());
    company.assert_clean();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_doctor_finds_what_is_in_order_and_what_is_not() {
    let company = Company::without_bot(SATURDAY, Timings::default()).await;
    let told = |arguments: &[&str]| {
        let output = company.run(arguments, &[]);
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).expect("UTF-8"))
    };
    assert_eq!(told(&["register"]).0, Some(0));
    let (code, said) = told(&["doctor", "--live"]);
    assert_eq!(code, Some(0), "{said}");
    let lines = ["live            good", "nonce           good", "look-up         good"];
    assert!(lines.iter().all(|line| said.contains(line)), "{said}");
    company.discord.with(|world| world.is_invited = false);
    let (code, said) = told(&["doctor"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("is the bot invited?"), "{said}");
    company.assert_clean();
}

#[tokio::test]
async fn a_coachs_command_is_refused_to_everybody_else() {
    let company = Company::muster(SATURDAY).await;
    let registered = |world: &mut crate::stand_in::world::World| {
        (!world.guild_commands.is_empty()).then_some(())
    };
    company.discord.until("the commands are registered", registered).await;
    let (anna, coach) = (company.soldier("Anna").await, company.discord.coach("Coach"));
    let public = company.discord.public();
    let who = anna.id.to_string();
    let pause = [("client", who.as_str()), ("reason", "none")];
    assert!(anna.slash_in(public, "/pause", &pause).await.is_err(), "Discord does not offer it");
    assert!(coach.slash("/pause", &pause).await.is_err(), "nor in a direct message");

    // The owner of the guild may have shown it to everybody.
    let recruits = company.discord.with(|world| {
        let role = world.snowflake();
        world.roles.insert(role, "Recruit".to_owned());
        world.granted.insert(role);
        role
    });
    anna.bears(recruits, true);
    let said = anna.slash_in(public, "/pause", &pause).await.unwrap().note();
    assert!(said.is_for_one && said.content.contains("coaches"), "{}", said.content);

    // A role that was taken a second ago is gone: each interaction bears the roles of its moment.
    let helper = company.discord.coach("Helper");
    helper.bears(recruits, true);
    helper.bears(company.discord.coach_role(), false);
    let said = helper.slash_in(public, "/pause", &pause).await.unwrap().note();
    assert!(said.content.contains("coaches"), "{}", said.content);
    let paused = async || {
        let client = company.regiment.client(user(&who)).await.unwrap().unwrap();
        client.paused
    };
    assert!(!paused().await);
    coach.slash_in(public, "/pause", &pause).await.unwrap().note();
    assert!(paused().await);
    company.assert_clean();
}

#[tokio::test]
async fn without_a_coachs_role_nobody_is_a_coach() {
    let mut company = Company::without_bot(SATURDAY, Timings::default()).await;
    company.start_bot(&[("DISCORD_COACH_ROLE_IDS", "")]).await;
    let registered = |world: &mut crate::stand_in::world::World| {
        (!world.guild_commands.is_empty()).then_some(())
    };
    company.discord.until("the commands are registered", registered).await;
    let coach = company.discord.coach("Coach");
    let said = coach.slash_in(company.discord.coaches(), "/status", &[]).await.unwrap().note();
    assert!(said.content.contains("coaches"), "{}", said.content);
    company.assert_clean();
}

#[tokio::test]
async fn what_is_typed_into_a_weight_is_understood_or_refused_in_words() {
    let company = Company::muster("2026-03-02T12:00:00Z").await;
    let anna = company.soldier("Anna").await;
    company.live_until("2026-03-03T05:30:00Z").await;
    let order = anna.reads("Check-in").await;
    let mut report = anna.press(&order, "Report in").await.unwrap().note();
    for (menu, choice) in
        [("Mood", "Good"), ("Soreness", "Low"), ("Stress", "Low"), ("Sleep", "8 hours")]
    {
        report = anna.choose(&report, menu, &[choice]).await.unwrap().changed();
    }
    let form = anna.press(&report, "Weight and notes").await.unwrap().form();
    for wrong in ["abc", "💪", "@everyone", "**82**", "-82", "1e9"] {
        let reply = anna.submit(&form, &[("Weight", wrong)]).await.unwrap();
        let (Reply::Note(seen) | Reply::Changed(seen)) = reply else {
            panic!("{wrong}: {reply:?}")
        };
        let said = seen.content;
        assert!(said.contains("Not filed"), "{wrong}: {said}");
        assert!(company.entered(&anna).await.is_empty(), "{wrong}");
    }
    assert!(
        anna.submit(&form, &[("Weight", &"8".repeat(4000))]).await.is_err(),
        "Discord's own limit"
    );
    let notes =
        [("Weight", "90,5"), ("Notes", "@everyone **look** <@1> https://example.com \u{202e}x")];
    anna.submit(&form, &notes).await.unwrap();
    let entered = company.entered(&anna).await;
    assert!(entered[0].contains("checkin") && entered[0].ends_with("completed"), "{entered:?}");
    company.assert_clean();
}

#[tokio::test]
async fn a_role_that_is_deleted_and_a_channel_that_is_gone_end_nothing() {
    let company = Company::muster(SATURDAY).await;
    let anna = company.soldier("Anna").await;
    company.sent().await;
    let role = company.discord.coach_role();
    company.discord.with(|world| {
        world.roles.remove(&role);
        world.people.values_mut().for_each(|human| {
            human.roles.remove(&role);
        });
        let is_public =
            |place: &Place| matches!(place, Place::Text { name, .. } if name == "honors");
        world.channels.retain(|_, place| !is_public(place));
    });
    company.live_until("2026-03-03T05:30:00Z").await;
    anna.reads("Check-in").await;
    company.assert_clean();
}
