"""One end of a connection, read and written in HTTP's words, each with a deadline.

A Wire reads by the letter and is in nobody's favour: what it cannot read is a
Mismatch, with the bytes in the transcript.  Client and worker both stand on it.
"""

import re
import select
import socket
import struct
import time

PIECE = 256 * 1024


class Mismatch(Exception):
    """Somebody did not do what the play promises."""


class Ended(Mismatch):
    """The peer closed in the middle of a message; `reset` when it did so by RST."""

    def __init__(self, message, reset=False):
        super().__init__(message)
        self.reset = reset


def same(actual, expected, what="value"):
    """Both are equal."""
    if actual != expected:
        raise Mismatch(f"{what}: expected {expected!r}, got {actual!r}")


def holds(truth, what):
    """The sentence is true."""
    if not truth:
        raise Mismatch(f"not so: {what}")


class Head:
    """A start line and its headers, names as they were written, in their order."""

    def __init__(self, data):
        lines = data.decode("latin-1").split("\r\n")
        self.start = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, colon, value = line.partition(":")
            if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
                raise Mismatch(f"not a header line: {line!r}")
            self.headers.append((name, value.strip(" \t")))

    def all(self, name):
        """Every value of this header, in order."""
        return [v for n, v in self.headers if n.lower() == name.lower()]

    def get(self, name):
        """The only value of this header, None without one; two are a Mismatch."""
        values = self.all(name)
        if len(values) > 1:
            raise Mismatch(f"{name} came {len(values)} times: {values!r}")
        return values[0] if values else None

    def chunked(self):
        """The body comes in chunks."""
        return (self.get("Transfer-Encoding") or "").lower() == "chunked"

    def length(self):
        """The announced length of the body, None when none is announced."""
        text = self.get("Content-Length")
        return None if text is None else int(text)


class Wire:
    """A connected socket with a name in the transcript and a patience in seconds."""

    def __init__(self, sock, who, transcript, patience):
        self.sock = sock
        self.who = who
        self.transcript = transcript
        self._buffer = bytearray()
        self.patience = patience
        sock.settimeout(patience)

    # Writing.

    def send(self, data):
        """All of these bytes (text is latin-1)."""
        data = data.encode("latin-1") if isinstance(data, str) else bytes(data)
        self.transcript.data(self.who, ">", data)
        self.sock.sendall(data)

    def drip(self, data):
        """These bytes, each in a packet of its own while the peer takes them."""
        self.transcript.data(self.who, "> byte by byte", data.encode("latin-1"))
        try:
            for byte in data.encode("latin-1"):
                self.sock.sendall(bytes([byte]))
        except ConnectionError:
            self.transcript.note(self.who, "> (refused before the end)")

    def drip_until_closed(self, data):
        """These bytes again and again, until the peer takes no more."""
        try:
            while True:
                self.sock.sendall(data.encode("latin-1"))
                time.sleep(0.01)
        except ConnectionError:
            self.transcript.note(self.who, f"> many times {data!r}")

    def drip_until_answered(self, data):
        """These bytes again and again, until the peer has something to say."""
        while not select.select([self.sock], [], [], 0.01)[0]:
            self.sock.sendall(data.encode("latin-1"))
        self.transcript.note(self.who, f"> many times {data!r}")

    def send_zeros(self, total):
        """A body of this many zero bytes."""
        piece = memoryview(bytes(PIECE))
        for at in range(0, total, PIECE):
            self.sock.sendall(piece[: min(PIECE, total - at)])
        self.transcript.note(self.who, f"> {total} zero bytes")

    def send_though_refused(self, data):
        """These bytes, or as many of them as the peer wants to see."""
        try:
            self.send(data)
        except ConnectionError:
            self.transcript.note(self.who, "> (refused before the end)")

    def expect_given_up(self, total):
        """The peer closes before it has taken this many zero bytes."""
        try:
            self.send_zeros(total)
        except ConnectionError:
            return
        raise Mismatch(f"{self.who}: all {total} bytes were taken")

    def send_until_stuck(self, limit, data=bytes(PIECE)):
        """Write this again and again until the peer takes no more; how many bytes went out."""
        sent = 0
        self.sock.settimeout(0.5)
        try:
            while sent < limit:
                sent += self.sock.send(data[: limit - sent])
        except TimeoutError:
            pass
        self.sock.settimeout(self.patience)
        self.transcript.note(self.who, f"> {sent} bytes until nobody took more")
        return sent

    # Reading.

    def _fill(self):
        try:
            data = self.sock.recv(PIECE)
        except TimeoutError:
            raise Mismatch(f"{self.who}: nothing came within the deadline") from None
        except ConnectionError as error:
            self.transcript.note(self.who, f"< ({error.strerror})")
            raise Ended(f"{self.who}: {error.strerror}", reset=True) from None
        if not data:
            self.transcript.note(self.who, "< (closed)")
            raise Ended(f"{self.who}: the peer closed")
        if len(self._buffer) + len(data) < 65536:
            self.transcript.data(self.who, "<", data)
        self._buffer += data

    def until_received(self, count):
        """Wait until so many bytes have come; they are still to be read."""
        while len(self._buffer) < count:
            self._fill()

    def read_exactly(self, count):
        """The next `count` bytes."""
        self.until_received(count)
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def read_until(self, end):
        """What comes before this delimiter, which is consumed."""
        while (at := self._buffer.find(end)) < 0:
            self._fill()
        return self.read_exactly(at + len(end))[: -len(end)]

    def read_head(self):
        """The next head; None when the peer closed instead of beginning one."""
        try:
            return Head(self.read_until(b"\r\n\r\n"))
        except Ended:
            if self._buffer:
                raise
            return None

    def read_chunk(self):
        """One chunk's data; empty for the last one.  Nobody here expects trailers."""
        line = self.read_until(b"\r\n").decode("latin-1")
        if not re.fullmatch(r"[0-9A-Fa-f]+", line):
            raise Mismatch(f"not a chunk size: {line!r}")
        size = int(line, 16)
        data = self.read_exactly(size)
        same(self.read_exactly(2), b"\r\n", "end of a chunk")
        return data

    def read_chunks(self):
        """A whole chunked body."""
        return b"".join(iter(self.read_chunk, b""))

    def read_to_end(self):
        """All that comes until the peer closes cleanly."""
        try:
            while True:
                self._fill()
        except Ended as ended:
            if ended.reset:
                raise
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def discard(self, count):
        """Read `count` bytes and forget them."""
        left = count - len(self._buffer)
        self._buffer = self._buffer[count:]
        while left > 0:
            data = self.sock.recv(min(left, PIECE))
            if not data:
                raise Ended(f"{self.who}: closed with {left} bytes missing")
            left -= len(data)
        self.transcript.note(self.who, f"< {count} bytes of body")

    def expect_closed(self):
        """The peer closes, or has closed, and says nothing more before it."""
        try:
            rest = self.read_to_end()
        except Ended:
            rest = bytes(self._buffer)
        same(rest, b"", f"bytes to {self.who} before the close")

    def until_something_comes(self):
        """Wait for the peer to say something, and leave it unread."""
        self.sock.recv(1, socket.MSG_PEEK)

    def until_left(self):
        """Wait until the peer has closed, and leave unread what came."""
        left = select.poll()
        left.register(self.sock, select.POLLRDHUP)
        holds(left.poll(self.patience and self.patience * 1000), f"the peer of {self.who} leaves")

    # Leaving.

    def half_close(self):
        """Nothing more will be written."""
        self.transcript.note(self.who, "> (shutdown)")
        self.sock.shutdown(socket.SHUT_WR)

    def close(self):
        """Gone."""
        self.transcript.note(self.who, "> (close)")
        self.sock.close()

    def reset(self):
        """Gone, by RST."""
        self.transcript.note(self.who, "> (reset)")
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()
