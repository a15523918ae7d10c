/* libpcap's headers use type names of BSD. */
#define _DEFAULT_SOURCE

#include "engine/capture/capture.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "engine/capture/front.h"
#include "engine/capture/textline.h"
#include "engine/transport/link.h"

#define SNAPLEN 262144 /* for compiling a filter; all of a packet passes */

static const struct sf_front *const fronts[] = {
	&sf_front_pcap,
	&sf_front_pcapng,
	&sf_front_mjr,
	&sf_front_rtpdump,
	&sf_front_text,
};

/* A filter compiled for one link type. */
struct filter {
	uint16_t link_type;
	bool usable; /* else the expression means nothing on such a link */
	size_t skip; /* octets that the program is not shown */
	struct bpf_program program;
};

struct sf_capture {
	struct sf_reader reader;
	const struct sf_front *front;
	struct sf_capture_options options;
	struct filter filters[SF_CAPTURE_LINKS];
	unsigned n_filters;
	enum sf_capture_status over; /* OK while there may be more */
};

/* ---- what front ends call ------------------------------------------------ */

void
sf_reader_link(struct sf_reader *r, uint16_t link_type)
{
	struct sf_capture_info *info = &r->info;

	for (unsigned i = 0; i < info->n_links; i++)
		if (info->links[i] == link_type)
			return;
	if (info->n_links < SF_CAPTURE_LINKS)
		info->links[info->n_links++] = link_type;
}

/* As much of a comment as is kept; a character of UTF-8 is not cut in two. */
static struct sf_bytes
kept_of(struct sf_bytes comment)
{
	size_t n = SF_COMMENT_MAX;

	if (comment.n <= SF_COMMENT_MAX)
		return comment;
	while (n > SF_COMMENT_MAX - 3 && (comment.p[n] & 0xc0) == 0x80)
		n--;
	return sf_bytes(comment.p, n);
}

void *
sf_reader_state(struct sf_reader *r, size_t octets)
{
	r->state = calloc(1, octets);
	if (r->state == NULL)
		r->source.error = ENOMEM;
	return r->state;
}

static int64_t
in_range(int64_t ns)
{
	if (ns > SF_TIME_MOST)
		return SF_TIME_MOST;
	return ns < SF_TIME_LEAST ? SF_TIME_LEAST : ns;
}

/* The place and the rest as they were before unwrap. */
static void
as_it_was(struct sf_reader *r, struct sf_packet *out)
{
	r->info.carried = true;
	if (r->carried.number != 0)
		out->place.packet = r->carried.number;
	out->carried = &r->carried.is;
	if (r->carried.is.has_media)
		out->media = &r->carried.is.media;
}

void
sf_reader_deliver(
    struct sf_reader *r, struct sf_packet *out, const struct sf_record *record)
{
	struct sf_capture_info *info = &r->info;
	int64_t time_ns = in_range(record->time_ns);
	uint64_t wire = record->original;
	size_t n = record->data.n;

	if (wire < record->captured)
		wire = record->captured;
	if (wire >= record->fcs_octets)
		wire -= record->fcs_octets;
	if (n > wire)
		n = (size_t)wire;

	info->packets++;
	if (record->timed) {
		if (!r->timed || time_ns < info->first_ns)
			info->first_ns = time_ns;
		if (!r->timed || time_ns > info->last_ns)
			info->last_ns = time_ns;
		r->timed = true;
	}
	out->place = (struct sf_place){ info->packets, time_ns, r->input };
	out->media = r->info.has_media ? &r->info.media : NULL;
	out->link_type = record->link_type;
	out->direction = record->direction;
	out->wire_octets = (size_t)wire;
	out->octets = sf_bytes(record->data.p, n);
	out->comment = kept_of(record->comment);
	out->comment_cut = out->comment.n < record->comment.n;
	out->carried = NULL;
	if (record->carried.n != 0 &&
	    sf_carried_take(&r->carried, record->carried))
		as_it_was(r, out);
}

enum sf_capture_status
sf_reader_stop(struct sf_reader *r, uint64_t at, const struct sf_diag *d)
{
	r->info.damaged = true;
	r->info.damaged_at = at;
	r->info.diag = *d;
	return SF_CAPTURE_DAMAGED;
}

enum sf_capture_status
sf_reader_cut(struct sf_reader *r, struct sf_packet *out,
    const struct sf_record *record, uint64_t at, const struct sf_diag *d)
{
	size_t least = sf_link_header_octets(record->link_type);
	enum sf_capture_status st = sf_reader_stop(r, at, d);

	if (record->data.n == 0 || record->data.n < least)
		return st;
	sf_reader_deliver(r, out, record);
	r->ended = true;
	return SF_CAPTURE_OK;
}

/* ---- filter -------------------------------------------------------------- */

/* LINKTYPE_ to the DLT_ of this system: the same but for a few old ones. */
static int
dlt_of(uint16_t link_type)
{
	switch (link_type) {
	case 100:
		return DLT_ATM_RFC1483;
	case 101:
	case 12:
	case 14:
		return DLT_RAW;
	case 102:
		return DLT_SLIP_BSDOS;
	case 103:
		return DLT_PPP_BSDOS;
	case 106:
		return DLT_ATM_CLIP;
	default:
		return link_type;
	}
}

/* message may be NULL. */
static bool
compile(struct bpf_program *program, int dlt, const char *expression,
    char *message, size_t message_size)
{
	pcap_t *dead = pcap_open_dead(dlt, SNAPLEN);
	bool good;

	if (dead == NULL) {
		if (message != NULL)
			(void)snprintf(message, message_size, "out of memory");
		return false;
	}
	good = pcap_compile(
		   dead, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!good && message != NULL)
		(void)snprintf(message, message_size, "%s", pcap_geterr(dead));
	pcap_close(dead);
	return good;
}

/* NULL when there are more link types than are remembered. */
static const struct filter *
filter_for(struct sf_capture *c, uint16_t link_type)
{
	struct filter *f;
	int dlt = dlt_of(link_type);

	for (unsigned i = 0; i < c->n_filters; i++)
		if (c->filters[i].link_type == link_type)
			return &c->filters[i];
	if (c->n_filters == SF_CAPTURE_LINKS)
		return NULL;
	f = &c->filters[c->n_filters++];
	f->link_type = link_type;
	/* The family of DLT_NULL would be taken in the byte order of this
	   machine; behind it are the packets of DLT_RAW. */
	if (dlt == DLT_NULL) {
		f->skip = 4;
		dlt = DLT_RAW;
	}
	f->usable = compile(&f->program, dlt, c->options.filter, NULL, 0);
	return f;
}

static bool
passes(struct sf_capture *c, const struct sf_packet *pkt)
{
	const struct filter *f = filter_for(c, pkt->link_type);
	struct pcap_pkthdr h = { 0 };

	if (f == NULL || !f->usable) {
		c->reader.info.unfilterable++;
		return false;
	}
	if (pkt->octets.n < f->skip)
		return false;
	h.caplen = (bpf_u_int32)(pkt->octets.n - f->skip);
	h.len = (bpf_u_int32)pkt->wire_octets; /* what "greater" asks for */
	return pcap_offline_filter(&f->program, &h, pkt->octets.p + f->skip) !=
	       0;
}

bool
sf_capture_filter_check(const char *filter, char *message, size_t message_size)
{
	struct bpf_program program;

	if (!compile(&program, DLT_EN10MB, filter, message, message_size))
		return false;
	pcap_freecode(&program);
	return true;
}

const char *
sf_capture_link_name(uint16_t link_type)
{
	return pcap_datalink_val_to_name(dlt_of(link_type));
}

const char *
sf_capture_library(void)
{
	return pcap_lib_version();
}

/* ---- what else an input may be ------------------------------------------- */

/* clang-format off */
static const struct {
	size_t at, n;
	const char *magic;
	const char *hint;
} others[] = {
	{ 0,  2, "\x1f\x8b",         "compressed again and again: unpack it first, with gunzip" },
	{ 0,  4, "\x28\xb5\x2f\xfd", "compressed again and again: unpack it first, with unzstd" },
	{ 0,  6, "\xfd" "7zXZ\0",    "xz: unpack it first, with unxz" },
	{ 0,  3, "BZh",              "bzip2: unpack it first, with bunzip2" },
	{ 0,  4, "\x04\x22\x4d\x18", "lz4: unpack it first, with unlz4" },
	{ 0,  4, "PK\x03\x04",       "zip: unpack it first, with unzip" },
	{ 0,  8, "snoop\0\0\0",      "snoop: convert it first, with editcap" },
	{ 0,  4, "GMBU",             "Network Monitor: convert it first, with editcap" },
	{ 0,  4, "RTSS",             "Network Monitor: convert it first, with editcap" },
	{ 0,  4, "\x1c\x00\x01\xac", "Ixia capture: convert it first, with editcap" },
	{ 0,  4, "\x1c\x00\x01\xab", "Ixia capture: convert it first, with editcap" },
	{ 0,  4, "\xac\x01\x00\x1c", "Ixia capture: convert it first, with editcap" },
	{ 0,  4, "\xab\x01\x00\x1c", "Ixia capture: convert it first, with editcap" },
	{ 0,  2, "\xff\xfe",         "text in UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8" },
	{ 0,  2, "\xfe\xff",         "text in UTF-16: convert it first, with iconv -f UTF-16 -t UTF-8" },
	{ 0,  4, "\x7f" "ELF",       "a program, not a capture" },
};
/* clang-format on */

/* ERF has no magic: type Ethernet, a record length that holds its header, and
   a wire length that fits (Endace ERF types reference guide). */
static bool
is_erf(struct sf_bytes s)
{
	unsigned type, record, wire;

	if (s.n < 18)
		return false;
	type = s.p[8] & 0x7f;
	record = (unsigned)s.p[10] << 8 | s.p[11];
	wire = (unsigned)s.p[14] << 8 | s.p[15];
	return type == 2 && record >= 32 && record % 8 == 0 &&
	       record <= 16384 && wire >= 60 && wire <= 16384;
}

static const char *
hint_of(struct sf_bytes start)
{
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (start.n >= others[i].at + others[i].n &&
		    memcmp(start.p + others[i].at, others[i].magic,
			others[i].n) == 0)
			return others[i].hint;
	if (start.n < 4)
		return "too short for a capture file";
	if (is_erf(start))
		return "ERF, it seems: convert it first, with editcap";
	return NULL;
}

/* ---- opening, reading, closing ------------------------------------------- */

static enum sf_capture_status
refused(struct sf_capture *c)
{
	c->reader.info.error_number = c->reader.source.error;
	return SF_CAPTURE_SYSTEM;
}

/* The innermost first. There is room for SF_SOURCE_LAYERS of them. */
static void
add_packing(struct sf_capture_info *info, const char *name)
{
	size_t n = strlen(name), had = strlen(info->packing);

	if (had != 0) {
		memmove(info->packing + n + 4, info->packing, had + 1);
		memcpy(info->packing + n, " in ", 4);
	}
	memcpy(info->packing, name, n);
}

/* Holds the first octets, of what is inside when they are compressed. */
static enum sf_capture_status
hold_start(struct sf_reader *r)
{
	const char *name;

	(void)sf_source_hold(&r->source, SF_SNIFF_OCTETS);
	while (r->source.error == 0 &&
	       (name = sf_source_unpack(&r->source)) != NULL) {
		add_packing(&r->info, name);
		if (r->source.error == 0)
			(void)sf_source_hold(&r->source, SF_SNIFF_OCTETS);
	}
	r->info.octets = sf_source_read(&r->source);
	if (r->source.error != 0 || sf_source_held(&r->source).n != 0)
		return SF_CAPTURE_OK;
	if (sf_source_damage(&r->source) == NULL)
		return SF_CAPTURE_EMPTY;
	r->info.hint = "compressed, and damaged or cut off before anything "
		       "could be unpacked";
	return SF_CAPTURE_UNKNOWN;
}

/* Whose format begins so; NULL when none does. */
static const struct sf_front *
front_of(struct sf_bytes start)
{
	if (start.n > SF_SNIFF_OCTETS)
		start.n = SF_SNIFF_OCTETS;
	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++)
		if (fronts[i]->knows(start))
			return fronts[i];
	return NULL;
}

static enum sf_capture_status
begin(struct sf_capture *c)
{
	struct sf_reader *r = &c->reader;
	enum sf_capture_status st = hold_start(r);
	struct sf_bytes start;

	if (r->source.error != 0)
		return refused(c);
	if (st != SF_CAPTURE_OK)
		return st;
	start = sf_source_held(&r->source);
	c->front = front_of(start);
	if (c->front == NULL) {
		r->info.hint = hint_of(start);
		return SF_CAPTURE_UNKNOWN;
	}
	st = c->front->open(r);
	if (r->source.error != 0)
		return refused(c);
	if (st == SF_CAPTURE_UNKNOWN && sf_source_damage(&r->source) != NULL)
		r->info.hint = sf_source_damage(&r->source)->field;
	if (st == SF_CAPTURE_OK && r->info.format == NULL)
		r->info.format = c->front->name;
	return st;
}

/* NULL without memory. */
static struct sf_sdplog *
new_sdplog(sf_sdplog_sink *sink, void *ctx)
{
	struct sf_sdplog *l = calloc(1, sizeof(*l));

	if (l != NULL) {
		l->sink = sink;
		l->ctx = ctx;
	}
	return l;
}

static struct sf_capture *
new_capture(const struct sf_capture_options *options)
{
	struct sf_capture *c = calloc(1, sizeof(*c));

	if (c != NULL && options->descriptions != NULL) {
		c->reader.sdplog = new_sdplog(
		    options->descriptions, options->descriptions_ctx);
		if (c->reader.sdplog == NULL) {
			free(c);
			return NULL;
		}
	}
	if (c != NULL) {
		c->options = *options;
		c->reader.input = options->input;
		c->reader.secrets = options->secrets;
		c->reader.secrets_ctx = options->secrets_ctx;
		c->reader.source.fd = -1;
	}
	return c;
}

enum sf_capture_status
sf_capture_open(struct sf_capture **out, const char *path,
    const struct sf_capture_options *options)
{
	struct sf_capture *c = *out = new_capture(options);

	if (c == NULL)
		return SF_CAPTURE_SYSTEM;
	if (!sf_source_file(&c->reader.source, path, options->want_sha256))
		c->over = refused(c);
	else
		c->over = begin(c);
	return c->over;
}

void
sf_capture_secrets(const char *path,
    void (*secrets)(void *ctx, struct sf_bytes text), void *ctx)
{
	struct sf_capture_options options = { .secrets = secrets,
		.secrets_ctx = ctx };
	struct sf_capture *c = new_capture(&options);
	struct sf_packet pkt;

	if (c != NULL && sf_source_file(&c->reader.source, path, false) &&
	    hold_start(&c->reader) == SF_CAPTURE_OK &&
	    front_of(sf_source_held(&c->reader.source)) == &sf_front_pcapng) {
		c->front = &sf_front_pcapng;
		c->over = c->front->open(&c->reader);
		while (sf_capture_next(c, &pkt) == SF_CAPTURE_OK)
			continue;
	}
	sf_capture_close(c);
}

bool
sf_capture_descriptions(const char *path, sf_sdplog_sink *sink, void *ctx)
{
	struct sf_sdplog *l = new_sdplog(sink, ctx);
	struct sf_reader r = { 0 };
	struct sf_bytes line;
	bool text = l != NULL && sf_source_file(&r.source, path, false) &&
		    hold_start(&r) == SF_CAPTURE_OK &&
		    front_of(sf_source_held(&r.source)) == &sf_front_text;

	if (text) {
		while (sf_textline_hold(&r.source, 0, &line) != 0) {
			sf_sdplog_line(l, line);
			sf_textline_take(&r.source, line);
		}
		sf_sdplog_end(l);
	}
	sf_source_wipe(&r.source);
	free(l);
	return text;
}

enum sf_capture_status
sf_capture_open_memory(struct sf_capture **out, struct sf_bytes octets,
    size_t piece, const struct sf_capture_options *options)
{
	struct sf_capture *c = *out = new_capture(options);

	if (c == NULL)
		return SF_CAPTURE_SYSTEM;
	if (!sf_source_memory(
		&c->reader.source, octets, piece, options->want_sha256))
		c->over = refused(c);
	else
		c->over = begin(c);
	return c->over;
}

/* The last call that does anything. Damage is no reason not to hash. */
static enum sf_capture_status
finish(struct sf_capture *c, enum sf_capture_status st)
{
	struct sf_source *s = &c->reader.source;
	struct sf_capture_info *info = &c->reader.info;

	/* behind damage in what is packed, all of it is counted: how far it was
	   read ahead is a matter of buffers */
	if ((s->digest != NULL || sf_source_damage(s) != NULL) && s->error == 0)
		sf_source_drain(s);
	if (s->digest != NULL && s->error == 0)
		info->has_sha256 = sf_digest_finish(s->digest, info->sha256);
	info->octets = sf_source_read(s);
	if (sf_source_damage(s) != NULL)
		st = sf_reader_stop(
		    &c->reader, info->octets, sf_source_damage(s));
	else
		info->damaged_inside = info->damaged && s->packed != NULL;
	c->over = s->error != 0 ? refused(c) : st;
	return c->over;
}

enum sf_capture_status
sf_capture_next(struct sf_capture *c, struct sf_packet *out)
{
	enum sf_capture_status st;

	if (c->over != SF_CAPTURE_OK)
		return c->over;
	do {
		if (c->reader.ended)
			return finish(c, SF_CAPTURE_DAMAGED);
		st = c->front->next(&c->reader, out);
		if (st != SF_CAPTURE_OK)
			return finish(c, st);
		c->reader.info.octets = sf_source_read(&c->reader.source);
		if (c->options.filter == NULL || passes(c, out))
			return SF_CAPTURE_OK;
		c->reader.info.filtered++;
	} while (true);
}

const struct sf_capture_info *
sf_capture_info(const struct sf_capture *c)
{
	return &c->reader.info;
}

void
sf_capture_close(struct sf_capture *c)
{
	if (c == NULL)
		return;
	for (unsigned i = 0; i < c->n_filters; i++)
		if (c->filters[i].usable)
			pcap_freecode(&c->filters[i].program);
	free(c->reader.state);
	free(c->reader.sdplog);
	sf_source_wipe(&c->reader.source);
	free(c);
}
