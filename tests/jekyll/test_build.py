"""The exported site as real Jekyll builds it and a real browser shows it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from newscrawler.jekyll.export import SiteOrder, export_site
from newscrawler.store.engine import open_database
from newscrawler.store.migrate import prepare
from tests.jekyll.archive import NOW, imported, lay, post, real
from tests.jekyll.conftest import HALF, POSTS

pytestmark = [pytest.mark.jekyll, pytest.mark.timeout(300)]
INSTALL = "install it: make system-packages"
NASTY = "2022-05-29-NW202205292395438070.md"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the real posts and of one nasty one, built."""
    assert shutil.which("jekyll"), INSTALL
    folder = tmp_path_factory.mktemp("site")
    archive = real(folder)
    said = '他说"{{ site.title }}" \\ {% raw %}'
    text = "<p>{{ 1 | plus: 1 }}{% assign x = 1 %}</p><script>document.title = 'x'</script>"
    lay(archive, {f"_posts/{NASTY}": post(said, text, name=NASTY)})
    with closing(open_database(f"sqlite:///{folder}/news.db")) as database:
        prepare(database)
        imported(database, archive)
        export_site(database, folder / "source", SiteOrder(), NOW)
    command = ["jekyll", "build", "--trace", "--strict_front_matter", "--source", "source",
               "--destination", "public"]  # fmt: skip
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"LANG": "C.UTF-8"}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not re.search(r"(?i)error|warning", done.stdout + done.stderr), done.stderr
    return folder / "public"


def page(public: Path, name: str) -> str:
    return (public / name).read_text("utf-8")


def test_every_post_has_a_page(public: Path) -> None:
    built = {path.stem for path in public.rglob("*.html")}
    wanted = {path.stem[11:] for path in POSTS if path.name != HALF}
    assert wanted <= built


def test_index_category_list_and_404_are_built(public: Path) -> None:
    index = page(public, "index.html")
    assert "央行研究报告提出促进消费投资增长" in index
    assert "中国邮政亮出服务乡村振兴战略年度成绩单" in page(
        public, "category/zhongguoyouzhengkuaidibao.html"
    )
    assert "昇兴股份" in page(public, "emnews/index.html")
    assert "页面不存在" in page(public, "404.html")
    assert "<entry>" in page(public, "feed.xml")


def test_an_article_of_both_lists_stands_once_in_the_index(public: Path) -> None:
    assert page(public, "index.html").count("佩斯科夫：克宫不支持无差别") == 1


def test_what_looks_like_code_is_shown_and_not_run(public: Path) -> None:
    shown = page(public, "jiabao/2022/05/29/NW202205292395438070.html")
    assert "他说&quot;{{ site.title }}&quot; \\ {% raw %}" in shown
    assert "plus: 1" in shown
    assert "<script" not in shown


def test_no_page_asks_another_host_for_more_than_an_article_s_pictures(public: Path) -> None:
    for path in public.rglob("*.html"):
        loads = re.findall(r"<(?:script|link|iframe|object|embed)[^>]*", path.read_text("utf-8"))
        assert [tag for tag in loads if re.search(r"(?:src|href)=\"(?:https?:)?//", tag)] == []


def test_links_within_the_site_lead_somewhere(public: Path) -> None:
    dead = set()
    for path in public.rglob("*.html"):
        for link in re.findall(r'href="(/[^/"#][^"#]*|/)"', path.read_text("utf-8")):
            target = public / link.lstrip("/")
            if not (target.is_file() or (target / "index.html").is_file()):
                dead.add(link)
    assert dead == set()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The folder on a free port of this machine."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize(
    "address",
    [
        "/", "/emnews/", "/categories/", "/404.html",
        "/category/zhongguoyouzhengkuaidibao.html",
        "/zhongguoyouzhengkuaidibao/2022/02/24/NW202202242287513337.html",
        "/emnews/2022/05/26/202205262391921712.html",
    ],
)  # fmt: skip
def test_no_page_is_wider_than_the_window(
    public: Path, tmp_path: Path, address: str, width: int
) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    assert browser, INSTALL
    probe = (
        f'<!DOCTYPE html><iframe src="{address}" style="width:{width}px;height:800px"></iframe>'
        "<script>onload = () => { const page = frames[0].document.documentElement;"
        " document.title = page.scrollWidth + ' of ' + page.clientWidth }</script>"
    )
    (public / "probe.html").write_text(probe, encoding="utf-8")
    with served(public) as origin:
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
             "--virtual-time-budget=5000", f"--user-data-dir={tmp_path}",
             "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
             f"{origin}/probe.html"],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    found = re.search(r"<title>(\d+) of (\d+)</title>", done.stdout)
    assert found, done.stdout[:500]
    assert int(found[1]) <= int(found[2])
