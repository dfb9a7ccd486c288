#!/usr/bin/env python3
"""Scans one folder of log frames with the release binary, the SQL reference (DuckDB) and Python polars, side by side.

    python rules_scan.py --binary target/release/regiment --oracle ../shared/oracle [--clients 20000] [--days 60] [--runs 5]

Each is a whole process, from start to the written file, and they take turns. Prints the machine, its load, every
run's seconds, the medians and the peak memory; stops if their lines differ. Needs duckdb, numpy, pyarrow and polars.
"""
import argparse, json, os, pathlib, platform, statistics, subprocess, sys, tempfile, time

AS_OF = "2026-03-01"


def run(command):
    """Runs a process to its end; returns seconds and peak megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024


def lines(file):
    keys = ("user_id", "flags", "wins", "action_suggested")
    return [{key: line[key] for key in keys} for line in map(json.loads, file.open())]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--binary", type=pathlib.Path, required=True)
    ap.add_argument("--oracle", type=pathlib.Path, required=True)
    ap.add_argument("--clients", type=int, default=20_000)
    ap.add_argument("--days", type=int, default=60)
    ap.add_argument("--runs", type=int, default=5)
    a = ap.parse_args()
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), platform.machine())
    print(f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the first run")
    here = pathlib.Path(__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        logs, out = pathlib.Path(folder) / "logs", lambda name: pathlib.Path(folder) / f"{name}.jsonl"
        subprocess.run([sys.executable, a.oracle / "cohort.py", logs, "--clients", str(a.clients), "--days", str(a.days)], check=True)
        shared = ["--as-of", AS_OF, "--out"]
        commands = {
            "regiment": [a.binary, "scan", "--logs", logs, *shared, out("regiment"), "--rules-only"],
            "duckdb": [sys.executable, a.oracle / "weekly_flags.py", logs, *shared, out("duckdb")],
            "polars": [sys.executable, here / "rules_polars.py", logs, *shared, out("polars")],
        }
        runs = {name: [] for name in commands}
        for _ in range(a.runs):
            for name, command in commands.items():
                runs[name].append(run(command))
        expected = lines(out("duckdb"))
        for name in commands:
            differing = sum(x != y for x, y in zip(lines(out(name)), expected, strict=True))
            if differing:
                raise SystemExit(f"{name}: {differing} of {len(expected)} lines differ")
        print(f"{len(expected)} of {a.clients} clients over {a.days} days scanned; the lines are equal")
        for name, measured in runs.items():
            seconds, memory = zip(*measured)
            each = ", ".join(f"{s:.2f}" for s in seconds)
            print(f"{name:9} median {statistics.median(seconds):6.2f} s   peak {max(memory):6.0f} MB   runs {each}")
        print(f"load {os.getloadavg()[0]:.1f} after the last run")


main()
