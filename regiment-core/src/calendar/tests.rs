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
