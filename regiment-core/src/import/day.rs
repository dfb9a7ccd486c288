//! Dates and times as other programs write them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::reading::{EARLIEST, Problem, Settings, Unreadable, clip};
use super::sheet::Sheet;
use crate::calendar::{Zone, local_date, local_time};

/// A day and, where it is written, the local time on it.
pub(super) type Moment = (Date, Option<Time>);

/// Forms that a column of dates may have, tried in this order.
const FORMS: [&str; 8] =
    ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d"];

/// Reads `2025-03-28`, with or without a time (`17:29`, `5:29:10 PM`), parted by a space or a `T`.
/// With an offset it is an instant, and becomes the local time of `zone`.
pub(super) fn iso(text: &str, zone: &Zone) -> Option<Moment> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some((local_date(zone, instant), Some(local_time(zone, instant))));
    }
    in_form(text, "%Y-%m-%d")
}

/// Reads a date in a form of `strftime`, with or without a time behind it.
pub(super) fn in_form(text: &str, form: &str) -> Option<Moment> {
    let (day, clock) = parts(text);
    let date = Date::strptime(form, day).ok()?;
    match clock {
        None => Some((date, None)),
        Some(clock) => Some((date, Some(time(&clock)?))),
    }
}

/// Reads `28 Mar 2025, 17:29`, the month in any of the languages known here.
pub(super) fn worded(text: &str) -> Option<Moment> {
    let text = plain_spaces(text);
    let (day, clock) = match text.rsplit_once(',') {
        Some((day, clock)) => (day.trim(), Some(clock.trim())),
        None => (text.trim(), None),
    };
    let words: Vec<&str> = day
        .split([' ', ','])
        .filter(|word| !word.is_empty() && !matches!(*word, "de" | "de." | "del" | "г." | "р."))
        .collect();
    let [day, name, year] = words[..] else { return None };
    let date = Date::new(year.parse().ok()?, month(name)?, day.trim_end_matches('.').parse().ok()?);
    let time = match clock {
        Some(clock) => Some(time(clock)?),
        None => None,
    };
    Some((date.ok()?, time))
}

/// The date of a row, or the problem that stops it: unreadable, before 1980, or not yet come.
pub(super) fn believed(
    moment: Option<Moment>,
    line: u64,
    field: &str,
    text: &str,
    example: &str,
    settings: &Settings,
) -> Result<Moment, Problem> {
    let today = settings.today();
    match moment {
        Some((date, time)) if (EARLIEST..=today).contains(&date) => Ok((date, time)),
        Some(_) => {
            let accepted = format!("a day from {EARLIEST} to {today}");
            Err(Problem::new(line, field, text, accepted))
        }
        None => Err(Problem::new(line, field, text, format!("a date such as {example}"))),
    }
}

/// The one form in which a column's dates can be read: that of the settings, or the form that reads
/// every cell that any form reads.
pub(super) fn form_of(
    sheet: &Sheet,
    column: usize,
    settings: &Settings,
) -> Result<String, Unreadable> {
    if let Some(form) = &settings.date_format {
        return Ok(form.clone());
    }
    let cells: Vec<&str> =
        sheet.rows.iter().map(|row| row.cell(column)).filter(|cell| !cell.is_empty()).collect();
    let readable =
        |form: &str| cells.iter().filter(|cell| plausible(in_form(cell, form), settings)).count();
    let counts: Vec<(&str, usize)> = FORMS.iter().map(|form| (*form, readable(form))).collect();
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let best: Vec<&str> =
        counts.iter().filter(|(_, count)| *count == most).map(|(form, _)| *form).collect();
    match best[..] {
        [form] => Ok(form.to_owned()),
        _ if cells.is_empty() => Ok(FORMS[0].to_owned()),
        _ if most == 0 => Err(Unreadable::UnclearDates {
            forms: format!("nothing known, such as {:?}", clip(cells[0])),
        }),
        _ => Err(Unreadable::UnclearDates { forms: best.join(" or ") }),
    }
}

fn plausible(moment: Option<Moment>, settings: &Settings) -> bool {
    moment.is_some_and(|(date, _)| (EARLIEST..=settings.today()).contains(&date))
}

/// Parts a date from the time behind it.
fn parts(text: &str) -> (&str, Option<String>) {
    let at = text.find([' ', 'T', '\u{a0}', '\u{202f}']).filter(|&at| at > 0);
    match at {
        Some(at) => {
            let clock = text[at..].trim_start_matches(|c: char| c == 'T' || c.is_whitespace());
            (&text[..at], Some(plain_spaces(clock)))
        }
        None => (text, None),
    }
}

/// Reads `17:29`, `17:29:10`, `17:29:10.5`, `5:29 PM`.
fn time(text: &str) -> Option<Time> {
    let lower = text.trim().to_lowercase();
    let (clock, noon) = match lower.strip_suffix("m").map(str::trim_end) {
        Some(rest) if rest.ends_with('a') => (rest.trim_end_matches('a').trim_end(), Some(false)),
        Some(rest) if rest.ends_with('p') => (rest.trim_end_matches('p').trim_end(), Some(true)),
        _ => (lower.as_str(), None),
    };
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts[..] {
        [hour, minute] => (hour, minute, "0"),
        [hour, minute, second] => (hour, minute, second.split('.').next().unwrap_or(second)),
        _ => return None,
    };
    let hour: i8 = hour.parse().ok()?;
    let hour = match noon {
        None => hour,
        Some(after) if (1..=12).contains(&hour) => hour % 12 + if after { 12 } else { 0 },
        Some(_) => return None,
    };
    Time::new(hour, minute.parse().ok()?, second.parse().ok()?, 0).ok()
}

/// Non-breaking spaces, which phones put before AM and PM, as plain ones.
fn plain_spaces(text: &str) -> String {
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

/// The number of a month by its name or short name.
fn month(name: &str) -> Option<i8> {
    let name = name.trim_end_matches(['.', '月', '월']).to_lowercase();
    if let Ok(number) = name.parse::<i8>() {
        return Some(number);
    }
    (1..)
        .zip(MONTHS)
        .find(|(_, names)| names.split(' ').any(|known| known == name))
        .map(|(number, _)| number)
}

/// Names and short names of months in English, German, French, Spanish, Italian, Portuguese, Dutch,
/// Swedish, Danish, Norwegian, Finnish, Polish, Czech, Turkish, Russian and Ukrainian. No text stands
/// in two rows.
const MONTHS: [&str; 12] = [
    "jan january januar jän jänner janv janvier ene enero gen gennaio janeiro januari tammi \
     tammikuuta sty stycznia styczeń led ledna oca ocak янв января січ січня",
    "feb february februar févr fév février febrero febbraio fev fevereiro februari helmi \
     helmikuuta lut lutego luty úno února şub şubat фев февр февраля лют лютого",
    "mar march mär märz mrz mars marzo março mrt maart marts maalis maaliskuuta marca marzec \
     bře března mart март марта бер березня",
    "apr april avr avril abr abril aprile huhti huhtikuuta kwi kwietnia kwiecień dub dubna \
     nis nisan апр апреля квіт квітня",
    "may mai mayo mag maggio maio mei maj touko toukokuuta maja kvě května mayıs май мая трав \
     травня",
    "jun june juni juin junio giu giugno junho kesä kesäkuuta cze czerwca czerwiec čvn června \
     haz haziran июн июня черв червня",
    "jul july juli juil juillet julio lug luglio julho heinä heinäkuuta lip lipca lipiec čvc \
     července tem temmuz июл июля лип липня",
    "aug august août aout ago agosto augustus augusti elo elokuuta sie sierpnia sierpień srp \
     srpna ağu ağustos авг августа серп серпня",
    "sep sept september septembre septiembre set settembre setembro syys syyskuuta wrz \
     września wrzesień zář září eyl eylül сен сент сентября вер вересня",
    "oct october okt oktober octobre octubre ott ottobre out outubro loka lokakuuta paź \
     października październik říj října eki ekim окт октября жовт жовтня",
    "nov november novembre noviembre novembro marras marraskuuta lis listopada listopad kas \
     kasım ноя нояб ноября лист листопада",
    "dec december dez dezember déc décembre dic diciembre dicembre dezembro des desember \
     joulu joulukuuta gru grudnia grudzień pro prosince ara aralık дек декабря груд грудня",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::{date, time as clock};

    use super::*;

    #[test]
    fn an_iso_date_is_read_with_and_without_a_time() {
        let day = date(2025, 3, 28);
        for (text, at) in [
            ("2025-03-28", None),
            ("2025-03-28 17:29:10", Some(clock(17, 29, 10, 0))),
            ("2025-03-28T17:29", Some(clock(17, 29, 0, 0))),
            ("2025-03-28 5:29:10\u{202f}PM", Some(clock(17, 29, 10, 0))),
            ("2025-03-28 12:05 am", Some(clock(0, 5, 0, 0))),
            ("2025-03-28 17:29:10.250", Some(clock(17, 29, 10, 0))),
        ] {
            assert_eq!(iso(text, &Zone::utc()), Some((day, at)), "{text}");
        }
    }

    #[test]
    fn an_instant_is_the_local_day_of_the_client() {
        let auckland = Zone::parse("Pacific/Auckland").expect("a known zone");
        let read = iso("2025-03-28T17:29:10Z", &auckland);
        assert_eq!(read, Some((date(2025, 3, 29), Some(clock(6, 29, 10, 0)))));
        let read = iso("2025-03-28 23:30:00-05:00", &Zone::utc());
        assert_eq!(read, Some((date(2025, 3, 29), Some(clock(4, 30, 0, 0)))));
    }

    #[test]
    fn a_month_is_read_in_the_language_of_the_phone() {
        for text in [
            "28 Mar 2025, 17:29",
            "28 mars 2025, 17:29",
            "28. März 2025, 17:29",
            "28 mar. 2025, 17:29",
            "28 de março de 2025, 17:29",
            "28 mrt. 2025, 17:29",
            "28 марта 2025 г., 17:29",
            "28 3月 2025, 17:29",
            "28 Mar 2025, 5:29 PM",
        ] {
            let expected = (date(2025, 3, 28), Some(clock(17, 29, 0, 0)));
            assert_eq!(worded(text), Some(expected), "{text}");
        }
        for text in ["", ",", "28 Foo 2025, 17:29", "31 Feb 2025, 17:29", "28 Mar 2025, 25:00"] {
            assert_eq!(worded(text), None, "{text}");
        }
    }

    #[test]
    fn no_month_has_the_name_of_another() {
        let all: Vec<&str> = MONTHS.iter().flat_map(|names| names.split(' ')).collect();
        let distinct: BTreeSet<&str> = all.iter().copied().collect();
        assert_eq!(all.len(), distinct.len());
    }
}
