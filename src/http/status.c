/*
 * Reason phrases, as RFC 9110 and the registry of status codes have them.
 * [data plane, control, lab]
 */
#include "head.h"

static const char *const reasons_1xx[] = {
    "Continue", "Switching Protocols", "Processing", "Early Hints"};

static const char *const reasons_2xx[] = {"OK", "Created", "Accepted",
    "Non-Authoritative Information", "No Content", "Reset Content",
    "Partial Content", "Multi-Status", "Already Reported"};

static const char *const reasons_3xx[] = {"Multiple Choices",
    "Moved Permanently", "Found", "See Other", "Not Modified", "Use Proxy", "",
    "Temporary Redirect", "Permanent Redirect"};

static const char *const reasons_4xx[] = {"Bad Request", "Unauthorized",
    "Payment Required", "Forbidden", "Not Found", "Method Not Allowed",
    "Not Acceptable", "Proxy Authentication Required", "Request Timeout",
    "Conflict", "Gone", "Length Required", "Precondition Failed",
    "Content Too Large", "URI Too Long", "Unsupported Media Type",
    "Range Not Satisfiable", "Expectation Failed", "", "", "",
    "Misdirected Request", "Unprocessable Content", "Locked",
    "Failed Dependency", "Too Early", "Upgrade Required", "",
    "Precondition Required", "Too Many Requests", "",
    "Request Header Fields Too Large"};

static const char *const reasons_5xx[] = {"Internal Server Error",
    "Not Implemented", "Bad Gateway", "Service Unavailable", "Gateway Timeout",
    "HTTP Version Not Supported", "Variant Also Negotiates",
    "Insufficient Storage", "Loop Detected"};

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

static const struct {
	const char *const *reasons;
	int count;
} classes[] = {
    {reasons_1xx, COUNT(reasons_1xx)},
    {reasons_2xx, COUNT(reasons_2xx)},
    {reasons_3xx, COUNT(reasons_3xx)},
    {reasons_4xx, COUNT(reasons_4xx)},
    {reasons_5xx, COUNT(reasons_5xx)},
};

const char *
status_reason(int status)
{
	int class = status / 100 - 1, at = status % 100;

	if (class < 0 || class >= COUNT(classes) || at >= classes[class].count)
		return "";
	return classes[class].reasons[at];
}
