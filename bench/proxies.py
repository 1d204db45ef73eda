"""The proxies: how each is configured and started, with one process on one CPU."""
import os
import resource
import shutil
import socket
import subprocess
import time

NGINX_MODULES = "/usr/lib/nginx/modules"
# Clients at the same time: a proxy wants two descriptors for each.
CONNECTIONS = min(16000, resource.getrlimit(resource.RLIMIT_NOFILE)[1] // 2 - 500)

PICKET = """
return {{
    listen = "127.0.0.1:{port}",
    admin = false,
    processes = 1,
    policy = "least_loaded",
    workers = {{ {workers} }},
    health = {{ kind = "none" }},
    log = {{ level = "warn", access = false }},
    limits = {{ connections = {connections} }},
    timeouts = {{ idle = 600 }},
}}
"""

NGINX = """
{modules}
daemon off;
worker_processes 1;
pid nginx.pid;
error_log stderr error;
worker_rlimit_nofile {files};
events {{ worker_connections {files}; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    client_max_body_size 0;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    upstream workers {{
        {upstream}
        keepalive 256;
        keepalive_requests 1000000000;
    }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://workers;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_request_buffering off; # stream, as the others do
            proxy_max_temp_file_size 0;
        }}
    }}
}}
"""

BALANCER = """
        server 0.0.0.1;
        balancer_by_lua_block {{
            local ports, turn = {{ {ports} }}, turn or 0
            _G.turn = turn % #ports + 1
            require("ngx.balancer").set_current_peer("127.0.0.1", ports[_G.turn])
        }}
"""

HAPROXY = """
global
    nbthread 1
    no strict-limits
    maxconn {connections}
defaults
    mode http
    http-reuse always
    timeout client 600s
    timeout http-keep-alive 600s
    timeout server 60s
    timeout connect 5s
listen gateway
    bind 127.0.0.1:{port}
    balance roundrobin
{servers}
"""


class Proxy:
    """A proxy that can be started; `why_not` says what is missing."""

    name = why_not = None

    def __init__(self, build):
        self.build = build

    def version(self):
        return self.name

    def launch(self, port, workers, folder):
        """(command, configuration or None): started in the folder, where it is `config`."""
        raise NotImplementedError

    def start(self, workers, folder, cpu):
        folder = os.path.join(folder, self.name + str(time.monotonic_ns()))
        os.mkdir(folder)
        port = free_port()
        command, text = self.launch(port, workers, folder)
        if text:
            with open(os.path.join(folder, "config"), "w", encoding="utf-8") as config:
                config.write(text)
        return Running(self, command, port, folder, cpu)


class Running:
    """A proxy that runs until it is stopped."""

    def __init__(self, proxy, command, port, folder, cpu):
        self.name = proxy.name
        self.process = start_on(cpu, command, cwd=folder, stdout=subprocess.PIPE)
        self.port = port or int(self.process.stdout.readline())
        self.pid = self.process.pid
        self.wait_for_port()

    def wait_for_port(self):
        deadline = time.monotonic() + 10
        while True:
            if self.process.poll() is not None:
                raise SystemExit(f"bench/run: {self.name} ended at its start")
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def stop(self):
        stop(self.process)


class Picket(Proxy):
    name = "picket"

    def __init__(self, build):
        super().__init__(build)
        self.program = os.path.join(build, "picket")
        if not os.path.exists(self.program):
            self.why_not = f"{self.program} is not built"

    def launch(self, port, workers, folder):
        urls = ", ".join(f'"http://127.0.0.1:{worker}"' for worker in workers)
        return [self.program, "run", "-c", "config"], PICKET.format(
            port=port, workers=urls, connections=CONNECTIONS)


class OtherPicket(Picket):
    """Another build, to see what a change is worth."""

    name = "other"


class Nginx(Proxy):
    name = "nginx"
    modules = ""

    def __init__(self, build):
        super().__init__(build)
        self.program = program("nginx")
        if not self.program:
            self.why_not = "nginx is not installed (Debian: nginx-light)"

    def version(self):
        said = subprocess.run([self.program, "-v"], stderr=subprocess.PIPE, text=True, check=True)
        return said.stderr.split(":")[1].strip()

    def upstream(self, workers):
        return " ".join(f"server 127.0.0.1:{worker};" for worker in workers)

    def launch(self, port, workers, folder):
        return [self.program, "-p", folder, "-c", "config", "-e", "stderr"], NGINX.format(
            port=port, files=CONNECTIONS + 1000, modules=self.modules,
            upstream=self.upstream(workers))


class NginxLua(Nginx):
    name = "nginx+lua"
    modules = "".join(f"load_module {NGINX_MODULES}/{module}_module.so;\n"
                      for module in ("ndk_http", "ngx_http_lua"))

    def __init__(self, build):
        super().__init__(build)
        if not os.path.exists(f"{NGINX_MODULES}/ngx_http_lua_module.so"):
            self.why_not = "its module is not installed (Debian: libnginx-mod-http-lua)"

    def version(self):
        return f"{super().version()} with balancer_by_lua"

    def upstream(self, workers):
        return BALANCER.format(ports=", ".join(map(str, workers)))


class Haproxy(Proxy):
    name = "haproxy"

    def __init__(self, build):
        super().__init__(build)
        self.program = program("haproxy")
        if not self.program:
            self.why_not = "haproxy is not installed"

    def version(self):
        said = subprocess.run([self.program, "-v"], stdout=subprocess.PIPE, text=True, check=True)
        return "haproxy/" + said.stdout.split()[2]

    def launch(self, port, workers, folder):
        servers = "\n".join(f"    server w{worker} 127.0.0.1:{worker}" for worker in workers)
        return [self.program, "-db", "-q", "-f", "config"], HAPROXY.format(
            port=port, servers=servers, connections=CONNECTIONS)


class Relay(Proxy):
    """The floor: it only moves bytes, see relay.c."""

    name = "relay"

    def start(self, workers, folder, cpu):
        command = [os.path.join(self.build, "bench", "relay")]
        return Running(self, command + [f"127.0.0.1:{worker}" for worker in workers],
                       None, folder, cpu)


KINDS = {kind.name: kind for kind in (Picket, Nginx, Haproxy, NginxLua, Relay)}


def program(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_on(cpu, command, **how):
    return subprocess.Popen(["taskset", "-c", str(cpu)] + command, text=True, **how)


def stop(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
