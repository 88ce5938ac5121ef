"""The programs that are compared, ours and others', each a function that makes a function: called, it runs once and returns
a Measure. Missing says why one can not be run here."""
import os
import shutil
import time
from contextlib import ExitStack

from . import process, servers
from .process import ANY, CLIENT

PEERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peers")
CHECK_HTTP = "/usr/lib/nagios/plugins/check_http"
PYTHON = "/usr/bin/python3"  # Debian's, which has its packages
TIMEOUT_S = 2


class Missing(Exception):
    pass


def need(program, package):
    if not shutil.which(program):
        raise Missing(f"{program} is not installed (Debian: {package})")
    return program


def need_module(module, package):
    if process.start([PYTHON, "-c", "import " + module]).wait():
        raise Missing(f"Python's {module} is not installed (Debian: {package})")


class Ways:
    def __init__(self, build, directory):
        self.build, self.directory = build, directory

    def program(self, name, urls, cpus, **options):
        """One of tests/bench/*.c; t=16 becomes -t 16."""
        words = [f"{self.build}/tests/{name}"]
        for option, value in options.items():
            words += ["-" + option, str(value)]
        options.setdefault("T", TIMEOUT_S * 1000)
        return lambda: process.run(words + ["-T", str(options["T"])] * (name not in ("raw_loop",)), urls, cpus)

    def engine(self, name, urls, cpus=ANY, **options):
        return self.program("engine_pass", urls, cpus, e=name, **options)

    def loop(self, urls, cpus=ANY, **options):
        return self.program("bare_loop", urls, cpus, **options)

    def pool(self, urls, cpus=ANY, **options):
        return self.program("bare_pool", urls, cpus, **options)

    def raw(self, urls, cpus=ANY, **options):
        return self.program("raw_loop", urls, cpus, **options)

    # --- others' ----------------------------------------------------------------------------------------------------

    def curl_parallel(self, urls, ca_file=None):
        need("curl", "curl")
        path = servers.write(f"{self.directory}/{len(urls)}.curl",
                             "".join(f'url = "{url}"\noutput = "/dev/null"\n' for url in urls))
        words = ["curl", "-Z", "--parallel-max", "300", "-I", "-s", "-m", str(TIMEOUT_S), "-w", "%{http_code}\n", "-K", path]
        return lambda: process.run_foreign(words + ["--cacert", ca_file] * bool(ca_file), urls)

    def python(self, name, urls, at_a_time=1, ca_file=None):
        need_module("requests", "python3-requests")
        if name == "greenlets":
            need_module("gevent", "python3-gevent")
        words = [PYTHON, f"{PEERS}/{name}.py", str(at_a_time), str(TIMEOUT_S)] + [ca_file] * bool(ca_file)
        return lambda: process.run(words, urls)

    def check_http(self, urls):
        """A process for each check, one after the other."""
        need(CHECK_HTTP, "monitoring-plugins-basic")

        def run():
            began, cpu_s, good = time.monotonic(), 0, 0
            for url in urls:
                host, rest = url.removeprefix("http://").split(":", 1)
                port, path = rest.split("/", 1)
                child = process.start([CHECK_HTTP, "-I", host, "-p", port, "-u", "/" + path, "-j", "HEAD"], CLIENT, stdout=-3)
                _, status, used = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
                good += child.returncode == 0
                cpu_s += used.ru_utime + used.ru_stime
            return process.Measure(checks=len(urls), good=good, wall_s=time.monotonic() - began, cpu_s=cpu_s)
        return run

    # --- task queues ------------------------------------------------------------------------------------------------

    def with_workers(self, worker_words, environment, client):
        """Redis and workers beside a client: what all three use counts."""
        def run():
            with ExitStack() as stack:
                redis = stack.enter_context(servers.Redis())
                worker = process.start(worker_words, env=dict(os.environ, **environment), stdout=-3)
                stack.callback(process.stop, worker)
                time.sleep(1)
                others = [redis.process.pid, worker.pid]
                before = sum(map(process.cpu_s, others))
                measure = client()
                measure["cpu_s"] += sum(map(process.cpu_s, others)) - before
                measure["peak_kb"] += sum(map(process.pss_kb, others))
                return measure
        return run

    def redis(self, urls, in_flight=1000):
        need("redis-server", "redis-server")
        path = servers.write(f"{self.directory}/worker.cfg", f'redis: {{ url = "{servers.Redis.url}"; prefix = "bench"; }};\n'
                             f'max_in_flight = {in_flight};\nsites = ( "http://127.0.0.1/" );\n')
        return self.with_workers([f"{self.build}/uptimesquirrel", "worker", "-c", path], {},
                                 self.engine("redis", urls, b=servers.Redis.url, c=in_flight))

    def celery(self, urls, at_a_time):
        need("redis-server", "redis-server")
        need_module("celery", "python3-celery")
        need_module("redis", "python3-redis")
        environment = {"PEER_REDIS": servers.Redis.url, "PYTHONPATH": PEERS, "C_FORCE_ROOT": "1"}
        words = [PYTHON, "-m", "celery", "-A", "tasks", "worker", "-c", str(at_a_time), "-l", "error",
                 "--without-gossip", "--without-mingle", "--without-heartbeat"]
        client = [PYTHON, f"{PEERS}/distributed.py", str(at_a_time), str(TIMEOUT_S)]
        return self.with_workers(words, environment, lambda: process.run(client, urls, environment=environment))

    # --- all day ----------------------------------------------------------------------------------------------------

    def config(self, name, urls, interval_s, more="", first=""):
        sites = ",\n".join(f'    "{url}"' for url in urls)
        return servers.write(f"{self.directory}/{name}.cfg",
                             f'{first}defaults: {{ interval = "{interval_s}s"; timeout = "1s"; retries = 0; {more} }};\n'
                             f"sites = (\n{sites}\n);\n")

    def steady(self, name, urls, interval_s, warm_s, seconds, cpus=CLIENT, more="", keep=False):
        """keep: with history and outbox, in a database beside the settings."""
        path = self.config(name, urls, interval_s, more, f'database = "{name}.db";\n' if keep else "")
        words = [f"{self.build}/tests/steady", path, str(warm_s), str(seconds)] + ["keep"] * keep
        return lambda: process.run(words, [], cpus)

    def watched(self, words, warm_s, seconds, beside=None):
        """A foreign monitor on one CPU; the kernel counts its connections. beside: what makes it check."""
        def run():
            with ExitStack() as stack:
                monitor = process.start(words, CLIENT, stdout=-3)
                stack.callback(process.stop, monitor)
                if beside:
                    driver = beside()
                    stack.callback(process.stop, driver)
                time.sleep(warm_s)
                if monitor.poll() is not None:
                    raise RuntimeError(f"{words[0]} ended")
                began, cpu_s, checks = time.monotonic(), process.cpu_s(monitor.pid), process.connections()
                time.sleep(seconds)
                checks = (process.connections() - checks) // (2 if beside else 1)
                return process.Measure(checks=checks, good=checks, wall_s=time.monotonic() - began, cpu_s=process.cpu_s(monitor.pid) - cpu_s,
                                       peak_kb=process.status_kb(monitor.pid, "VmHWM"))
        return run

    def haproxy(self, urls, interval_s, warm_s, seconds):
        need("haproxy", "haproxy")
        lines = [f"    server s{i} {url.split('/')[2]} check inter {interval_s}s" for i, url in enumerate(urls)]
        path = servers.write(f"{self.directory}/haproxy.cfg",
                             "global\n    nbthread 1\n    maxconn 5000\ndefaults\n    mode http\n    timeout connect 1s\n"
                             "    timeout client 1s\n    timeout server 1s\n"
                             "listen b\n    bind 127.0.0.1:8404\n    option httpchk HEAD /ok\n" +
                             "\n".join(lines) + "\n")
        return self.watched(["haproxy", "-db", "-f", path], warm_s, seconds)

    def blackbox(self, urls, interval_s, warm_s, seconds):
        """Asked by our own monitor, whose CPU does not count."""
        need("prometheus-blackbox-exporter", "prometheus-blackbox-exporter")
        port = 9115
        module = servers.write(f"{self.directory}/blackbox.yml",
                               "modules:\n  head:\n    prober: http\n    timeout: 1s\n    http:\n      method: HEAD\n"
                               "      preferred_ip_protocol: ip4\n")
        probes = [f"http://127.0.0.1:{port}/probe?module=head&target={url}" for url in urls]
        path = self.config("blackbox", probes, interval_s, 'method = "GET";')

        def drive():
            servers.await_port(port)
            return process.start([f"{self.build}/tests/steady", path, "0", str(warm_s + seconds + 10)], process.SERVER, stdout=-3)
        return self.watched(["prometheus-blackbox-exporter", "--config.file", module, "--web.listen-address",
                             f"127.0.0.1:{port}"], warm_s, seconds, drive)
