#include "engine/sdp/sdp.h"
#include "report/json.h"

static const char *const roles[] = {
	[SF_SDP_UNSAID] = NULL,
	[SF_SDP_OFFER] = "offer",
	[SF_SDP_ANSWER] = "answer",
};

static bool
asks_for_sframe(const struct sf_sdp *sdp, unsigned description)
{
	const struct sf_sdp_section *s;

	for (unsigned n = 0; (s = sf_sdp_nth(sdp, description, n)) != NULL; n++)
		if (s->sframe)
			return true;
	return sdp->about[description].sframe;
}

void
sf_json_sdp(struct sf_emit *e, const struct sf_sdp *sdp)
{
	if (sdp == NULL) {
		sf_emit_null(e, "sdp");
		return;
	}
	sf_emit_open(e, "sdp", '{');
	sf_emit_string(e, "from", sdp->given ? "option" : "inputs");
	sf_emit_open(e, "descriptions", '[');
	for (unsigned i = 0; i < sdp->descriptions && i < SF_SDP_DESCRIPTIONS;
	     i++) {
		const struct sf_sdp_description *d = &sdp->about[i];

		sf_emit_open(e, NULL, '{');
		sf_emit_string(e, "type", roles[d->role]);
		if (!sdp->given) {
			sf_emit_count(e, "input", d->input);
			sf_emit_count(e, "line", d->line);
		} else {
			sf_emit_null(e, "input");
			sf_emit_null(e, "line");
		}
		sf_emit_bool(e, "complete", !d->partial);
		sf_emit_count(e, "media_sections", d->sections);
		sf_emit_bool(e, "sframe", asks_for_sframe(sdp, i));
		sf_emit_close(e, '{');
	}
	sf_emit_close(e, '[');
	sf_emit_count(e, "unread", sdp->unread);
	sf_emit_count(e, "passed_over", sdp->passed_over);
	sf_emit_close(e, '{');
}
