/* SPDX-License-Identifier: ISC */
/* The words of the MIME reader; see mime_words.h. */
#include "cli/mime_words.h"

#include "lib/anomaly.h"
#include "lib/decoding.h"
#include "parser/mime/mime.h"
#include "parser/mime/readings.h"

static const struct {
	unsigned int number;
	const char *text;
} limits[] = {
    {MIME_DEPTH_MAX, "levels of multiparts and messages; what is deeper is not "
		     "opened: limit-depth"},
    {MIME_PARTS_MAX, "parts and messages: limit-parts"},
    {MIME_HEADER_MAX, "bytes of the header of a message or part: limit-header"},
    {ENTITY_BOUNDARY_MAX, "bytes of a boundary; only these are compared: "
			  "boundary-long"},
    {ENTITY_NAMES_MAX, "spellings of the name of a part: limit-names"},
    {KIND_HEAD_MAX, "bytes at the beginning of a content in which its kind is "
		    "looked for; some kinds are found behind these as well"},
    {READINGS_OBJECTS_MAX, "objects of readings: limit-readings"},
    {READINGS_BYTES_TIMES, "times the size of the message, all objects "
			   "together: limit-readings"},
    {READINGS_DEPTH_MAX, "messages within what was decoded, one in the other, "
			 "in readings"},
    {READINGS_CUTS_MAX, "lines at which readings cut a message: "
			"limit-readings"},
};

void
mime_words_print(FILE *out)
{
	for (enum anomaly a = 0; a < ANOMALY_COUNT; a++)
		fprintf(out, "anomaly %s %s %s\n",
		    anomaly_class_name(anomaly_class(a)), anomaly_name(a),
		    anomaly_text(a));
	for (enum kind k = 0; k < KIND_COUNT; k++)
		fprintf(out, "kind %s %s\n", kind_class_name(kind_class(k)),
		    kind_name(k));
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		fprintf(out, "limit %u %s\n", limits[i].number, limits[i].text);
}
