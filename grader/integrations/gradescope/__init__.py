"""Grading on Gradescope: the zip that is uploaded there, and what of it runs there.

    archive      makes the zip
    wheel        this package, to be installed there
    setup.sh     run once, when Gradescope makes the image: installs the package
    run_autograder
                 run for each submission: starts `autograder`
    autograder   judges what was handed in, and writes results.json as cases finish
    metadata     reads when it was handed in, and by whom

Gradescope unpacks the zip into `/autograder/source`:

    setup.sh, run_autograder, exercise_grader-….whl
    assignment.yaml                            if there is one
    bank/problems/…, bank/solutions/…          of the chosen problems alone

A student's files are in `/autograder/submission`. Another folder than `/autograder`, for a trial,
is named by the environment variable AUTOGRADER_ROOT; PYTHON names an interpreter to use in place
of one from the system's packages.
"""
