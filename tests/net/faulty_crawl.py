"""Started by tests: `newscrawler crawl eastmoney` with Scrapy settings that no user would give.

Arguments: a JSON object of settings. Prints the peak memory in MB and the report as JSON.
"""

import json
import sys
from pathlib import Path

from newscrawler.crawl import crawl, settings_for
from newscrawler.report import report_row


def peak_memory_mb() -> float:
    """This program's own peak; ru_maxrss would count the process it was forked from."""
    status = Path("/proc/self/status").read_text("ascii")
    [peak] = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(peak.split()[1]) / 1024


def main(settings: dict[str, object]) -> None:
    [result] = crawl([("eastmoney", {})], settings_for({"LOG_LEVEL": "INFO", **settings}))
    report = report_row(result.report) if result.report else {}
    peak_mb = peak_memory_mb()
    answer = {"peak_mb": peak_mb, "report": report, "code": int(result.code)}
    sys.stdout.write(json.dumps(answer, default=str))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
