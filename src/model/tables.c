/* The tables of the language, from fields/NAME.def and choices.def; and what is made from them. */
#include "model/model.h"

#define CHOICES(name, Type)      static const char *const name##_texts[] = {
#define CHOICE(enumerator, text) text,
#define CHOICES_END(name, Type)                                                                    \
	}                                                                                          \
	;                                                                                          \
	const FieldChoices model_##name##_choices = {name##_texts, BASE_COUNT(name##_texts)};
#include "model/choices.def"
#undef CHOICES
#undef CHOICE
#undef CHOICES_END

#define FIELD(field_kind, member, ...)                                                             \
	{.kind = FIELD_##field_kind,                                                               \
		.offset = offsetof(STRUCT, member),                                                \
		.key = #member,                                                                    \
		__VA_ARGS__},
#define OBJECT(member, Struct, ...) FIELD(OBJECT, member, __VA_ARGS__)
#define OBJECT_MAP(member, ...)     FIELD(OBJECT_MAP, member, __VA_ARGS__)
#define OBJECT_LIST(member, ...)    FIELD(OBJECT_LIST, member, __VA_ARGS__)

#define TABLE(table_name, schema_name, schema_title)                                               \
	static const FieldTable model_##table_name##_table = {.name = schema_name,                 \
		.title = schema_title,                                                             \
		.size = sizeof(STRUCT),                                                            \
		.fields = table_name##_fields,                                                     \
		.len = BASE_COUNT(table_name##_fields)};

#define STRUCT ModelTenant
static const Field tenant_fields[] = {
#include "model/fields/tenant.def"
};
TABLE(tenant, "Tenant", "the tenant")
#undef STRUCT

#define STRUCT ModelSpf
static const Field spf_fields[] = {
#include "model/fields/spf.def"
};
TABLE(spf, "Spf", "an SPF record")
#undef STRUCT

#define STRUCT ModelDmarc
static const Field dmarc_fields[] = {
#include "model/fields/dmarc.def"
};
TABLE(dmarc, "Dmarc", "a DMARC record")
#undef STRUCT

#define STRUCT ModelDomain
static const Field domain_fields[] = {
#include "model/fields/domain.def"
};
TABLE(domain, "Domain", "a domain")
#undef STRUCT

#define STRUCT ModelEgress
static const Field egress_fields[] = {
#include "model/fields/egress.def"
};
TABLE(egress, "Egress", "an egress object")
#undef STRUCT

#define STRUCT ModelGateway
static const Field gateway_fields[] = {
#include "model/fields/gateway.def"
};
TABLE(gateway, "Gateway", "a gateway")
#undef STRUCT

#define STRUCT ModelVolume
static const Field volume_fields[] = {
#include "model/fields/volume.def"
};
TABLE(volume, "Volume", "a volume")
#undef STRUCT

#define STRUCT ModelRelayHost
static const Field relay_host_fields[] = {
#include "model/fields/relay_host.def"
};
TABLE(relay_host, "RelayHost", "a relay host")
#undef STRUCT

#define STRUCT ModelEnhancedFiltering
static const Field enhanced_filtering_fields[] = {
#include "model/fields/enhanced_filtering.def"
};
TABLE(enhanced_filtering, "EnhancedFiltering", "enhanced filtering")
#undef STRUCT

#define STRUCT ModelConnector
static const Field connector_fields[] = {
#include "model/fields/connector.def"
};
TABLE(connector, "Connector", "a connector")
#undef STRUCT

#define STRUCT ModelWaiver
static const Field waiver_fields[] = {
#include "model/fields/waiver.def"
};
TABLE(waiver, "Waiver", "a waiver")
#undef STRUCT

#define STRUCT ModelExpectation
static const Field expectation_fields[] = {
#include "model/fields/expectation.def"
};
TABLE(expectation, "Expectation", "an expectation")
#undef STRUCT

#define STRUCT ModelWindow
static const Field window_fields[] = {
#include "model/fields/window.def"
};
TABLE(window, "Window", "a change window")
#undef STRUCT

#define STRUCT ModelChange
static const Field change_fields[] = {
#include "model/fields/change.def"
};
TABLE(change, "Change", "the change")
#undef STRUCT

#define STRUCT ModelDocuments
static const Field documents_fields[] = {
#include "model/fields/documents.def"
};
TABLE(documents, "Documents", "the documents")
#undef STRUCT

#define STRUCT ModelSpec
static const Field spec_fields[] = {
#include "model/fields/spec.def"
};
#undef STRUCT

const FieldTable model_spec_table = {
	.name = "Spec",
	.title = "the spec",
	.size = sizeof(ModelSpec),
	.fields = spec_fields,
	.len = BASE_COUNT(spec_fields),
};

void
model_starter(Arena *arena, Buf *buf)
{
	buf_lit(buf, "# yaml-language-server: $schema=mailflow.schema.json\n"
		     "# A mail-flow spec for connplan. Try: connplan check mailflow.yaml\n");
	schema_starter(arena, buf, &model_spec_table);
}

Json *
model_json_schema(Arena *arena)
{
	return schema_json(arena, &model_spec_table, STR("mailflow.schema.json"),
		STR("connplan mail-flow spec, version 1"));
}

void
model_reference(Buf *buf)
{
	buf_lit(buf,
		"# The spec language, key by key\n\n"
		"Generated from the field tables by `connplan schema spec --format markdown`.\n");
	schema_reference(buf, &model_spec_table);
}
