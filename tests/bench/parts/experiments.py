"""What is measured: a function for each experiment, in the order of TABLE. Each serves what is to be checked, and yields
experiments that run while it does."""
import shutil
import ssl

from . import lists, servers
from .experiment import Experiment, Figure, cpu, peak, rate, told
from .process import CLIENT

PINNED = dict(cpus=CLIENT)


def bare(b):
    with servers.web(b.build, busy=True) as web:
        urls, more = lists.numbered(1000, web.port), dict(PINNED, c=64, w=2, r=b.few(30))
        e = Experiment("1,000 sites at 0 ms, one CPU, a server that polls")
        e.add("bare libcurl loop", b.ways.loop, urls, **more)
        e.add("raw epoll", b.ways.raw, urls, **more)
        e.add("events 1", b.ways.engine, "events", urls, t=1, **more)
        e.claim("events, 1 thread: rate of a bare libcurl loop", ">=", 0.90, rate("events 1", "bare libcurl loop"))
        e.claim("events, 1 thread: CPU of a bare libcurl loop", "<=", 1.10, cpu("events 1", "bare libcurl loop"))
        e.claim("events, 1 thread: CPU of raw sockets", "<=", 2.05, cpu("events 1", "raw epoll"))
        yield e

        e = Experiment("many sites, one CPU, a server that polls")
        for n, name in ((1000, "1,000"), (10000, "10,000"), (100000, "100,000")):
            e.add(f"events, {name} sites", b.ways.engine, "events", lists.numbered(n, web.port), t=1, w=1,
                  r=max(1, b.few(100000) // n), c=64, **PINNED)
        e.claim("10,000 sites: CPU per check of 1,000", "<=", 1.05, cpu("events, 10,000 sites", "events, 1,000 sites"))
        e.claim("100,000 sites: CPU per check of 1,000", "<=", 1.10, cpu("events, 100,000 sites", "events, 1,000 sites"))
        yield e


def threads(b):
    with servers.web(b.build) as web:
        urls, more = lists.numbered(1000, web.port), dict(w=1, r=b.few(20))
        e = Experiment("1,000 sites at 0 ms, two CPUs, a server that sleeps")
        e.add("bare blocking pool of 16", b.ways.pool, urls, t=16, **more)
        e.add("one reused easy handle", b.ways.pool, urls, t=1, **more)
        e.add("events 1", b.ways.engine, "events", urls, t=1, c=64, **more)
        e.add("events 2", b.ways.engine, "events", urls, t=2, c=64, **more)
        e.add("threads 16", b.ways.engine, "threads", urls, t=16, **more)
        e.add("futures 16", b.ways.engine, "futures", urls, t=16, **more)
        e.add("processes 16", b.ways.engine, "processes", urls, t=16, **more)
        e.add("serial", b.ways.engine, "serial", urls, **more)
        e.claim("events: rate of 2 threads to 1", ">=", 1.75, rate("events 2", "events 1"))
        e.claim("threads 16: rate of a bare pool of 16", ">=", 0.90, rate("threads 16", "bare blocking pool of 16"))
        e.claim("threads 16: CPU of a bare pool of 16", "", 0, cpu("threads 16", "bare blocking pool of 16"))
        e.claim("processes 16: rate of threads 16", ">=", 0.90, rate("processes 16", "threads 16"))
        e.claim("processes 16: CPU of threads 16", "", 0, cpu("processes 16", "threads 16"))
        e.claim("serial: rate of one reused easy handle", ">=", 0.95, rate("serial", "one reused easy handle"))
        e.claim("serial: CPU of one reused easy handle", "", 0, cpu("serial", "one reused easy handle"))
        yield e


def hanging(b):
    with servers.web(b.build) as web:
        e = Experiment("the monitor, 1,000 sites each second, some hang for a second")
        more = dict(interval_s=1, warm_s=3, seconds=b.few(6))
        e.add("none hangs", b.ways.steady, "none", lists.numbered(1000, web.port), **more)
        e.add("30 % hang", b.ways.steady, "some", lists.with_hanging(1000, 0.3, web.port), **more)
        e.claim("30 % hang: CPU per check of none", "<=", 1.50, cpu("30 % hang", "none hangs"))
        e.claim("30 % hang: the 99th of 100 checks began so late, ms", "", 0, told("30 % hang", "late_p99_ms"))
        yield e

        e = Experiment("200 sites, 20 % hang for the timeout of 2 s")
        e.add("events", b.ways.engine, "events", lists.with_hanging(200, 0.2, web.port), c=1000)
        e.claim("the pass, in timeouts", "<=", 1.02, told("events", "wall_s", 1 / 2), shown="{:.3f}")
        yield e


def steady(b):
    with servers.web(b.build) as web:
        thousand, more = lists.numbered(1000, web.port), dict(interval_s=1, warm_s=3, seconds=b.few(6))
        e = Experiment("1,000 checks a second, all day")
        e.add("uptimesquirrel", b.ways.steady, "steady", thousand, **more)
        e.add("bare libcurl loop", b.ways.loop, thousand, p=1000, w=2, r=b.few(6), **PINNED)
        e.add("haproxy", b.ways.haproxy, thousand, **more)
        e.add("blackbox_exporter", b.ways.blackbox, thousand, **more)
        e.add("a check_http process each", b.ways.check_http, thousand[:b.few(200)])
        e.claim("CPU per check of a bare libcurl loop's", "", 0, cpu("uptimesquirrel", "bare libcurl loop"))
        e.claim("CPU per check of haproxy's", "<=", 1.30, cpu("uptimesquirrel", "haproxy"))
        e.claim("blackbox_exporter's CPU per check to ours", ">=", 11, cpu("blackbox_exporter", "uptimesquirrel"), shown="{:.1f}")
        e.claim("check_http's CPU per check to ours", ">=", 60, cpu("a check_http process each", "uptimesquirrel"), shown="{:.0f}")
        yield e


def names(b):
    with servers.web(b.build, busy=True) as web, servers.names(b.build, 3600):
        for n in (1000, 10000):
            e = Experiment(f"{n:,} names")
            once, again = dict(PINNED, t=1, c=64, w=0, r=1), dict(PINNED, t=1, c=64, w=1, r=max(1, b.few(20000) // n))
            e.add("addresses, once", b.ways.engine, "events", lists.of_named(n, web.port), **once)
            e.add("addresses, again", b.ways.engine, "events", lists.of_named(n, web.port), **again)
            e.add("names, cold", b.ways.engine, "events", lists.named(n, web.port), **once)
            e.add("names, warm", b.ways.engine, "events", lists.named(n, web.port), **again)
            e.claim(f"{n:,} names, warm: CPU of addresses", "<=", 1.20, cpu("names, warm", "addresses, again"))
            e.claim(f"{n:,} names, cold: CPU of addresses", "<=", 1.50, cpu("names, cold", "addresses, once"))
            yield e

        e = Experiment("1 % of the names have a name server that is silent")
        e.add("loop", b.ways.program, "loop_stall", lists.with_silent_names(1000, 0.01, web.port), CLIENT, s=b.few(5), T=500)
        e.claim("longest stall of the loop, ms", "<=", 15, told("loop", "longest_ms"), shown="{:.1f}")
        yield e


def tls(b):
    ca_file = b.directory + "/ca.pem"
    with servers.web_tls(b.build, b.directory + "/own.pem") as web:
        with open(ca_file, "wb") as bundle:
            for path in (ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt", b.directory + "/own.pem"):
                with open(path, "rb") as part:
                    shutil.copyfileobj(part, bundle)
        urls, more = lists.tls(1000, web.ports), dict(PINNED, c=64, a=ca_file, r=b.few(4))
        e = Experiment("1,000 sites over TLS, full handshakes, Debian's CA bundle")
        e.add("bare libcurl loop, store cached", b.ways.loop, urls, w=1, **more)
        e.add("events 1", b.ways.engine, "events", urls, t=1, w=1, **more)
        e.claim("https: CPU of a bare loop with a cached store", "<=", 1.05, cpu("events 1", "bare libcurl loop, store cached"))
        yield e


def memory(b):
    with servers.web(b.build) as web:
        e = Experiment("memory of a monitor with 1,000 checks in flight")
        for n, interval_s in ((10000, 10), (100000, 100)):
            e.add(f"{n:,} sites", b.ways.steady, f"memory-{n}", lists.numbered(n, web.port, "delay/950"), interval_s, 4, 3, cpus={0, 1})
        e.claim("a site more, bytes", "<=", 1024, Figure(lambda m: (m["100,000 sites"]["rss_kb"] - m["10,000 sites"]["rss_kb"]) * 1024 / 90000,
                                                            "10,000 sites", "100,000 sites"), shown="{:.0f}")
        e.claim("100,000 sites, MiB", "<=", 120, told("100,000 sites", "rss_kb", 1 / 1024), shown="{:.0f}")
        e.claim("100,000 sites, MiB, while settings were read", "", 0, told("100,000 sites", "peak_kb", 1 / 1024), shown="{:.0f}")
        e.claim("of a site: table row, bytes", "", 0, told("100,000 sites", "row"), shown="{:.0f}")
        e.claim("of a site: trend ring, bytes", "", 0, told("100,000 sites", "samples"), shown="{:.0f}")
        e.claim("of a site: its strings, bytes", "", 0, told("100,000 sites", "strings"), shown="{:.0f}")
        e.claim("checks in flight", "", 0, told("100,000 sites", "in_flight"), shown="{:.0f}")
        yield e
        e = Experiment("memory of a monitor that keeps everything, each site checked")
        for n, interval_s in ((10000, 10), (40000, 40)):
            e.add(f"{n:,} sites", b.ways.steady, f"kept-{n}", lists.numbered(n, web.port), interval_s, interval_s + 4, 1, cpus={0, 1}, keep=True)
        e.claim("a site more, bytes", "<=", 1024, Figure(lambda m: (m["40,000 sites"]["rss_kb"] - m["10,000 sites"]["rss_kb"]) * 1024 / 30000,
                                                            "10,000 sites", "40,000 sites"), shown="{:.0f}")
        yield e


def queues(b):
    with servers.web(b.build) as web:
        urls = lists.numbered(1000, web.port)
        e = Experiment("1,000 sites at 0 ms, by a task queue on Redis")
        e.add("redis", b.ways.redis, urls)
        e.add("celery 16", b.ways.celery, urls, 16)
        e.claim("redis: rate of Celery", ">=", 20, rate("redis", "celery 16"), shown="{:.1f}")
        e.claim("Celery's CPU to redis'", ">=", 25, cpu("celery 16", "redis"), shown="{:.1f}")
        e.claim("Celery's memory to redis'", ">=", 8, peak("celery 16", "redis"), shown="{:.1f}")
        yield e


def add_all(b, e, urls, patience, ca_file=None, slots=1000):
    """All ways there are, over one list. patience: what takes longer runs once; names say who."""
    tls_options = {"a": ca_file} if ca_file else {}
    e.add("bare libcurl loop", b.ways.loop, urls, c=slots, **tls_options)
    e.add("events 1", b.ways.engine, "events", urls, t=1, c=slots, **tls_options)
    e.add("events 2", b.ways.engine, "events", urls, t=2, c=slots, **tls_options)
    for name in ("threads", "futures", "processes"):
        e.add(name + " 16", b.ways.engine, name, urls, t=16, once=name in patience, **tls_options)
    e.add("serial", b.ways.engine, "serial", urls, once="serial" in patience, **tls_options)
    if not ca_file:
        e.add("redis", b.ways.redis, urls, once="redis" in patience)
    e.add("curl -Z", b.ways.curl_parallel, urls, ca_file=ca_file)
    for name, at_a_time in (("serial", 1), ("threads", 16), ("futures", 16), ("processes", 4), ("greenlets", 100)):
        e.add(f"Python {name} {at_a_time}".removesuffix(" 1"), b.ways.python, name, urls, at_a_time, ca_file=ca_file,
              once=name in patience)
    if not ca_file:
        e.add("Celery 16", b.ways.celery, urls, 16, once="celery" in patience)


def ways_story(b):
    with servers.web(b.build) as web, servers.names(b.build, 3600):
        e = Experiment("33 sites, two names that do not resolve, three that answer HEAD with 405")
        add_all(b, e, lists.story(web.port), {"celery", "redis"})
        yield e


def ways_fast(b):
    with servers.web(b.build) as web:
        e = Experiment("1,000 sites at 0 ms, all ways")
        add_all(b, e, lists.numbered(1000, web.port), {"celery", "redis"}, slots=64)
        for name, times in (("threads 16", 15), ("serial", 10), ("processes 4", 8)):
            e.claim(f"events, 1 thread: rate of Python's {name}", ">=", times, rate("events 1", "Python " + name), shown="{:.1f}")
        yield e

        e = Experiment("10,000 sites at 0 ms, all ways")
        add_all(b, e, lists.numbered(10000, web.port), {"serial", "threads", "futures", "processes", "greenlets", "celery", "redis"}, slots=64)
        yield e


def ways_slow(b):
    slow = {"serial", "threads", "futures", "processes", "greenlets", "celery", "redis"}
    with servers.web(b.build) as web:
        e = Experiment("1,000 sites at 50 ms, all at once, all ways")
        add_all(b, e, lists.numbered(1000, web.port, "delay/50"), slow)
        e.claim("events: rate of curl -Z --parallel-max 300", ">=", 2, rate("events 1", "curl -Z"))
        e.claim("events, the pass, s", "", 0, told("events 1", "wall_s"), shown="{:.3f}")
        yield e

        e = Experiment("200 sites, 20 % hang for the timeout of 2 s, all ways")
        add_all(b, e, lists.with_hanging(200, 0.2, web.port), slow)
        yield e


def ways_tls(b):
    with servers.web_tls(b.build, b.directory + "/own.pem") as web:
        e = Experiment("1,000 sites over TLS, all ways")
        add_all(b, e, lists.tls(1000, web.ports), {"serial", "threads", "futures", "processes", "greenlets"}, b.directory + "/own.pem", 64)
        yield e


TABLE = (bare, threads, hanging, steady, names, tls, memory, queues, ways_story, ways_fast, ways_slow, ways_tls)
