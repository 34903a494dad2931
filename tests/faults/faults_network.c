/* Put before the program: tells of every socket, and gives none. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

int
socket(int domain, int type, int protocol)
{
	static const char words[] = "network: socket\n";
	ssize_t ignored = write(STDERR_FILENO, words, sizeof(words) - 1);

	(void)domain;
	(void)type;
	(void)protocol;
	(void)ignored;
	errno = EACCES;
	return -1;
}
