# Defines data classes whose annotations are looked up later, an enumeration and a named tuple.
# verdict: accepted
# score: 4
from __future__ import annotations

import enum
import pickle
import typing
from dataclasses import asdict, dataclass, field


@dataclass(slots=True)
class Sample:
    values: list[float] = field(default_factory=list)
    kind: Kind | None = None


class Kind(enum.Enum):
    MEAN = enum.auto()


class Pair(typing.NamedTuple):
    total: float
    count: int


def mean(values: typing.Sequence[float]) -> float:
    sample = pickle.loads(pickle.dumps(Sample(values, Kind.MEAN)))
    assert typing.get_type_hints(Sample)["kind"] == Kind | None
    pair = Pair(sum(asdict(sample)["values"]), len(sample.values))
    return pair.total / pair.count
