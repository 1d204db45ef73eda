"""A worker in a process of its own, to be killed: worker_process.py PORT NAME JOURNAL.

It does what the header X-Do says, answers with the request's own id and body,
and writes each request that it has read whole into its journal before it says
a word.
"""

import os
import random
import signal
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from silence import Silence  # noqa: E402
from worker import Worker  # noqa: E402


def _own_answer(call, status, body):
    call.answer(status, body, f"X-Answer-To: {call.head.get('X-Request-Id')}")


def _in_chunks(call):
    body = call.body()
    pieces = [body[at:at + 1000] for at in range(0, len(body), 1000)]
    head = (f"HTTP/1.1 200 OK\r\nX-Answer-To: {call.head.get('X-Request-Id')}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n").encode()
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    call.finish(head + chunks + b"0\r\n\r\n")


def _slowly(call):
    body = call.body()
    time.sleep(random.random() / 10)
    _own_answer(call, 200, body)


DEEDS = {
    "answer": lambda call: _own_answer(call, 200, call.body()),
    "chunks": _in_chunks,
    "slow": _slowly,
    "fail": lambda call: _own_answer(call, 500, call.body()),
    "full": lambda call: _own_answer(call, 429, call.body()),
    "reset": lambda call: call.reset(),
    "half": lambda call: call.hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
    "rubbish": lambda call: call.hang_up(b"rubbish\r\n\r\n"),
}


def main(port, name, journal):
    """Serve until killed."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen(512)
    out = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def behave(call):
        call.body()
        deed = call.head.get("X-Do")
        os.write(out, f"{call.head.get('X-Request-Id')} {deed}\n".encode())
        DEEDS[deed](call)
        worker.calls.clear()

    worker = Worker(name, listener, "", behave, Silence(), 10)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
