"""Four methods of the API as the original design's stack would serve them: FastAPI, uvicorn, asyncpg.

    DATABASE_URL=postgres://… uvicorn api_fastapi:app --workers 2 --port 8000 --no-access-log

It reads and writes the tables of The Regiment, and does what its methods do: a bearer token whose hash stands in
`api_tokens`, looked up again after 5 seconds; pages of 50 with a token; a meal logged in one transaction, with the
request's id, the client's lock, the order it answers and the next revision. It has no rate limit, counts no calls,
and drafts no callouts, which The Regiment does.
"""
import base64
import hashlib
import json
import os
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date as Date, datetime, timedelta, timezone
from enum import Enum
from typing import Annotated, Any, Literal

import asyncpg
from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field, computed_field

TOKEN_FRESH_SECONDS = 5
EARLIER = timedelta(days=42)
REMEMBERED = timedelta(hours=24)
SAFETY_TOPICS = {"injury", "illness", "disordered_eating", "self_harm"}


@asynccontextmanager
async def lifespan(app: FastAPI):
    async with asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=10, max_size=10) as pool:
        app.state.pool = pool
        app.state.known = {}
        yield


app = FastAPI(lifespan=lifespan)


# Records and answers.


class Macros(BaseModel):
    protein: int
    carbs: int
    fats: int


class Client(BaseModel):
    user_id: str
    display_name: str | None = Field(None, validation_alias="name")
    email: str | None = None
    goal: Literal["cut", "bulk", "recomp"]
    timezone_offset: str
    start_date: Date
    status: Literal["pending", "active", "archived"] = "active"
    paused: bool
    height_cm: int
    weight_kg: float
    age: int | None = None
    gender: str | None = None
    meal_template_id: str | None = None
    training_template_id: str | None = None
    block_id: str | None = None
    block_start_date: Date | None = None
    cycle_start_date: Date
    macros: Macros | None = None
    cardio_minutes: int | None = None
    coaching_notes: str = ""
    coach_id: str | None = None
    blocked_refeed: bool = False
    public_callout_opt_in: bool = False
    honors_opt_in: bool = False
    alias: str | None = None
    allergens: list[str] = []
    plan_choices: list[str] = []
    subject: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    cardio_type: str = "zone2"
    photo_url: str | None = None
    training_days: list[str] = []
    fallback_channel_id: str | None = None
    guild_id: str | None = None
    paused_until: Date | None = None
    version: int

    @computed_field
    @property
    def name(self) -> str:
        return f"clients/{self.user_id}"


class ClientPage(BaseModel):
    clients: list[Client]
    next_page_token: str


class Evidence(BaseModel):
    flag: str
    window_start: Date
    window_end: Date
    dates: list[Date] = []
    numbers: dict[str, float] = {}
    detail: str = ""


class Suggestion(BaseModel):
    kind: str
    reason: str
    values: dict[str, float] = {}
    answer: str | None = None


class EarlierCard(BaseModel):
    name: str
    date: Date
    state: str
    resolution: dict[str, Any] | None
    new_flags: list[str]
    gone_flags: list[str]


class JobCard(BaseModel):
    id: str
    user_id: str
    date: Date
    timestamp: datetime
    summary: str
    flags: list[str]
    action_suggested: str
    resolved: bool
    source: str
    severity: Literal["low", "medium", "high", "critical"]
    priority: float = 0
    wins: list[str] = []
    evidence: list[Evidence] = []
    window_start: Date | None = None
    window_end: Date | None = None
    state: str = "open"
    resolution: dict[str, Any] | None = None
    suggestions: list[Suggestion] = []
    goal: str | None = None
    block_id: str | None = None
    week: int | None = None
    model_version: str | None = None
    policy_version: int | None = None
    merged_into: str | None = None
    notes: list[dict[str, Any]] = []
    snooze: Any | None = None
    display_name: str | None = None
    alias: str | None = None
    photo_url: str | None = None
    earlier: EarlierCard | None = None
    version: int = 0

    @computed_field
    @property
    def name(self) -> str:
        return f"clients/{self.user_id}/jobCards/{self.id}"

    @computed_field
    @property
    def safety(self) -> bool:
        return any(is_safety(flag) for flag in self.flags)


class JobCardPage(BaseModel):
    job_cards: list[JobCard]
    next_page_token: str


class Status(str, Enum):
    completed = "completed"
    missed = "missed"


class LogMeal(BaseModel):
    model_config = ConfigDict(extra="forbid")

    date: Date
    meal_id: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    status: Status
    request_id: str = Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")


class Log(BaseModel):
    name: str
    date: Date
    item: str
    status: Status
    cause: str | None
    entered_at: datetime
    revision: int


class Logged(BaseModel):
    log: Log
    durability: Literal["committed"] = "committed"


def is_safety(flag: str) -> bool:
    kind, _, topic = flag.partition(":")
    return kind == "rapid_weight_loss" or kind == "note_concern" and topic in SAFETY_TOPICS


# Who calls.


@dataclass(frozen=True)
class Caller:
    role: str
    name: str
    acting_user: str | None


async def pool(request: Request) -> asyncpg.Pool:
    return request.app.state.pool


Pool = Annotated[asyncpg.Pool, Depends(pool)]


async def caller(
    request: Request,
    db: Pool,
    authorization: Annotated[str, Header()],
    acting_user: Annotated[str | None, Header(alias="regiment-acting-user", pattern=r"^\d{1,20}$")] = None,
) -> Caller:
    scheme, _, secret = authorization.partition(" ")
    if scheme != "Bearer":
        raise HTTPException(401, "show a token: authorization: Bearer …")
    known = request.app.state.known
    digest = hashlib.sha256(secret.encode()).hexdigest()
    token, seen_at = known.get(digest, (None, 0.0))
    if token is None or time.monotonic() - seen_at > TOKEN_FRESH_SECONDS:
        token = await db.fetchrow("SELECT role, name, revoked_at FROM api_tokens WHERE hash = $1", digest)
        if token is None or token["revoked_at"] is not None:
            raise HTTPException(401, "that is not valid, or no longer")
        known[digest] = (token, time.monotonic())
    if acting_user is not None and token["role"] != "bot":
        raise HTTPException(403, "only the bot calls for somebody else")
    return Caller(token["role"], token["name"], acting_user)


async def reader(caller: Annotated[Caller, Depends(caller)]) -> Caller:
    if caller.role not in ("viewer", "coach", "admin"):
        raise HTTPException(403, "your role may not do that")
    return caller


# Pages.


def token_of(place: list) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def place_of(token: str, length: int) -> list | None:
    if not token:
        return None
    try:
        place = json.loads(base64.urlsafe_b64decode(token))
    except ValueError:
        place = None
    if not isinstance(place, list) or len(place) != length:
        raise HTTPException(422, "page_token must be the next_page_token of the page before")
    return place


PageSize = Annotated[int, Query(ge=1, le=1000)]


# Methods.


@app.get("/readyz")
async def ready(db: Pool) -> str:
    await db.fetchval("SELECT 1")
    return "ready"


@app.get("/v1/clients")
async def list_clients(
    _: Annotated[Caller, Depends(reader)], db: Pool, page_size: PageSize = 50, page_token: str = ""
) -> ClientPage:
    place = place_of(page_token, 1)
    rows = await db.fetch(
        "SELECT body FROM clients WHERE user_id > $1 ORDER BY user_id LIMIT $2",
        place[0] if place else "",
        page_size + 1,
    )
    clients = [Client.model_validate_json(row["body"]) for row in rows[:page_size]]
    more = len(rows) > page_size
    return ClientPage(clients=clients, next_page_token=token_of([clients[-1].user_id]) if more else "")


@app.get("/v1/clients/{user_id}")
async def get_client(_: Annotated[Caller, Depends(reader)], db: Pool, user_id: str) -> Client:
    body = await db.fetchval("SELECT body FROM clients WHERE user_id = $1", user_id)
    if body is None:
        raise HTTPException(404, "no such client")
    return Client.model_validate_json(body)


CARDS = """
SELECT j.id, j.version, j.severity, j.priority, j.raised_at, j.body, c.body AS client, e.body AS earlier
FROM (
    SELECT * FROM job_cards
    WHERE state IN ('open', 'acknowledged', 'snoozed')
    AND ($1::bigint IS NULL OR severity < $1 OR (severity = $1 AND (priority < $2 OR (priority = $2
    AND (raised_at > $3 OR (raised_at = $3 AND id > $4))))))
    ORDER BY severity DESC, priority DESC, raised_at, id LIMIT $5
) j
JOIN clients c ON c.user_id = j.user_id
LEFT JOIN LATERAL (
    SELECT body FROM job_cards o
    WHERE o.user_id = j.user_id AND o.source = j.source AND o.date < j.date AND o.date >= $6
    ORDER BY o.date DESC LIMIT 1
) e ON true
ORDER BY j.severity DESC, j.priority DESC, j.raised_at, j.id
"""


@app.get("/v1/jobCards")
async def list_job_cards(
    _: Annotated[Caller, Depends(reader)], db: Pool, page_size: PageSize = 50, page_token: str = ""
) -> JobCardPage:
    place = place_of(page_token, 4) or [None] * 4
    first = (datetime.now(timezone.utc) - 2 * EARLIER).date().isoformat()
    rows = await db.fetch(CARDS, *place, page_size + 1, first)
    cards = [shown(row) for row in rows[:page_size]]
    if len(rows) <= page_size:
        return JobCardPage(job_cards=cards, next_page_token="")
    last = rows[page_size - 1]
    token = token_of([last["severity"], last["priority"], last["raised_at"], last["id"]])
    return JobCardPage(job_cards=cards, next_page_token=token)


def shown(row: asyncpg.Record) -> JobCard:
    card = JobCard.model_validate_json(row["body"])
    client = Client.model_validate_json(row["client"])
    card.version = row["version"]
    card.display_name, card.alias, card.photo_url = client.display_name, client.alias, client.photo_url
    if row["earlier"] is not None:
        before = JobCard.model_validate_json(row["earlier"])
        card.earlier = EarlierCard(
            name=before.name,
            date=before.date,
            state=before.state,
            resolution=before.resolution,
            new_flags=[flag for flag in card.flags if flag not in before.flags],
            gone_flags=[flag for flag in before.flags if flag not in card.flags],
        )
    return card


@app.post("/v1/clients/{user_id}/meals")
async def log_meal(
    asked: LogMeal, caller: Annotated[Caller, Depends(caller)], db: Pool, user_id: str
) -> Logged:
    if caller.acting_user != user_id:
        raise HTTPException(403, "that is not yours")
    now = datetime.now(timezone.utc)
    day = asked.date.isoformat()
    digest = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()
    async with db.acquire() as connection, connection.transaction():
        marked = await connection.fetchval(
            "INSERT INTO request_log (principal, request_id, method, request_hash, response, expires_at) "
            "VALUES ($1, $2, 'LogMeal', $3, '', $4) ON CONFLICT (principal, request_id) DO NOTHING RETURNING 1",
            user_id, asked.request_id, digest, micros(now + REMEMBERED),
        )
        if marked is None:
            return await answered(connection, user_id, asked.request_id, digest)
        client = await connection.fetchval(
            "SELECT body FROM clients WHERE user_id = $1 FOR NO KEY UPDATE", user_id
        )
        if client is None:
            raise HTTPException(404, "no such client")
        order = await connection.fetchrow(
            "SELECT deadline_at, delivered_at, withdrawn_at, body FROM orders "
            "WHERE user_id = $1 AND date = $2 AND kind = 'fuel'", user_id, day,
        )
        check(order, asked, now)
        last = await connection.fetchrow(
            "SELECT revision, body FROM logs WHERE user_id = $1 AND date = $2 AND stream = 'meal' "
            "AND item = $3 ORDER BY revision DESC LIMIT 1", user_id, day, asked.meal_id,
        )
        cause = None
        if asked.status is Status.missed:
            cause = await cause_of_miss(connection, user_id, asked, last)
        record = {
            "user_id": user_id,
            "meal_id": asked.meal_id,
            "date": day,
            "logged_at": now.isoformat(),
            "timezone_offset": Client.model_validate_json(client).timezone_offset,
            "status": asked.status.value,
            "source_engine": "meal",
        } | ({"cause": cause} if cause else {})
        revision = last["revision"] if last else 0
        if last is None or not stands(json.loads(last["body"]), record):
            revision += 1
            await connection.execute(
                "INSERT INTO logs (user_id, date, stream, item, revision, entered_at, recorded_at, actor, body) "
                "VALUES ($1, $2, 'meal', $3, $4, $5, $5, $6, $7)",
                user_id, day, asked.meal_id, revision, micros(now),
                json.dumps({"role": "client", "id": user_id}), json.dumps(record),
            )
            if revision > 1:
                await connection.execute(
                    "INSERT INTO client_activity (user_id, changed_at) VALUES ($1, $2) "
                    "ON CONFLICT (user_id) DO UPDATE SET changed_at = excluded.changed_at", user_id, micros(now),
                )
        logged = Logged(
            log=Log(
                name=f"clients/{user_id}/logs/meal:{day}:{asked.meal_id}",
                date=asked.date,
                item=asked.meal_id,
                status=asked.status,
                cause=cause,
                entered_at=now,
                revision=revision,
            )
        )
        await connection.execute(
            "UPDATE request_log SET response = $3 WHERE principal = $1 AND request_id = $2",
            user_id, asked.request_id, logged.model_dump_json(),
        )
    return logged


async def answered(connection: asyncpg.Connection, user_id: str, request_id: str, digest: str) -> Logged:
    row = await connection.fetchrow(
        "SELECT request_hash, response FROM request_log WHERE principal = $1 AND request_id = $2",
        user_id, request_id,
    )
    if row["request_hash"] != digest:
        raise HTTPException(422, "request_id must be an id that no other request of the last 24 hours had")
    return Logged.model_validate_json(row["response"])


def check(order: asyncpg.Record | None, asked: LogMeal, now: datetime) -> None:
    if order is None or order["withdrawn_at"] is not None:
        raise HTTPException(409, "nothing was ordered for that date")
    if asked.meal_id not in {meal["meal_id"] for meal in json.loads(order["body"])["ordered"]["meals"]}:
        raise HTTPException(409, "that meal was not ordered")
    if micros(now) >= order["deadline_at"]:
        raise HTTPException(409, "that date is closed")


async def cause_of_miss(
    connection: asyncpg.Connection, user_id: str, asked: LogMeal, last: asyncpg.Record | None
) -> str | None:
    if last is not None and (cause := json.loads(last["body"]).get("cause")):
        return cause
    rows = await connection.fetch(
        "SELECT body FROM excuses WHERE user_id = $1 AND from_date <= $2 AND until_date >= $2",
        user_id, asked.date.isoformat(),
    )
    for excuse in (json.loads(row["body"]) for row in rows):
        if "meal" in excuse.get("streams", ["meal"]) and excuse.get("item", asked.meal_id) == asked.meal_id:
            return "excused"
    return None


def stands(standing: dict, record: dict) -> bool:
    return all(standing.get(key) == record.get(key) for key in ("status", "cause"))


def micros(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
