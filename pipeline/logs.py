"""Log lines go to standard error: standard output belongs to what was asked for."""

from __future__ import annotations

import logging
import sys
from typing import Any, Literal

import structlog


def set_up_logs(form: Literal["lines", "json"] = "lines") -> None:
    """Log lines to standard error: for people, or a JSON object a line."""
    last: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        # Asked for at each line: what standard error is may have changed since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
