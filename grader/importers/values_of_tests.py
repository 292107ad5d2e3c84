"""What a test prints or asserts: which answer each value is of, and what is expected of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from grader.checkers.compare import holds_inexact
from grader.importers.agreement import Filled, form_of, rebracketed
from grader.importers.decimals import Decimals
from grader.importers.outcomes import Contradiction, NotImported
from grader.importers.own_checkers import write_function
from grader.importers.printed_text import Unprintable, printed_values
from grader.importers.questions import Test
from grader.importers.snippets import Snippet
from grader.importers.steps import Expectation
from grader.importers.trace import Event, Link, Printed, Trace, links_in
from grader.model.checker import DEFAULT_TOLERANCE, Tolerance
from grader.model.entry_point import Declaration
from grader.values import Code, Value, contains_unsupported
from grader.values.dataclasses import dataclass
from grader.values.show import show

_SHOWN = 300  # characters of a value in a report


@dataclass(frozen=True)
class Draft:
    """A test that has been run.

    Attributes:
        given: the functions that the test passes, by the names that the recording gives them
    """

    test: Test
    snippet: Snippet
    trace: Trace
    repairs: tuple[str, ...]
    given: Mapping[str, Code]


Fill = tuple[Filled, Printed]


class TestValues:
    """What a test prints or asserts.

    Args:
        declared: by the stub
        decimals: of the code of the question
        seed: that the stub sets, if any
        forms: of answers that are as the texts of other tests show them

    Attributes:
        repairs: what was corrected in the text
    """

    def __init__(
        self,
        draft: Draft,
        declared: Mapping[str, Declaration],
        decimals: Decimals,
        seed: int | None = None,
        forms: Collection[tuple[str, ...]] = (),
    ) -> None:
        self.repairs: list[str] = []
        self._forms = forms
        self._draft = draft
        self._trace = draft.trace
        self._declared = declared
        self._decimals = decimals
        self._seed = draft.snippet.seed if draft.snippet.seed is not None else seed

    @property
    def _name(self) -> str:
        return f"test-{self._draft.test.number}"

    def _checked_fills(self) -> list[Fill]:
        """Return the same as `_fills`.

        Raises:
            NotImported: if there are none, or if they are others in each run
        """
        trace = self._trace
        is_drawn = self._draft.test.text is not None or any(each.draws for each in trace.events)
        if trace.is_random and is_drawn:
            raise NotImported("the test prints something else in each run: it draws without a seed")
        fills = self._fills()
        if not fills and not any(each.raised for each in trace.events):
            raise NotImported("the test prints nothing that depends on what students write")
        return fills

    def _fills(self) -> list[Fill]:
        """Return the values that are printed or asserted, with what is expected of each."""
        printed = [each for each in self._trace.printed if not each.wanted]
        parts: list[tuple[str, Value]] = []
        if (text := self._draft.test.text) is not None:
            try:
                parts = printed_values([each.before for each in printed], self._trace.tail, text)
            except Unprintable as reason:
                raise Contradiction(str(reason), text, self._shown()) from None
        left = iter(parts)
        found = []
        for each in self._trace.printed:
            hole = self._draft.snippet.holes[each.site]
            link = each.link or Link(0)
            if each.wanted:
                (value,) = each.wanted
                shown = show(value, _SHOWN)
                fill = Filled(link, shown, value, each.value, hole.decimals, hole.tolerance)
            elif text is not None:
                part, value = self._rebracketed(*next(left), each)
                fill = Filled(link, part, value, each.value, hole.decimals)
            else:
                continue  # a notebook prints for people
            found.append((fill, each))
        return found

    def _rebracketed(self, text: str, value: Value, printed: Printed) -> tuple[str, Value]:
        """Return a part of the text, with the brackets of the solution if only they are wrong."""
        answer = printed.value
        if form_of(value) != form_of(answer) and form_of(answer) in self._forms:
            found = rebracketed(value, answer)
            if found is not None:
                self.repairs = ["brackets of the text replaced by those of the solution"]
                return text, found
        return text, value

    def _shown(self) -> str:
        values = [show(each.value, _SHOWN) for each in self._trace.printed if not each.wanted]
        return "\n".join(values) or self._trace.tail.strip()

    def _groups(self, fills: list[Fill]) -> dict[int, list[Fill]]:
        """Return the numbers of the events of which something is expected, each with what is."""
        groups: dict[int, list[Fill]] = {}
        for index, event in enumerate(self._trace.events):
            if event.raised:
                groups[index] = []
        for fill, printed in fills:
            number = printed.link.event if printed.link else self._answer_of(printed)
            groups.setdefault(number, []).append((fill, printed))
        return dict(sorted(groups.items()))

    def _answer_of(self, printed: Printed) -> int:
        """Return the number of the call from whose answer a value is computed.

        It is the last one that the expression depends on, if the others are only its arguments.

        Raises:
            NotImported: if there are several
        """
        events = self._trace.events
        sites = self._draft.snippet.holes[printed.site].sites
        answers = {
            event.site: index
            for index, event in enumerate(events[: printed.position])
            if event.kind in ("call", "method")
            and event.result is not None
            and not isinstance(event.result, Link)
        }
        found = [index for site, index in answers.items() if site in sites]
        if not found:
            found = list(answers.values())
        passed = {
            link.event
            for index in found
            for link in links_in([*events[index].args, *events[index].kwargs.values()])
            if isinstance(link, Link)
        }
        found = [each for each in found if each not in passed]
        times = [each.site for each in self._trace.printed].count(printed.site)
        if len(found) != 1 or times != 1:
            raise NotImported("the test computes what it prints from several answers")
        return found[0]

    def _is_whole(self, event: Event, fills: list[Fill]) -> bool:
        """Return whether the whole answer is expected, or all of its parts, each as it is."""
        paths = [printed.link.path if printed.link else None for _, printed in fills]
        return paths == [()] or paths == _parts_of(event.result)

    def _listed(self, printed: Printed) -> list[int]:
        """Return the calls whose results are the elements of a printed list; none if it is none."""
        value = printed.value
        if printed.link is not None or not isinstance(value, list) or len(value) < 2:
            return []
        numbers = list(range(printed.position - len(value), printed.position))
        events = [self._trace.events[each] for each in numbers if each >= 0]
        is_same = [repr(each.result) for each in events] == [repr(each) for each in value]
        return numbers if is_same and {each.kind for each in events} <= {"call", "method"} else []

    def _each(self, numbers: list[int], filled: Filled) -> dict[Link, Expectation]:
        """Return what is expected of each of several calls, whose results are printed as a list."""
        tolerance = self._tolerance(filled)
        values = filled.expected
        assert isinstance(values, list | tuple)  # it has agreed with a list
        return {
            Link(number): Expectation(
                value, tolerance if holds_inexact(value) else DEFAULT_TOLERANCE
            )
            for number, value in zip(numbers, values, strict=True)
        }

    def _raised(self, event: Event, fills: Iterable[Filled]) -> Expectation:
        """Return the expectation of an exception, with the message that the test prints of it."""
        messages = [each.text for each in fills if isinstance(each.answer, str)]
        for each in fills:
            if each.given is None and each.text not in str(each.answer):
                raise self._contradiction(each)
        return Expectation(raises={name: next(iter(messages), "") for name in event.raised})

    def _tolerance(self, whole: Filled) -> Tolerance:
        """Return the tolerance by which a text and the solution agree."""
        if contains_unsupported(whole.expected):
            raise NotImported(f"the test expects {show(whole.expected)}, which is not data")
        tolerance = whole.tolerance(self._decimals)
        if tolerance is None:
            raise self._contradiction(whole)
        return tolerance

    def _contradiction(self, whole: Filled) -> NotImported:
        if whole.given is not None:  # the assertion holds for the solution, so nothing contradicts
            return NotImported("the test converts an answer before it compares it")
        text = self._draft.test.text if self._draft.test.text is not None else whole.text
        reference = show(whole.answer, _SHOWN)
        return Contradiction("the text is not what the solution answers", text[:_SHOWN], reference)

    def _checker(self, name: str, answer: Event, fills: Iterable[Fill]) -> str:
        """Return a function that judges an answer by the values that the test prints of it."""
        wanted: list[tuple[int, Value, Tolerance]] = []
        for fill, printed in fills:
            is_printed = fill.given is None
            value = fill.expected if is_printed else True
            tolerance = self._tolerance(fill) if is_printed else DEFAULT_TOLERANCE
            wanted.append((printed.site, value, tolerance))
        others = {each.site for each in self._trace.events} - {answer.site}
        try:
            return write_function(name, self._draft.snippet.source, answer.site, others, wanted)
        except (SyntaxError, ValueError) as error:  # it may be nested one level deeper now
            raise NotImported(f"the test cannot be a checker: {error}") from None


def _parts_of(result: Value) -> list[tuple[int | str, ...]]:
    """Return the places of the elements of an answer."""
    return [(each,) for each in range(len(result))] if isinstance(result, tuple | list) else []
