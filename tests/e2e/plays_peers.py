"""Real programs on both sides: curl as the client, nginx and Python's server as workers."""

import json
import sys

from gateway import wait_for_port
from wire import holds, same
from worker import echo, hello

NGINX = """
daemon off;
worker_processes 1;
pid FOLDER/nginx.pid;
error_log FOLDER/error.log;
events {}
http {
    access_log off;
    client_body_temp_path FOLDER/t1;
    proxy_temp_path FOLDER/t2;
    fastcgi_temp_path FOLDER/t3;
    uwsgi_temp_path FOLDER/t4;
    scgi_temp_path FOLDER/t5;
    server {
        listen ADDRESS;
        root FOLDER/www;
        gzip on;
        gzip_min_length 1;
        gzip_types *;
        gzip_proxied any;
        location /run/upload/ { dav_methods PUT; client_max_body_size 0; }
        location /run/moved { return 302 /run/elsewhere; }
        location /run/nothing { return 204; }
    }
}
"""


def _curl(stage, *words, status=0):
    return stage.run(stage.need("curl"), "--silent", "--show-error", *words, status=status)


def _nginx(stage):
    """A gateway in front of an nginx that serves the file /run/page."""
    program = stage.need("nginx")
    address = f"127.0.0.1:{stage.port()}"
    (stage.folder / "www" / "run" / "upload").mkdir(parents=True)
    (stage.folder / "www" / "run" / "page").write_text("0123456789" * 1000)
    for path in (stage.folder, *stage.folder.rglob("*")):
        path.chmod(0o777)
    config = stage.folder / "nginx.conf"
    config.write_text(NGINX.replace("FOLDER", str(stage.folder)).replace("ADDRESS", address))
    stage.daemon(program, "-p", str(stage.folder), "-e", str(stage.folder / "error.log"),
                 "-c", str(config), address=address)
    return stage.picket(f"http://{address}")


def curl_gets(stage):
    gateway = stage.picket(stage.worker(hello))
    same(_curl(stage, gateway.url()), "worker1", "what curl printed")


def curl_keeps_its_connection(stage):
    gateway = stage.picket(stage.worker(hello))
    text = _curl(stage, "-v", gateway.url(), gateway.url(), gateway.url())
    same(text.count("Connected to"), 1, f"connections in {text}")
    same(text.count("worker1"), 3, f"answers in {text}")


def curl_heads(stage):
    gateway = stage.picket(stage.worker(hello))
    holds("HTTP/1.1 200" in _curl(stage, "--head", gateway.url()), "a head comes")


def curl_speaks_http_1_0(stage):
    gateway = stage.picket(stage.worker(hello))
    same(_curl(stage, "--http1.0", gateway.url()), "worker1", "what curl printed")


def curl_uploads_with_length_and_in_chunks(stage):
    gateway = stage.picket(stage.worker(echo))
    file = stage.folder / "body"
    file.write_text("0123456789" * 200000)
    for words in ((), ("-H", "Transfer-Encoding: chunked")):
        with stage.row(str(words)):
            text = _curl(stage, *words, "-T", str(file), gateway.url())
            holds(text == file.read_text(), f"it comes back as it went out: {len(text)} bytes")


def curl_expects_100(stage):
    gateway = stage.picket(stage.worker(echo))
    text = _curl(stage, "-v", "-H", "Expect: 100-continue", "-d", "abc", gateway.url())
    holds("100 Continue" in text and "abc" in text, f"both are in {text}")


def curl_understands_refusals(stage):
    gateway = stage.picket(stage.worker(hello))
    answer = json.loads(_curl(stage, gateway.url("/nowhere")))
    holds(answer["error"] and answer["request_id"], f"reason and id: {answer}")
    _curl(stage, "--fail", gateway.url("/nowhere"), status=22)


def curl_notices_a_cut_answer(stage):
    worker = stage.worker(lambda call: call.hang_up(
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))
    gateway = stage.picket(worker)
    _curl(stage, gateway.url(), status={18, 56})


def curl_comes_over_a_unix_socket(stage):
    gateway = stage.picket(stage.worker(hello), listen=f"unix:{stage.folder}/front.sock")
    same(_curl(stage, "--unix-socket", f"{stage.folder}/front.sock", "http://h/run/f"),
         "worker1", "what curl printed")


def nginx_serves_a_file(stage):
    gateway = _nginx(stage)
    holds(gateway.fetch("/run/page").body == b"0123456789" * 1000, "it is whole")


def nginx_serves_in_chunks_what_it_compresses(stage):
    gateway = _nginx(stage)
    response = gateway.fetch("/run/page", "Accept-Encoding: gzip")
    same(response.head.get("Content-Encoding"), "gzip", "Content-Encoding")
    same(response.framing, "chunked", "framing")


def nginx_serves_a_range(stage):
    gateway = _nginx(stage)
    response = gateway.fetch("/run/page", "Range: bytes=5-9", status=206)
    same(response.body, b"56789", "body")


def nginx_answers_304(stage):
    gateway = _nginx(stage)
    etag = gateway.fetch("/run/page").head.get("ETag")
    client = gateway.connect()
    for _ in range(2):
        client.get("/run/page", f"If-None-Match: {etag}")
        client.expect(304)


def nginx_answers_head_204_302_404_and_416(stage):
    gateway = _nginx(stage)
    client = gateway.connect()
    client.request("HEAD", "/run/page")
    same(client.expect(200).head.length(), 10000, "Content-Length")
    client.get("/run/nothing")
    client.expect(204)
    client.get("/run/moved")
    client.expect(302)
    client.get("/run/none")
    client.expect(404)
    client.get("/run/page", "Range: bytes=20000-")
    client.expect(416)


def nginx_keeps_its_connection(stage):
    gateway = _nginx(stage)
    client = gateway.connect()
    for _ in range(20):
        client.get("/run/page")
        client.expect(200)
    metrics = gateway.admin.metrics()
    same(metrics["picket_upstream_connects_total"], 1, "connections to nginx")


def nginx_takes_an_upload(stage):
    gateway = _nginx(stage)
    file = stage.folder / "body"
    file.write_text("0123456789" * 500000)
    for words in ((), ("-H", "Transfer-Encoding: chunked")):
        with stage.row(str(words)):
            _curl(stage, "--fail", *words, "-T", str(file), gateway.url("/run/upload/x"))
            stored = (stage.folder / "www" / "run" / "upload" / "x").read_text()
            holds(stored == file.read_text(), "it is stored whole")


def pickets_own_simulated_worker_serves_functions(stage):
    port = stage.port()
    stage.daemon(stage.program, "worker", "--port", str(port), "--time-scale", "1000",
                 address=f"127.0.0.1:{port}")
    gateway = stage.picket(f"http://127.0.0.1:{port}",
                           health={"kind": "openlambda", "interval": 0.05})
    stage.until(lambda: gateway.states() == ["up"], "it is ready")
    client = gateway.connect()
    for _ in range(5):
        client.post("/run/hello", b"{}")
        client.expect(200)


def pythons_server_serves_files(stage):
    (stage.folder / "run").mkdir()
    (stage.folder / "run" / "page").write_text("from Python")
    address = f"127.0.0.1:{stage.port()}"
    stage.daemon(sys.executable, "-m", "http.server", address.split(":")[1], "--bind",
                 "127.0.0.1", "--directory", str(stage.folder))
    wait_for_port(address, stage.patience)
    gateway = stage.picket(f"http://{address}")
    client = gateway.connect()
    for _ in range(3):
        client.get("/run/page")
        same(client.expect(200).body, b"from Python", "body")
        client.get("/run/none")
        client.expect(404)
