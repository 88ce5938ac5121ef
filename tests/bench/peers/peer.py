"""What Python's ways have in common: the list from standard input, one check, and a line of JSON about the pass.

The first argument of each is how many at a time, the second the time-out in seconds, the third a CA file."""
import json
import resource
import sys
import time

import requests

AT_A_TIME = int(sys.argv[1]) if len(sys.argv) > 1 else 1
TIMEOUT = float(sys.argv[2]) if len(sys.argv) > 2 else 10
CA_FILE = sys.argv[3] if len(sys.argv) > 3 else True


def check(url):
    try:
        return requests.head(url, timeout=TIMEOUT, allow_redirects=True, verify=CA_FILE).status_code < 400
    except requests.RequestException:
        return False


def cpu():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def peak_kb(pid="self"):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def measure(run, children_kb=lambda: 0):
    """run takes the list of URLs and returns a list of truths; interpreter and imports are not counted."""
    urls = sys.stdin.read().split()
    began, used = time.monotonic(), cpu()
    good = run(urls)
    took, used = time.monotonic() - began, cpu() - used
    print(json.dumps({"checks": len(urls), "good": sum(good), "wall_s": took, "cpu_s": used,
                      "peak_kb": peak_kb() + children_kb()}))
