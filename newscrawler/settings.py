"""Scrapy's settings that do not depend on configuration (newscrawler/addon.py has the others).

Every line that differs from Scrapy's default says why.
"""

BOT_NAME = "newscrawler"
SPIDER_MODULES = ["newscrawler.spiders"]
COMMANDS_MODULE = "newscrawler.commands"
ADDONS = {"newscrawler.addon.NewscrawlerAddon": 0}

ITEM_PIPELINES = {
    "pipelines.validate.ValidatePipeline": 100,  # what cannot be right is stopped first
    "pipelines.dedupe.DedupePipeline": 200,  # digests of what is right
    "pipelines.store.StorePipeline": 300,  # one transaction decides and writes
}
# Of Scrapy's own parts just those that do something here: what a setting turns off is loaded all
# the same, and aiohttp, requests and a telnet server took a fifth of a crawl's start.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.logcount.LogCount": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
    "scrapy.extensions.feedexport.FeedExporter": 0,
}
EXTENSIONS = {
    "newscrawler.ingest.Ingest": 0,
    "newscrawler.net.throttle.HostThrottle": 0,
}
# Our spiders judge statuses themselves, follow no links and need no referrer.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": 50,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
# Ours deal with every answer in which Scrapy's lose data, ask too fast or take no for yes.
DOWNLOADER_MIDDLEWARES = {
    "newscrawler.net.robots.RobotsMiddleware": 100,
    "newscrawler.net.retries.RetryMiddleware": 550,
    "newscrawler.resolver.RefusalMiddleware": 560,  # names what the guard refused
    "newscrawler.net.answers.DecodeMiddleware": 590,
    "newscrawler.redirects.PlainRedirectMiddleware": 600,
    "newscrawler.net.capturing.CaptureMiddleware": 900,  # sees answers as they came
}

# Private addresses are refused where names are resolved and where sockets connect.
TWISTED_DNS_RESOLVER = "newscrawler.resolver.GuardedResolver"

# A local shell for whoever reaches the port: never.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# A host that answers slowly is asked slowly: on average one request at a time.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0

# Only http and https: a single-URL fetch must not read local files.
DOWNLOAD_HANDLERS = {
    "http": "newscrawler.net.handler.LimitedDownloadHandler",
    "https": "newscrawler.net.handler.LimitedDownloadHandler",
    "file": None,
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True
ROBOTSTXT_OBEY = True
COOKIES_ENABLED = False
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False  # a proxy would resolve addresses that our guard never sees

# 30 % less CPU a page: each response pays for this many task slots, and ours hold one item.
CONCURRENT_ITEMS = 1
# Else the source of a callback is parsed again for each response: 8 % of the CPU a page takes.
WARN_ON_GENERATOR_RETURN_VALUE = False
STATS_CLASS = "newscrawler.stats.RunStats"  # counts without looking for outdated arguments: 4 %
# The ledger says what is fetched; a filter in memory would say it again, and forget.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"

# Requests can be given up, so that a stop does not wait for slow hosts.
DOWNLOADER = "newscrawler.downloader.AbandoningDownloader"
LOG_FORMATTER = "newscrawler.logs.QuietLogFormatter"

LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"
