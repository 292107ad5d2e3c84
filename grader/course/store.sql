-- What a class handed in, and what came of it. Version 1.

-- Facts about this file itself: `schema`, the version of these tables.
CREATE TABLE about (
    name  TEXT PRIMARY KEY,  -- which fact
    value TEXT NOT NULL      -- as text
);

-- One row for each program that was judged, whoever handed it in and how often. What is pending is
-- what has no row under the first five columns.
CREATE TABLE judgement (
    submission   TEXT NOT NULL,  -- digest of the source
    problem      TEXT NOT NULL,  -- its name in the bank
    key          TEXT NOT NULL,  -- digest of all a verdict depends on: cases, answers, tolerances, limits
    grader       TEXT NOT NULL,  -- version of the program
    tier         TEXT NOT NULL,  -- of the sandbox
    inputs       TEXT NOT NULL,  -- digest of all a run depends on: arguments, limits, not the tolerances
    verdict      TEXT NOT NULL,  -- as in JSON: accepted, wrong_answer, …
    score        TEXT NOT NULL,  -- an exact fraction: 7/2
    max_score    TEXT NOT NULL,  -- likewise: all points there are
    cases        TEXT NOT NULL,  -- JSON: [name, verdict, points] of each case, in order
    suspects     TEXT NOT NULL,  -- JSON: misconceptions that explain the answers, with hints
    observations TEXT NOT NULL,  -- JSON: what else was noticed of the answers
    alike        TEXT NOT NULL,  -- digest of the answers: the same where all answers are
    cpu_s        REAL NOT NULL,  -- of the slowest case
    runs         TEXT NOT NULL,  -- JSON: what each call did, values in base64
    times_run    INTEGER NOT NULL,  -- how often the program was run for it; 0 if judged from kept runs
    PRIMARY KEY (submission, problem, key, grader, tier)
) WITHOUT ROWID;

-- What was handed in, as found when the class was last graded.
CREATE TABLE attempt (
    student    TEXT NOT NULL,     -- the id on the roster, or what the file is called by
    problem    TEXT NOT NULL,     -- its name in the bank
    number     INTEGER NOT NULL,  -- 1 for the first of a student's attempts at a problem
    place      TEXT NOT NULL,     -- file, or archive!member
    handed_in  TEXT,              -- ISO 8601 with its zone
    notes      TEXT NOT NULL,     -- JSON: list of texts
    flaw       TEXT NOT NULL,     -- why there is nothing to judge; empty if there is
    submission TEXT NOT NULL,     -- digest of the source
    key        TEXT NOT NULL,     -- what it is judged by
    grader     TEXT NOT NULL,     -- by which version
    tier       TEXT NOT NULL,     -- under which tier of the sandbox
    PRIMARY KEY (student, problem, number)
) WITHOUT ROWID;
