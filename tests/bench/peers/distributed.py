"""Celery: a task for each check, a result for each task. Its worker is started beside (tasks.py)."""
import celery

import peer
import tasks


def run(urls):
    return celery.group(tasks.check.s(url, peer.TIMEOUT) for url in urls)().get()


tasks.check.delay("http://127.0.0.1:1/", 1).get()  # the worker is up, and this side has its connections
peer.measure(run)
