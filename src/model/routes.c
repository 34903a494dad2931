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

/* --- the ends of a gateway -------------------------------------------------------------------- */

typedef struct Ends {
	VEC(ModelEnd) list;
	size_t looked_at; /* ends that were taken from behind, over all uses */
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

	ret_ends->list.len = 0;
	for (i = 0; i < next->egress_len; i++)
		VEC_PUSH(scratch, &ret_ends->list,
			((ModelEnd){self, next->egress[i], MODEL_SELF, 0}));
	for (i = 0; i < next->via_len && ret_ends->looked_at <= MODEL_MAX_LOOKED_AT; i++) {
		const ModelGatewayInfo *behind = &model->gateway_infos[next->via[i]];

		ret_ends->looked_at += behind->ends_len;
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

/* A gateway between the start of the walk and where it is. */
typedef struct Step {
	uint32_t gateway;
	uint32_t at;   /* which `via` of it comes next */
	size_t lowest; /* step that a way from here leads back to, or SIZE_MAX */
} Step;

typedef struct Walk {
	Model *model;
	uint8_t *color;  /* 0 new, 1 on the path, 2 done */
	uint32_t *place; /* of a gateway on the path: its step */
	Step *path;
	size_t depth;
	size_t total; /* ends of all gateways */
	size_t cycles;
	Arena *scratch;
	Ends ends; /* of the gateway that is being finished */
} Walk;

/* The same few ends may be looked at over and over, which gives few routes but takes long. */
static bool
is_too_much(const Walk *walk)
{
	return walk->total > MODEL_MAX_ROUTES || walk->ends.looked_at > MODEL_MAX_LOOKED_AT;
}

static void
report_limit(Model *model, Span span, const char *section, const char *subject, bool many)
{
	Diag *diag = diag_report(model->sink, DIAG_INPUT_LIMIT, span,
		many ? "%s have more than 1,000,000 routes"
		     : "%s reach their egress in more than 10,000,000 ways",
		subject);

	diag_path(diag, str_from(section));
	diag_help(model->sink, diag, "name the gateways that are really used in `via`");
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

static bool
is_behind_broken(const Walk *walk, const ModelGatewayInfo *info)
{
	uint32_t i;

	for (i = 0; i < info->next.via_len; i++) {
		if (walk->model->gateway_infos[info->next.via[i]].broken)
			return true;
	}
	return false;
}

static void
finish_gateway(Walk *walk, uint32_t gateway)
{
	Model *model = walk->model;
	ModelGatewayInfo *info = &model->gateway_infos[gateway];
	uint32_t self = is_transparent(&model->gateways[gateway]) ? MODEL_SELF : gateway;
	Ends *ends = &walk->ends;

	walk->color[gateway] = 2;
	info->broken = info->broken || is_behind_broken(walk, info) || is_too_much(walk);
	if (info->broken)
		return;
	collect_ends(model, &info->next, self, walk->scratch, ends);
	walk->total += ends->list.len;
	if (is_too_much(walk)) {
		report_limit(model, model->gateways[gateway].head.name_span, "gateways", "gateways",
			walk->total > MODEL_MAX_ROUTES);
		info->broken = true;
		return;
	}
	if (ends->list.len > 0) {
		info->ends_len = (uint32_t)ends->list.len;
		info->ends = ARENA_ARRAY(model->arena, ModelEnd, ends->list.len);
		memcpy(info->ends, ends->list.items, ends->list.len * sizeof(ModelEnd));
	}
	if (is_on(&model->gateways[gateway].shared))
		mark_shared(model, gateway, self);
}

#define SHOWN_OF_LOOP  50u
#define REPORTED_LOOPS 100u

/* The names from a step to the end of the path; the middle of a very long loop is left out. */
static Str
loop_text(const Walk *walk, size_t start)
{
	const Model *model = walk->model;
	Buf text = buf_make(model->sink->arena);
	size_t i, len = walk->depth - start;

	for (i = 0; i < len; i++) {
		if (len > SHOWN_OF_LOOP && i == SHOWN_OF_LOOP / 2) {
			buf_printf(&text, "… (%zu more) → ", len - SHOWN_OF_LOOP);
			i += len - SHOWN_OF_LOOP;
		}
		buf_str(&text, model->gateways[walk->path[start + i].gateway].head.name);
		buf_lit(&text, " → ");
	}
	buf_str(&text, model->gateways[walk->path[start].gateway].head.name);
	return buf_text(&text);
}

static void
report_cycle(Walk *walk, size_t start)
{
	Model *model = walk->model;
	const ModelGateway *again = &model->gateways[walk->path[start].gateway];
	Diag *diag;
	size_t i;

	if (walk->cycles++ >= REPORTED_LOOPS)
		return;
	diag = diag_report(model->sink, DIAG_CYCLE, again->via.span,
		"`via` goes round in a circle: " STR_FMT, STR_ARG(loop_text(walk, start)));
	diag_path(diag, model_path(model, "gateways", again->head.name, "via"));
	for (i = start + 1; i < walk->depth && diag->related_len < DIAG_RELATED_MAX; i++)
		diag_related(model->sink, diag, model->gateways[walk->path[i].gateway].via.span,
			"and on from here");
	diag_help(model->sink, diag, "one of these gateways must have an `egress`");
}

static void
enter(Walk *walk, uint32_t gateway)
{
	walk->color[gateway] = 1;
	walk->place[gateway] = (uint32_t)walk->depth;
	walk->path[walk->depth++] = (Step){gateway, 0, SIZE_MAX};
}

/* What leads back to a step before this one leads there from all steps between, too. */
static void
leave(Walk *walk)
{
	size_t here = --walk->depth, lowest = walk->path[here].lowest;

	if (lowest <= here)
		walk->model->gateway_infos[walk->path[here].gateway].broken = true;
	if (lowest < here && lowest < walk->path[here - 1].lowest)
		walk->path[here - 1].lowest = lowest;
	finish_gateway(walk, walk->path[here].gateway);
}

/* Depth first, without recursion: a chain may be as long as the file. */
static void
walk_from(Walk *walk, uint32_t start)
{
	if (walk->color[start] != 0)
		return;
	enter(walk, start);
	while (walk->depth > 0) {
		Step *step = &walk->path[walk->depth - 1];
		const ModelNext *next = &walk->model->gateway_infos[step->gateway].next;
		uint32_t there;

		if (step->at == next->via_len) {
			leave(walk);
			continue;
		}
		there = next->via[step->at++];
		if (walk->color[there] == 0) {
			enter(walk, there);
		} else if (walk->color[there] == 1) {
			report_cycle(walk, walk->place[there]);
			if (walk->place[there] < step->lowest)
				step->lowest = walk->place[there];
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
	walk.place = ARENA_ARRAY(scratch, uint32_t, model->gateways_len);
	walk.path = ARENA_ARRAY(scratch, Step, model->gateways_len);
	for (i = 0; i < model->gateways_len; i++)
		walk_from(&walk, i);
	arena_destroy(scratch);
}

/* --- the routes of hosts ---------------------------------------------------------------------- */

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

/* Mail that leaves from the host's own address, if that is known. */
static void
add_own_route(Model *model, uint32_t host)
{
	const FieldPrefixes *addresses = model_host_addresses(&model->hosts[host]);

	if (addresses->len > 0)
		add_route(model, host, (ModelEnd){MODEL_SELF, MODEL_SELF, MODEL_SELF, 0});
	else
		model->host_infos[host].broken = true;
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
		if (needs_route(info))
			add_own_route(model, host);
	} else if (next->via_len == 0 && next->egress_len == 1) {
		add_route(model, host, (ModelEnd){MODEL_SELF, next->egress[0], MODEL_SELF, 0});
	} else {
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
	uint32_t i;

	report_limit(model, model->hosts[host].head.name_span, "relay_hosts", "hosts",
		model->routes.len > MODEL_MAX_ROUTES);
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
	Ends ends = {{0}, 0};
	uint32_t i;

	model->sharers = ARENA_ARRAY(model->arena, uint32_t, model->egress_len);
	for (i = 0; i < model->egress_len; i++)
		model->sharers[i] = MODEL_SELF;
	build_gateway_ends(model);
	for (i = 0; i < model->hosts_len; i++) {
		build_host_routes(model, i, scratch, &ends);
		if (model->routes.len > MODEL_MAX_ROUTES || ends.looked_at > MODEL_MAX_LOOKED_AT) {
			forget_routes(model, i);
			break;
		}
	}
	arena_destroy(scratch);
}

/* --- asking ----------------------------------------------------------------------------------- */

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

/* Up to the last hop each gateway knows the way to it; behind it nothing ends SMTP. */
size_t
model_route_gateways(
	const Model *model, const ModelRoute *route, uint32_t *ret_gateways, size_t max)
{
	uint32_t here = route->first, last_hop = route->last_hop;
	size_t len = 0;

	while (here != MODEL_SELF && len < max) {
		const ModelEnd *end =
			find_end(&model->gateway_infos[here], last_hop, route->egress);

		ASSERT(end != NULL);
		ret_gateways[len++] = here;
		if (here == last_hop)
			last_hop = MODEL_SELF;
		here = end->next;
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

/* `-` stands for none: a gateway or egress object that is called so is written `~-`, which no
 * pointer holds otherwise. */
static Str
part_of_id(Arena *arena, Str name)
{
	return STR_EQ(name, "-") ? STR("~-") : schema_path(arena, &name, 1);
}

Str
model_route_id(Arena *arena, const Model *model, const ModelRoute *route)
{
	Str host = schema_path(arena, &model->hosts[route->host].head.name, 1);
	Str last_hop = STR("-"), egress = STR("-");

	if (route->last_hop != MODEL_SELF)
		last_hop = part_of_id(arena, model->gateways[route->last_hop].head.name);
	if (route->egress != MODEL_SELF)
		egress = part_of_id(arena, model->egress[route->egress].head.name);
	return str_format(arena, STR_FMT "/" STR_FMT "/" STR_FMT, STR_ARG(host), STR_ARG(last_hop),
		STR_ARG(egress));
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
