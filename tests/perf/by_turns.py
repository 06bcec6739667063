"""Two programs that measure the same thing, compared by turns: a b a b …, so that a machine's moods meet both."""
import os
import shutil
import statistics
import sys

HEAD = ("| | link | {} | plumb-pairs | plumb-pairs / {} | best turns | turn by turn |\n|---|---|---|---|---|---|---|")


def require(*programs):
    """Ends the script with 77 where one is missing."""
    for program in programs:
        if not shutil.which(program):
            print(f"skipped: needs {program}; scripts/setup --labs installs it")
            sys.exit(77)


def go_first():
    """Puts this script and what it starts before other work of the machine, where the kernel shares it out by session."""
    try:
        os.setsid()
    except PermissionError:
        pass  # it leads one
    try:
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write("-20")
    except OSError:
        pass


def head(program):
    print(HEAD.format(program, program), flush=True)


def show(value, is_latency):
    if not is_latency:
        return f"{value / 1e6:,.4g} MB/s"
    if value < 1e4:
        return f"{value:,.0f} ns"
    return f"{value / 1e3:,.1f} us" if value < 1e6 else f"{value / 1e6:,.4g} ms"


def compare(name, link, is_latency, turns, theirs, ours):
    """A row: the medians, their ratio, that of the best turns, and the smallest and largest of a turn. ns, or bytes a second."""
    pairs = [(theirs(), ours()) for _ in range(turns)]
    their, our = (statistics.median(values) for values in zip(*pairs))
    ratios = sorted(o / t for t, o in pairs)
    best = min if is_latency else max
    best_ratio = best(o for t, o in pairs) / best(t for t, o in pairs)
    print(f"| {name} | {link} | {show(their, is_latency)} | {show(our, is_latency)} | {our / their:.3f} | {best_ratio:.3f} | "
          f"{ratios[0]:.3f} to {ratios[-1]:.3f} |", flush=True)
