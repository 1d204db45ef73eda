"""A network of its own for one play, in which ports can be few."""

import ctypes
import os
import subprocess
from pathlib import Path

from stage import Skipped

CLONE_NEWNET = 0x40000000


def enter(stage, ports):
    """From now on the play, and whatever it starts, is in a network that has a
    loopback interface and so many ports for outgoing connections."""
    stage.need_root()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) == -1:
        raise Skipped(f"no network of its own: {os.strerror(ctypes.get_errno())}")
    subprocess.run([stage.need("ip"), "link", "set", "lo", "up"], check=True)
    try:
        Path("/proc/sys/net/ipv4/ip_local_port_range").write_text(f"40000 {40000 + ports - 1}")
    except OSError as error:
        raise Skipped(f"ports cannot be limited: {error}") from None
