/*
 * blank.h - frames that an SFU makes up when a track is muted or closed: black
 * pictures and silence, the same octets every time. They are in the clear in
 * calls whose every other frame is encrypted.
 */
#ifndef SF_DIALECT_BLANK_H
#define SF_DIALECT_BLANK_H

#include "engine/classify/record.h"

bool sf_dialect_blank(const struct sf_record *r);

#endif
