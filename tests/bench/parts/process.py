"""Processes: started on chosen CPUs, and what they use."""
import glob
import json
import os
import subprocess
import threading
import time

CLIENT, SERVER, ANY = {0}, {1}, {0, 1}


class Measure(dict):
    """What one program did in one round: checks, good, wall_s, cpu_s, peak_kb, and whatever else it told."""

    @property
    def rate(self):
        return self["checks"] / self["wall_s"]

    @property
    def cpu_us(self):
        return self["cpu_s"] / self["checks"] * 1e6


def start(words, cpus=ANY, **options):
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stderr", subprocess.DEVNULL)
    return subprocess.Popen(words, preexec_fn=lambda: os.sched_setaffinity(0, cpus), **options)


def stop(process):
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(words, urls, cpus=ANY, patience=180, environment=None):
    """A program that takes a list and tells of itself in JSON."""
    done = subprocess.run(words, input="".join(url + "\n" for url in urls).encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=patience, env=dict(os.environ, **(environment or {})),
                          preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode().strip()[-300:]}")
    return Measure(json.loads(done.stdout.decode().strip().splitlines()[-1]))


def run_foreign(words, urls, cpus=ANY):
    """A program that knows nothing of us: watched from outside, start and end included. It prints a status for each check."""
    began = time.monotonic()
    process = start(words, cpus, stdout=subprocess.PIPE)
    peak = [0]
    watcher = threading.Thread(target=watch_peak, args=(process, peak), daemon=True)
    watcher.start()
    out = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    took = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    codes = [int(word) for word in out.split() if word.isdigit()]
    return Measure(checks=len(urls), good=sum(100 <= code < 400 for code in codes), wall_s=took,
                   cpu_s=used.ru_utime + used.ru_stime, peak_kb=peak[0])


def watch_peak(process, peak):
    while process.returncode is None:
        kb = status_kb(process.pid, "VmHWM")
        if not kb:
            return
        peak[0] = max(peak[0], kb)
        time.sleep(0.02)


def status_kb(pid, what):
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith(what + ":")), 0)
    except OSError:
        return 0


def tree(pid):
    """A process and all its descendants."""
    found = [pid]
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path) as children:
                for child in children.read().split():
                    found += tree(int(child))
        except OSError:
            pass
    return found


def cpu_s(pid):
    """CPU of a process and its descendants, exact to the nanosecond."""
    total = 0
    for each in tree(pid):
        for path in glob.glob(f"/proc/{each}/task/*/schedstat"):
            try:
                with open(path) as stat:
                    total += int(stat.read().split()[0])
            except OSError:
                pass
    return total / 1e9


def pss_kb(pid):
    """Memory of a process and its descendants now; what they share is counted once."""
    total = 0
    for each in tree(pid):
        try:
            with open(f"/proc/{each}/smaps_rollup") as rollup:
                total += next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total


def connections():
    """Connections accepted in this house so far, by the kernel's count."""
    with open("/proc/net/snmp") as snmp:
        names, values = [line.split() for line in snmp if line.startswith("Tcp:")]
    return int(dict(zip(names[1:], values[1:]))["PassiveOpens"])
