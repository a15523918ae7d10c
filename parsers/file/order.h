/*
 * order.h - unsigned integers in a byte order that a capture file chose.
 *
 * The caller has the octets already, as a slice of known length.
 */
#ifndef SF_ORDER_H
#define SF_ORDER_H

#include <stdbool.h>
#include <stdint.h>

static inline uint16_t
sf_order_u16(const uint8_t *p, bool big)
{
	uint16_t be = (uint16_t)(p[0] << 8 | p[1]);
	uint16_t le = (uint16_t)(p[1] << 8 | p[0]);

	return big ? be : le;
}

static inline uint32_t
sf_order_u32(const uint8_t *p, bool big)
{
	uint32_t be = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	              (uint32_t)p[2] << 8 | (uint32_t)p[3];
	uint32_t le = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 |
	              (uint32_t)p[1] << 8 | (uint32_t)p[0];

	return big ? be : le;
}

static inline uint64_t
sf_order_u64(const uint8_t *p, bool big)
{
	uint64_t a = sf_order_u32(p, big);
	uint64_t b = sf_order_u32(p + 4, big);

	return big ? a << 32 | b : b << 32 | a;
}

#endif
