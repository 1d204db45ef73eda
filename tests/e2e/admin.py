"""What a play asks of a gateway's admin address."""

import http.client
import json
import re
import socket

from wire import Mismatch, same


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class Admin:
    """One admin address: "127.0.0.1:PORT" or "unix:PATH", or a table as configured."""

    def __init__(self, address, transcript, patience):
        table = address if isinstance(address, dict) else {"listen": address}
        self._address = table["listen"]
        self.token = table.get("token")
        self._transcript = transcript
        self.patience = patience

    def ask(self, line, fields=None):
        """"GET /status" or "POST /reload", with JSON fields: status code and text."""
        method, path = line.split(" ")
        if self._address.startswith("unix:"):
            connection = _UnixConnection(self._address[5:], self.patience)
        else:
            connection = http.client.HTTPConnection(self._address, timeout=self.patience)
        try:
            connection.request(method, path, None if fields is None else json.dumps(fields),
                               {"Authorization": f"Bearer {self.token}"} if self.token else {})
            response = connection.getresponse()
            status, text = response.status, response.read().decode()
        finally:
            connection.close()
        self._transcript.note("admin", f"{line} {fields or ''} -> {status} {text[:200]!r}")
        return status, text

    def expect(self, status, line, fields=None):
        """Ask, and have this status; the JSON that came with it."""
        actual, text = self.ask(line, fields)
        same(actual, status, f"status of {line} ({text[:300]!r})")
        return json.loads(text)

    def metrics(self):
        """GET /metrics, read strictly: {"name" or 'name{label="x"}': value}."""
        status, text = self.ask("GET /metrics")
        same(status, 200, "status of GET /metrics")
        return parse_metrics(text)


LABEL = r'[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?'
SAMPLE = re.compile(rf"([a-zA-Z_:][\w:]*(?:\{{(?:{LABEL})*\}})?) (\S+)")
COMMENT = re.compile(r"# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)")


def parse_metrics(text):
    """Prometheus's text format; what is not in it is a Mismatch."""
    samples, typed = {}, set()
    for line in text.splitlines():
        comment, sample = COMMENT.fullmatch(line), SAMPLE.fullmatch(line)
        if comment and comment[1] == "TYPE":
            typed.add(comment[2])
        elif sample:
            _keep(samples, typed, sample)
        elif not comment and line:
            raise Mismatch(f"not a line of metrics: {line!r}")
    return samples


def _keep(samples, typed, sample):
    name = sample[1].split("{")[0]
    family = re.sub(r"_(bucket|sum|count)$", "", name)
    if not typed & {name, family}:
        raise Mismatch(f"metric {name} has no TYPE before it")
    if sample[1] in samples:
        raise Mismatch(f"metric {sample[1]} stands there twice")
    samples[sample[1]] = float(sample[2])
