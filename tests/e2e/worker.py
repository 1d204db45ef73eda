"""Workers: a listening socket, and behaviours that answer what comes to it.

A worker is given one behaviour.  `by_hand`, the default, lays each call down for
the play to take with `worker.call()` and answer when it wants to, which is also
how a worker's places are kept occupied.  Behaviours marked `@raw` have the bare
connection.  Health checks are answered beside all this, with `worker.health`.
"""

import queue
import socket
import threading

from wire import Ended, Mismatch, Wire, same

HEALTH_PATHS = ("/status", "/health")


class Call:
    """One request that reached a worker."""

    def __init__(self, worker, wire, head):
        self.worker = worker
        self.wire = wire
        self.head = head
        words = head.start.split(" ")
        same(len(words), 3, f"words of the request line {head.start!r}")
        self.method, self.target, self.version = words
        self.over = threading.Event()
        self._body = None

    def body(self):
        """The whole body, read now."""
        if self._body is None:
            self._let_it_come()
            chunked = self.head.chunked()
            read = self.wire.read_chunks if chunked else self._read_length
            self._body = read()
        return self._body

    def _let_it_come(self):
        if self.head.get("Expect") == "100-continue":
            self.wire.send("HTTP/1.1 100 Continue\r\n\r\n")

    def _read_length(self):
        return self.wire.read_exactly(self.head.length() or 0)

    def send(self, data):
        """Bytes of an answer, as they are; the call goes on."""
        self.wire.send(data)

    def answer(self, status=200, body=b"", *headers):
        """A whole answer after the whole request; the connection is kept."""
        self.body()
        body = body.encode() if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
        self.finish("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def answer_though_gone(self):
        """An empty answer to whoever is still there to read it."""
        try:
            self.answer()
        except OSError:
            self.over.set()

    def finish(self, data=b""):
        """The last bytes of an answer; the connection waits for its next request."""
        self.body()
        self.worker.leave(self)
        self.wire.send(data)
        self.over.set()

    def hang_up(self, data=b""):
        """The last bytes of an answer, and the connection with them."""
        self.worker.leave(self)
        self.wire.send(data)
        self.wire.close()
        self.over.set()

    def reset(self):
        """Away, by RST."""
        self.worker.leave(self)
        self.wire.reset()
        self.over.set()

    def expect_gone(self):
        """The gateway gives this call up: it closes before it was answered."""
        try:
            self.wire.read_to_end()
        except Ended:
            pass
        self.worker.leave(self)
        self.over.set()


# Behaviours of a call.


def by_hand(call):
    """The play answers."""
    call.worker.laid_down.put(call)
    call.over.wait()


def hello(call):
    """200 with the worker's name."""
    call.answer(200, call.worker.name)


def echo(call):
    """200 with the body that came."""
    call.answer(200, call.body())


def answers(status, body=b"", *headers):
    """Always this answer."""
    return lambda call: call.answer(status, body, *headers)


def says(data):
    """Always these bytes, after which the connection closes."""

    def behave(call):
        call.body()
        call.hang_up(data.encode("latin-1"))

    return behave


def says_and_stays(data):
    """Always these bytes, after which the connection is kept."""
    return lambda call: call.finish(data.encode("latin-1"))


# Behaviours of a bare connection.


def raw(behaviour):
    """Mark what wants the connection before anything was read from it."""
    behaviour.raw = True
    return behaviour


@raw
def hang_up_at_once(wire):
    """Close before a byte was read."""
    wire.reset()


@raw
def hang_up_on_head(wire):
    """Read a head and close without an answer."""
    wire.read_head()
    wire.close()


class Worker:
    """A listening worker; `url` is what a configuration calls it."""

    def __init__(self, name, listener, url, behaviour, transcript, patience):
        self.name = name
        self.url = url
        self.health = 200
        self.laid_down = queue.Queue()
        self.connections = 0
        self.calls = []
        self.probes = []
        self.mismatches = []
        self.now = self.peak = 0
        self._behaviour = behaviour
        self._transcript = transcript
        self._patience = patience
        self._lock = threading.Lock()
        self._open = set()
        self._is_cut = False
        self._threads = []
        self._listener = listener
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    # What a play says.

    def call(self):
        """The next request that reached this worker, to be answered by the play."""
        try:
            return self.laid_down.get(timeout=self._patience)
        except queue.Empty:
            raise Mismatch(f"{self.name}: no request came within the deadline") from None

    def saw(self, count):
        """So many requests have begun here."""
        same(len(self.calls), count, f"requests that {self.name} saw")

    def open_connections(self):
        """How many connections to this worker are open now."""
        with self._lock:
            return len(self._open)

    def stop(self):
        """Nobody listens any more, and every connection is closed.

        The socket stays bound, so that no other play is given its port and
        called in its place.
        """
        listener, self._listener = self._listener, None
        if listener is None:
            return
        try:
            listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._thread.join(self._patience)
        self._cut_all()
        for thread in self._threads:
            thread.join(self._patience)
        same([t.name for t in self._threads if t.is_alive()], [], f"threads of {self.name}")

    def _cut_all(self):
        with self._lock:
            self._is_cut = True
            wires = list(self._open)
            calls = list(self.calls)
        for wire in wires:
            try:
                wire.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for call in calls:
            call.over.set()

    def leave(self, call):
        """This call occupies its place no longer."""
        with self._lock:
            self.now -= not call.over.is_set()

    # What its threads do.

    def _accept(self):
        while self._listener is not None:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock):
        with self._lock:
            self.connections += 1
            who = f"{self.name}.{self.connections}"
        wire = Wire(sock, who, self._transcript, None)
        with self._lock:
            self._open.add(wire)
            is_cut = self._is_cut
        try:
            if not is_cut:
                self._talk(wire)
        except (Ended, OSError) as error:
            self._transcript.note(who, f"({error})")
        except Mismatch as error:
            self.mismatches.append(str(error))
            self._transcript.note(who, f"MISMATCH {error}")
        finally:
            with self._lock:
                self._open.discard(wire)
            sock.close()

    def _talk(self, wire):
        if getattr(self._behaviour, "raw", False):
            self._behaviour(wire)
            return
        while wire.sock.fileno() >= 0 and (head := wire.read_head()) is not None:
            call = Call(self, wire, head)
            if call.method == "GET" and call.target in HEALTH_PATHS:
                self._answer_probe(call)
            else:
                self._begin(call)

    def _answer_probe(self, call):
        self.probes.append(call)
        call.wire.send(f"HTTP/1.1 {self.health} Whatever\r\nContent-Length: 6\r\n\r\nready\n")

    def _begin(self, call):
        with self._lock:
            self.calls.append(call)
            if self._is_cut:
                call.over.set()
            self.now += 1
            self.peak = max(self.peak, self.now)
        self._behaviour(call)
