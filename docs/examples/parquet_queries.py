"""Questions to a Parquet export, with DuckDB, with pandas and with polars.

newscrawler export parquet --out news.parquet
pip install duckdb pandas polars pyarrow
python docs/examples/parquet_queries.py news.parquet
"""

# The cells of a notebook: each is complete by itself, given `path`.

from __future__ import annotations

import sys

# %% Who is talked about most, with DuckDB: a list of structs is a table after unnest
TALKED_ABOUT = """
SELECT s.security AS security, any_value(s.name) AS name,
       count(*) AS articles, sum(s.mentions) AS mentions
FROM (SELECT unnest(securities) AS s FROM read_parquet($path) WHERE duplicate_of IS NULL)
GROUP BY s.security ORDER BY 4 DESC, 1 LIMIT 5
"""


def talked_about(path: str) -> list[tuple[object, ...]]:
    """(security, name, articles, mentions) of the five that are mentioned most."""
    import duckdb

    return duckdb.sql(TALKED_ABOUT, params={"path": path}).fetchall()


# %% Every table of figures in the news, with DuckDB
TABLES = """
SELECT title, p.cells FROM (SELECT title, unnest(paragraphs) AS p FROM read_parquet($path))
WHERE p.kind = 'table'
"""


def tables(path: str) -> list[tuple[str, list[list[str]]]]:
    """(headline, rows of cells) of each table."""
    import duckdb

    return duckdb.sql(TABLES, params={"path": path}).fetchall()


# %% Articles a day in China, with pandas
def by_day(path: str) -> dict[str, int]:
    """How many articles were published each day, by Beijing's calendar."""
    import pandas as pd

    news = pd.read_parquet(path, columns=["published_at", "duplicate_of"])
    firsts = news[news["duplicate_of"].isna()]
    days = firsts["published_at"].dt.tz_convert("Asia/Shanghai").dt.strftime("%Y-%m-%d")
    counts = days.value_counts().sort_index()
    return {str(day): int(count) for day, count in counts.items()}


# %% How late we are, by outlet, with polars
def lateness(path: str) -> list[tuple[str, int, float]]:
    """(outlet, articles, median minutes from publication to storing), most articles first."""
    import polars as pl

    minutes = (pl.col("first_seen_at") - pl.col("published_at")).dt.total_seconds() / 60
    found = (
        pl.scan_parquet(path)
        .group_by("source")
        .agg(pl.len().alias("articles"), minutes.median().alias("minutes"))
        .sort(["articles", "source"], descending=[True, False])
        .collect()
    )
    return found.rows()


# %% All of them
def main(path: str) -> None:
    """Print every answer."""
    for question in (talked_about, tables, by_day, lateness):
        answer = question(path)
        print(f"\n{(question.__doc__ or '').strip()}")
        print(*(answer.items() if isinstance(answer, dict) else answer[:5]), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1])
