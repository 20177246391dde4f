/* Lets osmo-msc start where the kernel has no SCTP: its sockets to the radio network, which no test uses, become TCP. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

int socket(int domain, int type, int protocol)
{
	int (*real)(int, int, int) = dlsym(RTLD_NEXT, "socket");

	if (protocol == IPPROTO_SCTP)
		return real(domain, (type & ~0xf) | SOCK_STREAM, IPPROTO_TCP);
	return real(domain, type, protocol);
}

int setsockopt(int socket, int level, int name, const void *value, socklen_t length)
{
	int (*real)(int, int, int, const void *, socklen_t) = dlsym(RTLD_NEXT, "setsockopt");

	return level == IPPROTO_SCTP ? 0 : real(socket, level, name, value, length);
}
