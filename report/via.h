/*
 * via.h - what a stream came in, as text: "vxlan 42", "gre".
 */
#ifndef SF_VIA_H
#define SF_VIA_H

#include "engine/model.h"

#define SF_VIA_TEXT_MAX 24 /* octets, with the NUL */

/* Entry i of via, i < via->n. */
void sf_via_text(
    char out[SF_VIA_TEXT_MAX], const struct sf_via *via, unsigned i);

#endif
