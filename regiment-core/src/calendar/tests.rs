use proptest::prelude::*;

use super::*;

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

#[track_caller]
fn check(zone: &str, local: &str, expected: Option<(&str, Resolution)>) {
    let zone = Zone::parse(zone).unwrap();
    let (day, time) = local.split_once(' ').unwrap();
    let found = resolve(&zone, date(day), time.parse().unwrap());
    let expected = expected.map(|(at, resolution)| Moment { at: at.parse().unwrap(), resolution });
    assert_eq!(found, expected);
}

#[test]
fn local_times_resolve_across_gaps_and_folds() {
    use Resolution::{Exact, FoldFirst, GapShifted};
    check("UTC", "2026-03-01 05:30", Some(("2026-03-01T05:30:00Z", Exact)));
    check("UTC+5:45", "2026-03-01 05:30", Some(("2026-02-28T23:45:00Z", Exact)));
    check("UTC-3:30", "2026-03-01 22:00", Some(("2026-03-02T01:30:00Z", Exact)));
    check("America/New_York", "2026-03-08 02:30", Some(("2026-03-08T07:30:00Z", GapShifted)));
    check("America/New_York", "2026-11-01 01:30", Some(("2026-11-01T05:30:00Z", FoldFirst)));
    check("Africa/Cairo", "2026-04-24 00:00", Some(("2026-04-23T22:00:00Z", GapShifted)));
    check("Australia/Lord_Howe", "2026-10-04 02:15", Some(("2026-10-03T15:45:00Z", GapShifted)));
    check("Pacific/Apia", "2011-12-30 06:00", None);
    check("Pacific/Apia", "2011-12-31 06:00", Some(("2011-12-30T16:00:00Z", Exact)));
}

#[test]
fn zones_are_read_strictly() {
    for good in ["UTC", "UTC+2", "UTC-3:30", "UTC+05:45", "UTC-12:00", "UTC+14", "Asia/Kathmandu"] {
        assert_eq!(Zone::parse(good).unwrap().as_str(), good);
    }
    for bad in [
        "",
        "utc+2",
        "UTC+",
        "UTC 2",
        "UTC+2:5",
        "UTC+2:60",
        "UTC+14:01",
        "UTC-12:01",
        "UTC+123",
        "UTC++2",
        "GMT+25",
        "London",
        "Europe/Londn",
        "Etc/Unknown",
        "+02:00",
        "UTC+é",
    ] {
        let refused = Zone::parse(bad).unwrap_err();
        assert!(refused.to_string().contains("Europe/London"), "{refused}");
    }
}

#[test]
fn cycles_run_from_tuesday_to_monday() {
    let tuesday = date("2026-03-03");
    for n in 0..7 {
        let day = days_after(tuesday, n);
        assert_eq!(cycle_start(day), tuesday);
        assert_eq!(i64::from(cycle_day(day)), n + 1);
        assert_eq!(next_tuesday_after(day), date("2026-03-10"));
    }
    assert_eq!(next_tuesday_after(date("2026-03-02")), tuesday);
}

#[test]
fn days_are_counted_across_months_and_years() {
    assert_eq!(days_between(date("2025-12-31"), date("2026-03-01")), 60);
    assert_eq!(days_between(date("2026-03-01"), date("2025-12-31")), -60);
    assert_eq!(days_before(date("2026-03-01"), 1), date("2026-02-28"));
}

#[test]
fn a_weekday_is_that_of_its_date() {
    let names: Vec<&str> =
        (0..7).map(|n| DayOfWeek::of(days_after(date("2026-03-02"), n)).as_str()).collect();
    assert_eq!(names, ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
}

#[test]
fn hours_are_whole_ones_toward_zero() {
    let hours = |from: &str, to: &str| hours_between(from.parse().unwrap(), to.parse().unwrap());
    assert_eq!(hours("2026-03-01T00:00:00Z", "2026-03-01T01:59:59Z"), 1);
    assert_eq!(hours("2026-03-01T00:00:00Z", "2026-03-01T02:00:00Z"), 2);
    assert_eq!(hours("2026-03-01T01:59:59Z", "2026-03-01T00:00:00Z"), -1);
}

#[test]
fn the_wall_clock_is_read_in_the_clients_zone() {
    let now = "2026-03-08T06:59:59.5Z".parse().unwrap();
    let wall = |name: &str| {
        let zone = Zone::parse(name).unwrap();
        format!("{} {}", local_date(&zone, now), local_time(&zone, now).strftime("%H:%M:%S"))
    };
    assert_eq!(wall("UTC"), "2026-03-08 06:59:59");
    assert_eq!(wall("UTC-11:30"), "2026-03-07 19:29:59");
    assert_eq!(wall("UTC+14"), "2026-03-08 20:59:59");
    // Half a second later it is 03:00 there.
    assert_eq!(wall("America/New_York"), "2026-03-08 01:59:59");
}

#[test]
fn a_zone_is_its_text_in_json() {
    for text in ["UTC", "UTC+05:45", "UTC-3:30", "Europe/London"] {
        let zone: Zone = serde_json::from_str(&format!("{text:?}")).unwrap();
        assert_eq!(serde_json::to_string(&zone).unwrap(), format!("{text:?}"));
        assert_eq!(zone, Zone::parse(text).unwrap());
        assert_eq!(zone.is_named(), text.contains('/'));
    }
    let refused = serde_json::from_str::<Zone>("\"UTC+15\"").unwrap_err();
    assert!(refused.to_string().contains("from UTC-12:00 to UTC+14:00"), "{refused}");
    assert!(serde_json::from_str::<Zone>("2").is_err());
}

#[test]
fn an_offset_follows_daylight_saving() {
    let offset =
        |zone: &str, now: &str| offset_seconds(&Zone::parse(zone).unwrap(), now.parse().unwrap());
    assert_eq!(offset("UTC-3:30", "2026-03-08T07:00:00Z"), -12_600);
    assert_eq!(offset("America/New_York", "2026-03-08T06:59:59Z"), -18_000);
    assert_eq!(offset("America/New_York", "2026-03-08T07:00:00Z"), -14_400);
}

#[test]
fn a_zone_is_known_by_its_text() {
    assert_eq!(Zone::utc(), Zone::parse("UTC").unwrap());
    assert_ne!(Zone::utc(), Zone::parse("UTC+1").unwrap());
    let zone = Zone::parse("UTC+05:45").unwrap();
    assert_eq!(zone.to_string(), "UTC+05:45");
    assert_eq!(format!("{zone:>11}"), "  UTC+05:45");
    assert_eq!(format!("{zone:?}"), "Zone(UTC+05:45)");
}

#[test]
fn a_schema_says_what_a_zone_may_be() {
    let schema = schemars::schema_for!(Zone).to_value();
    assert_eq!(schema["title"], "Zone");
    assert_eq!(schema["type"], "string");
    assert!(schema["description"].as_str().unwrap().contains("Europe/London"), "{schema}");
}

proptest! {
    #[test]
    fn a_cycle_holds_its_days_and_no_others(n in 0_i64..40_000) {
        let day = days_after(date("1970-01-01"), n);
        let start = cycle_start(day);
        prop_assert_eq!(DayOfWeek::of(start), DayOfWeek::Tue);
        prop_assert!((0..7).contains(&days_between(start, day)));
        prop_assert_eq!(days_between(start, day) + 1, i64::from(cycle_day(day)));
        prop_assert_eq!(cycle_start(next_tuesday_after(day)), next_tuesday_after(day));
        prop_assert!((1..=7).contains(&days_between(day, next_tuesday_after(day))));
        prop_assert_eq!(days_before(days_after(day, 100), 100), day);
    }

    #[test]
    fn a_fixed_offset_has_neither_gap_nor_fold(
        quarters in -48_i32..=56,
        n in 0_i64..40_000,
        minute in 0_i32..24 * 60,
    ) {
        let sign = if quarters < 0 { '-' } else { '+' };
        let (hours, rest) = (quarters.abs() / 4, quarters.abs() % 4 * 15);
        let zone = Zone::parse(&format!("UTC{sign}{hours}:{rest:02}")).unwrap();
        let day = days_after(date("1970-01-03"), n);
        let time = Time::midnight().wrapping_add(Span::new().minutes(minute));
        let found = resolve(&zone, day, time).unwrap();
        prop_assert_eq!(found.resolution, Resolution::Exact);
        let utc = day.to_datetime(time).to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let ahead = utc.duration_since(found.at).as_mins();
        prop_assert_eq!(ahead, i64::from(quarters) * 15);
        prop_assert_eq!((local_date(&zone, found.at), local_time(&zone, found.at)), (day, time));
    }
}
