"""What every side of a play said, in one order, to be read when the play fails."""

import threading
import time

SHOWN = 400  # bytes of one piece of data; the rest is counted


def readable(data):
    """Bytes as one line of text: what is not printable is escaped."""
    text = data[:SHOWN].decode("latin-1")
    shown = "".join(c if " " <= c <= "~" else repr(c)[1:-1] for c in text)
    return shown + (f"... ({len(data)} bytes)" if len(data) > SHOWN else "")


class Transcript:
    """Lines with a time and a speaker, written by all threads of one play."""

    def __init__(self):
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self._lines = []
        self._last = {}

    def note(self, who, what):
        """One line: the speaker and what is to be told of it, unless it just told that."""
        moment = time.monotonic() - self._began
        with self._lock:
            if self._last.get(who) != what:
                self._lines.append(f"{moment:8.3f} {who:14s} {what}")
            self._last[who] = what

    def data(self, who, arrow, data):
        """Bytes that went out (>) or came in (<)."""
        self.note(who, f"{arrow} {readable(data)}")

    def text(self):
        """All of it, the middle left out when it is very long."""
        with self._lock:
            lines = list(self._lines)
        if len(lines) > 300:
            left = len(lines) - 300
            lines = lines[:150] + [f"         ... {left} lines left out ..."] + lines[-150:]
        return "\n".join(lines)
