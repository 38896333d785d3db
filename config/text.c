/* SPDX-License-Identifier: ISC */
/*
 * The text of the configuration file: opened only if nobody but the operator
 * can write it, read whole, and freed of comments.  Runs in
 * pratiqued and pratique(8).
 *
 * Comments are blanked here because libconfuse 3.3 counts the lines of some
 * of them twice, and a wrong line number is worse than none.  Texts,
 * comments and sections that do not end are found on the way, with the line in
 * which they begin: libconfuse accepts a section that the end of the file
 * cuts off, but half a file must not be taken for a configuration.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/reading.h"

/* All options with long comments take 8 KiB. */
#define FILE_MAX ((size_t)1 << 20)

/* What can stand before a word of libconfuse's grammar. */
#define WORD_ENDS " \t\r\n={}(),+\"'"

enum text_place { IN_PLAIN, IN_SINGLE, IN_DOUBLE, IN_LINE, IN_BLOCK };

struct text_scan {
	enum text_place in;
	bool in_word;
	unsigned line, begun; /* begun: line of the text or comment */
	unsigned depth;	      /* braces that are open */
	unsigned opened;      /* line of the outermost of them */
};

/* NULL, or why the file cannot be trusted. */
static const char *
distrust(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file; give the path of one";
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return "belongs to another user; fix it with: chown root FILE";
	if ((st->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return "can be written by group or others; fix it with: "
		       "chmod go-w FILE";
	if ((uintmax_t)st->st_size >= FILE_MAX)
		return "is too big; a configuration must be smaller than 1 MiB";
	return NULL;
}

/* Opens the file if it is one that only the operator writes; else -1. */
static int
open_trusted(struct reading *r)
{
	/* Not blocking, lest a FIFO holds us up before it is refused. */
	int fd = open(r->file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char what[256];
	const char *why;
	struct stat st;

	if (fd == -1) {
		snprintf(what, sizeof(what),
		    "cannot be opened (%s); check the path given with -c",
		    strerror(errno));
		reading_fault(r, 0, "", "", what);
		return -1;
	}
	why = fstat(fd, &st) == -1 ? strerror(errno) : distrust(&st);
	if (why == NULL)
		return fd;
	reading_fault(r, 0, "", "", why);
	close(fd);
	return -1;
}

/* What editors of other systems put in front; NULL: nothing. */
static const char *
foreign_mark(const char *text)
{
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		return "begins with a byte order mark (EF BB BF); save it "
		       "without one, as plain UTF-8";
	if (strncmp(text, "\xff\xfe", 2) == 0 ||
	    strncmp(text, "\xfe\xff", 2) == 0)
		return "begins with a byte order mark, as UTF-16 has one; save "
		       "it as plain UTF-8";
	return NULL;
}

/* Reads at most FILE_MAX - 1 bytes and ends them with a NUL. */
static bool
read_all(struct reading *r, int fd, char *text)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, text + len, FILE_MAX - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	if (n == -1)
		reading_fault(r, 0, "", "", strerror(errno));
	else if (foreign_mark(text) != NULL)
		reading_fault(r, 1, "", "", foreign_mark(text));
	else if (strlen(text) != len)
		reading_fault(r, 0, "", "",
		    "is not a text file; it has a NUL byte in it");
	return r->faults == 0;
}

/* Where the byte at text leads to, and how many bytes go with it.  A comment
 * with slashes begins only where a word could. */
static enum text_place
next_place(
    enum text_place in, const char *text, bool word_before, size_t *taken)
{
	*taken = 1;
	switch (in) {
	case IN_PLAIN:
		if (text[0] == '#')
			return IN_LINE;
		if (text[0] == '"')
			return IN_DOUBLE;
		if (text[0] == '\'')
			return IN_SINGLE;
		if (text[0] != '/' || word_before)
			return IN_PLAIN;
		*taken = text[1] == '/' || text[1] == '*' ? 2 : 1;
		if (text[1] == '/')
			return IN_LINE;
		return text[1] == '*' ? IN_BLOCK : IN_PLAIN;
	case IN_SINGLE:
	case IN_DOUBLE:
		*taken = text[0] == '\\' && text[1] != '\0' ? 2 : 1;
		return text[0] == (in == IN_SINGLE ? '\'' : '"') ? IN_PLAIN
								 : in;
	case IN_LINE:
		return text[0] == '\n' ? IN_PLAIN : IN_LINE;
	case IN_BLOCK:
		*taken = text[0] == '*' && text[1] == '/' ? 2 : 1;
		return *taken == 2 ? IN_PLAIN : IN_BLOCK;
	}
	return in;
}

/* Counts a brace outside of texts and comments.  One too many at the end of
 * something is left for libconfuse to find. */
static void
count_brace(struct text_scan *s, char c)
{
	if (c == '{' && s->depth++ == 0)
		s->opened = s->line;
	if (c == '}' && s->depth > 0)
		s->depth--;
}

/* At the end of the file: NULL, or what was not closed, and its line. */
static const char *
left_open(const struct text_scan *s, unsigned *line)
{
	*line = s->in == IN_PLAIN || s->in == IN_LINE ? s->opened : s->begun;
	switch (s->in) {
	case IN_SINGLE:
	case IN_DOUBLE:
		return "a text begins here and does not end; add the missing "
		       "quote";
	case IN_BLOCK:
		return "a comment begins here and does not end; add */";
	case IN_PLAIN:
	case IN_LINE:
		break;
	}
	return s->depth == 0 ? NULL
			     : "a section or list begins here and does not "
			       "end; add the missing }";
}

/* No value has a line end in it.  A quote without its partner is reported in
 * its own line: else the next quote of the file would be taken for the partner,
 * and what follows that would be blamed. */
static bool
line_ends_in_text(const struct text_scan *s, const char *text)
{
	return *text == '\n' && (s->in == IN_SINGLE || s->in == IN_DOUBLE);
}

/* Puts blanks in place of comments; line ends stay. */
static bool
blank_comments(struct reading *r, char *text)
{
	struct text_scan s = {.in = IN_PLAIN, .line = 1};
	const char *why;
	size_t taken;
	unsigned line;

	for (; *text != '\0'; text += taken) {
		enum text_place was = s.in;

		if (line_ends_in_text(&s, text))
			break;
		s.in = next_place(was, text, s.in_word, &taken);
		if (was == IN_PLAIN) {
			s.begun = s.line;
			count_brace(&s, *text);
		}
		for (size_t i = 0; i < taken; i++) {
			if (text[i] == '\n')
				s.line++;
			else if (was >= IN_LINE || s.in >= IN_LINE)
				text[i] = ' ';
		}
		s.in_word = strchr(WORD_ENDS, text[taken - 1]) == NULL;
	}
	why = left_open(&s, &line);
	if (why != NULL)
		reading_fault(r, line, "", "", why);
	return why == NULL;
}

char *
reading_text(struct reading *r)
{
	char *text = NULL;
	int fd = open_trusted(r);

	if (fd == -1)
		return NULL;
	text = malloc(FILE_MAX);
	if (text == NULL)
		reading_fault(r, 0, "", "", strerror(errno));
	else if (!read_all(r, fd, text) || !blank_comments(r, text)) {
		free(text);
		text = NULL;
	}
	close(fd);
	return text;
}
