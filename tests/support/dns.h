#ifndef SUPPORT_DNS_H
#define SUPPORT_DNS_H

/* A name server on loopback that answers by what it is asked, over UDP and TCP, on a thread of its own. The first label decides:
 *
 *     ok...        A 127.0.0.1, no AAAA
 *     four-N...    A 127.0.0.N
 *     both...      A 127.0.0.1 and AAAA ::1
 *     many...      A 127.0.0.1 to 127.0.0.20
 *     mail...      MX 10 mail.example.org
 *     text...      TXT "one" "two", in two strings
 *     large...     A 127.0.0.1 to 127.0.0.60, by TCP; cut off by UDP
 *     nx...        no such name (NXDOMAIN)
 *     none...      the name is there, but no address
 *     fail...      SERVFAIL
 *     refuse...    REFUSED
 *     silent...    nothing, ever
 *     junk...      bytes that are no answer
 *     else         as none
 *
 * Answers live for `ttl` seconds. */
struct dns;

/* Ends the program when it can not be. */
struct dns *dns_start(int ttl);
/* On this port instead of any free one. */
struct dns *dns_start_at(int port, int ttl);
void dns_stop(struct dns *d);
/* A server for all checks of this program and of those it starts, so that none asks the machine's own; before check_open(). */
struct dns *dns_for_checks(void);
int dns_port(const struct dns *d);
/* Questions that came, of whatever type. */
unsigned dns_questions(const struct dns *d);

#endif
