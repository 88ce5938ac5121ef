"""multiprocessing: a pool of processes."""
import multiprocessing

import peer

PEAKS = []


def run(urls):
    with multiprocessing.Pool(peer.AT_A_TIME) as pool:
        good = pool.map(peer.check, urls)
        PEAKS.extend(peer.peak_kb(child.pid) for child in multiprocessing.active_children())
        pool.close()
        pool.join()
    return good


peer.measure(run, lambda: sum(PEAKS))
