"""The Celery application: its worker runs this, and distributed.py hands checks to it."""
import os

import celery
import requests

app = celery.Celery("tasks", broker=os.environ["PEER_REDIS"], backend=os.environ["PEER_REDIS"])


@app.task
def check(url, timeout):
    try:
        return requests.head(url, timeout=timeout, allow_redirects=True).status_code < 400
    except requests.RequestException:
        return False
