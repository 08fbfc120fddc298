"""How push services are called; apart, as only `push.send` loads it."""

from typing import Any

import requests


class Session(requests.Session):
    """Follows no redirection: an address that was allowed must not lead to one that is not."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        kwargs["allow_redirects"] = False
        return super().request(*args, **kwargs)
