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
EXTENSIONS = {
    "newscrawler.ingest.Ingest": 0,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "newscrawler.net.throttle.HostThrottle": 0,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.logstats.LogStats": None,  # the run report says it
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
# The ledger says what is fetched; a filter in memory would say it again, and forget.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
ASYNCIO_EVENT_LOOP = "uvloop.Loop"

# Our spiders judge statuses themselves, follow no links and need no referrer.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "scrapy.spidermiddlewares.start.StartSpiderMiddleware": None,
}
# Requests can be given up, so that a stop does not wait for slow hosts.
DOWNLOADER = "newscrawler.downloader.AbandoningDownloader"
LOG_FORMATTER = "newscrawler.logs.QuietLogFormatter"

# Ours deal with every answer in which Scrapy's lose data, ask too fast or take no for yes.
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawler.net.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "newscrawler.net.retries.RetryMiddleware": 550,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawler.net.answers.DecodeMiddleware": 590,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware": None,
    "newscrawler.resolver.RefusalMiddleware": 560,  # names what the guard refused
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newscrawler.redirects.PlainRedirectMiddleware": 600,
    "newscrawler.net.capturing.CaptureMiddleware": 900,  # sees answers as they came
}

LOG_LEVEL = "INFO"
FEED_EXPORT_ENCODING = "utf-8"
