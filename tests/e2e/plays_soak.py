"""Everything at once: whatever some do, others get their own answers and no place is lost."""

import random

from client import request_text
from stage import deadline
from wire import Ended, same
from worker import echo

CLIENTS, TURNS = 16, 60


def _asks(client, label):
    client.post("/run/f", label)
    same(client.expect(200).body, label, "whose answer")


def _asks_in_chunks(client, label):
    client.send(b"PUT /run/f HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                + f"{len(label):x}\r\n".encode() + label + b"\r\n0\r\n\r\n")
    same(client.expect(200).body, label, "whose answer")


def _asks_for_much(client, label):
    client.request("PUT", "/run/f", body=label * 20000)
    same(client.expect(200).body == label * 20000, True, "the body came back")


def _asks_thrice_at_once(client, label):
    client.send(b"".join(request_text("PUT", "/run/f", body=label + b"%d" % n) for n in range(3)))
    for number in range(3):
        same(client.expect(200).body, label + b"%d" % number, "whose answer")


def _leaves_early(client, label):
    client.post("/run/f", label * 1000)
    client.close()


def _leaves_by_reset(client, label):
    client.post("/run/f", label * 1000)
    client.reset()


def _leaves_half_said(client, label):
    client.send(request_text("POST", "/run/f", body=label)[:-1])
    client.close()


def _talks_rubbish(client, _label):
    client.send("GET /run/f HTTP/1.1\r\nHost : h\r\n\r\n")
    client.expect_refusal(400)


STAYING = [_asks, _asks_in_chunks, _asks_for_much, _asks_thrice_at_once]
GOING = [_leaves_early, _leaves_by_reset, _leaves_half_said, _talks_rubbish]


def _live(gateway, number, staying, going):
    """One client's life: it does this and that, and comes back when it had to go."""
    dice = random.Random(number)
    for turn in range(TURNS // 4):
        client = gateway.connect()
        for step in range(3):
            dice.choice(staying)(client, b"<%d %d %d>" % (number, turn, step))
        dice.choice(going)(client, b"<%d %d>" % (number, turn))
        client.close()


def _all_live(stage, gateway, staying, going):
    lives = [stage.beside(lambda n=n: _live(gateway, n, staying, going)) for n in range(CLIENTS)]
    for life in lives:
        life.result()


@deadline(90)
def many_clients_of_all_kinds_get_their_own_answers(stage):
    workers = [stage.worker(echo) for _ in range(3)]
    gateway = stage.picket(*workers, processes=2)
    _all_live(stage, gateway, STAYING, GOING)


@deadline(90)
def nothing_is_lost_with_few_places(stage):
    rows = [{"url": stage.worker(echo).url, "name": f"w{n}", "capacity": 2} for n in range(2)]
    gateway = stage.picket(*rows, processes=2)
    _all_live(stage, gateway, STAYING, GOING)


@deadline(90)
def nothing_is_lost_while_the_gateway_reloads(stage):
    rows = [{"url": stage.worker(echo).url, "name": f"w{n}", "capacity": 2} for n in range(2)]
    gateway = stage.picket(*rows, processes=2)
    lives = stage.beside(lambda: _all_live(stage, gateway, STAYING, GOING))
    while not lives.done():
        gateway.reload()
    lives.result()


def _stumble(dice, call):
    """Answer, or die in one of many ways."""
    dice.choice([
        lambda: call.answer(200, call.body()),
        lambda: call.answer(200, call.body()),
        lambda: call.answer(429, b'{"error": "full"}'),
        call.reset,
        lambda: call.hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\nabc"),
        lambda: call.hang_up(b"rubbish\r\n\r\n"),
    ])()


def _hopes(client, label):
    """Ask, and be content with any answer, or with none."""
    client.post("/run/f", label)
    try:
        client.expect_one_of({200, 429, 502})
    except Ended:
        client.close()


@deadline(90)
def nothing_is_lost_with_workers_that_stumble(stage):
    dice = random.Random(7)
    workers = [stage.worker(lambda call: _stumble(dice, call)) for _ in range(3)]
    gateway = stage.picket(*workers, processes=2)

    def live(number):
        for turn in range(TURNS):
            client = gateway.connect()
            _hopes(client, b"<%d %d>" % (number, turn))
            client.close()

    for life in [stage.beside(lambda n=n: live(n)) for n in range(CLIENTS)]:
        life.result()
    stage.until(lambda: set(gateway.inflight().values()) == {0}, "no place is lost")
