"""What a process and its children use: CPU time and memory, from outside."""
import os
import time

TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """The process and everything below it."""
    pids = [pid]
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as children:
            for child in children.read().split():
                pids += tree(int(child))
    return pids


class CpuTime:
    """CPU time of a tree of processes, which must not change while it is measured.

    The total is exact to the nanosecond.  Which part is the user's comes from ticks of the
    clock, so it needs some seconds to be worth anything.
    """

    def __init__(self, pid):
        self.total = self.user = self.system = 0.0
        for each in tree(pid):
            self.total += time.clock_gettime(~each << 3 | 2)  # see clock_getcpuclockid(3)
            with open(f"/proc/{each}/stat", encoding="utf-8") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            self.user += int(fields[11]) / TICKS
            self.system += int(fields[12]) / TICKS

    def since(self, before):
        """(total, the user's share of it)"""
        user, system = self.user - before.user, self.system - before.system
        return self.total - before.total, user / (user + system or 1)


def memory(pid):
    """Bytes of the tree's own memory; what processes share counts once."""
    total = 0
    for each in tree(pid):
        with open(f"/proc/{each}/smaps_rollup", encoding="ascii") as rollup:
            for line in rollup:
                if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                    total += int(line.split()[1]) * 1024
    return total


def machine():
    """A sentence about where this was measured."""
    model = "unknown CPU"
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        for line in cpuinfo:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    return f"Linux {os.uname().release}, {model}, {os.cpu_count()} CPUs"
