"""The stage of one play: whatever is put on it is taken down again, and checked."""

import concurrent.futures
import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from gateway import Gateway, wait_for_port
from transcript import Transcript
from wire import Mismatch, holds, same
from worker import Worker, by_hand


class Skipped(Exception):
    """The play cannot run on this machine."""


def deadline(seconds):
    """A play that needs more time than others."""

    def mark(play):
        play.deadline = seconds
        return play

    return mark


class Stage:
    """Workers, gateways and real programs of one play."""

    def __init__(self, program, patience):
        self.program = program
        self.patience = patience
        self.transcript = Transcript()
        self.folder = Path(tempfile.mkdtemp(prefix="picket-play-"))
        self._reservations = []
        self._workers = []
        self._gateways = []
        self._failed_rows = []
        self._exit = contextlib.ExitStack()
        self._pool = concurrent.futures.ThreadPoolExecutor(64)

    # What stands on it.

    def port(self):
        """A port that nobody else on this machine is given while the play runs.

        It lies below the ports of outgoing connections, and a UDP socket on an
        address that nobody uses holds it against other plays.
        """
        while True:
            number = random.randint(10000, 32000)
            holder, probe = socket.socket(type=socket.SOCK_DGRAM), socket.socket()
            try:
                holder.bind(("127.0.0.77", number))
                probe.bind(("127.0.0.1", number))
            except OSError:
                holder.close()
                continue
            finally:
                probe.close()
            self._reservations.append(holder)
            return number

    def worker(self, behaviour=by_hand, name=None, listen="127.0.0.1", port=0):
        """A worker on IPv4, on "::1", or on "unix:NAME" in the play's folder."""
        name = name or f"worker{len(self._workers) + 1}"
        if listen.startswith("unix:"):
            path = str(self.folder / listen[5:])
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(path)
            url = f"unix:{path}"
        else:
            family = socket.AF_INET6 if ":" in listen else socket.AF_INET
            listener = socket.socket(family)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((listen, port))
            host = f"[{listen}]" if ":" in listen else listen
            url = f"http://{host}:{listener.getsockname()[1]}"
        listener.listen(512)
        self._reservations.append(listener)
        worker = Worker(name, listener, url, behaviour, self.transcript, self.patience)
        self._workers.append(worker)
        return worker

    def gateway(self, workers=(), files=(), **config):
        """A gateway that is configured but not started."""
        folder = Path(tempfile.mkdtemp(prefix="gateway", dir=self.folder))
        folder.chmod(0o755)  # whoever its user is
        rows = [row if isinstance(row, (str, dict)) else {"url": row.url, "name": row.name}
                for row in workers]
        defaults = {
            "listen": f"127.0.0.1:{self.port()}",
            "admin": f"127.0.0.1:{self.port()}",
            "workers": rows,
            "health": {"kind": "none"},
        }
        gateway = Gateway(self, folder, {**defaults, **config})
        for name, text in dict(files).items():
            gateway.write(name, text)
        gateway.write_config()
        return gateway

    def picket(self, *workers, files=(), **config):
        """A gateway that serves, in front of these workers."""
        gateway = self.gateway(workers, files, **config)
        gateway.start()
        return gateway

    def runs(self, gateway):
        """This gateway is to be checked and stopped when the play is over."""
        self._gateways.append(gateway)

    def need(self, program):
        """Where this program is; the play is skipped without it."""
        path = shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin")
        if path is None:
            raise Skipped(f"{program} is not installed")
        return path

    def need_file(self, path):
        """The play is skipped unless this file is there."""
        if not Path(path).exists():
            raise Skipped(f"there is no {path}")

    def need_root(self):
        """The play is skipped for other users."""
        if os.geteuid() != 0:
            raise Skipped("only root can do this")

    def need_plain_build(self):
        """The play is skipped where a sanitizer keeps memory for itself."""
        if b"__asan_init" in Path(self.program).read_bytes():
            raise Skipped("a sanitizer's memory is not the program's")

    def run(self, *command, status=0, patience=None):
        """A program that runs to its end, with (one of) this exit code; what it wrote."""
        self.transcript.note("run", " ".join(command))
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", check=False,
                                  timeout=patience or self.patience)
        except subprocess.TimeoutExpired:
            raise Mismatch(f"{' '.join(command)} does not end") from None
        text = done.stdout + done.stderr
        self.transcript.note("run", f"-> {done.returncode} {text[:1000]!r}")
        expected = status if isinstance(status, set) else {status}
        holds(done.returncode in expected,
              f"{' '.join(command)} exits with {status}, not {done.returncode}:\n{text}")
        return text

    def daemon(self, *command, address=None):
        """A program that runs beside the play, until its end."""
        self.transcript.note("run", " ".join(command) + " &")
        log = open(self.folder / f"{Path(command[0]).name}.log", "ab")
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        log.close()
        self.closing(process.wait)
        self.closing(process.terminate)
        if address:
            wait_for_port(address, self.patience)
        return process

    def beside(self, action):
        """Do this in a thread; `.result()` waits for it, and fails if it did."""
        return self._pool.submit(action)

    def closing(self, action):
        """Do this when the play is over."""
        self._exit.callback(action)

    # What a play says beside.

    def until(self, condition, what, patience=None):
        """Wait until the condition is true; what it returned."""
        end = time.monotonic() + (patience or self.patience)
        while not (value := condition()):
            if time.monotonic() > end:
                raise Mismatch(f"did not come true: {what() if callable(what) else what}")
            time.sleep(0.01)
        return value

    @contextlib.contextmanager
    def row(self, name):
        """One row of a table: its failure is told at the end, after all rows."""
        self.transcript.note("row", name)
        try:
            yield
        except (Mismatch, OSError, KeyError, ValueError) as error:
            self.transcript.note("row", f"FAILED {error!r}")
            self._failed_rows.append(f"{name}: {error}")

    # The end.

    def check(self):
        """What all plays promise: called when the play itself went well."""
        for gateway in self._gateways:
            gateway.check_after()
        for worker in self._workers:
            worker.stop()
            same(worker.mismatches, [], f"what {worker.name} could not read")
        same(self._failed_rows, [], "rows that failed")

    def take_down(self):
        """Leave nothing behind, whatever happened."""
        for gateway in self._gateways:
            gateway.kill()
        self._exit.close()
        for worker in self._workers:
            worker.stop()
        for holder in self._reservations:
            holder.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def story(self):
        """The transcript, and what each gateway wrote."""
        parts = [self.transcript.text()]
        for gateway in self._gateways:
            parts.append(f"--- {gateway.file}\n{gateway.file.read_text()}")
            parts.append("--- picket wrote\n" + gateway.messages()[-20000:])
        return "\n".join(parts)


def find_program():
    """PICKET, or the build beside the sources."""
    beside = Path(__file__).resolve().parents[2] / "build" / "picket"
    return os.environ.get("PICKET") or str(beside)
