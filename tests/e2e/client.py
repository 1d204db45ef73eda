"""A client that says exactly what the play tells it to."""

import json
from collections import deque

from wire import Ended, Head, Mismatch, Wire, holds, same

BODILESS = (204, 304)


class Response:
    """A response as it was framed: `framing` is none, length, chunked or close."""

    def __init__(self, head: Head):
        version, status, self.reason = (head.start + " ").split(" ", 2)
        same(version, "HTTP/1.1", "version of the response")
        self.head = head
        self.status = int(status)
        self.body = b""
        self.framing = "none"

    def error(self):
        """The reason in a one-line JSON error body, whose promises are checked."""
        same(self.head.get("Content-Type"), "application/json", "type of the error body")
        same(self.body.rstrip(b"\n").count(b"\n"), 0, "line breaks in the error body")
        fields = json.loads(self.body)
        holds(fields.get("error"), f"the error body gives a reason: {fields}")
        holds(fields.get("request_id"), f"the error body gives the request id: {fields}")
        return fields["error"]


def request_text(method, target, headers=(), body=None, host="picket.test"):
    """A request with a Host and, with a body, its length."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", *headers]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b"")


class Client(Wire):
    """One connection to the gateway."""

    def __init__(self, *args):
        super().__init__(*args)
        self._asked = deque()

    def request(self, method, target, headers=(), body=None):
        """Send one request."""
        self._asked.append(method)
        self.send(request_text(method, target, headers, body))

    def get(self, target="/run/f", *headers):
        """Send a GET with these header lines."""
        self.request("GET", target, headers)

    def post(self, target="/run/f", body=b"", *headers):
        """Send a POST with these bytes and header lines."""
        self.request("POST", target, headers, body)

    def read_response_head(self):
        """The next head, interim ones included."""
        head = self.read_head()
        if head is None:
            raise Ended(f"{self.who}: closed instead of answering")
        return Response(head)

    def response(self):
        """The next final response with all of its body."""
        method = self._asked.popleft() if self._asked else "GET"
        response = self.read_response_head()
        while response.status // 100 == 1:
            response = self.read_response_head()
        self.read_body(response, method)
        return response

    def read_body(self, response, method="GET"):
        """The body of the response with this head, as it is framed."""
        head = response.head
        if method == "HEAD" or response.status in BODILESS:
            return
        if head.chunked():
            same(head.length(), None, "Content-Length beside chunks")
            response.framing = "chunked"
            response.body = self.read_chunks()
        elif head.length() is not None:
            response.framing = "length"
            response.body = self.read_exactly(head.length())
        else:
            response.framing = "close"
            response.body = self.read_to_end()

    def is_answered(self):
        """Whether an answer comes, or the connection just ends."""
        try:
            self.response()
        except Ended:
            return False
        return True

    def expect(self, status):
        """The next response has this status; the response."""
        response = self.response()
        if response.status != status:
            raise Mismatch(f"{self.who}: expected {status}, got {response.status} "
                           f"with {response.body[:200]!r}")
        return response

    def expect_one_of(self, statuses):
        """The next response has one of these statuses; the response."""
        response = self.response()
        holds(response.status in statuses, f"{response.status} is one of {statuses}")
        return response

    def expect_refusal(self, status):
        """An error from the gateway itself, after which it closes."""
        response = self.expect(status)
        response.error()
        same(response.head.get("Connection"), "close", "Connection of a refusal")
        self.expect_closed()
        return response

    def expect_cut(self):
        """A response begins and then ends before its framing says so."""
        self.expect_rest_cut(self.read_response_head())

    def expect_rest_cut(self, response):
        """The response with this head ends before its framing says so."""
        try:
            self.read_body(response)
        except Ended:
            return
        raise Mismatch(f"{self.who}: the response ended as if it were whole")

    def expect_nothing_yet(self):
        """Nothing has come so far.  True too early at worst, never false too early."""
        self.sock.setblocking(False)
        try:
            data = self.sock.recv(1)
        except BlockingIOError:
            data = None
        self.sock.settimeout(self.patience)
        same(data, None, f"bytes to {self.who}")
