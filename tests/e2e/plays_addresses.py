"""Where the gateway listens and how it finds its workers: IPv4, IPv6, Unix, names."""

import socket

from wire import holds, same
from worker import hello


def _dns(stage, **names):
    """A DNS server that knows these names: its address, and how to change them."""
    server = stage.need("dnsmasq")
    address, hosts = f"127.0.0.1:{stage.port()}", stage.folder / "hosts"

    def know(**known):
        hosts.write_text("".join(f"{ip} {name}.test\n" for name, ip in known.items()))

    know(**names)
    process = stage.daemon(
        server, "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
        "--listen-address=127.0.0.1", "--bind-interfaces", f"--port={address.split(':')[1]}",
        f"--addn-hosts={hosts}", "--local=/test/", "--user=root", "--pid-file=", address=address)

    def change(**known):
        know(**known)
        process.send_signal(1)

    return address, change


def clients_come_over_ipv6(stage):
    gateway = stage.picket(stage.worker(hello), listen=f"[::1]:{stage.port()}")
    gateway.fetch()


def an_ipv6_client_is_named_without_brackets(stage):
    worker = stage.worker()
    gateway = stage.picket(worker, listen=f"[::1]:{stage.port()}")
    client = gateway.connect()
    client.get()
    call = worker.call()
    same(call.head.get("X-Forwarded-For"), "::1", "X-Forwarded-For")
    call.answer()
    client.expect(200)


def clients_come_over_a_unix_socket(stage):
    gateway = stage.picket(stage.worker(hello), listen=f"unix:{stage.folder}/front.sock")
    gateway.fetch()


def clients_come_over_all_addresses_of_a_list(stage):
    addresses = [f"127.0.0.1:{stage.port()}", f"[::1]:{stage.port()}",
                 f"unix:{stage.folder}/front.sock"]
    gateway = stage.picket(stage.worker(hello), listen=addresses, processes=2)
    for address in addresses:
        with stage.row(address):
            client = gateway.connect(address)
            client.get()
            client.expect(200)


def workers_are_reached_over_ipv6(stage):
    gateway = stage.picket(stage.worker(hello, listen="::1"))
    gateway.fetch()


def workers_are_reached_over_unix_sockets(stage):
    worker = stage.worker(hello, listen="unix:worker.sock")
    gateway = stage.picket(worker)
    for _ in range(3):
        gateway.fetch()
    same(worker.connections, 1, "connections to the worker")


def workers_are_reached_by_name(stage):
    worker = stage.worker(hello)
    address, _ = _dns(stage, inside="127.0.0.1")
    port = worker.url.rsplit(":", 1)[1]
    gateway = stage.picket(f"http://inside.test:{port}", dns={"servers": [address]})
    stage.until(lambda: gateway.states() == ["up"], "the name is looked up")
    gateway.fetch()


def a_name_that_moves_is_followed(stage):
    old = stage.worker(hello, name="old")
    port = int(old.url.rsplit(":", 1)[1])
    stage.worker(hello, name="new", listen="127.0.0.9", port=port)
    address, change = _dns(stage, inside="127.0.0.1")
    gateway = stage.picket(f"http://inside.test:{port}",
                           dns={"servers": [address], "interval": 1})
    stage.until(lambda: gateway.states() == ["up"], "the name is looked up")
    same(gateway.fetch().body, b"old", "who answers")
    change(inside="127.0.0.9")
    stage.until(lambda: gateway.fetch().body == b"new", "the new address is used")


def a_name_that_appears_later_is_found(stage):
    worker = stage.worker(hello)
    port = worker.url.rsplit(":", 1)[1]
    address, change = _dns(stage)
    gateway = stage.picket(f"http://inside.test:{port}",
                           dns={"servers": [address], "interval": 1})
    gateway.fetch(status=503)
    change(inside="127.0.0.1")
    stage.until(lambda: gateway.states() == ["up"], "the name is found")
    gateway.fetch()


def a_name_nobody_knows_is_told(stage):
    address, _ = _dns(stage)
    gateway = stage.picket({"url": "http://nowhere.test", "name": "lost"}, stage.worker(hello),
                           dns={"servers": [address]})
    stage.until(lambda: gateway.workers()["lost"].get("reason"), "the status says why")
    holds(gateway.workers()["lost"]["state"] != "up", "the worker is not up")
    for _ in range(5):
        gateway.fetch()


def localhost_is_a_name_too(stage):
    worker = stage.worker(hello)
    gateway = stage.picket("http://localhost:" + worker.url.rsplit(":", 1)[1])
    stage.until(lambda: gateway.states() == ["up"], "the name is looked up")
    gateway.fetch()


def an_address_in_use_is_told(stage):
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.listen()
    stage.closing(holder.close)
    address = f"127.0.0.1:{holder.getsockname()[1]}"
    gateway = stage.gateway([stage.worker(hello)], listen=address)
    text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
    holds(address in text, f"the message names the address: {text!r}")


def an_admin_address_in_use_is_told(stage):
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    holder.listen()
    stage.closing(holder.close)
    address = f"127.0.0.1:{holder.getsockname()[1]}"
    gateway = stage.gateway([stage.worker(hello)], admin=address)
    text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
    holds(address in text, f"the message names the address: {text!r}")


def two_gateways_do_not_share_an_address(stage):
    first = stage.picket(stage.worker(hello), processes=2)
    for key in ("listen", "admin"):
        with stage.row(key):
            second = stage.gateway(first.config["workers"], processes=2,
                                   **{key: first.config[key]})
            text = stage.run(stage.program, "run", "-c", str(second.file), status=1)
            holds(first.config[key] in text, f"the message names the address: {text!r}")
    first.fetch()


def a_unix_socket_left_behind_is_replaced(stage):
    path = f"{stage.folder}/front.sock"
    left = socket.socket(socket.AF_UNIX)
    left.bind(path)
    left.close()
    gateway = stage.picket(stage.worker(hello), listen=f"unix:{path}")
    gateway.fetch()


def a_unix_socket_in_use_is_not_taken(stage):
    first = stage.picket(stage.worker(hello), listen=f"unix:{stage.folder}/front.sock")
    second = stage.gateway([stage.worker(hello)], listen=first.config["listen"])
    stage.run(stage.program, "run", "-c", str(second.file), status=1)
    first.fetch()


def a_unix_socket_in_no_folder_is_told(stage):
    path = stage.folder / "none" / "front.sock"
    gateway = stage.gateway(listen=f"unix:{path}")
    gateway.write_config()
    text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
    holds(f"cannot listen on unix:{path} (listen): No such file or directory; make the folder of "
          "that socket first" in text, f"it says: {text!r}")


def what_is_no_unix_socket_is_left_alone(stage):
    gateway = stage.gateway()
    gateway.config["listen"] = f"unix:{gateway.file}"
    gateway.write_config()
    text = stage.run(stage.program, "run", "-c", str(gateway.file), status=1)
    holds("(listen): File exists; that is no socket: remove it, or write another path" in text,
          f"it says: {text!r}")
    holds(gateway.file.is_file(), "the file is still there")


def the_admin_address_may_be_a_unix_socket(stage):
    gateway = stage.picket(stage.worker(hello), admin=f"unix:{stage.folder}/admin.sock")
    same(gateway.states(), ["up"], "states of the workers")
    gateway.cli("status")


def after_the_end_nobody_listens(stage):
    gateway = stage.picket(stage.worker(hello), listen=f"unix:{stage.folder}/front.sock")
    gateway.fetch()
    gateway.stop()
    holds(gateway.refuses_connections(), "the socket is refused or gone")
