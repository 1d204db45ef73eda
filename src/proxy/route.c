/* Which function a path asks for.  [proxies] */
#include "route.h"

static bool
has_prefix(struct text path, const char *prefix, size_t len)
{
	return path.len >= len && memcmp(path.at, prefix, len) == 0;
}

const struct route *
route_find(const struct config *config, struct text path)
{
	/* sorted: the longest prefix first */
	for (int i = 0; i < config->route_count; i++) {
		const struct route *route = &config->routes[i];

		if (has_prefix(path, route->prefix, route->prefix_len))
			return route;
	}
	return NULL;
}

struct text
route_function(const struct route *route, struct text path)
{
	struct text name = {
	    path.at + route->prefix_len, path.len - route->prefix_len};
	const char *slash = memchr(name.at, '/', name.len);

	if (slash != NULL)
		name.len = slash - name.at;
	if (text_is(name, TEXT(".")) || text_is(name, TEXT("..")))
		name.len = 0;
	return name;
}

struct text
route_forward(const struct route *route, struct text path, char *out)
{
	size_t rest = path.len - route->prefix_len;

	if (route->prefix_len == route->forward_len &&
	    memcmp(route->prefix, route->forward, route->prefix_len) == 0)
		return path;
	memcpy(out, route->forward, route->forward_len);
	memcpy(out + route->forward_len, path.at + route->prefix_len, rest);
	return (struct text){out, route->forward_len + rest};
}
