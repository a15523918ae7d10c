#include "engine/capture/front.h"

#include "parsers/file/pcap.h"

#define REF "draft-ietf-opsawg-pcap 5"

/* A record header, in any of the forms that the file's own header tells. */
union any_record {
	struct sf_pcap_record v; /* what each of them is */
	struct sf_pcap_record_le record_le;
	struct sf_pcap_record_be record_be;
	struct sf_pcap_modified_le modified_le;
	struct sf_pcap_modified_be modified_be;
};

struct pcap {
	struct sf_pcap_header head;
	size_t record_octets; /* of a record header */
	struct sf_record record; /* what is the same in all of them */
	enum sf_status (*read)(
	    union any_record *out, struct sf_bytes in, struct sf_diag *d);
};

static bool
knows(struct sf_bytes start)
{
	struct sf_pcap_header h;
	struct sf_diag d;

	/* Anything but a wrong magic number. */
	return start.n >= 4 &&
	       sf_pcap_header_parse(&h, start, &d) != SF_MALFORMED;
}

#define READS(form)                                                            \
	static enum sf_status read_##form(                                     \
	    union any_record *out, struct sf_bytes in, struct sf_diag *d)      \
	{                                                                      \
		return sf_pcap_##form##_parse(&out->form, in, d);              \
	}
READS(record_le)
READS(record_be)
READS(modified_le)
READS(modified_be)
#undef READS

static enum sf_capture_status
open_pcap(struct sf_reader *r)
{
	struct pcap *f = sf_reader_state(r, sizeof(*f));
	struct sf_diag d;
	enum sf_status st;

	if (f == NULL)
		return SF_CAPTURE_SYSTEM;
	(void)sf_source_hold(&r->source, SF_PCAP_HEADER_OCTETS);
	st = sf_pcap_header_parse(&f->head, sf_source_held(&r->source), &d);
	if (st != SF_OK) {
		r->info.hint = st == SF_SHORT
				   ? "pcap: it ends inside the file header"
				   : "pcap: of a version that is not known";
		return SF_CAPTURE_UNKNOWN;
	}
	f->record_octets =
	    f->head.modified ? SF_PCAP_MODIFIED_OCTETS : SF_PCAP_RECORD_OCTETS;
	if (f->head.modified)
		f->read = f->head.big ? read_modified_be : read_modified_le;
	else
		f->read = f->head.big ? read_record_be : read_record_le;
	f->record = (struct sf_record){ .fcs_octets = f->head.fcs_octets,
		.link_type = f->head.link_type,
		.timed = true };
	sf_source_take(&r->source, SF_PCAP_HEADER_OCTETS);
	sf_reader_link(r, f->head.link_type);
	return SF_CAPTURE_OK;
}

/* Before version 2.3 the two lengths stood the other way round; in 2.3 they
   may. The captured one is never the larger. */
static void
order_lengths(const struct sf_pcap_header *h, struct sf_pcap_record *rec)
{
	bool old = h->major == 543 || h->minor <= 3;
	uint32_t captured = rec->captured;

	if (old && captured > rec->original) {
		rec->captured = rec->original;
		rec->original = captured;
	}
}

static enum sf_capture_status
next_pcap(struct sf_reader *r, struct sf_packet *out)
{
	struct pcap *f = r->state;
	struct sf_source *s = &r->source;
	uint64_t at = sf_source_at(s);
	union any_record any;
	struct sf_pcap_record *rec = &any.v;
	struct sf_record *record = &f->record;
	struct sf_diag d;
	size_t held;

	if (sf_source_hold(s, f->record_octets) == 0)
		return SF_CAPTURE_END;
	if (f->read(&any, sf_source_held(s), &d) != SF_OK)
		return sf_reader_stop(r, at, &d);
	order_lengths(&f->head, rec);
	if (rec->captured > SF_RECORD_OCTETS) {
		d = (struct sf_diag){ SF_LIMIT, 8, 0, "captured length", REF };
		return sf_reader_stop(r, at, &d);
	}

	held = sf_source_hold(s, f->record_octets + rec->captured);
	sf_source_take(s, f->record_octets);
	held -= f->record_octets;
	record->data = sf_source_held(s);
	record->captured = rec->captured;
	record->original = rec->original;
	record->time_ns =
	    (int64_t)rec->seconds * 1000000000 +
	    (int64_t)rec->fraction * (f->head.nanoseconds ? 1 : 1000);
	if (f->head.modified)
		record->direction =
		    rec->packet_type == 4 ? SF_DIR_OUT : SF_DIR_IN;
	if (held < rec->captured) {
		d = (struct sf_diag){ SF_SHORT, f->record_octets + held,
			rec->captured - held, "packet", REF };
		sf_source_take(s, held);
		return sf_reader_cut(r, out, record, at, &d);
	}
	record->data.n = rec->captured;
	sf_source_take(s, rec->captured);
	sf_reader_deliver(r, out, record);
	return SF_CAPTURE_OK;
}

const struct sf_front sf_front_pcap = { "pcap", knows, open_pcap, next_pcap };
