"""What the labs that simulate fleets share: their fabric, and a program with what it used."""
import math
import os
import sys


def topology(hosts, rails):
    """Three tiers of switches with as many ports up as down; two pods at least, so that two generations have peers."""
    leaf = 32 if hosts >= 2048 else 16 if hosts >= 128 else 4
    pods = max(4 if hosts >= 128 else 2, math.ceil(hosts / (16 * leaf)))
    cores = max(1, leaf // 2)
    return f"rail:hosts={hosts},rails={rails},leaf={leaf},spines={leaf},pods={pods},cores={cores}"


def run(command, out=None):
    """Exit code, CPU seconds, peak MiB."""
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(os.open(out or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), 1)
            os.execv(command[0], command)
        except OSError as error:
            print(f"cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        os._exit(127)  # the child must not clean up
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
