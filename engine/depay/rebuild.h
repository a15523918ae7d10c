/*
 * rebuild.h - other ways in which the sender's frame may have read, when a
 * codec's packetizer went over ciphertext: it takes three octets inside for a
 * start code, or others for the size of an OBU. Those are tried with keys when
 * the frame as it came does not open.
 */
#ifndef SF_REBUILD_H
#define SF_REBUILD_H

#include "engine/classify/record.h"

#define SF_REBUILD_WAYS 8

/* Is this a frame that a packetizer looked into? */
bool sf_rebuild_worth(const struct sf_frame *f);

/*
 * Writes one of SF_REBUILD_WAYS ways into out; header_at is where the
 * ciphertext begins. Returns its octets, 0 when the frame has no such way or
 * there is no room.
 */
size_t sf_rebuild(uint8_t *out, size_t room, const struct sf_frame *f,
    unsigned way, size_t header_at);

#endif
