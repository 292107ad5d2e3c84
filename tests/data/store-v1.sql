-- A store of version 1, as grader wrote it before version 2 of its tables.
BEGIN TRANSACTION;
CREATE TABLE about (
    name  TEXT PRIMARY KEY,  -- which fact
    value TEXT NOT NULL      -- as text
);
INSERT INTO "about" VALUES('schema','1');
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
INSERT INTO "attempt" VALUES('ann','mean',1,'in/ann.py','2026-11-30T23:59:00+01:00','["handed in late, says Canvas"]','','3068d47b2de591301bebfdd809093d48865ae67c8f412b1a58e2f8acfcb62b0a','7a95d9264bb0d320a77805ff1436e6de1ea1854f9220d74ea405980aecb1be93','0.1.0','strict');
INSERT INTO "attempt" VALUES('bob','mean',1,'in/bob.py',NULL,'[]','','b9f59975b83a6a805961e8846b073b72ddf1dac340a6112f576c46d3844e5eb4','7a95d9264bb0d320a77805ff1436e6de1ea1854f9220d74ea405980aecb1be93','0.1.0','strict');
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
INSERT INTO "judgement" VALUES('3068d47b2de591301bebfdd809093d48865ae67c8f412b1a58e2f8acfcb62b0a','mean','7a95d9264bb0d320a77805ff1436e6de1ea1854f9220d74ea405980aecb1be93','0.1.0','strict','158151f9e192277adb6463abc93c9148a2cec77f7def25d4673b5ce04831058a','wrong_answer','1','4','[["three", "wrong_answer", "0"], ["one", "accepted", "1"], ["secret", "wrong_answer", "0"]]','[{"slugs": ["sum"], "hints": ["What do you divide by?"], "agrees": 2, "of": 2}]','[]','3a731a0cc5084762c0acf0df8f04247d60a9c01777050aa7ca7aff34ee3f9ff9',1.46119000000000109906e-04,'[{"status": "returned", "value": "ZAAAAAAAAB5A", "error": "", "line": 0, "traceback": "", "stdout": "", "wall_s": 0.0017273560001740407, "cpu_s": 0.0001461190000000001, "peak_mib": 1.33984375}, {"status": "returned", "value": "ZAAAAAAAAB1A", "error": "", "line": 0, "traceback": "", "stdout": "", "wall_s": 0.00017748300024322816, "cpu_s": 4.561599999999984e-05, "peak_mib": 1.33984375}, {"status": "returned", "value": "ZAAAAABQ2MBA", "error": "", "line": 0, "traceback": "", "stdout": "", "wall_s": 8.55309999678866e-05, "cpu_s": 3.944199999999999e-05, "peak_mib": 1.33984375}]',1);
INSERT INTO "judgement" VALUES('b9f59975b83a6a805961e8846b073b72ddf1dac340a6112f576c46d3844e5eb4','mean','7a95d9264bb0d320a77805ff1436e6de1ea1854f9220d74ea405980aecb1be93','0.1.0','strict','158151f9e192277adb6463abc93c9148a2cec77f7def25d4673b5ce04831058a','wrong_answer','0','4','[["three", "wrong_answer", "0"], ["one", "wrong_answer", "0"], ["secret", "wrong_answer", "0"]]','[]','[]','0ac65fe02a94dd296455d5721514f86b89531ac1891f5b469b5b8249f5c1d95b',1.89309999999999825637e-04,'[{"status": "returned", "value": "YwAAAAAAAAhAAAAAAAAA8D8=", "error": "", "line": 0, "traceback": "", "stdout": "", "wall_s": 0.0003248450002502068, "cpu_s": 0.00018930999999999983, "peak_mib": 3.96484375}, {"status": "returned", "value": "YwAAAAAAAPA/AAAAAAAA8D8=", "error": "", "line": 0, "traceback": "", "stdout": "", "wall_s": 0.0006511000001410139, "cpu_s": 6.689600000000032e-05, "peak_mib": 3.96484375}, {"status": "returned", "value": "YwAAAAAAAABAAAAAAAAA8D8=", "error": "", "line": 0, "traceback": "", "stdout": "", "wall_s": 7.02470001670008e-05, "cpu_s": 2.913599999999992e-05, "peak_mib": 3.96484375}]',1);
COMMIT;
