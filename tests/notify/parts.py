#!/usr/bin/env python3
"""The real parts of these tests, each started by one word, each telling where it is in one line once it can be used, each
ending when standard input does, so that none outlives its test.

    parts.py mail DIRECTORY [CERTIFICATE KEY [USER PASSWORD]]   aiosmtpd; its port
    parts.py sink DIRECTORY [OPTION...]                         smtp-sink, which writes DIRECTORY/sink.*; its port
    parts.py modem DIRECTORY                                    gammu-smsd with its dummy modem; its settings

Mail for denied@, busy@, hung@, lost@ and spam@ meets what these say; all other mail lies in DIRECTORY as N.eml, the envelope
in its first lines.
"""
import asyncio
import logging
import os
import socket
import ssl
import subprocess
import sys
import time


def tell(what):
    print(what, flush=True)


def until_input_ends():
    while os.read(0, 4096):
        pass


# --- mail ---------------------------------------------------------------------------------------------------------------


class Mailbox:
    def __init__(self, directory):
        self.directory = directory
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        word = address.split("@")[0]
        if word == "denied":
            return "550 5.1.1 no such user here"
        if word == "busy":
            return "451 4.7.1 greylisted, come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        word = envelope.rcpt_tos[0].split("@")[0]
        if word == "hung":
            await asyncio.sleep(3600)
        if word == "spam":
            return "554 5.7.1 we do not want this"
        self.count += 1
        head = "Envelope-From: %s\nEnvelope-To: %s\nEnvelope-TLS: %s\nEnvelope-User: %s\n" % (
            envelope.mail_from, ",".join(envelope.rcpt_tos), "yes" if session.ssl else "no", session.auth_data or "-")
        path = os.path.join(self.directory, "%d.eml" % self.count)
        with open(path + "~", "wb") as file:
            file.write(head.encode() + envelope.original_content)
        os.rename(path + "~", path)
        if word == "lost":
            server.transport.abort()
        return "250 2.0.0 kept as %d" % self.count


def mail(directory, certificate=None, key=None, user=None, password=None):
    from aiosmtpd.smtp import SMTP, AuthResult

    logging.disable(logging.CRITICAL) # clients that go away are what is tested
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

    def sign_in(server, session, envelope, mechanism, data):
        good = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=good, handled=False, auth_data=user if good else None)

    box = Mailbox(directory)
    loop = asyncio.new_event_loop()

    def session():
        return SMTP(box, hostname="parts.test", tls_context=context, authenticator=sign_in if user else None,
                    auth_required=bool(user), auth_require_tls=True, loop=loop)

    server = loop.run_until_complete(loop.create_server(session, "127.0.0.1", 0))
    tell(server.sockets[0].getsockname()[1])
    loop.run_until_complete(loop.run_in_executor(None, until_input_ends))
    os._exit(0)


# --- smtp-sink ----------------------------------------------------------------------------------------------------------


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def sink(directory, *options):
    while True:
        port = free_port()
        user = ["-u", "root"] if os.getuid() == 0 else []
        child = subprocess.Popen(["smtp-sink", *user, "-D", directory + "/sink.", *options, "127.0.0.1:%d" % port, "100"],
                                 stdin=subprocess.DEVNULL)
        while child.poll() is None and not answers(port):
            time.sleep(0.01)
        if child.poll() is None:
            break
    tell(port)
    until_input_ends()
    child.kill()
    child.wait()


# --- gammu --------------------------------------------------------------------------------------------------------------


def modem(directory):
    for name in ("inbox", "outbox", "sent", "error", "dummy"):
        os.makedirs(os.path.join(directory, name))
    settings = os.path.join(directory, "gammu.cfg")
    with open(settings, "w") as file:
        file.write("[gammu]\nmodel = dummy\nconnection = none\ndevice = %s/dummy\n"
                   "[smsd]\nservice = files\nlogfile = %s/log\n" % (directory, directory))
        for name in ("inbox", "outbox", "sent", "error"):
            file.write("%spath = %s/%s/\n" % (name.replace("sent", "sentsms").replace("error", "errorsms"), directory, name))
        file.write("checksecurity = 0\nchecksignal = 0\ncheckbattery = 0\nchecknetwork = 0\nstatusfrequency = 0\n"
                   "loopsleep = 1\ncommtimeout = 1\nreceivefrequency = 0\nresetfrequency = 0\n")
    child = subprocess.Popen(["gammu-smsd", "-c", settings], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    tell(settings)
    until_input_ends()
    child.kill()
    child.wait()


if __name__ == "__main__":
    {"mail": mail, "sink": sink, "modem": modem}[sys.argv[1]](*sys.argv[2:])
