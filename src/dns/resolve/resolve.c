/* Questions on their way: as many at a time as allowed, each answered, or given up in the end. */
#include "dns/resolve/resolve_int.h"

#include <ares.h>
#include <arpa/inet.h>
#include <poll.h>
#include <string.h>

#define CLASS_IN 1
#define PORT     53
/* What passes every network unharmed (DNS flag day 2020). */
#define EDNS_SIZE 1232
/* So long between two looks at whether to stop. */
#define WAIT_MICROSECONDS 100000
/* So many questions in a row without any answer: nobody is there, or nobody is any more. */
#define LOST_AT_FIRST RESOLVE_IN_FLIGHT
#define LOST_LATER    (4 * RESOLVE_IN_FLIGHT)

struct Resolver {
	Arena *arena;
	ResolveOptions options;
	ares_channel channel;
	const DnsQuestion *questions; /* of the present call */
	ResolveReply *replies;
	size_t len, next, flying, done;
	size_t unanswered; /* in a row */
	bool was_answered, lost;
};

/* What c-ares hands back with an answer. */
typedef struct Flight {
	Resolver *resolver;
	size_t index;
	unsigned tries; /* that are left */
} Flight;

const char *
resolve_library_version(void)
{
	return ares_version(NULL);
}

/* --- servers ---------------------------------------------------------------------------------- */

static bool
set_server(Resolver *resolver)
{
	NetPrefix server = resolver->options.server;
	struct ares_addr_port_node node = {.family = server.family == NET_IP4 ? AF_INET : AF_INET6};
	NetBits bits = net_prefix_bits(server);
	unsigned char octets[16] = {0};
	unsigned len = net_family_bits((NetFamily)server.family) / 8, i;

	for (i = 0; i < len; i++)
		octets[i] = (unsigned char)(bits >> 8 * (len - 1 - i));
	memcpy(&node.addr, octets, len);
	node.udp_port = node.tcp_port = resolver->options.port != 0 ? resolver->options.port : PORT;
	return ares_set_servers_ports(resolver->channel, &node) == ARES_SUCCESS;
}

static void
add_server(Buf *text, const struct ares_addr_port_node *node)
{
	char address[INET6_ADDRSTRLEN];
	bool is_ip6 = node->family == AF_INET6;

	if (inet_ntop(node->family, &node->addr, address, sizeof(address)) == NULL)
		return;
	buf_printf(text, "%s%s%s%s:%d", text->len > 0 ? ", " : "", is_ip6 ? "[" : "", address,
		is_ip6 ? "]" : "", node->udp_port != 0 ? node->udp_port : PORT);
}

Str
resolve_servers(const Resolver *resolver)
{
	struct ares_addr_port_node *nodes = NULL, *node;
	Buf text = buf_make(resolver->arena);

	if (ares_get_servers_ports(resolver->channel, &nodes) != ARES_SUCCESS)
		return STR("");
	for (node = nodes; node != NULL; node = node->next)
		add_server(&text, node);
	ares_free_data(nodes);
	return buf_text(&text);
}

/* --- open and close --------------------------------------------------------------------------- */

/*
 * All that the environment and resolv.conf could change is stated, but for the servers. c-ares
 * would keep SERVFAIL and REFUSED to itself and call them a refused connection: NOCHECKRESP hands
 * them on, they are repeated here, and rotating brings another server to it. After the first
 * SERVFAIL c-ares goes on without EDNS; what is then too long comes over TCP.
 */
static int
open_channel(Resolver *resolver)
{
	static const char no_files[] = "b";
	char lookups[sizeof(no_files)];
	struct ares_options options = {
		.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_EDNS |
			 ARES_FLAG_NOCHECKRESP,
		.timeout = (int)resolver->options.milliseconds,
		.tries = (int)resolver->options.tries,
		.ndots = 1,
		.lookups = lookups,
		.ednspsz = EDNS_SIZE,
	};
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
		   ARES_OPT_DOMAINS | ARES_OPT_LOOKUPS | ARES_OPT_EDNSPSZ | ARES_OPT_ROTATE;

	memcpy(lookups, no_files, sizeof(no_files));
	return ares_init_options(&resolver->channel, &options, mask);
}

Resolver *
resolve_open(Arena *arena, const ResolveOptions *options, Str *ret_problem)
{
	Resolver *resolver = ARENA_NEW(arena, Resolver);
	int status = ares_library_init(ARES_LIB_INIT_ALL);

	resolver->arena = arena;
	resolver->options = *options;
	if (status == ARES_SUCCESS) {
		status = open_channel(resolver);
		if (status == ARES_SUCCESS && (!options->has_server || set_server(resolver)))
			return resolver;
		if (status == ARES_SUCCESS)
			ares_destroy(resolver->channel);
		ares_library_cleanup();
	}
	*ret_problem = str_from(ares_strerror(status));
	return NULL;
}

void
resolve_close(Resolver *resolver)
{
	ares_destroy(resolver->channel);
	ares_library_cleanup();
}

bool
resolve_is_lost(const Resolver *resolver)
{
	return resolver->lost;
}

/* --- answers ---------------------------------------------------------------------------------- */

static void
give_up(ResolveReply *reply, DnsQuestion question, DnsStatus status, Str reason)
{
	*reply = (ResolveReply){.status = status, .name = question.name, .reason = reason};
}

/* Whether it was the network that failed, and no server that answered. */
static bool
is_silence(int status)
{
	return status == ARES_ETIMEOUT || status == ARES_ECONNREFUSED;
}

/* Nobody said no: somebody who was there before may have gone. */
static void
count_silence(Resolver *resolver, bool silent)
{
	resolver->unanswered = silent ? resolver->unanswered + 1 : 0;
	resolver->was_answered |= !silent;
	if (resolver->unanswered >= (resolver->was_answered ? LOST_LATER : LOST_AT_FIRST))
		resolver->lost = true;
}

static void
read_answer(Resolver *resolver, size_t index, int status, Str message)
{
	DnsQuestion question = resolver->questions[index];
	ResolveReply *reply = &resolver->replies[index];

	count_silence(resolver, is_silence(status));
	if (message.len > 0)
		(void)resolve_read(resolver->arena, message, question, reply);
	else if (is_silence(status))
		give_up(reply, question, DNS_TIMEOUT, STR("no answer in time"));
	else
		give_up(reply, question, DNS_SERVFAIL, str_from(ares_strerror(status)));
}

static void send_question(Flight *flight);

static void
take_answer(void *context, int status, int timeouts, unsigned char *bytes, int len)
{
	Flight *flight = context;
	Resolver *resolver = flight->resolver;
	Str message = {(const char *)bytes, bytes != NULL && len > 0 ? (size_t)len : 0};

	(void)timeouts;
	resolver->flying--;
	/* Broken off by ourselves: the reply stays what it was from the start. */
	if (status == ARES_ECANCELLED || status == ARES_EDESTRUCTION)
		return;
	read_answer(resolver, flight->index, status, message);
	/* Silence was repeated by c-ares. */
	if (resolver->replies[flight->index].status == DNS_SERVFAIL && flight->tries > 0)
		send_question(flight);
	else
		resolver->done++;
}

/* --- the flight ------------------------------------------------------------------------------- */

static void
send_question(Flight *flight)
{
	Resolver *resolver = flight->resolver;
	DnsQuestion question = resolver->questions[flight->index];

	flight->tries--;
	resolver->flying++;
	ares_query(resolver->channel, str_c(resolver->arena, question.name), CLASS_IN,
		resolve_type_number(question.type), take_answer, flight);
}

static void
ask_one(Resolver *resolver, size_t index)
{
	DnsQuestion question = resolver->questions[index];
	Flight *flight = ARENA_NEW(resolver->arena, Flight);
	Str ignored;

	*flight = (Flight){resolver, index, resolver->options.tries};
	if (!resolve_name_octets(resolver->arena, question.name, &ignored)) {
		(void)resolve_read(resolver->arena, (Str){0}, question, &resolver->replies[index]);
		resolver->done++;
		return;
	}
	send_question(flight);
}

static void
ask_more(Resolver *resolver)
{
	while (!resolver->lost && resolver->flying < RESOLVE_IN_FLIGHT &&
		resolver->next < resolver->len)
		ask_one(resolver, resolver->next++);
}

/* Until something comes, or c-ares wants to repeat a question, or it is time to look around. */
static void
wait_for_answers(Resolver *resolver)
{
	ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
	struct pollfd polled[ARES_GETSOCK_MAXNUM];
	struct timeval longest = {.tv_usec = WAIT_MICROSECONDS}, left;
	int bits = ares_getsock(resolver->channel, sockets, ARES_GETSOCK_MAXNUM);
	const struct timeval *until = ares_timeout(resolver->channel, &longest, &left);
	nfds_t len = 0, i;

	for (i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
		int events = (ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
			     (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0);

		if (events != 0)
			polled[len++] = (struct pollfd){sockets[i], (short)events, 0};
	}
	if (poll(polled, len, (int)(until->tv_sec * 1000 + until->tv_usec / 1000 + 1)) <= 0)
		len = 0;
	for (i = 0; i < len; i++) {
		bool readable = (polled[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;

		ares_process_fd(resolver->channel, readable ? polled[i].fd : ARES_SOCKET_BAD,
			(polled[i].revents & POLLOUT) != 0 ? polled[i].fd : ARES_SOCKET_BAD);
	}
	/* What is overdue is asked again. */
	ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

bool
resolve_ask(Resolver *resolver, const DnsQuestion *questions, size_t len, ResolveReply *ret_replies)
{
	size_t i;

	resolver->questions = questions;
	resolver->replies = ret_replies;
	resolver->len = len;
	resolver->next = resolver->flying = resolver->done = 0;
	for (i = 0; i < len; i++)
		give_up(&ret_replies[i], questions[i], DNS_TIMEOUT,
			STR("not asked: nobody answers any more"));
	ask_more(resolver);
	while (resolver->flying > 0 && !resolver->lost) {
		if (!resolver->options.go_on(
			    resolver->options.context, resolver->done, resolver->len))
			break;
		wait_for_answers(resolver);
		ask_more(resolver);
	}
	if (resolver->flying == 0 || resolver->lost) {
		ares_cancel(resolver->channel);
		return true;
	}
	ares_cancel(resolver->channel);
	return false;
}
