/*
 * dtls.h - SRTP keys out of DTLS handshakes (RFC 5764) and a log of their
 * secrets.
 *
 * Only the two hellos are read: they tell who is client, the randoms, the hash
 * of the PRF and, up to DTLS 1.2, the profile. With 1.3 the profile is under
 * encryption: the usual ones are all tried.
 */
#ifndef SF_DTLS_H
#define SF_DTLS_H

#include "engine/packet.h"
#include "engine/srtp/srtp.h"

struct sf_dtls;

/* Keys go to srtp, which is borrowed. NULL without memory. */
struct sf_dtls *sf_dtls_new(struct sf_srtp *srtp);
void sf_dtls_free(struct sf_dtls *d); /* wipes; NULL is fine */

/* More secrets, in the text of a key log; handshakes seen before get their
   keys now. False without memory. The text may be wiped after this. */
bool sf_dtls_secrets(struct sf_dtls *d, struct sf_bytes text) SF_MUST_USE;

/* One datagram of DTLS. */
void sf_dtls_feed(struct sf_dtls *d, const struct sf_datagram *dg);

/* No more datagrams: hellos that went different ways between the two, as when
   ICE takes another pair of addresses, are put together. */
void sf_dtls_finish(struct sf_dtls *d);

struct sf_dtls_facts sf_dtls_facts_of(const struct sf_dtls *d);

#endif
