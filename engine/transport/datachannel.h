/*
 * datachannel.h - messages of data channels where they can be seen: in logs and
 * recordings that stand behind DTLS, and in SCTP that is sent without it.
 */
#ifndef SF_DATACHANNEL_H
#define SF_DATACHANNEL_H

#include "engine/model.h"

/* An SCTP packet, or a message alone as a recording has it. */
void sf_data_packet(
    struct sf_model *m, const struct sf_place *place, struct sf_bytes in);

/* A datagram in which SCTP stands by itself: on its ports, chunk by chunk to
   the last octet. */
bool sf_data_is_sctp(struct sf_bytes in);

#endif
