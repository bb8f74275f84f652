"""The kinds of pages that a shard has, for tests that look at each of them."""

from __future__ import annotations

KINDS = ("bulletins", "courses", "lesson-cases", "micro-cases", "micro-lessons", "micro-stories", "school-summaries")
#: Page types; of those with a star the heaviest page is looked at.
PAGE_TYPES = (
    "index.html",
    "404.html",
    "about.html",
    "accessibility.html",
    "catalog/index.html",
    "catalog/index-2.html",
    "compare/*.html",
    "contributors/index.html",
    "contributors/*.html",
    "downloads.html",
    "grades/*.html",
    "mirror.html",
    "overview.html",
    "overview/*.html",
    "programmes/index.html",
    "programmes/*.html",
    "schools/index.html",
    "schools/*.html",
    "stages/*.html",
    "subjects/*.html",
    "topics/index.html",
    "topics/*.html",
    "translations.html",
    "whats-new.html",
    *(f"{kind}/index.html" for kind in KINDS),
    *(f"{kind}/*.html" for kind in KINDS),
)
#: Pages of the site, outside its shards.
START_PAGES = ("index.html", "404.html", "shulin/index.html", "shulin/zh/index.html", "shulin/ug/index.html")
