"""One check after the other."""
import peer

peer.measure(lambda urls: [peer.check(url) for url in urls])
