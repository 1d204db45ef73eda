"""A running picket: started with a configuration, asked, signalled and stopped."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

from admin import Admin
from client import Client
from lua_text import lua_text
from wire import Mismatch, holds, same

REPORTS = re.compile(
    r"AddressSanitizer|LeakSanitizer|runtime error:|Assertion|stack smashing|\b(malloc|free)\(\)"
)
SANITIZERS = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:strict_string_checks=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
}


TAKEN_OVER = re.compile(r"process (\d+) has taken over")


class Successor:
    """A supervisor that another one started; of a Popen what a play needs."""

    def __init__(self, pid):
        self.pid = pid
        self.returncode = 0

    def poll(self):
        """None while it runs; nobody may have asked yet how it ended."""
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return 0
        return 0 if state == "Z" else None

    def wait(self, timeout=None):
        """Its exit code is for whoever has adopted it."""
        end = time.monotonic() + (timeout or 10)
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("picket", timeout)
            time.sleep(0.01)
        return 0

    def send_signal(self, number):
        """As Popen does."""
        os.kill(self.pid, number)


class Gateway:
    """One `picket run` in a folder of its own.  A play changes `config` and reloads."""

    def __init__(self, stage, folder, config):
        self._stage = stage
        self.folder = Path(folder)
        self.config = config
        self.file = self.folder / "scheduler.lua"
        self.log = self.folder / "picket.log"
        self.admin = Admin(config["admin"], stage.transcript, stage.patience)
        self.prefix = []
        self.passes = ()
        self._group = None
        self._process = None
        self._clients = 0
        self.may_lose_processes = False

    # Files.

    def write(self, name, text):
        """A file beside the configuration."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text)

    def write_config(self, **changes):
        """Put the configuration, with these changes to it, into its file."""
        self.config.update(changes)
        self.file.write_text("return " + lua_text(self.config) + "\n")

    # Its life.

    def start(self):
        """Run it, and wait until it serves."""
        self.launch()
        self._stage.until(self._serves, "picket serves")

    def launch(self):
        """Run it, and do not wait."""
        command = [*self.prefix, self._stage.program, "run", "-c", str(self.file)]
        self._stage.transcript.note("picket", " ".join(command))
        self._stage.runs(self)
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**SANITIZERS, **os.environ}, start_new_session=True,
                pass_fds=self.passes)
        self._group = self._process.pid

    def _serves(self):
        if self._process.poll() is not None:
            raise Mismatch(f"picket exited with {self._process.returncode}:\n{self.messages()}")
        try:
            proxies = [p for p in self.status()["processes"] if p["kind"] == "proxy"]
        except (OSError, KeyError, Mismatch):
            return False
        ready = [p for p in proxies if p["pid"] and p["generation"]]
        return len(ready) == self.config.get("processes", 1)

    def term(self):
        """Ask it to drain and stop."""
        self._process.send_signal(signal.SIGTERM)

    def expect_exit(self, code=0):
        """It ends, with this exit code, and leaves no process behind."""
        try:
            actual = self._process.wait(self._stage.patience)
        except subprocess.TimeoutExpired:
            raise Mismatch("picket did not end") from None
        same(actual, code, "exit code of picket")
        self._stage.until(self._all_gone, "no process of picket is left")

    def _all_gone(self):
        try:
            os.killpg(self._group, 0)
        except ProcessLookupError:
            return True
        return False

    def upgrade(self):
        """SIGUSR2, and follow the one that takes over; the supervisor that it replaces."""
        count = self.messages().count("has taken over")
        self.signal(signal.SIGUSR2)
        self._stage.until(lambda: self.messages().count("has taken over") > count,
                          "another gateway takes over")
        return self.follow()

    def follow(self):
        """From now on this is about the one that has taken over; the supervisor it replaces."""
        old = self._process
        self._process = Successor(int(TAKEN_OVER.findall(self.messages())[-1]))
        return old

    def stop_alone(self):
        """Its supervisor was killed: stop what is left of it."""
        self._process.wait(self._stage.patience)
        self.cli("stop")
        self._stage.until(self._all_gone, "no process of picket is left")

    def stop(self):
        """Stop it now if it still runs."""
        if self._process.poll() is None:
            self.term()
            self.expect_exit()

    def kill(self):
        """The last resort, so that nothing outlives a play."""
        try:
            os.killpg(self._group, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()

    def running(self):
        """It has been started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def check_after(self):
        """What every play promises of the gateway that ran in it."""
        if self.running():
            self._stage.until(lambda: sum(self.inflight().values()) == 0,
                              lambda: f"nothing is in flight any more: {self.inflight()}")
        self.stop()
        report = REPORTS.search(self.messages())
        holds(report is None, "no assertion, no sanitizer has anything to report")
        if not self.may_lose_processes:
            lost = re.search(r".*(killed by signal|dumped core|crashed).*", self.messages())
            same(lost and lost[0], None, "a process that died")

    # Talking to it.

    def connect(self, address=None, receive_buffer=None):
        """A new client of its (first) listening address."""
        listen = self.config["listen"]
        first = listen if isinstance(listen, str) else listen[0]
        sock = dial(address or first, self._stage.patience, receive_buffer)
        self._clients += 1
        client = Client(sock, f"client{self._clients}", self._stage.transcript,
                        self._stage.patience)
        self._stage.closing(client.sock.close)
        return client

    def fetch(self, target="/run/f", *headers, status=200):
        """GET over a connection of its own: the response."""
        client = self.connect()
        client.get(target, "Connection: close", *headers)
        response = client.expect(status)
        client.expect_closed()
        client.close()
        return response

    def url(self, target="/run/f"):
        """Where curl finds it."""
        return f"http://{self.config['listen']}{target}"

    # Looking at it.

    def status(self):
        """GET /status."""
        return self.admin.expect(200, "GET /status")

    def workers(self):
        """The rows of all workers, by name."""
        return {row["name"]: row for row in self.status()["workers"]}

    def states(self):
        """The state of each worker, in their order."""
        return [row["state"] for row in self.status()["workers"]]

    def inflight(self):
        """How many requests each worker has in flight."""
        return {name: row["inflight"] for name, row in self.workers().items()}

    def pid(self):
        """The supervisor's, which is also that of the process group."""
        return self._process.pid

    def answers_status(self):
        """Somebody answers at the admin address."""
        try:
            return bool(self.status())
        except OSError:
            return False

    def refuses_connections(self):
        """Nobody listens for clients any more."""
        try:
            dial(self.config["listen"], self._stage.patience).close()
        except (ConnectionRefusedError, FileNotFoundError):
            return True
        except ConnectionResetError:
            pass  # the door closed just then: the next one knows
        return False

    def queued(self):
        """How many requests wait for a worker."""
        return self.status()["queue"]["waiting"]

    def pids(self, kind):
        """The process numbers of one kind of process."""
        return [p["pid"] for p in self.status()["processes"] if p["kind"] == kind]

    def holder(self, client):
        """The process of the proxy that has the other end of this client's connection."""
        local = "{:04X}".format(client.sock.getpeername()[1])
        remote = "{:04X}".format(client.sock.getsockname()[1])
        found = re.compile(rf"\d+: \w+:{local} \w+:{remote} (?:\S+ ){{6}} *(\d+) ")

        def look():
            rows = (found.search(" ".join(line.split()))
                    for line in Path("/proc/net/tcp").read_text().splitlines())
            inodes = {f"socket:[{row[1]}]" for row in rows if row}
            return [pid for pid in self.pids("proxy") if inodes & self._sockets(pid)]

        return self._stage.until(look, "a proxy takes the connection")[0]

    @staticmethod
    def _sockets(pid):
        folder = Path(f"/proc/{pid}/fd")
        links = set()
        for name in os.listdir(folder):
            try:
                links.add(os.readlink(folder / name))
            except FileNotFoundError:
                pass  # closed meanwhile
        return links

    def generations(self):
        """The generation that each proxy runs."""
        return [p["generation"] for p in self.status()["processes"] if p["kind"] == "proxy"]

    def peak_memory(self, pid):
        """The most bytes that a process has ever had resident."""
        text = Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", text)[1]) * 1024

    def open_files(self, pid):
        """How many descriptors a process has open."""
        return len(os.listdir(f"/proc/{pid}/fd"))

    def messages(self):
        """All it has written to its standard error."""
        return self.log.read_text(errors="replace")

    def expect_message(self, pattern):
        """It has said, or says before the deadline, what matches."""
        self._stage.until(lambda: re.search(pattern, self.messages()), f"a message {pattern!r}")

    # Steering it.

    def cli(self, *words, status=0):
        """`picket WORDS -c FILE`: what it printed on standard output, then on error."""
        return self._stage.run(self._stage.program, *words, "-c", str(self.file), status=status)

    def signal(self, number):
        """Send a signal to the supervisor."""
        self._process.send_signal(number)

    def hup(self):
        """SIGHUP, and wait for the new generation everywhere."""
        before = max(self.generations())
        self.signal(signal.SIGHUP)
        self._stage.until(lambda: min(self.generations()) > before, "the reload is done")

    def hup_refused(self, pattern):
        """SIGHUP, and wait for the message why nothing changed."""
        before = self.generations()
        self.signal(signal.SIGHUP)
        self.expect_message(pattern)
        same(self.generations(), before, "generations after a refused reload")

    def reload(self):
        """POST /reload, which must succeed."""
        return self.admin.expect(200, "POST /reload")

    def reload_refused(self):
        """POST /reload, which must fail: the reason."""
        before = self.generations()
        code, text = self.admin.ask("POST /reload")
        holds(code in (400, 409), f"a refused reload answers 400 or 409, not {code}: {text!r}")
        same(self.generations(), before, "generations after a refused reload")
        return text


def dial(address, patience, receive_buffer=None):
    """A connected socket to "host:port", "[v6]:port" or "unix:path"."""
    if address.startswith("unix:"):
        sock, target = socket.socket(socket.AF_UNIX), address[5:]
    else:
        host, _, port = address.rpartition(":")
        family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
        sock, target = socket.socket(family), (host.strip("[]"), int(port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.settimeout(patience)
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.connect(target)
    return sock


def wait_for_port(address, patience):
    """Wait until somebody listens there."""
    end = time.monotonic() + patience
    while True:
        try:
            dial(address, 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise Mismatch(f"nobody listens on {address}") from None
            time.sleep(0.01)
