-- What a class submitted and how it was judged. Version 6. `store.py` migrates older versions.

-- Facts about this file: `schema` is the version of these tables, `folder` the working folder from
-- which the paths of locators lead.
CREATE TABLE about (
    name  TEXT PRIMARY KEY,  -- which fact
    value TEXT NOT NULL      -- as text
);

-- One row for each program that was judged, however many students submitted it. A program is
-- pending if it has no row with the first five columns.
CREATE TABLE judgement (
    submission          TEXT NOT NULL,  -- digest of the source
    problem             TEXT NOT NULL,  -- slug of the problem
    key                 TEXT NOT NULL,  -- digest of all that a verdict depends on: cases, answers, tolerances, limits
    grader              TEXT NOT NULL,  -- version of the grader
    tier                TEXT NOT NULL,  -- of the sandbox
    inputs              TEXT NOT NULL,  -- digest of all that a run depends on: arguments and limits, not tolerances
    verdict             TEXT NOT NULL,  -- as in JSON: accepted, wrong_answer, …
    score               TEXT NOT NULL,  -- an exact fraction: 7/2
    max_score           TEXT NOT NULL,  -- also a fraction: the points of all cases
    cases               TEXT NOT NULL,  -- JSON: [name, verdict, points] of each case, in order
    misconceptions      TEXT NOT NULL,  -- JSON: misconceptions that explain the answers, with hints
    observations        TEXT NOT NULL,  -- JSON: other sentences about wrong answers
    answers_fingerprint TEXT NOT NULL,  -- equal for programs that give the same answers in every case
    cpu_s               REAL NOT NULL,  -- CPU time of the slowest case, in seconds
    runs                TEXT NOT NULL,  -- JSON: what happened in each call; values in base64, large wrong ones shortened
    times_run           INTEGER NOT NULL,  -- how often the program was run for this row; 0 if judged from stored runs
    notes               TEXT NOT NULL DEFAULT '[]',  -- JSON: sentences about the import of the program
    PRIMARY KEY (submission, problem, key, grader, tier)
) WITHOUT ROWID;

-- One row for each program that could not be judged: an internal error, or the grader was killed.
-- The row is removed when the program is judged.
CREATE TABLE failure (
    submission TEXT NOT NULL,     -- digest of the source
    problem    TEXT NOT NULL,     -- slug of the problem
    key        TEXT NOT NULL,     -- as in `judgement`
    grader     TEXT NOT NULL,     -- version of the grader
    tier       TEXT NOT NULL,     -- of the sandbox
    times      INTEGER NOT NULL,  -- how often judging it was begun
    error      TEXT NOT NULL,     -- what went wrong the last time; empty if it did not end
    PRIMARY KEY (submission, problem, key, grader, tier)
) WITHOUT ROWID;

-- What was submitted, as of the last time the class was graded.
CREATE TABLE attempt (
    student      TEXT NOT NULL,     -- id in the roster, or the name that the file came with
    problem      TEXT NOT NULL,     -- slug of the problem
    number       INTEGER NOT NULL,  -- 1 for a student's first attempt at a problem
    locator      TEXT NOT NULL,     -- path of the file, or archive!member
    submitted_at TEXT,              -- ISO 8601 with a time zone; NULL if not known
    notes        TEXT NOT NULL,     -- JSON: list of texts
    flaw         TEXT NOT NULL,     -- why the file cannot be judged; empty if it can
    submission   TEXT NOT NULL,     -- digest of the source
    key          TEXT NOT NULL,     -- the key of its judgement
    grader       TEXT NOT NULL,     -- the grader of its judgement
    tier         TEXT NOT NULL,     -- the tier of its judgement
    PRIMARY KEY (student, problem, number)
) WITHOUT ROWID;
