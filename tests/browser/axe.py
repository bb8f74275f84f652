"""axe-core in a page: what of WCAG 2.2 A and AA a machine can tell."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

AXE_CORE = "4.14.1"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")

# `target-size` is off by default although its tag is asked for; without `preload`, what axe asks the site for itself.
_RUN = """tags => axe.run({
  runOnly: { type: "tag", values: tags }, rules: { "target-size": { enabled: true } }, resultTypes: ["violations"],
  preload: false,
}).then(({ violations }) => violations.map(({ id, nodes }) => {
  const places = nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} (${failureSummary})`);
  return `${id}: ${places.slice(0, 3).join(" | ")}`;
}))
"""


@dataclass(frozen=True, slots=True)
class Axe:
    """The script that is put into pages."""

    script: str

    def violations(self, page: Page) -> list[str]:
        """Each rule that the page breaks as it stands, with the first places. Empty when all is well."""
        page.evaluate(f"if (!window.axe) {{ {self.script} }}")
        found: list[str] = page.evaluate(_RUN, list(TAGS))
        return found
