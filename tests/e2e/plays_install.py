"""An installed picket: complete, and at home wherever it was put."""

import os
import shutil
import subprocess
from pathlib import Path

from stage import deadline
from wire import holds, same
from worker import hello


def _installed(stage):
    """The prefix into which the build that made this program was installed."""
    build = Path(stage.program).parent
    cmake = stage.need("cmake")
    stage.need_file(build / "cmake_install.cmake")
    prefix = stage.folder / "prefix"
    stage.run(cmake, "--install", str(build), "--prefix", str(prefix))
    return prefix


@deadline(60)
def an_install_is_complete(stage):
    prefix = _installed(stage)
    for pattern in ("bin/picket", "share/picket/policies/least_loaded.lua",
                    "share/picket/lib/picket/hash.lua", "share/picket/conf/scheduler.lua",
                    "share/picket/conf/minimal.lua", "share/picket/lib/lab/page/draw.js",
                    "share/man/man*/picket.8*", "share/man/man*/picket-lab.1*",
                    "share/man/man*/*.5*", "share/man/man*/*.7*"):
        with stage.row(pattern):
            holds(list(prefix.glob(pattern)), f"{pattern} is installed")


@deadline(60)
def an_installed_picket_finds_its_own_files(stage):
    prefix = _installed(stage)
    stage.program = str(prefix / "bin" / "picket")
    for policy in ("round_robin", "package_aware", "hash"):
        with stage.row(policy):
            stage.picket(stage.worker(hello), policy=policy).fetch()


@deadline(60)
def an_installed_picket_may_be_moved(stage):
    prefix = _installed(stage)
    moved = Path(shutil.move(prefix, stage.folder / "elsewhere"))
    stage.program = str(moved / "bin" / "picket")
    stage.picket(stage.worker(hello), policy="package_aware").fetch()


@deadline(60)
def a_program_without_its_files_says_what_is_missing(stage):
    alone = Path(shutil.copy(stage.program, stage.folder / "alone"))
    for arguments in (["check", "-c", "none.lua"], ["lab", "list"]):
        with stage.row(arguments[0]):
            nowhere = dict(os.environ, PICKET_DATADIR=str(stage.folder / "nowhere"))
            done = subprocess.run([alone, *arguments], env=nowhere, capture_output=True, text=True)
            same(done.returncode, 1)
            holds(f"picket's own files are not in {stage.folder}/nowhere" in done.stderr, done.stderr)
            holds("PICKET_DATADIR" in done.stderr, done.stderr)
            same(done.stderr.count("\n"), 1)


@deadline(60)
def the_example_configurations_pass_the_check(stage):
    prefix = _installed(stage)
    for name in ("scheduler.lua", "minimal.lua"):
        with stage.row(name):
            file = prefix / "share" / "picket" / "conf" / name
            stage.run(str(prefix / "bin" / "picket"), "check", "-c", str(file))


@deadline(60)
def the_manual_pages_are_well_formed(stage):
    prefix = _installed(stage)
    pages = [str(page) for page in (prefix / "share" / "man").rglob("*.[1578]")]
    same(len(pages) >= 4, True, f"pages: {pages}")
    for page in pages:
        with stage.row(page):
            holds("PICKET" in stage.run(stage.need("man"), "-l", page).upper(), "it can be read")
