#include <inttypes.h>

#include "report/para.h"
#include "report/text.h"

void
sf_text_rtcp(
    FILE *f, const struct sf_rtcp_facts *r, const struct sf_report_style *style)
{
	struct sf_para p = sf_para(f, style, 0, 6);
	const char *comma = "";

	sf_para_text(&p, "RTCP packets:");
	for (unsigned i = 0; i < SF_RTCP_KINDS; i++) {
		if (r->packets[i] == 0)
			continue;
		sf_para_format(&p, "%s %" PRIu64 " %s", comma, r->packets[i],
		    sf_rtcp_kind_name((enum sf_rtcp_kind)i));
		comma = ",";
	}
	sf_para_text(&p, ".");
	if (r->twcc_packets > 0)
		sf_para_format(&p,
		    "Of %" PRIu64 " packets that transport-cc speaks of, "
		    "%" PRIu64 " arrived.",
		    r->twcc_packets, r->twcc_received);
	sf_para_end(&p);
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

void
sf_text_feedback(FILE *f, const struct sf_feedback *b,
    const struct sf_report_style *style, unsigned indent)
{
	struct sf_para p;
	const char *comma = "";

	if (b == NULL ||
	    b->nacks + b->plis + b->firs + b->rembs + b->reports == 0)
		return;
	p = sf_para(f, style, indent, indent + 2);
	sf_para_text(&p, "receivers say:");
	if (b->reports > 0) {
		sf_para_format(&p,
		    "%" PRId32 " packet%s lost, at worst %.1f %% between "
		    "two of %" PRIu32 " report%s",
		    b->reported_lost, b->reported_lost == 1 ? "" : "s",
		    b->worst_fraction / 2.56, b->reports, plural(b->reports));
		comma = ",";
	}
	if (b->nacks > 0) {
		sf_para_format(&p,
		    "%s %" PRIu64 " packet%s asked for again in %" PRIu32
		    " NACK%s",
		    comma, b->nacked, plural(b->nacked), b->nacks,
		    plural(b->nacks));
		comma = ",";
	}
	if (b->plis + b->firs > 0) {
		sf_para_format(&p,
		    "%s a key frame asked for %" PRIu32 " time%s (%" PRIu32
		    " PLI, %" PRIu32 " FIR)",
		    comma, b->plis + b->firs, plural(b->plis + b->firs),
		    b->plis, b->firs);
		comma = ",";
	}
	if (b->rembs > 0)
		sf_para_format(&p,
		    "%s %" PRIu64 " bit/s by the last of %" PRIu32 " REMB",
		    comma, b->bitrate, b->rembs);
	sf_para_end(&p);
}
