//! The time zones that a profile may name.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use regiment_core::calendar::Zone;
use regiment_proto::v1;

/// Returns the names that contain `query`, in any case of letters, in order. A space stands for an underscore.
pub(super) fn like(query: &str) -> impl Iterator<Item = String> {
    let query = query.trim().to_lowercase().replace(' ', "_");
    let mut names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| is_offered(name) && name.to_lowercase().contains(&query))
        .collect();
    names.sort_unstable();
    names.into_iter()
}

/// Says what the clocks of a zone show.
pub(super) fn zone(name: String, now: Timestamp) -> v1::Zone {
    let utc_offset = TimeZone::get(&name).map(|zone| zone.to_offset(now).to_string());
    v1::Zone { utc_offset: utc_offset.unwrap_or_default(), name }
}

/// Offered are the names of places, and UTC: `Etc/GMT+5` lies five hours behind, which nobody expects.
fn is_offered(name: &str) -> bool {
    let is_place = name.contains('/')
        && !["Etc/", "SystemV/", "posix/", "right/"].iter().any(|other| name.starts_with(other));
    (is_place || name == "UTC") && Zone::parse(name).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_found_by_a_part_of_its_name() {
        let found: Vec<_> = like("NEW york").collect();
        assert_eq!(found, ["America/New_York"]);
        assert!(like("").count() > 300);
        assert_eq!(like("nowhere").count(), 0);
    }

    #[test]
    fn the_offset_is_the_one_of_now() {
        let at = |text: &str| zone("Europe/London".to_owned(), text.parse().unwrap()).utc_offset;
        assert_eq!(
            (at("2026-01-01T00:00:00Z"), at("2026-07-01T00:00:00Z")),
            ("+00".to_owned(), "+01".to_owned())
        );
    }

    #[test]
    fn names_that_mislead_are_not_offered() {
        assert!(is_offered("UTC") && is_offered("Asia/Kathmandu"));
        assert!(!is_offered("Etc/GMT+5") && !is_offered("EST5EDT"));
    }
}
