"""The clients: each asks in its own way, in a thread of its own, until told to stop."""

import random
import threading
import time

from client import Client, request_text
from gateway import dial
from ledger import Entry
from silence import Silence
from wire import Ended, Mismatch

DEEDS = ["answer"] * 12 + ["chunks"] * 3 + ["slow"] * 2
BAD_DEEDS = ["fail", "full", "reset", "half", "rubbish"]


class Life:
    """One client: what it asks next is a throw of its own dice."""

    def __init__(self, number, seed, address, ledger, patience):
        self._number, self._address, self._ledger = number, address, ledger
        self._patience = patience
        self._dice = random.Random(f"{seed} client {number}")
        self._count = 0
        self._client = None
        self._since = self._asked = 0

    def ask(self, calmly):
        """One request or a few at once, and what comes of them."""
        if self._client is None:
            self._asked = time.monotonic()
            sock = self._dial()
            if sock is None:
                return
            self._client = Client(sock, f"client {self._number}", Silence(), self._patience)
        # An answer may be read long after who gave it has died.
        self._since, self._asked = self._asked, time.monotonic()
        entries = [self._next(calmly) for _ in range(self._dice.choice([1, 1, 1, 3]))]
        asked = b"".join(text for _, text in entries)
        if not calmly and self._dice.random() < 0.08:
            self._leave([entry for entry, _ in entries], asked)
            return
        self._exchange(entries, asked)

    def _dial(self):
        """None when there is no gateway at present, as is expected."""
        try:
            return dial(self._address, self._patience)
        except ConnectionError:
            if not self._ledger.is_gone():
                raise
            time.sleep(0.01)
            return None

    def go(self):
        """Close the connection, if there is one."""
        if self._client is not None:
            self._client.sock.close()
            self._client = None

    def _next(self, calmly):
        self._count += 1
        name = f"c{self._number}-{self._count}"
        is_bad = not calmly and self._dice.random() < 0.04
        deed = self._dice.choice(BAD_DEEDS if is_bad else DEEDS)
        method = self._dice.choice(["POST", "PUT", "PUT"])
        body = name.encode() * self._dice.choice([1, 1, 1, 10, 100, 5000])
        headers = [f"X-Request-Id: {name}", f"X-Do: {deed}"]
        text = request_text(method, f"/run/f{self._dice.randrange(8)}", headers, body)
        return self._ledger.enter(Entry(name, method, deed, self._since)), text

    def _leave(self, entries, asked):
        """Go away in the middle of the request, or of its answer."""
        for entry in entries:
            self._ledger.close(entry, "left")
        try:
            self._client.send(asked[:self._dice.randint(1, len(asked))])
            self._dice.choice([self._client.close, self._client.reset])()
        except ConnectionError:
            pass
        self.go()

    def _exchange(self, entries, asked):
        try:
            self._client.send(asked)
        except ConnectionError:
            pass  # what was answered before the cut is still there to be read
        for at, (entry, text) in enumerate(entries):
            if not self._read(entry, text):
                for later, _ in entries[at + 1:]:
                    self._ledger.close(later, "unserved", entry.name)
                self.go()
                return

    def _read(self, entry, text):
        """Read one answer; True when the connection is good for another."""
        head = None
        try:
            head = self._client.read_response_head()
            self._client.read_body(head)
        except (Ended, ConnectionError):
            self._ledger.close(entry, "cut", "begun" if head else None)
            return False
        except Mismatch as mismatch:
            self._ledger.close(entry, "unknown", str(mismatch))
            return False
        self._judge(entry, head, text)
        return head.head.get("Connection") != "close"

    def _judge(self, entry, answer, text):
        whose = answer.head.get("X-Answer-To")
        if whose is None and answer.status >= 400:
            self._ledger.close(entry, "refused", (answer.status, answer.error()))
        elif whose == entry.name and text.endswith(b"\r\n\r\n" + answer.body):
            self._ledger.close(entry, "answered", answer.status)
        else:
            self._ledger.close(entry, "unknown", f"the answer of {whose}")


class Crowd:
    """Many lives at once."""

    def __init__(self, stage, gateway, ledger, seed, count):
        self._stage = stage
        self.lives = [Life(n, seed, gateway.config["listen"], ledger, stage.patience)
                      for n in range(count)]

    def live_while(self, action):
        """All ask, in all ways, while the action lasts."""
        over = threading.Event()
        threads = [self._stage.beside(lambda life=life: self._live(life, over))
                   for life in self.lives]
        try:
            action()
        finally:
            over.set()
            for thread in threads:
                thread.result()

    def ask_calmly(self, turns):
        """Each asks so often, and does nothing unusual."""
        threads = [self._stage.beside(lambda life=life: self._turns(life, turns))
                   for life in self.lives]
        for thread in threads:
            thread.result()

    @staticmethod
    def _live(life, over):
        while not over.is_set():
            life.ask(calmly=False)
        life.go()

    @staticmethod
    def _turns(life, turns):
        for _ in range(turns):
            life.ask(calmly=True)
        life.go()
