#!/usr/bin/env python3
"""The weekly rule flags, wins and actions in Python polars, as one would write them there.

    python rules_polars.py LOG_DIR --as-of 2026-03-01 --out cards.jsonl

The same lines as the SQL reference `weekly_flags.py`. Needs polars.
"""
import argparse, datetime as dt, json, pathlib

import polars as pl

MEDIUM_UP = {"soft_compliance", "meal_compliance_low", "training_inconsistency", "non_responding_client", "grit_violation",
             "lift_plateau", "weight_stall", "cut_failure", "unreported_gain", "bulk_failure", "mood_drop", "recovery_risk",
             "silent_client"}
USER = "user_id"


def eps(x):
    return 1e-9 * pl.max_horizontal(pl.lit(1.0), x.abs())


def slope(x, y, where):
    x, y = x.cast(pl.Float64).filter(where), y.filter(where)
    return pl.cov(x, y) / x.var()


def action(flags):
    names = {flag.split(":")[0] for flag in flags}
    if names & {"rapid_weight_loss", "unreported_gain"} or {"silent_client", "non_responding_client"} <= names:
        return "escalate"
    if sum(flag.startswith("lift_plateau:") for flag in flags) >= 2 or "recovery_risk" in names:
        return "reassign"
    if {"mood_drop", "training_inconsistency"} <= names:
        return "pause"
    return "callout" if names & MEDIUM_UP else "none"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("logs", type=pathlib.Path)
    ap.add_argument("--as-of", type=dt.date.fromisoformat, required=True)
    ap.add_argument("--out", type=pathlib.Path, required=True)
    a = ap.parse_args()
    day = lambda back: a.as_of - dt.timedelta(days=back)
    clients = (pl.scan_parquet(a.logs / "clients.parquet").filter(~pl.col("paused") & (pl.col("start_date") <= day(6)))
               .select(USER, "goal", "cardio_minutes").collect().lazy())

    def effective(name, item, at, columns, back):
        keys = [USER, "date", *item]
        rows = (pl.scan_parquet(a.logs / f"{name}.parquet").select(*keys, at, "cause", *columns)
                .filter((pl.col("date") <= a.as_of) & (pl.col("date") >= (day(back) if back else dt.date.min)))
                .join(clients, on=USER, how="semi", maintain_order="left").sort(at, maintain_order=True)
                .unique(keys, keep="last").filter(pl.col("cause").is_null()))
        return rows.with_columns(x=(pl.col("date") - a.as_of).dt.total_days()).drop("cause", at).collect().lazy()

    meals = effective("meal_logs", ["meal_id"], "logged_at", ["status"], 13)
    sets = effective("training_logs", ["exercise_id"], "timestamp", ["status", "weight_kg", "reps"], None)
    cardio = effective("cardio_logs", [], "timestamp", ["status"], 9)
    checkins = effective("checkin_logs", [], "timestamp", ["status", "weight_kg", "mood", "soreness", "stress"], 13)

    week, missed = pl.col("x") >= -6, pl.col("status") == "missed"
    by_day = meals.group_by(USER, "date", "x").agg(missed=missed.sum().cast(pl.Int64), n=pl.len().cast(pl.Int64))
    of_meals = by_day.group_by(USER).agg(
        n7=pl.col("n").filter(week).sum(), missed7=pl.col("missed").filter(week).sum(), days7=week.sum(),
        n14=pl.col("n").sum(), missed14=pl.col("missed").sum())
    before = by_day.filter(week).select(USER, x=pl.col("x") + 1, before=pl.col("missed"))
    worst = (by_day.filter(week).join(before, on=[USER, "x"], how="left").group_by(USER)
             .agg(worst=(pl.col("missed") + pl.col("before").fill_null(0)).max()))
    of_sets = sets.filter(week).group_by(USER).agg(
        sets_missed=missed.sum(), dates_missed=pl.col("x").filter(missed).n_unique())
    of_cardio = cardio.group_by(USER).agg(
        short7=(week & (pl.col("status") != "completed")).sum(), cardio7=week.sum(),
        under10=(pl.col("status") == "underperformed").sum())
    low = ((pl.col("mood") == "bad") | (pl.col("stress") == "high")).fill_null(False)
    of_checkins = checkins.filter(week).group_by(USER).agg(
        checks_missed=missed.sum(), checks_done=(~missed).sum(), low=low.sum(),
        sore=(pl.col("soreness") == "high").fill_null(False).sum())
    runs = (checkins.filter(week & (pl.col("mood") == "bad")).sort(USER, "x")
            .with_columns(run=pl.col("x") - pl.int_range(pl.len()).over(USER))
            .group_by(USER, "run").agg(n=pl.len()).group_by(USER).agg(bad_run=pl.col("n").max()))
    kg = pl.col("weight_kg")
    weigh = checkins.filter(kg.is_not_null() & kg.is_not_nan()).group_by(USER).agg(
        w7=week.sum(), mean7=kg.filter(week).mean(), change7=slope(pl.col("x"), kg, week) * 6,
        w14=pl.len(), mean14=kg.mean(), slope14=slope(pl.col("x"), kg, pl.lit(True)))
    streams = pl.concat([rows.filter(pl.col("x") >= -2).select(USER, missed.alias("missed")) for rows in (meals, sets, cardio, checkins)])
    recent = streams.group_by(USER).agg(logs=pl.len(), silent=pl.col("missed").all())

    e1rm = pl.when(pl.col("reps") == 1).then(kg).otherwise(kg * (1 + pl.col("reps") / 30.0))
    lift = (sets.filter((pl.col("status") == "completed") & (kg > 0)).group_by(USER, "exercise_id", "x").agg(e1rm=e1rm.max())
            .sort("x", descending=True).collect().lazy())
    y, per_lift = pl.col("e1rm"), [USER, "exercise_id"]
    recent_lift = lift.filter(pl.col("x") >= -41).group_by(per_lift, maintain_order=True)
    stalled = (recent_lift.agg(n=pl.len(), now=y.head(3).max(), then=y.slice(3).max())
               .filter((pl.col("n") >= 4) & (pl.col("now") <= pl.col("then") + eps(pl.col("then")))))
    x = pl.col("x").cast(pl.Float64)
    plateau = (lift.filter(pl.col("x") >= -83).group_by(per_lift)
               .agg(n=pl.len(), span=pl.col("x").max() - pl.col("x").min(), mean=y.mean(), sxx=x.var() * (pl.len() - 1),
                    syy=y.var() * (pl.len() - 1), sxy=pl.cov(x, y) * (pl.len() - 1))
               .filter((pl.col("n") >= 10) & (pl.col("span") >= 42))
               .with_columns(rest=pl.max_horizontal(pl.col("syy") - pl.col("sxy") ** 2 / pl.col("sxx"), pl.lit(0.0)),
                             enough=0.0025 * pl.col("mean") / 7)
               .filter(pl.col("sxy") / pl.col("sxx") + 1.2816 * (pl.col("rest") / (pl.col("n") - 2) / pl.col("sxx")).sqrt()
                       < pl.col("enough") - eps(pl.col("enough"))))
    record = (lift.group_by(per_lift).agg(now=y.filter(week).max(), then=y.filter(~week).max())
              .filter(pl.col("now") > pl.col("then") + eps(pl.col("then"))))
    plateaued = plateau.select(USER, plateaued=pl.lit(True)).unique()

    table = clients
    for part in (of_meals, worst, of_sets, of_cardio, of_checkins, runs, weigh, recent, plateaued):
        table = table.join(part, on=USER, how="left")
    c = pl.col
    cut, bulk = c("goal") == "cut", c("goal") == "bulk"
    share = lambda percent, mean: percent * c(mean)
    above = lambda left, right: left > right + eps(right)
    below = lambda left, right: left < right - eps(right)
    rise = cut & (c("w7") >= 4) & above(c("change7"), share(.0025, "mean7"))
    few_cardio = c("short7").fill_null(0)
    flags = {
        "soft_compliance": c("worst") >= 2,
        "meal_compliance_low": (c("n7") >= 7) & (5 * (c("n7") - c("missed7")) < 4 * c("n7")),
        "training_inconsistency": c("dates_missed") >= 2,
        "non_responding_client": c("checks_missed") >= 2,
        "grit_violation": c("short7") >= 3,
        "cardio_underperformance": c("under10") >= 5,
        "weight_stall": (cut | bulk) & (c("n14") >= 14) & (c("missed14") == 0) & (c("w14") >= 10)
        & below((c("slope14") * 13).abs(), share(.0025, "mean14")),
        "cut_failure": rise,
        "unreported_gain": rise & (c("checks_missed") >= 1),
        "bulk_failure": bulk & (c("w7") >= 4) & below(c("change7"), share(-.0025, "mean7")),
        "mood_drop": (c("low") >= 4) | (c("bad_run") >= 3),
        "recovery_risk": (c("sore") >= 3) & (c("plateaued").fill_null(False) | (c("dates_missed") >= 2)),
        "rapid_weight_loss": (c("w14") >= 8) & below(c("slope14") * 6, share(-.015, "mean14")),
        "silent_client": (c("logs") >= 6) & c("silent"),
    }
    band = lambda low, high: ~below(c("change7"), share(low, "mean7")) & ~above(c("change7"), share(high, "mean7"))
    wins = {
        "perfect_week": (c("days7") >= 4) & (c("missed7") == 0) & (c("checks_done") >= 4) & (c("checks_missed") == 0)
        & (few_cardio == 0) & (c("sets_missed").fill_null(0) == 0) & ((c("cardio_minutes") == 0) | (c("cardio7").fill_null(0) > 0)),
        "weight_on_target": (c("w7") >= 4) & ((cut & band(-.015, -.0025)) | (bulk & band(.001, .005))),
    }
    found = table.select(USER, *[rule.fill_null(False).alias(name) for name, rule in {**flags, **wins}.items()])
    found, *lifts = pl.collect_all([found.sort(USER), *[part.select(per_lift) for part in (stalled, plateau, record)]])

    rows = {user: ([], []) for user in found[USER]}
    for at, names in enumerate((flags, wins)):
        for name in names:
            for user in found.filter(c(name))[USER]:
                rows[user][at].append(name)
    for at, name, part in zip((0, 0, 1), ("stalled_lift", "lift_plateau", "personal_record"), lifts):
        for user, exercise in part.iter_rows():
            rows[user][at].append(f"{name}:{exercise}")
    with a.out.open("w") as out:
        for user, (flagged, won) in rows.items():
            line = {"user_id": user, "flags": sorted(flagged), "wins": sorted(won), "action_suggested": action(flagged)}
            print(json.dumps(line), file=out)


main()
