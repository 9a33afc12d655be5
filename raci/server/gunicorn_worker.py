"""gunicorn's worker with uvicorn's loop, which does not outlive gunicorn."""

from __future__ import annotations

import os
import signal
from typing import Any

from uvicorn_worker import UvicornWorker

GRACEFUL_SECONDS = 3
LOOK_SECONDS = 2


class WebWorker(UvicornWorker):
    """Ends when the process that started it was killed: nobody would end or replace it."""

    CONFIG_KWARGS: dict[str, Any] = {
        **UvicornWorker.CONFIG_KWARGS,
        "timeout_notify": LOOK_SECONDS,
        "timeout_graceful_shutdown": GRACEFUL_SECONDS,  # open streams do not end by themselves
    }

    async def callback_notify(self) -> None:
        await super().callback_notify()
        if os.getppid() != self.ppid:
            signal.raise_signal(signal.SIGTERM)
