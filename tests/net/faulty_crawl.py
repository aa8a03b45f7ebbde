"""Started by tests: `newscrawler crawl eastmoney` with Scrapy settings that no user would give.

Arguments: a JSON object of settings. Prints the peak memory in MB and the report as JSON.
"""

import json
import resource
import sys

from newscrawler.crawl import crawl, settings_for
from newscrawler.report import report_row


def main(settings: dict[str, object]) -> None:
    [result] = crawl([("eastmoney", {})], settings_for({"LOG_LEVEL": "INFO", **settings}))
    report = report_row(result.report) if result.report else {}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    answer = {"peak_mb": peak_mb, "report": report, "code": int(result.code)}
    sys.stdout.write(json.dumps(answer, default=str))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
