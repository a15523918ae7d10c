/* loop.c - the least that reading a capture with libpcap can cost. */
#include <pcap/pcap.h>

#include <inttypes.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const u_char *octets;
	uint64_t packets = 0, sum = 0;
	pcap_t *p;

	if (argc != 2 || (p = pcap_open_offline(argv[1], why)) == NULL)
		return 1;
	while (pcap_next_ex(p, &head, &octets) == 1) {
		packets++;
		sum += head->caplen + octets[0];
	}
	pcap_close(p);
	printf("%" PRIu64 " packets, %" PRIu64 "\n", packets, sum);
	return 0;
}
