//! The weekly honors board: the best of each community who agreed to be named.
//!
//! Only an alias is ever posted. Weight is ranked by closeness to the goal's band, never by speed,
//! and a client with an open safety flag is not ranked at all.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};

use crate::{
    Dossier, Effect, Policy, Slug, UserId,
    calendar::{days_before, days_between},
    measure::exceeds,
    message::{Dispatch, Message, Priority, Recipient},
    record::{Board, Exercise, Gate, Goal, Log, Place, Ranking, Stream},
};

/// The days of the board's window.
const WEEK: u32 = 7;

/// What one client brings to the board.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The community.
    pub guild_id: String,
    /// The client, for the record.
    pub user_id: UserId,
    /// The only name that is posted.
    pub alias: String,
    /// Consecutive closed dates without a counted miss.
    pub streak: u32,
    /// Exercises with a personal record in the week.
    pub records: u32,
    /// Percentage points between the weight trend and the middle of the goal's band; absent off
    /// the band, and where there is no band or no trend.
    pub off_target: Option<f64>,
}

impl Candidate {
    /// Returns what a client brings to the board of the week that ends on its last closed date;
    /// `None` for one who is not to be ranked.
    pub fn of(dossier: &Dossier, policy: &Policy) -> Option<Self> {
        let client = &dossier.client;
        let last = dossier.closed.iter().max().copied()?;
        let is_ranked = client.honors_opt_in
            && client.gate(last) == Gate::Open
            && !dossier.cards.iter().any(|c| c.state.is_unresolved() && c.bears_safety_flag());
        let alias = client.alias.as_deref().map(str::trim).filter(|alias| !alias.is_empty())?;
        is_ranked.then_some(())?;
        Some(Self {
            guild_id: client.guild_id.clone()?,
            user_id: client.user_id,
            alias: alias.to_owned(),
            streak: dossier.standing.streak,
            records: records(dossier, last),
            off_target: off_target(dossier, policy, last),
        })
    }
}

/// Makes each community's board, and the message that posts it. `date` is the Sunday of the board.
/// A community in which nobody has a place has no board.
pub fn boards(
    candidates: impl IntoIterator<Item = Candidate>,
    policy: &Policy,
    date: Date,
    now: Timestamp,
) -> Vec<(Board, Effect)> {
    let mut by_guild = BTreeMap::<String, Vec<Candidate>>::new();
    for candidate in candidates {
        by_guild.entry(candidate.guild_id.clone()).or_default().push(candidate);
    }
    by_guild
        .into_iter()
        .map(|(guild_id, candidates)| board(guild_id, &candidates, policy, date))
        .filter(|board| !board.lists.is_empty())
        .map(|board| {
            let effect = post(&board, now);
            (board, effect)
        })
        .collect()
}

fn board(guild_id: String, candidates: &[Candidate], policy: &Policy, date: Date) -> Board {
    let lists = Ranking::ALL
        .iter()
        .map(|ranking| (*ranking, places(*ranking, candidates, policy)))
        .filter(|(_, places)| !places.is_empty())
        .collect();
    Board { guild_id, date, lists }
}

/// Ranks those with something to show. Ties share a rank, and the next rank counts them all.
fn places(ranking: Ranking, candidates: &[Candidate], policy: &Policy) -> Vec<Place> {
    let mut scored = candidates
        .iter()
        .filter_map(|candidate| Some((candidate, score(ranking, candidate)?)))
        .collect::<Vec<_>>();
    scored.sort_by(|(a, a_score), (b, b_score)| {
        let best_first = match ranking {
            Ranking::Streak | Ranking::PersonalRecords => b_score.total_cmp(a_score),
            Ranking::WeightOnTarget => a_score.total_cmp(b_score),
        };
        best_first.then_with(|| (&a.alias, a.user_id).cmp(&(&b.alias, b.user_id)))
    });
    let mut places: Vec<Place> = Vec::new();
    for (ahead, (candidate, score)) in (0u32..).zip(scored) {
        let rank = match places.last() {
            Some(last) if last.score.total_cmp(&score).is_eq() => last.rank,
            _ => ahead + 1,
        };
        if rank > policy.honors.places {
            break;
        }
        let (user_id, alias) = (candidate.user_id, candidate.alias.clone());
        places.push(Place { rank, user_id, alias, score });
    }
    places
}

fn score(ranking: Ranking, candidate: &Candidate) -> Option<f64> {
    match ranking {
        Ranking::Streak => (candidate.streak > 0).then(|| candidate.streak.into()),
        Ranking::PersonalRecords => (candidate.records > 0).then(|| candidate.records.into()),
        // Hundredths of a point are what a board shows, so they are what ties.
        Ranking::WeightOnTarget => candidate.off_target.map(|off| (off * 100.0).round() / 100.0),
    }
}

fn post(board: &Board, now: Timestamp) -> Effect {
    Effect::Send(Dispatch {
        key: format!("honors:{}:{}", board.guild_id, board.date),
        to: Recipient::Honors(board.guild_id.clone()),
        message: Message::Honors(board.clone()),
        priority: Priority::Digest,
        not_before: now,
        expires_at: None,
        delivers: None,
    })
}

/// Counts the exercises whose best set of the week beats every earlier one, of which there is one
/// at least.
fn records(dossier: &Dossier, last: Date) -> u32 {
    let first = days_before(last, i64::from(WEEK) - 1);
    let mut this_week = BTreeMap::<&Slug<Exercise>, f64>::new();
    let mut before = BTreeMap::<&Slug<Exercise>, f64>::new();
    for log in dossier.logs.values() {
        let Log::Training(log) = log else { continue };
        let Some(e1rm) = log.set.and_then(|set| set.e1rm()) else { continue };
        let bests = match log.date {
            date if date > last => continue,
            date if date >= first => &mut this_week,
            _ => &mut before,
        };
        let best = bests.entry(&log.exercise_id).or_insert(e1rm);
        *best = best.max(e1rm);
    }
    for (exercise, set) in &dossier.best_sets {
        let Some(e1rm) = set.e1rm().filter(|_| set.date < first) else { continue };
        let best = before.entry(exercise).or_insert(e1rm);
        *best = best.max(e1rm);
    }
    let records = this_week
        .iter()
        .filter(|(exercise, best)| before.get(*exercise).is_some_and(|old| exceeds(**best, *old)))
        .count();
    u32::try_from(records).unwrap_or(u32::MAX)
}

/// Returns how far the week's weight trend is from the middle of the goal's band.
fn off_target(dossier: &Dossier, policy: &Policy, last: Date) -> Option<f64> {
    let (low, high) = match dossier.client.goal {
        Goal::Cut => policy.honors.cut_band_percent,
        Goal::Bulk => policy.honors.bulk_band_percent,
        Goal::Recomp => return None,
    };
    let weigh_ins = dossier
        .window(Stream::Checkin, last, WEEK)
        .filter_map(|log| match log {
            Log::Checkin(log) => Some((log.date, log.report.as_ref()?.trusted_weight()?)),
            Log::Meal(_) | Log::Training(_) | Log::Cardio(_) => None,
        })
        .collect::<Vec<_>>();
    if weigh_ins.len() < policy.honors.weigh_ins as usize {
        return None;
    }
    let change = weekly_change_percent(&weigh_ins)?;
    let is_on_target = !exceeds(low, change) && !exceeds(change, high);
    is_on_target.then_some((change - f64::midpoint(low, high)).abs())
}

/// Returns the change over 7 days, percent of the mean weight: the slope of the ordinary
/// least-squares line of weight on day, times 6.
fn weekly_change_percent(weigh_ins: &[(Date, f64)]) -> Option<f64> {
    let (first, _) = weigh_ins.first()?;
    let day = |date: Date| i32::try_from(days_between(*first, date)).map(f64::from).ok();
    let points = weigh_ins
        .iter()
        .filter_map(|(date, weight)| Some((day(*date)?, *weight)))
        .collect::<Vec<_>>();
    let n = f64::from(u32::try_from(points.len()).ok()?);
    let mean_day = points.iter().map(|(day, _)| day).sum::<f64>() / n;
    let mean_weight = points.iter().map(|(_, weight)| weight).sum::<f64>() / n;
    let spread = points.iter().map(|(day, _)| (day - mean_day).powi(2)).sum::<f64>();
    let together =
        points.iter().map(|(day, weight)| (day - mean_day) * (weight - mean_weight)).sum::<f64>();
    (spread > 0.0).then(|| together / spread * f64::from(WEEK - 1) / mean_weight * 100.0)
}

#[cfg(test)]
mod tests;
