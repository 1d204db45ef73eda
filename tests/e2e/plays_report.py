"""`picket lab --report`: a page that a real browser shows, without a network."""

import json
import os
import re
from pathlib import Path

from browser import Browser
from stage import deadline
from wire import holds, same
from worker import hello

POLICIES = ("round_robin", "package_aware,candidates=2018", "package_aware,load_threshold=10")

# By chart: how many shapes its traces are drawn with, whether they take any room, and whether text
# stands on both its axes.
CHARTS = """
    return [...document.querySelectorAll(".chart")].map((chart) => {
        const shapes = [...chart.querySelectorAll(".mlayer .trace path")];
        const sizes = shapes.map((shape) => shape.getBoundingClientRect());
        return [chart.id, shapes.length,
            sizes.some((size) => size.width > 1 || size.height > 1),
            chart.querySelectorAll(".xtick text, .x2tick text").length > 0
                && chart.querySelectorAll(".ytick text, .y2tick text").length > 0];
    });"""

CELLS = """
    return [...document.querySelectorAll("td[data-key]")].map((cell) => [
        cell.closest("tr").dataset.policy, cell.dataset.key, Number(cell.dataset.value),
        cell.textContent]);"""

COLOURS = """
    const text = document.querySelector(".chart .xtick text");
    return [getComputedStyle(document.body).backgroundColor,
        document.querySelector(".chart .main-svg").style.background,
        getComputedStyle(text).fill];"""

UNITS = {"us": 1e-3, "ms": 1, "s": 1e3, "ns": 1, "%": 0.01}


def _need(stage):
    """What a report is drawn with, and what looks at it."""
    stage.need_file(Path(stage.program).parent / "share" / "picket" / "charts" / "plotly.min.js")
    stage.need("chromium")


def _report(stage, *arguments):
    """The paths of a report and of the same as JSON."""
    _need(stage)
    report, exported = stage.folder / "report.html", stage.folder / "report.json"
    stage.run(stage.program, "lab", *arguments, "--report", str(report), "--json", str(exported),
              patience=60)
    return report, json.loads(exported.read_text())


def _compare(stage):
    policies = [word for name in POLICIES for word in ("--policy", name)]
    return _report(stage, "compare", "--seeds", "3", *policies)


def _show(stage, report, **window):
    """A browser that has drawn the report, and nothing but it."""
    browser = Browser(stage, **window)
    browser.open(report)
    drawn = stage.until(lambda: browser.ask("return document.documentElement.dataset.figures"),
                        "the figures are drawn", patience=60)
    same(browser.messages(), [], "what the console says")
    same(browser.requested(), [f"file://{report}"], "what was asked for")
    return browser, int(drawn)


def _figures_are_whole(browser, count):
    charts = browser.ask(CHARTS)
    same(len(charts), count, "charts")
    for name, shapes, has_room, has_axes in charts:
        holds(shapes > 0 and has_room, f"{name} shows its data")
        holds(has_axes, f"{name} has numbers on both axes")


def _in_words(text):
    """The number that a text such as "39.29 s ± 7.05 s" begins with, in ms or as a share."""
    found = re.match(r"([−-]?)([\d.]+)\s*(ms|us|ns|s|%)?", text)
    value = float(found[2]) * UNITS.get(found[3], 1)
    return -value if found[1] else value


@deadline(120)
def a_report_is_drawn_by_a_browser_without_a_network(stage):
    report, _ = _compare(stage)
    browser, count = _show(stage, report)
    same(count, 9, "figures")
    _figures_are_whole(browser, count)
    holds("picket lab compare --seeds 3" in browser.ask("return document.body.innerText"),
          "it says what was run")


@deadline(120)
def a_report_has_the_numbers_of_the_export(stage):
    report, exported = _compare(stage)
    browser, _ = _show(stage, report)
    policies = {policy["policy"]: policy for policy in exported["policies"]}
    by_worker = {}
    seen = set()
    for name, key, value, text in browser.ask(CELLS):
        policy = policies[name]
        if key in policy["means"]:
            same(value, policy["means"][key]["mean"], f"{name}: {key}")
            seen.add((name, key))
        elif key == "difference_ms":
            same(value, policy["against_first"]["mean_ms"], f"{name}: difference")
        else:
            by_worker.setdefault((name, key), []).append(value)
        read = _in_words(text)
        holds(abs(read - value) <= 0.05 + abs(value) / 50, f"{name}: {key} is {value}, not {text}")
    for (name, key), values in by_worker.items():
        same(values, policies[name]["workers"][key], f"{name}: {key}")
    same(seen, {(name, key) for name in POLICIES for key in policies[name]["means"]}, "cells")
    same(len(by_worker), 3 * len(POLICIES), "rows by worker")


@deadline(120)
def a_report_of_a_sweep_has_its_line(stage):
    report, _ = _report(stage, "sweep", "--policy", "package_aware", "--seeds", "2", "--vary",
                        "load_threshold=5,20,100")
    browser, count = _show(stage, report)
    _figures_are_whole(browser, count)
    same(browser.ask("return document.querySelectorAll('#figure-1 .errorbar').length"), 3,
         "error bars along the line")


@deadline(120)
def a_report_suits_the_dark_and_paper(stage):
    report, _ = _report(stage, "compare", "--seeds", "2")
    light, _ = _show(stage, report)
    same(light.ask(COLOURS), ["rgb(255, 255, 255)", "rgb(255, 255, 255)", "rgb(26, 26, 26)"],
         "paper and ink")
    dark, _ = _show(stage, report, is_dark=True)
    same(dark.ask(COLOURS), ["rgb(22, 24, 27)", "rgb(22, 24, 27)", "rgb(228, 228, 228)"],
         "paper and ink in the dark")
    light.print(stage.folder / "report.pdf")
    pages = len(re.findall(rb"/Type\s*/Page\b", (stage.folder / "report.pdf").read_bytes()))
    holds(3 <= pages <= 8, f"{pages} printed pages")


@deadline(120)
def replays_are_drawn_side_by_side(stage):
    _need(stage)
    registry = stage.folder / "registry.json"
    registry.write_text('[{"handle": "f", "pkgs": []}, {"handle": "g", "pkgs": []}]')
    files = []
    for name in ("one", "other"):
        text = stage.run(stage.program, "replay", "--target", stage.worker(hello).url,
                         "--registry", str(registry), "--count", "40", "--rate", "1000", "--json")
        (stage.folder / name).write_text(text)
        files.append(f"{name}={stage.folder / name}")
    report = stage.folder / "report.html"
    stage.run(stage.program, "lab", "table", *files, "--report", str(report))
    browser, count = _show(stage, report)
    same(count, 6, "figures")
    _figures_are_whole(browser, count)
    cells = {(name, key): value for name, key, value, _ in browser.ask(CELLS)}
    outcome = json.loads((stage.folder / "one").read_text())
    for key in ("completed", "p50_ms", "p99_ms"):
        same(cells["one", key], outcome[key], key)


@deadline(60)
def a_report_without_the_chart_library_says_how_to_get_it(stage):
    share = Path(stage.program).parent / "share" / "picket"
    bare = stage.folder / "bare"
    bare.mkdir()
    for name in ("lib", "policies"):
        (bare / name).symlink_to((share / name).resolve())
    text = stage.run("env", f"PICKET_DATADIR={bare}", stage.program, "lab", "compare", "--report",
                     str(stage.folder / "report.html"), status=1)
    holds("chart library" in text and "npm" in text, "it says what is missing")
    holds(not os.path.exists(stage.folder / "report.html"), "nothing was written")


@deadline(120)
def a_report_of_the_thesis_shows_what_was_measured_beside(stage):
    _need(stage)
    report = stage.folder / "thesis.html"
    text = stage.run(stage.program, "lab", "thesis", "--seeds", "2", "--report", str(report),
                     patience=60)
    holds("13.16 s" in text, "the table has what was measured")
    browser, count = _show(stage, report)
    _figures_are_whole(browser, count)
    same(browser.ask("return document.querySelectorAll('#figure-1 .scatterlayer .point').length"),
         4, "measured marks beside the bars")
