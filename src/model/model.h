/*
 * model: the typed spec. Reads the files of a spec (imports through Io), decodes them by the field
 * tables (fields/NAME.def), merges them, sorts every map by name, resolves names, applies defaults
 * and follows routes from each host to the public addresses that Exchange Online sees.
 *
 * Ownership: everything lives in the arena of the load. Failure: what the user did wrong is a
 * finding; rules run on what could be read, and stay silent about objects whose fields are
 * FIELD_BAD. Objects of one kind are numbered in the order of their names, so that no number
 * depends on the file.
 */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "schema/schema.h"

/* --- the fixed lists -------------------------------------------------------------------------- */

#define CHOICES(name, Type)      typedef enum Type {
#define CHOICE(enumerator, text) MODEL_##enumerator,
#define CHOICES_END(name, Type)                                                                    \
	}                                                                                          \
	Type;
#include "model/choices.def"
#undef CHOICES
#undef CHOICE
#undef CHOICES_END

#define CHOICES(name, Type) extern const FieldChoices model_##name##_choices;
#define CHOICE(enumerator, text)
#define CHOICES_END(name, Type)
#include "model/choices.def"
#undef CHOICES
#undef CHOICE
#undef CHOICES_END

/* --- the structs of the spec, one for each table ---------------------------------------------- */

#define FIELD(kind, member, ...)    FIELD_TYPE_##kind member;
#define OBJECT(member, Struct, ...) Struct member;
#define OBJECT_MAP(member, ...)     FieldObjects member;
#define OBJECT_LIST(member, ...)    FieldObjects member;

typedef struct ModelTenant {
	FieldObject head;
#include "model/fields/tenant.def"
} ModelTenant;

typedef struct ModelSpf {
	FieldObject head;
#include "model/fields/spf.def"
} ModelSpf;

typedef struct ModelDmarc {
	FieldObject head;
#include "model/fields/dmarc.def"
} ModelDmarc;

typedef struct ModelDomain {
	FieldObject head;
#include "model/fields/domain.def"
} ModelDomain;

typedef struct ModelEgress {
	FieldObject head;
#include "model/fields/egress.def"
} ModelEgress;

typedef struct ModelGateway {
	FieldObject head;
#include "model/fields/gateway.def"
} ModelGateway;

typedef struct ModelVolume {
	FieldObject head;
#include "model/fields/volume.def"
} ModelVolume;

typedef struct ModelRelayHost {
	FieldObject head;
#include "model/fields/relay_host.def"
} ModelRelayHost;

typedef struct ModelEnhancedFiltering {
	FieldObject head;
#include "model/fields/enhanced_filtering.def"
} ModelEnhancedFiltering;

typedef struct ModelConnector {
	FieldObject head;
#include "model/fields/connector.def"
} ModelConnector;

typedef struct ModelWaiver {
	FieldObject head;
#include "model/fields/waiver.def"
} ModelWaiver;

typedef struct ModelExpectation {
	FieldObject head;
#include "model/fields/expectation.def"
} ModelExpectation;

typedef struct ModelWindow {
	FieldObject head;
#include "model/fields/window.def"
} ModelWindow;

typedef struct ModelChange {
	FieldObject head;
#include "model/fields/change.def"
} ModelChange;

typedef struct ModelDocuments {
	FieldObject head;
#include "model/fields/documents.def"
} ModelDocuments;

typedef struct ModelSpec {
	FieldObject head;
#include "model/fields/spec.def"
} ModelSpec;

#undef FIELD
#undef OBJECT
#undef OBJECT_MAP
#undef OBJECT_LIST

extern const FieldTable model_spec_table;

/* --- names ------------------------------------------------------------------------------------ */

typedef enum ModelKind {
	MODEL_KIND_NONE,
	MODEL_KIND_HOST,
	MODEL_KIND_GATEWAY,
	MODEL_KIND_EGRESS,
	MODEL_KIND_CONNECTOR,
	MODEL_KIND_DOMAIN,
} ModelKind;

/* What a name stands for: a kind and the number of the object. */
typedef struct ModelRef {
	ModelKind kind;
	uint32_t index;
} ModelRef;

/* --- routes ----------------------------------------------------------------------------------- */

#define MODEL_SELF UINT32_MAX /* last hop: the host itself; egress: the host's own address */

/*
 * One way of a host's mail to the Internet or Microsoft 365. There is one entry for each (host,
 * last hop, egress), whatever the number of paths between; a shortest path can be asked for.
 */
typedef struct ModelRoute {
	uint32_t host;
	uint32_t last_hop; /* a gateway, or MODEL_SELF */
	uint32_t egress;   /* or MODEL_SELF */
	uint32_t first;    /* the first gateway of the shortest path, or MODEL_SELF */
	uint32_t hops;
} ModelRoute;

/* Where a gateway's mail ends up; `last_hop` MODEL_SELF: nothing after it ends SMTP. */
typedef struct ModelEnd {
	uint32_t last_hop, egress, next, hops;
} ModelEnd;

/* A gateway or host: what its via and egress resolve to (gateways, or egress objects). */
typedef struct ModelNext {
	uint32_t *via, *egress;
	uint32_t via_len, egress_len;
} ModelNext;

typedef struct ModelGatewayInfo {
	ModelNext next;
	ModelEnd *ends; /* sorted by last hop, egress */
	uint32_t ends_len;
	bool broken; /* on a cycle, or something behind it does not resolve */
} ModelGatewayInfo;

typedef struct ModelHostInfo {
	ModelMethod method;
	ModelRecipients recipients;
	ModelTls tls;
	ModelNext next;
	uint32_t first_route, routes_len; /* in Model.routes */
	bool broken;                      /* its routes are not known */
} ModelHostInfo;

typedef struct ModelFile {
	uint32_t source; /* number in the SourceSet */
	Str path;        /* as read */
	bool imported;
} ModelFile;

typedef struct Model {
	Arena *arena;
	DiagSink *sink;
	ModelSpec *spec;
	VEC(ModelFile) files;
	ModelDomain *domains;
	ModelEgress *egress;
	ModelGateway *gateways;
	ModelRelayHost *hosts;
	ModelConnector *connectors;
	uint32_t domains_len, egress_len, gateways_len, hosts_len, connectors_len;
	ModelGatewayInfo *gateway_infos;
	ModelHostInfo *host_infos;
	uint32_t *sharers;      /* of each egress object: a shared gateway, or MODEL_SELF */
	VEC(ModelRoute) routes; /* sorted by host, last hop, egress */
	Map senders;            /* names of hosts, gateways, egress objects → index in `refs` */
	Map domain_names;       /* → number of the domain */
	VEC(ModelRef) refs;
	unsigned suggestions; /* made so far */
	bool usable;          /* false: a file or section could not be read: names may be missing */
} Model;

typedef struct ModelOptions {
	Io *io;
	Str import_root; /* absent: the nearest parent with .git or .connplan, else the spec's
			    folder */
	bool no_imports; /* the spec came from standard input */
} ModelOptions;

/* The status of reading the spec itself; everything later is a finding. */
IoStatus model_load(
	Arena *arena, DiagSink *sink, const ModelOptions *options, Str path, Model **ret_model);
/* The same for a text that was read already, under the name `path`. */
Model *model_load_text(
	Arena *arena, DiagSink *sink, const ModelOptions *options, Str path, Str text);

/* Whether a path, without its links, lies inside the folder that imports may not leave. */
bool model_is_inside_root(Arena *arena, const ModelOptions *options, Str spec_path, Str path);

/*
 * The name of the connector that a spec has without saying so: there is no key `connectors`, and a
 * host needs one. Else an absent text.
 */
Str model_implied_connector(const Model *model);

/* The tenant's cloud as the spec writes it; worldwide where it says nothing. */
Str model_cloud(const Model *model);

/* The host, gateway or egress object of that name, or MODEL_KIND_NONE. */
ModelRef model_find_sender(const Model *model, Str name);
Str model_ref_name(const Model *model, ModelRef ref);
Span model_ref_span(const Model *model, ModelRef ref);
/* The domain object of that name, or NULL. */
const ModelDomain *model_find_domain(const Model *model, Str name);
/* The nearest domain above a name that is accepted with its subdomains, or NULL. */
const ModelDomain *model_domain_above(const Model *model, Str name);
/* Whether mail from this domain counts as from an accepted one (also below `with-subdomains`). */
bool model_domain_is_accepted(const Model *model, Str name);

/* `connectors/NAME`, `connectors/NAME/KEY`: a JSON Pointer without its leading slash. */
Str model_path(const Model *model, const char *section, Str name, const char *key);

/* --- routes, asked for ------------------------------------------------------------------------ */

/* "erp01 → relay-hq → nat-tokyo": the shortest path; ends with the egress, or the host alone. */
Str model_route_text(Arena *arena, const Model *model, const ModelRoute *route);
/* "erp01/relay-hq/nat-tokyo": host, last hop, egress; `-` for MODEL_SELF. Unique in a spec. */
Str model_route_id(Arena *arena, const Model *model, const ModelRoute *route);
/* The addresses that the next hop sees. */
const FieldPrefixes *model_route_addresses(const Model *model, const ModelRoute *route);
/*
 * Whether others send from an egress object's addresses too: it says so, or a shared gateway leaves
 * through it. The same for the addresses that a route shows.
 */
bool model_egress_is_shared(const Model *model, uint32_t egress);
bool model_route_is_shared(const Model *model, const ModelRoute *route);
/* The last hop's TLS, and certificate (absent: none). */
ModelTls model_route_tls(const Model *model, const ModelRoute *route);
Str model_route_certificate(const Model *model, const ModelRoute *route);
/* The gateways of the shortest path, at most `max` of them; their number. */
size_t model_route_gateways(
	const Model *model, const ModelRoute *route, uint32_t *ret_gateways, size_t max);

/* A host's own addresses, from `address` or `addresses`. */
const FieldPrefixes *model_host_addresses(const ModelRelayHost *host);

/* The starter spec, the JSON Schema and the reference page of the language. */
void model_starter(Arena *arena, Buf *buf);
Json *model_json_schema(Arena *arena);
void model_reference(Buf *buf);

#endif
