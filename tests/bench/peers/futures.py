"""concurrent.futures: a promise for each check."""
from concurrent.futures import ThreadPoolExecutor

import peer


def run(urls):
    with ThreadPoolExecutor(peer.AT_A_TIME) as executor:
        return list(executor.map(peer.check, urls))


peer.measure(run)
