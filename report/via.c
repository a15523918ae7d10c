#include "report/via.h"

#include <inttypes.h>
#include <stdio.h>

void
sf_via_text(char out[SF_VIA_TEXT_MAX], const struct sf_via *via, unsigned i)
{
	enum sf_via_kind k = (enum sf_via_kind)via->of[i].kind;
	uint32_t id = via->of[i].id;

	/* a tunnel that need not have a number has none when it is 0 */
	if (id == 0 && k != SF_VIA_VXLAN && k != SF_VIA_GENEVE)
		snprintf(out, SF_VIA_TEXT_MAX, "%s", sf_via_name(k));
	else
		snprintf(
		    out, SF_VIA_TEXT_MAX, "%s %" PRIu32, sf_via_name(k), id);
}
