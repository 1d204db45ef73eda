"""Tables for people."""
from statistics import median

COLUMNS = ("us/request", "user", "system", "of nginx", "of relay", "requests/s", "busy")


def ratio(rounds, name, other):
    """The median of the ratios round by round: what disturbs a round disturbs both."""
    if other not in rounds:
        return None
    return median(a["us"] / b["us"] for a, b in zip(rounds[name], rounds[other]))


def summary(rounds, name):
    """The figures of one proxy in one case."""
    us = median(one["us"] for one in rounds[name])
    user = sum(one["us"] * one["user_share"] for one in rounds[name])
    user_share = user / sum(one["us"] for one in rounds[name])
    return {
        "us/request": us,
        "user": us * user_share,
        "system": us * (1 - user_share),
        "of nginx": ratio(rounds, name, "nginx"),
        "of relay": ratio(rounds, name, "relay"),
        "requests/s": median(one["per_second"] for one in rounds[name]),
        "busy": median(one["busy"] for one in rounds[name]),
    }


def cell(column, value):
    if value is None:
        return "-"
    if column == "requests/s":
        return f"{value:.0f}"
    return f"{value:.0%}" if column == "busy" else f"{value:.2f}"


def print_case(title, rounds):
    print(f"\n{title}\n" + f"{'':12}" + "".join(f"{column:>12}" for column in COLUMNS))
    for name in rounds:
        figures = summary(rounds, name)
        print(f"{name:12}" + "".join(f"{cell(c, figures[c]):>12}" for c in COLUMNS), flush=True)


def print_idle(title, growth):
    print(f"\n{title}\n{'':12}{'bytes each':>12}")
    for name, bytes_each in growth.items():
        print(f"{name:12}{bytes_each:>12.0f}", flush=True)
