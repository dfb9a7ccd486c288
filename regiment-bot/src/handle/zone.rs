//! Time zones: an exact one is taken as it is typed; for anything else, those that fit are offered
//! with what their clocks show.

use jiff::{SignedDuration, Timestamp};
use regiment_core::calendar::Zone;
use regiment_proto::v1::{ListZonesRequest, Zone as Offered};

use super::{Trouble, Visit, words};
use crate::{
    Action, Note, Row, Select, SelectAnswer, Style, Texts,
    controls::{self, Control},
    inert,
    line::Value,
    rendered::limit,
    texts::Key,
};

/// What a typed zone comes to.
pub(super) enum Found {
    /// One zone.
    One(String),
    /// Several, of which one is to be chosen.
    Several(Vec<Offered>),
    /// None.
    None,
}

impl Visit<'_> {
    /// Finds the zone that somebody means.
    pub(super) async fn find_zone(&self, typed: &str) -> Result<Found, Trouble> {
        let typed = inert::one_line(typed);
        if let Ok(zone) = Zone::parse(&typed) {
            return Ok(Found::One(zone.as_str().to_owned()));
        }
        if typed.is_empty() {
            return Ok(Found::None);
        }
        let mut zones = self.offered(&typed).await?;
        Ok(match zones.len() {
            0 => Found::None,
            1 => Found::One(zones.remove(0).name),
            _ => Found::Several(zones),
        })
    }

    /// Offers zones for what is being typed, with what their clocks show.
    pub(super) async fn complete_zone(
        &self,
        typed: &str,
    ) -> Result<Vec<(String, String)>, Trouble> {
        let at = self.by.entered_at();
        let zones = self.offered(&inert::one_line(typed)).await?;
        Ok(zones.into_iter().map(|zone| (label(&zone, at), zone.name)).collect())
    }

    /// Asks which of several zones is meant; `again` opens the form for another try, since no more
    /// than 25 can be offered.
    pub(super) fn ask_zone(&self, zones: &[Offered], action: Action, again: Action) -> Note {
        let at = self.by.entered_at();
        let answers = zones.iter().take(limit::CHOICES).map(|zone| SelectAnswer {
            value: zone.name.clone(),
            label: label(zone, at),
            is_chosen: false,
        });
        let select = Select {
            action,
            placeholder: words::label(self.texts(), Key::FieldZone),
            answers: answers.collect(),
        };
        let again = Control::new(again, Key::Fix, Style::Secondary);
        let mut rows = controls::arrange(vec![vec![again]], self.texts()).unwrap_or_default();
        rows.insert(0, Row::Select(select));
        Note { rows, ..words::note(self.texts(), Key::ZoneWhich) }
    }

    async fn offered(&self, query: &str) -> Result<Vec<Offered>, Trouble> {
        let page_size = i32::try_from(limit::CHOICES).expect("a few");
        let query: String = query.chars().take(60).collect();
        let request = ListZonesRequest { page_size, query, ..ListZonesRequest::default() };
        Ok(self.calls.bot.clone().list_zones(request).await?.into_inner().zones)
    }
}

/// Says that nothing fits what was typed.
pub(super) fn none(typed: &str, texts: &Texts) -> String {
    words::label(texts, words::with(Key::NotZone, "value", Value::name(typed)))
}

/// Writes a zone with what its clocks show: `Europe/London 14:05 (+01)`.
fn label(zone: &Offered, at: Timestamp) -> String {
    let Offered { name, utc_offset } = zone;
    let clock = offset(utc_offset).and_then(|offset| at.checked_add(offset).ok());
    clock.map_or_else(
        || name.clone(),
        |clock| format!("{name} {} ({utc_offset})", clock.strftime("%H:%M")),
    )
}

/// Reads `+05:45` or `-03`.
fn offset(text: &str) -> Option<SignedDuration> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let mut parts = rest.split(':');
    let hours: i64 = parts.next()?.parse().ok()?;
    let minutes: i64 = parts.next().map_or(Some(0), |minutes| minutes.parse().ok())?;
    Some(SignedDuration::from_mins(sign * (hours * 60 + minutes)))
}

#[cfg(test)]
mod tests {
    use regiment_core::testing::at;

    use super::*;

    #[test]
    fn a_zone_is_offered_with_what_its_clocks_show() {
        let shown = |name: &str, utc_offset: &str| {
            let zone = Offered { name: name.to_owned(), utc_offset: utc_offset.to_owned() };
            label(&zone, at("2026-11-24T18:05:59Z"))
        };
        assert_eq!(shown("Asia/Kathmandu", "+05:45"), "Asia/Kathmandu 23:50 (+05:45)");
        assert_eq!(shown("America/St_Johns", "-03:30"), "America/St_Johns 14:35 (-03:30)");
        assert_eq!(shown("Pacific/Auckland", "+13"), "Pacific/Auckland 07:05 (+13)");
        for unread in ["", "x", "+", "+x", "💪"] {
            assert_eq!(shown("UTC", unread), "UTC");
        }
    }
}
