"""What is asked: the fault server and the name server of the tests, and Redis. Each ends with the `with` that began it."""
import os
import socket
import subprocess
import time

from . import process


class Server:
    """A program that prints its ports, a line each, and serves until its standard input ends."""

    def __init__(self, words, cpus=process.SERVER, ports=1):
        self.words, self.cpus, self.nport, self.ports = words, cpus, ports, []

    def __enter__(self):
        self.process = process.start(self.words, self.cpus, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ports = [self.process.stdout.readline().strip() for _ in range(self.nport)]
        if not self.ports[-1]:
            raise RuntimeError(f"{self.words[0]} did not start")
        self.port = self.ports[0]
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def web(build, busy=False):
    words = [build + "/tests/fault_server", "--address", "127.0.0.0/8", "--uncounted"]
    return Server(words + ["--busy"] * busy)


def web_tls(build, ca_file):
    return Server([build + "/tests/fault_server", "--uncounted", "--ports", "16", "--tls", "good", "--ca-file", ca_file], ports=16)


def names(build, ttl_s):
    return Server([build + "/tests/name_server", "53", str(ttl_s)])


class Redis:
    """A Redis of our own that keeps nothing."""

    port = 6399
    url = f"redis://127.0.0.1:{port}/0"

    def __enter__(self):
        self.process = process.start(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                                      "--appendonly", "no"], stdout=subprocess.DEVNULL)
        await_port(self.port)
        return self

    def __exit__(self, *_):
        process.stop(self.process)


def await_port(port, patience_s=20):
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"nobody listens at port {port}")


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path
