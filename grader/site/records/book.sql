-- What was written on the practice page. Version 2. Times are ISO 8601 in UTC. What is missing is
-- created whenever a book is opened, so an older one gets the tables that it lacks.

-- Facts about this file: `schema` is the version of these tables, `secret` the key of sessions.
CREATE TABLE IF NOT EXISTS about (
    name  TEXT PRIMARY KEY,  -- which fact
    value TEXT NOT NULL      -- as text
);

-- Each text once, although several people may have written it.
CREATE TABLE IF NOT EXISTS source (
    digest  TEXT PRIMARY KEY,  -- SHA-256 of its UTF-8, as hexadecimal digits
    content BLOB NOT NULL      -- UTF-8
) WITHOUT ROWID;

-- The present text of a person for a problem.
CREATE TABLE IF NOT EXISTS draft (
    person   TEXT NOT NULL,     -- who wrote it
    problem  TEXT NOT NULL,     -- slug of the problem
    revision INTEGER NOT NULL,  -- counts from 1
    digest   TEXT NOT NULL,     -- of the text
    saved_at TEXT NOT NULL,     -- when it was saved
    PRIMARY KEY (person, problem)
) WITHOUT ROWID;

-- Earlier texts: the first, the last of each minute, the last up to each due date, and each before
-- more than half of it was removed.
CREATE TABLE IF NOT EXISTS draft_log (
    person   TEXT NOT NULL,     -- as in `draft`
    problem  TEXT NOT NULL,     -- as in `draft`
    revision INTEGER NOT NULL,  -- as in `draft`
    digest   TEXT NOT NULL,     -- of the text
    saved_at TEXT NOT NULL,     -- when it was saved
    PRIMARY KEY (person, problem, revision)
) WITHOUT ROWID;

-- Whether a text is still used is asked whenever a draft is replaced.
CREATE INDEX IF NOT EXISTS draft_digest ON draft (digest);
CREATE INDEX IF NOT EXISTS draft_log_digest ON draft_log (digest);

-- Texts that were run or submitted. A row is committed before anybody is given a receipt.
CREATE TABLE IF NOT EXISTS attempt (
    id          TEXT PRIMARY KEY,  -- made by the page, so that a repeated request is the same attempt
    person      TEXT NOT NULL,     -- who sent it
    problem     TEXT NOT NULL,     -- slug of the problem
    kind        TEXT NOT NULL,     -- run: public cases; submit: all
    digest      TEXT NOT NULL,     -- of the text
    received_at TEXT NOT NULL,     -- by the clock of this machine
    client_at   TEXT NOT NULL      -- by the clock of the browser, as it was sent; empty if it was not
);
CREATE INDEX IF NOT EXISTS attempt_of ON attempt (person, problem, received_at);
CREATE INDEX IF NOT EXISTS attempt_digest ON attempt (digest);

-- How attempts ended. One without a row is pending: it is judged when the server starts. So is a
-- submit whose `key` is not that of the present answer key.
CREATE TABLE IF NOT EXISTS outcome (
    attempt   TEXT PRIMARY KEY,  -- id of the attempt
    judged_at TEXT NOT NULL,     -- when
    verdict   TEXT NOT NULL,     -- as in JSON: accepted, wrong_answer, …
    score     TEXT NOT NULL,     -- an exact fraction: 7/2
    max_score TEXT NOT NULL,     -- also a fraction: the points of the cases that were judged
    key       TEXT NOT NULL DEFAULT ''  -- digest of the answer key; empty in books of version 1
) WITHOUT ROWID;

-- Outcomes that a correction of the problem replaced, so that it can be told what changed.
CREATE TABLE IF NOT EXISTS outcome_before (
    number      INTEGER PRIMARY KEY,  -- counts up
    attempt     TEXT NOT NULL,        -- id of the attempt
    judged_at   TEXT NOT NULL,        -- as in `outcome`, like the next four
    verdict     TEXT NOT NULL,
    score       TEXT NOT NULL,
    max_score   TEXT NOT NULL,
    key         TEXT NOT NULL,
    replaced_at TEXT NOT NULL,        -- when
    why         TEXT NOT NULL         -- what changed it, a line for each reason, as students may know it
);
CREATE INDEX IF NOT EXISTS outcome_before_of ON outcome_before (attempt);

-- Versions of problems that were published in a course; the one with the highest number is in use.
CREATE TABLE IF NOT EXISTS published (
    problem      TEXT NOT NULL,     -- slug of the problem
    number       INTEGER NOT NULL,  -- counts from 1
    version      TEXT NOT NULL,     -- digest of its files, which names their folder
    published_at TEXT NOT NULL,     -- when
    publisher    TEXT NOT NULL,     -- id of who published it; empty for the server at its start
    changes      TEXT NOT NULL,     -- since the one before, a line for each, as students may know them
    files        BLOB NOT NULL,     -- a .zip archive of its files, so that a backup of the book has them
    PRIMARY KEY (problem, number)
) WITHOUT ROWID;

-- Who takes part in a course: the roster and the staff, as they were read at the last start.
CREATE TABLE IF NOT EXISTS person (
    id       TEXT PRIMARY KEY,  -- as the roster has it
    name     TEXT NOT NULL,     -- may be empty
    sections TEXT NOT NULL,     -- a line for each
    role     TEXT NOT NULL,     -- student, assistant or instructor
    is_gone  INTEGER NOT NULL   -- whether they are in the roster no more
) WITHOUT ROWID;

-- What signs a person in, once: an address, or a code for another device.
CREATE TABLE IF NOT EXISTS link (
    hash       TEXT PRIMARY KEY,  -- SHA-256 of the secret
    person     TEXT NOT NULL,     -- whom it signs in
    kind       TEXT NOT NULL,     -- link or code
    expires_at TEXT NOT NULL,     -- when it stops to be valid
    used_at    TEXT NOT NULL      -- when it was used; empty if it was not
) WITHOUT ROWID;

-- The browsers that are signed in.
CREATE TABLE IF NOT EXISTS session (
    hash       TEXT PRIMARY KEY,  -- SHA-256 of what the cookie has
    person     TEXT NOT NULL,     -- who is signed in
    device     TEXT NOT NULL,     -- the browser, as it names itself
    begun_at   TEXT NOT NULL,     -- when
    seen_at    TEXT NOT NULL,     -- the last time, to the minute
    expires_at TEXT NOT NULL      -- when it ends
) WITHOUT ROWID;

-- What has happened in a course, for views that follow it; see events.py. Old rows are removed.
CREATE TABLE IF NOT EXISTS event (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,  -- counts up; no number is used again
    at     TEXT NOT NULL,                      -- when
    person TEXT NOT NULL,                      -- whom it concerns; empty for everybody
    kind   TEXT NOT NULL,                      -- draft, run, submit, judged, note, …
    about  TEXT NOT NULL                       -- slug of a problem, or what else it is about
);

-- What people are told on their pages, a row for each reader; see news.py.
CREATE TABLE IF NOT EXISTS news (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,  -- counts up; no number is used again
    sent    INTEGER NOT NULL,                   -- the same for all who were told the same
    person  TEXT NOT NULL,                      -- who is told
    at      TEXT NOT NULL,                      -- when
    kind    TEXT NOT NULL,                      -- note, hints, extended, corrected or released
    author  TEXT NOT NULL,                      -- name of who tells it; empty for the server
    problem TEXT NOT NULL,                      -- slug of the problem; empty if about none
    text    TEXT NOT NULL,                      -- plain text
    link    TEXT NOT NULL,                      -- path of a page with more; empty if there is none
    read_at TEXT NOT NULL                       -- when the reader put it away; empty if not yet
);
CREATE INDEX IF NOT EXISTS news_of ON news (person, seq);

-- More time that was given to a person on a page of the course. Of several rows for a person in an
-- assignment, the last holds. `grader batch` reads them too.
CREATE TABLE IF NOT EXISTS extension (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they were given
    assignment TEXT NOT NULL,        -- its name: that of its file, without the ending
    person     TEXT NOT NULL,        -- who has more time
    until      TEXT NOT NULL,        -- the due date; empty if the extension was taken back
    reason     TEXT NOT NULL,        -- for those who teach
    given_by   TEXT NOT NULL,        -- id of who gave it
    given_at   TEXT NOT NULL         -- when
);

-- Exams whose results were released.
CREATE TABLE IF NOT EXISTS released (
    assignment  TEXT PRIMARY KEY,  -- its name, as in `extension`
    released_by TEXT NOT NULL,     -- id of who released them
    released_at TEXT NOT NULL      -- when
) WITHOUT ROWID;

-- Drafts that were not submitted at the due date, and the decision about each.
CREATE TABLE IF NOT EXISTS at_due (
    person  TEXT NOT NULL,  -- whose draft
    problem TEXT NOT NULL,  -- slug of the problem
    due     TEXT NOT NULL,  -- that due date
    attempt TEXT NOT NULL,  -- id of the attempt as which it was handed in; empty if it was not
    done_by TEXT NOT NULL,  -- id of the person who decided; empty if the server did
    done_at TEXT NOT NULL,  -- when
    PRIMARY KEY (person, problem, due)
) WITHOUT ROWID;

-- Hints that the staff has opened before the assignment does.
CREATE TABLE IF NOT EXISTS hint (
    person  TEXT NOT NULL,  -- for whom; empty for everybody
    problem TEXT NOT NULL,  -- slug of the problem
    at      TEXT NOT NULL,  -- when
    PRIMARY KEY (person, problem)
) WITHOUT ROWID;
