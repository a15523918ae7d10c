/*
 * sdpjson.h - session descriptions out of JSON, as browsers print them: an
 * RTCSessionDescription {"type": "offer", "sdp": "v=0\r\n..."}, or the string
 * alone; an array of such; or an object whose members are such, or null.
 */
#ifndef SF_SDPJSON_H
#define SF_SDPJSON_H

#include "engine/config/json.h"

/* Whether a text is JSON, or is meant to be: SDP never begins like it. */
bool sf_sdpjson_is(struct sf_bytes text);

/*
 * Writes the descriptions, one behind the other, in place of the text, which
 * is never shorter, and their octets to *n. What is left of the text behind
 * them is as it was. On false the text is untouched.
 */
bool sf_sdpjson_read(
    char *text, size_t *n, struct sf_json_error *error) SF_MUST_USE;

#endif
