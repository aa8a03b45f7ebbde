"""The pages for people: the share page's shell and the replica's own front page.

Upstream format: the share pages are script shells, the article's text is not in their HTML.
"""

from __future__ import annotations

from html import escape

from newscrawler.replica.world import World

SHARE_SHELL = """<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>资讯正文</title>
<meta name="viewport" content="width=device-width,initial-scale=1"></head>
<body><div id="app"></div>
<script src="/html_News/js/NewsShare.js"></script></body>
</html>
"""

ERROR_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"

_LISTS = (
    ("/web/webapi?type=102&count=20&newsid=1", "flash list"),
    ("/web/webapi?type=45&count=20&newsid=1", "headlines"),
    ("/information/newmarket/web/webapi?marketType=37&count=20", "market 37"),
    ("/information/newmarket/web/webapi?marketType=38&count=20", "market 38"),
    ("/information/newmarket/web/webapi?marketType=39&count=20", "market 39"),
    ("/robots.txt", "robots.txt"),
)


def front_page(world: World) -> str:
    """Say what this server is, and link its lists and some articles."""
    ids = world.ids
    articles = [
        (f"/NewsData/GetNewsText.do?id=NW{code}", f"article NW{code}") for code in ids[-10:]
    ]
    links = "".join(
        f'<li><a href="{escape(url)}">{name}</a></li>' for url, name in (*_LISTS, *articles)
    )
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        "<title>newscrawler replica</title></head><body><h1>newscrawler replica</h1>"
        "<p>This server answers as the news hosts do that newscrawler reads. It serves "
        f"{len(ids)} articles, recorded or made from recorded ones, on this machine only.</p>"
        f"<ul>{links}</ul></body></html>"
    )
