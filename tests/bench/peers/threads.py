"""Threads and a queue."""
import queue
import threading

import peer


def run(urls):
    todo, good = queue.Queue(), []

    def work():
        while True:
            url = todo.get()
            if url is None:
                return
            good.append(peer.check(url))

    threads = [threading.Thread(target=work) for _ in range(peer.AT_A_TIME)]
    for thread in threads:
        thread.start()
    for url in urls + [None] * len(threads):
        todo.put(url)
    for thread in threads:
        thread.join()
    return good


peer.measure(run)
