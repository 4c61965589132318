"""What follows from a snapshot alone, made once: a snapshot never changes, so that its answers do not either."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from pipeline.snapshot import Snapshot

# Answers of one function kept a snapshot: what readers of one evening ask for, and small beside the tables.
KEPT = 32
P = ParamSpec("P")
T = TypeVar("T")


def lasting(function: Callable[Concatenate[Snapshot, P], T]) -> Callable[Concatenate[Snapshot, P], T]:
    """Keeps a pure function's latest answers, by snapshot and arguments, as long as the snapshot is open.

    Every caller gets the same object: it is not to be changed in place. The arguments have to be hashable.
    """
    return lasting_few(KEPT)(function)


def lasting_few(
    few: int,
) -> Callable[[Callable[Concatenate[Snapshot, P], T]], Callable[Concatenate[Snapshot, P], T]]:
    """The same for answers of which only a few are to be kept, because they are large."""

    def keeping(function: Callable[Concatenate[Snapshot, P], T]) -> Callable[Concatenate[Snapshot, P], T]:
        answers: WeakKeyDictionary[Snapshot, OrderedDict[str, T]] = WeakKeyDictionary()
        lock = threading.Lock()

        @wraps(function)
        def kept(snapshot: Snapshot, /, *args: P.args, **kwargs: P.kwargs) -> T:
            key = repr((args, sorted(kwargs.items())))
            with lock:
                mine = answers.setdefault(snapshot, OrderedDict())
                if key in mine:
                    mine.move_to_end(key)
                    return mine[key]
            answer = function(snapshot, *args, **kwargs)
            with lock:
                mine[key] = answer
                while len(mine) > few:
                    mine.popitem(last=False)
            return answer

        return kept

    return keeping
