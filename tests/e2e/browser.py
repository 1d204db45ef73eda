"""A real browser, without a window and without a network, as a play drives it.

It speaks WebDriver: JSON over HTTP to chromedriver, which Debian brings along
with Chromium.
"""

import base64
import json
import os
import urllib.request

ARGUMENTS = [
    "--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
    "--force-device-scale-factor=1", "--disable-extensions", "--disable-background-networking",
    "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND",
]


class Browser:
    """One window of Chromium; it ends with the play."""

    def __init__(self, stage, width=1280, height=900, is_dark=False):
        chromium, driver = stage.need("chromium"), stage.need("chromedriver")
        port = stage.port()
        stage.daemon(driver, f"--port={port}", address=f"127.0.0.1:{port}")
        self._url = f"http://127.0.0.1:{port}/session"
        arguments = [*ARGUMENTS, f"--window-size={width},{height}",
                     f"--user-data-dir={stage.folder}/profile{port}"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")
        if is_dark:
            arguments.append("--blink-settings=preferredColorScheme=0")
        session = self._say("POST", "", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self._url += "/" + session["sessionId"]
        stage.closing(self.close)

    def _say(self, method, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._url + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, path):
        """A file, once it has been read and its scripts have run."""
        self._say("POST", "/url", {"url": f"file://{path}"})

    def ask(self, script, *arguments):
        """What a script in the page returns."""
        return self._say("POST", "/execute/sync", {"script": script, "args": arguments})

    def messages(self):
        """What the page has written to the console, errors among it."""
        return [entry["message"] for entry in self._say("POST", "/se/log", {"type": "browser"})]

    def requested(self):
        """The addresses of all that pages have asked for, less the browser's own."""
        entries = self._say("POST", "/se/log", {"type": "performance"})
        events = [json.loads(entry["message"])["message"] for entry in entries]
        urls = [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]
        return [url for url in urls if not url.startswith(("chrome:", "data:"))]

    def picture(self, path, top=0, height=900, width=1280):
        """A picture of a part of the page, as a PNG."""
        answer = self._say("POST", "/goog/cdp/execute", {
            "cmd": "Page.captureScreenshot",
            "params": {"captureBeyondViewport": True, "clip": {
                "x": 0, "y": top, "width": width, "height": height, "scale": 1}}})
        path.write_bytes(base64.b64decode(answer["data"]))

    def print(self, path):
        """The page as it is printed, as a PDF."""
        path.write_bytes(base64.b64decode(self._say("POST", "/print", {"background": True})))

    def close(self):
        """The window is closed, and Chromium ends."""
        self._say("DELETE", "")
