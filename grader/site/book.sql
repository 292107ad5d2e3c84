-- What was written on the practice page. Version 1. Times are ISO 8601 in UTC.

-- Facts about this file: `schema` is the version of these tables, `secret` the key of sessions.
CREATE TABLE about (
    name  TEXT PRIMARY KEY,  -- which fact
    value TEXT NOT NULL      -- as text
);

-- Each text once, although several people may have written it.
CREATE TABLE source (
    digest  TEXT PRIMARY KEY,  -- SHA-256 of its UTF-8, as hexadecimal digits
    content BLOB NOT NULL      -- UTF-8
) WITHOUT ROWID;

-- The present text of a person for a problem.
CREATE TABLE draft (
    person   TEXT NOT NULL,     -- who wrote it
    problem  TEXT NOT NULL,     -- slug of the problem
    revision INTEGER NOT NULL,  -- counts from 1
    digest   TEXT NOT NULL,     -- of the text
    saved_at TEXT NOT NULL,     -- when it was saved
    PRIMARY KEY (person, problem)
) WITHOUT ROWID;

-- Earlier texts: at most one a minute, and each before more than half of it was removed.
CREATE TABLE draft_log (
    person   TEXT NOT NULL,     -- as in `draft`
    problem  TEXT NOT NULL,     -- as in `draft`
    revision INTEGER NOT NULL,  -- as in `draft`
    digest   TEXT NOT NULL,     -- of the text
    saved_at TEXT NOT NULL,     -- when it was saved
    PRIMARY KEY (person, problem, revision)
) WITHOUT ROWID;

-- Texts that were run or submitted. A row is committed before anybody is given a receipt.
CREATE TABLE attempt (
    id          TEXT PRIMARY KEY,  -- made by the page, so that a repeated request is the same attempt
    person      TEXT NOT NULL,     -- who sent it
    problem     TEXT NOT NULL,     -- slug of the problem
    kind        TEXT NOT NULL,     -- run: public cases; submit: all
    digest      TEXT NOT NULL,     -- of the text
    received_at TEXT NOT NULL,     -- by the clock of this machine
    client_at   TEXT NOT NULL      -- by the clock of the browser, as it was sent; empty if it was not
);
CREATE INDEX attempt_of ON attempt (person, problem, received_at);

-- How attempts ended. One without a row is pending: it is judged when the server starts.
CREATE TABLE outcome (
    attempt   TEXT PRIMARY KEY,  -- id of the attempt
    judged_at TEXT NOT NULL,     -- when
    verdict   TEXT NOT NULL,     -- as in JSON: accepted, wrong_answer, …
    score     TEXT NOT NULL,     -- an exact fraction: 7/2
    max_score TEXT NOT NULL      -- also a fraction: the points of the cases that were judged
) WITHOUT ROWID;
