"""Hints for the mistakes of real people: wrong programs, each with the misconceptions it shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from grader.judging import diagnosis
from grader.judging.answer_key import AnswerKey
from grader.judging.audience import Audience, conclude_for
from grader.judging.judge import judge
from grader.model.judgement import Judgement, Verdict
from grader.model.problem import Submission
from grader.reports.messages import hints
from grader.sandbox.host import Sandbox
from tests._support.bank import DATA

Key = Callable[[str], AnswerKey]
HINTS = DATA / "hints"

# By problem and file: the misconceptions of the likeliest diagnosis, and of how many wrong answers
# it explains how many.
DUE: dict[str, tuple[set[str], str]] = {
    "grpo/no_weight_on_the_penalty": ({"kl-without-importance-weight"}, "14 of 14"),
    "grpo/ratio_upside_down_and_no_weight": (
        {"kl-ratio-inverted", "kl-without-importance-weight"},
        "15 of 15",
    ),
    "grpo/normalised_and_kl_the_other_way_round": ({"full-kl-normalised-reversed"}, "14 of 14"),
    "grpo/normalised_and_ratio_the_other_way_round": (
        {"normalised-probabilities", "kl-ratio-inverted"},
        "14 of 14",
    ),
    "grpo/whole_kl_of_normalised_integers": ({"full-kl-normalised"}, "13 of 13"),
    "grpo/old_policy_ratio_upside_down_and_no_weight": (
        {"pi-old-instead-of-pi-theta", "kl-ratio-inverted", "kl-without-importance-weight"},
        "15 of 15",
    ),
    "sequence-level-policy-gradient/deviation_compared_with_zero": (
        {"exact-zero-sigma-test"},
        "1 of 1",
    ),
    "sequence-level-policy-gradient/no_length_no_clipping_and_a_constant": (
        {"no-length-normalisation", "no-clip"},
        "15 of 17",
    ),
    "sequence-level-policy-gradient/mean_of_token_ratios_and_sample_deviation": (
        {"mean-of-ratios", "sample-std"},
        "16 of 16",
    ),
    "sequence-level-policy-gradient/loss_of_log_ratios": (
        {"missing-exp", "negated-loss"},
        "17 of 17",
    ),
    "group-policy-optimization/ratio_upside_down": ({"kl-ratio-inverted"}, "14 of 14"),
    "group-policy-optimization/no_weight": ({"kl-without-importance-weight"}, "14 of 14"),
    "group-policy-optimization/ratio_upside_down_and_no_weight": (
        {"kl-ratio-inverted", "kl-without-importance-weight"},
        "14 of 14",
    ),
    "group-policy-optimization/normalised": ({"normalised-probabilities"}, "11 of 11"),
    "group-policy-optimization/summed_penalty_with_its_weight_on_one_term": (
        {"kl-summed", "kl-weight-precedence"},
        "15 of 15",
    ),
    "group-policy-optimization/ratio_upside_down_no_weight_and_a_sum": (
        {"kl-ratio-inverted", "kl-without-importance-weight", "kl-summed"},
        "15 of 15",
    ),
    "dr-grpo/token_mean_and_standardised": (
        {"mean-over-tokens", "divide-by-std"},
        "11 of 12",
    ),
    "dr-grpo/loss_of_a_leave_one_out_baseline_that_fails_alone": (
        {"leave-one-out-baseline", "negated-loss"},
        "14 of 14",
    ),
    "dr-grpo/rounded_as_in_the_example": ({"rounded-result"}, "7 of 7"),
    "dr-grpo/first_length_and_an_index_error": ({"first-length-for-all"}, "4 of 4"),
    "dr-grpo/an_array_of_lists_of_different_lengths": (set(), ""),
    "dr-grpo/a_harmless_change_of_an_argument": (set(), ""),
    "dr-grpo/a_harmful_change_of_an_argument": (set(), ""),
    "unbiased-policy-gradient/empty_responses_divide_by_zero": ({"mean-over-tokens"}, "13 of 13"),
}


def judged(name: str, key: AnswerKey, sandbox: Sandbox) -> Judgement:
    source = (HINTS / f"{name}.py").read_bytes()
    return judge(key, Submission(source, f"{name}.py"), sandbox)


@pytest.mark.parametrize("name, slugs, share", [(k, *v) for k, v in DUE.items()], ids=DUE)
def test_the_mistakes_of_real_people_get_their_hint(
    name: str, slugs: set[str], share: str, answer_key: Key, sandbox: Sandbox
) -> None:
    key = answer_key(name.partition("/")[0])
    judgement = judged(name, key, sandbox)
    assert judgement.verdict is not Verdict.ACCEPTED
    whole = conclude_for(Audience.INSTRUCTOR, judgement, key, sandbox).misconceptions
    assert [set(each.slugs) for each in whole[:1]] == ([slugs] if slugs else [])
    assert [f"{each.explained} of {each.wrong_answers}" for each in whole[:1]] == (
        [share] if share else []
    )
    known = {each.slug: each.hint for each in key.problem.misconceptions}
    told = " ".join(hints(conclude_for(Audience.STUDENT, judgement, key, sandbox)))
    assert [slug for slug in slugs if known[slug] not in told] == []
    agrees, _, of = share.partition(" of ")
    assert (f"for {agrees} of your {of} wrong answers" in told) == (agrees != of)


OBSERVED = {
    "an_array_of_lists_of_different_lengths": "the lists in log_probs_new differ in length",
    "a_harmless_change_of_an_argument": "",
    "a_harmful_change_of_an_argument": "changes its argument rewards, and then needs it as it was",
}


@pytest.mark.parametrize("name, says", OBSERVED.items(), ids=OBSERVED)
def test_what_no_misconception_explains_is_described(
    name: str, says: str, answer_key: Key, sandbox: Sandbox
) -> None:
    key = answer_key("dr-grpo")
    judgement = judged(f"dr-grpo/{name}", key, sandbox)
    observations = conclude_for(Audience.STUDENT, judgement, key, sandbox).observations
    assert len(observations) == bool(says) and says in "".join(observations)


def test_all_files_are_in_the_table() -> None:
    assert {f"{path.parent.name}/{path.stem}" for path in HINTS.glob("*/*.py")} == DUE.keys()


def test_the_programs_with_three_misconceptions_are_few(
    answer_key: Key, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many triples there are: here all are possible, as no answer is right."""
    loaded: list[int] = []
    table = AnswerKey.table

    def counted(
        key: AnswerKey, sources: dict[tuple[str, ...], bytes], *, cases: list[int]
    ) -> object:
        loaded.extend(len(slugs) for slugs in sources)
        return table(key, sources, cases=cases)

    monkeypatch.setattr(AnswerKey, "table", counted)
    key = AnswerKey(answer_key("dr-grpo").problem, sandbox)
    source = b"def compute_dr_grpo_objective(*args): return 7.25 + len(str(args))"
    judgement = judge(key, Submission(source, "me.py"), sandbox)
    assert diagnosis.diagnose(judgement, key, sandbox).misconceptions == ()
    # One may be run again in all cases.
    assert diagnosis.MAX_TRIPLES <= loaded.count(3) <= diagnosis.MAX_TRIPLES + 3
