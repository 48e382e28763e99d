"""A tick every so many seconds, whatever is done to the wall clock. APScheduler ticks and does nothing else.

Its times are wall clock times: set back by a day, it would sleep for a day. So the thread that waits here,
by the clock that only runs on, calls it back.
"""

import os
import select
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger


class Ticker:
    """Calls `tick` in a thread of its own, never twice at a time, until it is stopped or `tick` raises."""

    def __init__(self, tick: Callable[[], None], seconds: float) -> None:
        self.seconds = seconds
        self.bug: BaseException | None = None
        self._end, self._to_end = os.pipe()  # a signal may write to it at any moment; it may not take a lock
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_listener(self._on_error, EVENT_JOB_ERROR)
        self._ticking = self._scheduler.add_job(
            tick,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            next_run_time=datetime.now(UTC),
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )

    def run(self) -> None:
        """Tick until `stop`, and until the last tick has ended. What `tick` raised is raised here."""
        self._scheduler.start()
        while not select.select([self._end], [], [], self.seconds)[0]:
            self._call_back()
        self._scheduler.shutdown(wait=True)
        if self.bug is not None:
            raise self.bug

    def stop(self) -> None:
        """No further tick; may be called from a signal."""
        os.write(self._to_end, b".")

    def _call_back(self) -> None:
        soon = datetime.now(UTC) + timedelta(seconds=2 * self.seconds)
        if self._ticking.next_run_time > soon:
            self._ticking.modify(next_run_time=datetime.now(UTC))

    def _on_error(self, event: JobExecutionEvent) -> None:
        self.bug = event.exception
        self.stop()
