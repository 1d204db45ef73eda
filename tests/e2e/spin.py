"""Makes a running process of another program spin, as a bug in it would."""

import ctypes
import os
import platform

ATTACH, PEEK_USER, PEEK_TEXT, POKE_TEXT, DETACH = 16, 3, 1, 4, 17
RIP = 16 * 8  # in struct user, on x86-64
JUMP_TO_ITSELF = 0xFEEB


class CannotSpin(Exception):
    """Not on this machine."""


def make_spin(pid):
    """The next instruction of the process becomes an endless loop."""
    if platform.machine() != "x86_64":
        raise CannotSpin("only x86-64's endless loop is known")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    if libc.ptrace(ATTACH, pid, None, None) == -1:
        raise CannotSpin(f"ptrace is not allowed: {os.strerror(ctypes.get_errno())}")
    os.waitpid(pid, 0x40000000)  # __WALL
    at = libc.ptrace(PEEK_USER, pid, RIP, None)
    word = libc.ptrace(PEEK_TEXT, pid, at, None) & 0xFFFFFFFFFFFFFFFF
    libc.ptrace(POKE_TEXT, pid, at, (word & ~0xFFFF) | JUMP_TO_ITSELF)
    libc.ptrace(DETACH, pid, None, None)
