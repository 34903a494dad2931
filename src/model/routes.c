/*
 * Routes. For each gateway the set of (last hop, egress) that its mail can end at is computed once,
 * from the gateways behind it, and shared by all that send through it: the cost is linear in the
 * edges, not in the number of paths.
 */
#include "model/model_int.h"

#include <string.h>

static bool
is_transparent(const ModelGateway *gateway)
{
	return gateway->kind.state == FIELD_SET && gateway->kind.value == MODEL_GATEWAY_NAT;
}

static bool
is_on(const FieldFlag *flag)
{
	return flag->state == FIELD_SET && flag->on;
}

/* --- the ends of a gateway
 * ------------------------------------------------------------------------ */

typedef struct Ends {
	VEC(ModelEnd) list;
} Ends;

static int
end_order(const void *a, const void *b, void *context)
{
	const ModelEnd *left = a, *right = b;

	(void)context;
	if (left->last_hop != right->last_hop)
		return left->last_hop < right->last_hop ? -1 : 1;
	if (left->egress != right->egress)
		return left->egress < right->egress ? -1 : 1;
	if (left->hops != right->hops)
		return left->hops < right->hops ? -1 : 1;
	return (left->next > right->next) - (left->next < right->next);
}

/* Sorted, and of equal (last hop, egress) the one with the fewest hops. */
static void
unite_ends(Ends *ends)
{
	size_t i, len = 0;

	base_sort(ends->list.items, ends->list.len, sizeof(ModelEnd), end_order, NULL);
	for (i = 0; i < ends->list.len; i++) {
		const ModelEnd *end = &ends->list.items[i];

		if (len > 0 && ends->list.items[len - 1].last_hop == end->last_hop &&
			ends->list.items[len - 1].egress == end->egress)
			continue;
		ends->list.items[len++] = *end;
	}
	ends->list.len = len;
}

/* What lies behind `next`; `self` ends SMTP where nothing behind does. */
static void
collect_ends(
	const Model *model, const ModelNext *next, uint32_t self, Arena *scratch, Ends *ret_ends)
{
	uint32_t i, j;

	for (i = 0; i < next->egress_len; i++)
		VEC_PUSH(scratch, &ret_ends->list,
			((ModelEnd){self, next->egress[i], MODEL_SELF, 0}));
	for (i = 0; i < next->via_len; i++) {
		const ModelGatewayInfo *behind = &model->gateway_infos[next->via[i]];

		for (j = 0; j < behind->ends_len; j++) {
			ModelEnd end = behind->ends[j];

			if (end.last_hop == MODEL_SELF)
				end.last_hop = self;
			end.next = next->via[i];
			end.hops++;
			VEC_PUSH(scratch, &ret_ends->list, end);
		}
	}
	unite_ends(ret_ends);
}

typedef struct Walk {
	Model *model;
	uint8_t *color; /* 0 new, 1 on the path, 2 done */
	uint32_t *path; /* gateways from the start to here */
	uint32_t *at;   /* which `via` of each comes next */
	size_t depth;
	size_t total; /* ends of all gateways */
	Arena *scratch;
	Ends ends; /* of the gateway that is being finished */
} Walk;

static bool
too_many(Walk *walk, uint32_t gateway)
{
	Diag *diag;

	if (walk->total <= MODEL_MAX_ROUTES)
		return false;
	diag = diag_report(walk->model->sink, DIAG_INPUT_LIMIT,
		walk->model->gateways[gateway].head.name_span,
		"gateways fork into more than 1,000,000 routes");
	diag_path(diag, STR("gateways"));
	diag_help(walk->model->sink, diag, "name the gateways that are really used in `via`");
	return true;
}

/* What leaves a shared gateway, or goes through a shared NAT, comes from shared addresses. */
static void
mark_shared(Model *model, uint32_t gateway, uint32_t self)
{
	const ModelGatewayInfo *info = &model->gateway_infos[gateway];
	uint32_t i;

	for (i = 0; i < info->ends_len; i++) {
		if (info->ends[i].last_hop == self &&
			model->sharers[info->ends[i].egress] == MODEL_SELF)
			model->sharers[info->ends[i].egress] = gateway;
	}
}

static void
finish_gateway(Walk *walk, uint32_t gateway)
{
	Model *model = walk->model;
	ModelGatewayInfo *info = &model->gateway_infos[gateway];
	uint32_t self = is_transparent(&model->gateways[gateway]) ? MODEL_SELF : gateway, i;
	Ends *ends = &walk->ends;

	walk->color[gateway] = 2;
	for (i = 0; i < info->next.via_len; i++)
		info->broken = info->broken || model->gateway_infos[info->next.via[i]].broken;
	if (info->broken || walk->total > MODEL_MAX_ROUTES) {
		info->broken = true;
		return;
	}
	ends->list.len = 0;
	collect_ends(model, &info->next, self, walk->scratch, ends);
	walk->total += ends->list.len;
	if (too_many(walk, gateway)) {
		info->broken = true;
	} else if (ends->list.len > 0) {
		info->ends_len = (uint32_t)ends->list.len;
		info->ends = ARENA_ARRAY(model->arena, ModelEnd, ends->list.len);
		memcpy(info->ends, ends->list.items, ends->list.len * sizeof(ModelEnd));
	}
	if (is_on(&model->gateways[gateway].shared))
		mark_shared(model, gateway, self);
}

static void
report_cycle(Walk *walk, uint32_t again)
{
	Model *model = walk->model;
	Buf loop = buf_make(model->sink->arena);
	size_t i, start = walk->depth;
	Diag *diag;

	while (start > 0 && walk->path[start - 1] != again)
		start--;
	for (i = start - 1; i < walk->depth; i++) {
		buf_str(&loop, model->gateways[walk->path[i]].head.name);
		buf_lit(&loop, " → ");
		model->gateway_infos[walk->path[i]].broken = true;
	}
	buf_str(&loop, model->gateways[again].head.name);
	diag = diag_report(model->sink, DIAG_CYCLE, model->gateways[again].via.span,
		"`via` goes round in a circle: " STR_FMT, STR_ARG(buf_text(&loop)));
	diag_path(diag, model_path(model, "gateways", model->gateways[again].head.name, "via"));
	for (i = start; i < walk->depth; i++)
		diag_related(model->sink, diag, model->gateways[walk->path[i]].via.span,
			"and on from here");
	diag_help(model->sink, diag, "one of these gateways must have an `egress`");
}

/* Depth first, without recursion: a chain may be as long as the file. */
static void
walk_from(Walk *walk, uint32_t start)
{
	Model *model = walk->model;

	if (walk->color[start] != 0)
		return;
	walk->color[start] = 1;
	walk->path[0] = start;
	walk->at[0] = 0;
	walk->depth = 1;
	while (walk->depth > 0) {
		uint32_t here = walk->path[walk->depth - 1];
		const ModelNext *next = &model->gateway_infos[here].next;
		uint32_t *at = &walk->at[walk->depth - 1], there;

		if (*at == next->via_len) {
			finish_gateway(walk, here);
			walk->depth--;
			continue;
		}
		there = next->via[(*at)++];
		if (walk->color[there] == 1) {
			report_cycle(walk, there);
		} else if (walk->color[there] == 0) {
			walk->color[there] = 1;
			walk->path[walk->depth] = there;
			walk->at[walk->depth++] = 0;
		}
	}
}

static void
build_gateway_ends(Model *model)
{
	Arena *scratch = arena_create();
	Walk walk = {.model = model, .scratch = scratch};
	uint32_t i;

	walk.color = ARENA_ARRAY(scratch, uint8_t, model->gateways_len);
	walk.path = ARENA_ARRAY(scratch, uint32_t, model->gateways_len + 1);
	walk.at = ARENA_ARRAY(scratch, uint32_t, model->gateways_len + 1);
	for (i = 0; i < model->gateways_len; i++)
		walk_from(&walk, i);
	arena_destroy(scratch);
}

/* --- the routes of hosts
 * ---------------------------------------------------------------------------- */

static void
add_route(Model *model, uint32_t host, ModelEnd end)
{
	VEC_PUSH(model->arena, &model->routes,
		((ModelRoute){host, end.last_hop, end.egress, end.next, end.hops}));
}

static bool
needs_route(const ModelHostInfo *info)
{
	return info->method != MODEL_METHOD_SUBMISSION && info->method != MODEL_METHOD_HVE;
}

/* The common host has one egress, or one gateway with one end: no scratch memory for it. */
static void
build_host_routes(Model *model, uint32_t host, Arena *scratch, Ends *ends)
{
	ModelHostInfo *info = &model->host_infos[host];
	const ModelNext *next = &info->next;
	size_t i;

	info->first_route = (uint32_t)model->routes.len;
	for (i = 0; i < next->via_len; i++)
		info->broken = info->broken || model->gateway_infos[next->via[i]].broken;
	if (info->broken)
		return;
	if (next->via_len == 0 && next->egress_len == 0) {
		if (needs_route(info) && model_host_addresses(&model->hosts[host])->len > 0)
			add_route(model, host, (ModelEnd){MODEL_SELF, MODEL_SELF, MODEL_SELF, 0});
	} else if (next->via_len == 0 && next->egress_len == 1) {
		add_route(model, host, (ModelEnd){MODEL_SELF, next->egress[0], MODEL_SELF, 0});
	} else {
		ends->list.len = 0;
		collect_ends(model, next, MODEL_SELF, scratch, ends);
		for (i = 0; i < ends->list.len && model->routes.len <= MODEL_MAX_ROUTES; i++)
			add_route(model, host, ends->list.items[i]);
	}
	info->routes_len = (uint32_t)model->routes.len - info->first_route;
}

/* Routes that are known in part would mislead: then none is. */
static void
forget_routes(Model *model, uint32_t host)
{
	Diag *diag = diag_report(model->sink, DIAG_INPUT_LIMIT, model->hosts[host].head.name_span,
		"hosts have more than 1,000,000 routes");
	uint32_t i;

	diag_path(diag, STR("relay_hosts"));
	diag_help(model->sink, diag, "name the gateways that are really used in `via`");
	for (i = 0; i < model->hosts_len; i++) {
		model->host_infos[i].routes_len = 0;
		model->host_infos[i].broken = true;
	}
	model->routes.len = 0;
	model->usable = false;
}

void
model_build_routes(Model *model)
{
	Arena *scratch = arena_create();
	Ends ends = {{0}};
	uint32_t i;

	model->sharers = ARENA_ARRAY(model->arena, uint32_t, model->egress_len);
	for (i = 0; i < model->egress_len; i++)
		model->sharers[i] = MODEL_SELF;
	build_gateway_ends(model);
	for (i = 0; i < model->hosts_len; i++) {
		build_host_routes(model, i, scratch, &ends);
		if (model->routes.len > MODEL_MAX_ROUTES) {
			forget_routes(model, i);
			break;
		}
	}
	arena_destroy(scratch);
}

/* --- asking
 * ------------------------------------------------------------------------------------------- */

/* The end that a shortest path from this gateway takes to get there. */
static const ModelEnd *
find_end(const ModelGatewayInfo *info, uint32_t last_hop, uint32_t egress)
{
	size_t low = 0, high = info->ends_len;
	ModelEnd wanted = {last_hop, egress, 0, 0};

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (end_order(&info->ends[middle], &wanted, NULL) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < info->ends_len && info->ends[low].last_hop == last_hop &&
		info->ends[low].egress == egress)
		return &info->ends[low];
	return NULL;
}

size_t
model_route_gateways(
	const Model *model, const ModelRoute *route, uint32_t *ret_gateways, size_t max)
{
	uint32_t here = route->first;
	bool found_last = route->last_hop == MODEL_SELF;
	size_t len = 0;

	while (here != MODEL_SELF && len < max) {
		const ModelGatewayInfo *info = &model->gateway_infos[here];
		const ModelEnd *end = NULL;

		ret_gateways[len++] = here;
		/* Behind the last hop everything is transparent, so the way on is a way to itself.
		 */
		if (!found_last)
			end = find_end(info, route->last_hop, route->egress);
		if (end == NULL)
			end = find_end(info, MODEL_SELF, route->egress);
		if (here == route->last_hop) {
			found_last = true;
			end = find_end(info, here, route->egress);
		}
		here = end == NULL ? MODEL_SELF : end->next;
	}
	return len;
}

#define SHOWN_GATEWAYS 16

Str
model_route_text(Arena *arena, const Model *model, const ModelRoute *route)
{
	Buf text = buf_make(arena);
	uint32_t gateways[SHOWN_GATEWAYS];
	size_t len = model_route_gateways(model, route, gateways, SHOWN_GATEWAYS), i;

	buf_str(&text, model->hosts[route->host].head.name);
	for (i = 0; i < len; i++) {
		buf_lit(&text, " → ");
		buf_str(&text, model->gateways[gateways[i]].head.name);
	}
	if (route->hops > SHOWN_GATEWAYS)
		buf_lit(&text, " → …");
	if (route->egress != MODEL_SELF) {
		buf_lit(&text, " → ");
		buf_str(&text, model->egress[route->egress].head.name);
	}
	return buf_text(&text);
}

Str
model_route_id(Arena *arena, const Model *model, const ModelRoute *route)
{
	Str parts[3] = {model->hosts[route->host].head.name, STR("-"), STR("-")};

	if (route->last_hop != MODEL_SELF)
		parts[1] = model->gateways[route->last_hop].head.name;
	if (route->egress != MODEL_SELF)
		parts[2] = model->egress[route->egress].head.name;
	return schema_path(arena, parts, 3);
}

const FieldPrefixes *
model_route_addresses(const Model *model, const ModelRoute *route)
{
	if (route->egress != MODEL_SELF)
		return &model->egress[route->egress].addresses;
	return model_host_addresses(&model->hosts[route->host]);
}

ModelTls
model_route_tls(const Model *model, const ModelRoute *route)
{
	const FieldChoice *tls;

	if (route->last_hop == MODEL_SELF)
		return model->host_infos[route->host].tls;
	tls = &model->gateways[route->last_hop].tls;
	return tls->state == FIELD_SET ? (ModelTls)tls->value : MODEL_TLS_REQUIRED;
}

Str
model_route_certificate(const Model *model, const ModelRoute *route)
{
	const FieldText *certificate = route->last_hop == MODEL_SELF
					       ? &model->hosts[route->host].certificate
					       : &model->gateways[route->last_hop].certificate;

	return certificate->state == FIELD_SET ? certificate->text : (Str){0};
}

bool
model_egress_is_shared(const Model *model, uint32_t egress)
{
	return is_on(&model->egress[egress].shared) || model->sharers[egress] != MODEL_SELF;
}

bool
model_route_is_shared(const Model *model, const ModelRoute *route)
{
	return route->egress != MODEL_SELF && model_egress_is_shared(model, route->egress);
}
