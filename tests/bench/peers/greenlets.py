"""gevent: one thread, greenlets that wait together."""
from gevent import monkey

monkey.patch_all()

import gevent.pool  # noqa: E402

import peer  # noqa: E402

peer.measure(lambda urls: gevent.pool.Pool(peer.AT_A_TIME).map(peer.check, urls))
