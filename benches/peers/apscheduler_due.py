#!/usr/bin/env python3
"""Gives APScheduler, the scheduler of the original design, jobs that are due at one instant.

    python apscheduler_due.py [--jobs 1000] [--work-ms 100]

Its defaults: a pool of 10 threads, and a job that starts more than a second late is dropped. Each job sleeps
as long as one call to Discord takes. Prints one line of JSON: how many ran, how many were missed, seconds.
"""
import argparse, datetime as dt, json, logging, threading, time

from apscheduler.events import EVENT_JOB_EXECUTED, EVENT_JOB_MISSED
from apscheduler.schedulers.background import BackgroundScheduler


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--jobs", type=int, default=1000)
    ap.add_argument("--work-ms", type=int, default=100)
    a = ap.parse_args()
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    counts, lock, done = {"ran": 0, "missed": 0}, threading.Lock(), threading.Event()

    def count(event):
        with lock:
            counts["ran" if event.code == EVENT_JOB_EXECUTED else "missed"] += 1
            if sum(counts.values()) == a.jobs:
                done.set()

    scheduler = BackgroundScheduler()
    scheduler.add_listener(count, EVENT_JOB_EXECUTED | EVENT_JOB_MISSED)
    due = dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=3)
    for n in range(a.jobs):
        scheduler.add_job(time.sleep, "date", run_date=due, args=[a.work_ms / 1000], id=str(n))
    scheduler.start()
    time.sleep(max(0, (due - dt.datetime.now(dt.timezone.utc)).total_seconds()))
    began = time.perf_counter()
    done.wait(timeout=300)
    seconds = time.perf_counter() - began
    scheduler.shutdown(wait=True)
    print(json.dumps({"peer": "apscheduler", "jobs": a.jobs, **counts, "seconds": round(seconds, 3)}))


main()
