"""Grading on Gradescope: packs the autograder that is uploaded, and runs as it there.

    archive      makes the zip to upload
    wheel        this package as a wheel, which the zip contains
    setup.sh     run once, when Gradescope builds the image: installs the package
    run_autograder
                 run for each submission: starts `autograder`
    autograder   judges a submission, and writes results.json as cases finish
    metadata     reads when a submission was made, and by whom

Gradescope unpacks the zip into `/autograder/source`:

    setup.sh, run_autograder, exercise_grader-….whl
    assignment.yaml                            for an assignment
    bank/problems/…, bank/solutions/…          of the packed problems only

A student's files are in `/autograder/submission`. For a trial, the environment variable
AUTOGRADER_ROOT names a folder in place of `/autograder`, and PYTHON an interpreter in place of one
from the system's packages.
"""
