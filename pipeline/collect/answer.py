"""What a server answered, or why an address gave nothing."""

from __future__ import annotations

from dataclasses import dataclass

_TEXT = ("text/plain", "text/markdown", "text/x-markdown")


class FetchError(Exception):
    """Why an address gave nothing. `reason` is a short name to count by; `again`: a retry may help.

    wait: seconds that the server asks to wait before it; null where it does not say.
    """

    def __init__(
        self, reason: str, what: str, *, remedy: str = "", again: bool = False, wait: float | None = None
    ) -> None:
        super().__init__(what)
        self.reason, self.what, self.remedy, self.again, self.wait = reason, what, remedy, again, wait


@dataclass(frozen=True)
class Answer:
    """What a server answered, after redirects. `bytes` came over the wire; `body` is unpacked."""

    url: str
    status: int
    headers: dict[str, str]
    body: bytes
    bytes: int

    @property
    def not_modified(self) -> bool:
        return self.status == 304

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_text(self) -> bool:
        return self.content_type in _TEXT
