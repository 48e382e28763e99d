"""Scrapy's settings: politeness, limits, and nothing on that we do not use.

The capital names are Scrapy's own, read by its command line through scrapy.cfg as well as by `for_network`,
which adds what config/settings.toml says about the network. Scrapy's defaults that would be unsafe here
(certificates unchecked, remote control and telnet on, file: addresses, 1 GiB bodies) are all turned.
"""

import sys
from typing import Any

from scrapy.settings import Settings

from monitor.settings import Network

_JITTER = 0.2  # delays vary by a fifth either way, so that visits keep no beat
_LONGEST_DELAY = 30.0  # seconds: how far a slow host slows us down

BOT_NAME = "pledgewatch"
SPIDER_MODULES = ["spiders.plain"]
USER_AGENT = "pledgewatch"
ALLOW_HOSTS: list[str] = []  # ours: hosts that may have private addresses

# what comes back is recorded, whatever it is
HTTPERROR_ALLOW_ALL = True  # no middleware drops errors anyway
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
ITEM_PIPELINES = {"spiders.pipelines.RecordFetch": 100}
DOWNLOAD_FAIL_ON_DATALOSS = True
CONCURRENT_ITEMS = 1  # one item a page: Scrapy starts as many tasks for each page

# safety
DOWNLOAD_VERIFY_CERTIFICATES = True
TWISTED_DNS_RESOLVER = "spiders.guard.GuardedResolver"
DNSCACHE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False
HTTPPROXY_ENABLED = False
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
COMPRESSION_ENABLED = False
HTTPCACHE_ENABLED = False

# politeness
ROBOTSTXT_OBEY = True  # by spiders.robots
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY_JITTER = _JITTER
AUTOTHROTTLE_ENABLED = True
RETRY_TIMES = 2
RETRY_HTTP_CODES: list[int] = []
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,text/*;q=0.8,*/*;q=0.5",
}

# What is on, and nothing else. Scrapy's own lists (the _BASE settings) are replaced rather than switched off
# one by one: what a later Scrapy adds stays off, and what is off is not even imported (a third of our CPU).
DOWNLOADER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES = {
    "spiders.middlewares.Gate": 50,
    "spiders.robots.ObeyRobots": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "spiders.middlewares.Retries": 550,
    "spiders.middlewares.Whole": 590,
    "spiders.middlewares.Redirects": 600,
    "spiders.patience.Patience": 610,
}
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
EXTENSIONS_BASE: dict[str, int] = {}
EXTENSIONS = {
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.throttle.AutoThrottle": 0,
}
DOWNLOAD_HANDLERS_BASE: dict[str, str] = {}
DOWNLOAD_HANDLERS = {"http": "spiders.handlers.Timed", "https": "spiders.handlers.Timed"}

# quiet: trouble is recorded, not logged
LOG_LEVEL = "WARNING"
LOG_FORMATTER = "spiders.quiet.QuietFormatter"
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
STATS_DUMP = False
DOWNLOAD_WARNSIZE = 0
WARN_ON_GENERATOR_RETURN_VALUE = False


def for_network(network: Network, user_agent: str) -> Settings:
    """The settings of one crawl."""
    settings = Settings()
    settings.setmodule(sys.modules[__name__])
    settings.setdict(_of(network) | {"USER_AGENT": user_agent, "SPIDER_MODULES": []}, priority="cmdline")
    return settings


def _of(network: Network) -> dict[str, Any]:
    delay = network.delay_seconds / (1 - _JITTER)  # never less than what was asked for
    return {
        "ALLOW_HOSTS": list(network.allow_hosts),
        "DOWNLOAD_DELAY": delay,
        "AUTOTHROTTLE_START_DELAY": delay,
        "AUTOTHROTTLE_MAX_DELAY": max(delay, _LONGEST_DELAY),
        "DOWNLOAD_SLOTS": {host.lower(): _own_slot(network) for host in network.allow_hosts},
        "CONCURRENT_REQUESTS": network.concurrent_requests,
        "DOWNLOAD_TIMEOUT": network.timeout_seconds,
        "DOWNLOAD_MAXSIZE": network.max_bytes,
        "REDIRECT_MAX_TIMES": network.max_redirects,
        "CLOSESPIDER_TIMEOUT": network.deadline_seconds,
    }


def _own_slot(network: Network) -> dict[str, float]:
    """Our own hosts may be asked several things at once."""
    return {"concurrency": network.concurrent_requests, "delay": network.own_delay_seconds, "jitter": 0.0}
