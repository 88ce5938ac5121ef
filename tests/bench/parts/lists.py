"""The lists of sites. Each is made for a server that answers at all of 127.0.0.0/8; addresses differ, as hosts do."""


def address(i):
    return f"127.{1 + i // 62500}.{i // 250 % 250}.{i % 250 + 1}"


def numbered(n, port, path="ok"):
    return [f"http://{address(i)}:{port}/{path}" for i in range(n)]


def story(port):
    """33 sites: two names that do not resolve, and three answering HEAD with 405."""
    return (numbered(28, port) + numbered(3, port, "split/405/200") +
            [f"http://nx-{i}.example.org:{port}/" for i in range(2)])


def with_hanging(n, share, port, path="ok"):
    """`share` of them, spread evenly, never answer."""
    urls = numbered(n, port, path)
    for i in range(n):
        if int((i + 1) * share) > int(i * share):
            urls[i] = urls[i].rsplit("/", 1)[0] + "/hang"
    return urls


def named(n, port):
    """Distinct names, of 127.0.0.0/24 (tests/support/dns.h)."""
    return [f"http://four-{i % 250 + 1}-{i}.example.org:{port}/ok" for i in range(n)]


def of_named(n, port):
    """The addresses of these names."""
    return [f"http://127.0.0.{i % 250 + 1}:{port}/ok" for i in range(n)]


def with_silent_names(n, share, port):
    """`share` of them have a name server that never answers."""
    every = int(1 / share)
    return [f"http://silent-{i}.example.org:{port}/ok" if i % every == every - 1 else url
            for i, url in enumerate(numbered(n, port))]


def tls(n, ports):
    """One certificate, of 127.0.0.1; many ports, so that clients do not run out of theirs."""
    return [f"https://127.0.0.1:{ports[i % len(ports)]}/ok" for i in range(n)]
