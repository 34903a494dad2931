/* Words and paths of findings. */
#include "rules/rules_int.h"

Str
rules_prefix_text(const RuleFacts *facts, NetPrefix prefix)
{
	return net_prefix_text(facts->arena, prefix);
}

static const char *
section_of(ModelKind kind)
{
	switch (kind) {
	case MODEL_KIND_HOST: return "relay_hosts";
	case MODEL_KIND_GATEWAY: return "gateways";
	case MODEL_KIND_EGRESS: return "egress";
	case MODEL_KIND_CONNECTOR: return "connectors";
	case MODEL_KIND_DOMAIN: return "domains";
	case MODEL_KIND_NONE: return "expect";
	}
	return "expect";
}

const char *
rules_noun(ModelKind kind)
{
	switch (kind) {
	case MODEL_KIND_HOST: return "relay host";
	case MODEL_KIND_GATEWAY: return "gateway";
	case MODEL_KIND_EGRESS: return "egress";
	case MODEL_KIND_CONNECTOR: return "connector";
	case MODEL_KIND_DOMAIN: return "the SPF record of";
	case MODEL_KIND_NONE: return "expectation";
	}
	return "expectation";
}

/* Keys of the language need no escaping, and may lead through an object: `spf/also`. */
Str
rules_path(const RuleFacts *facts, ModelKind kind, Str name, const char *key, Str value)
{
	Str object[2] = {str_from(section_of(kind)), name};
	Str path = schema_path(facts->arena, object, 2);

	if (key != NULL)
		path = str_format(facts->arena, STR_FMT "/%s", STR_ARG(path), key);
	if (value.ptr != NULL)
		path = str_format(facts->arena, STR_FMT "/" STR_FMT, STR_ARG(path),
			STR_ARG(schema_path(facts->arena, &value, 1)));
	return path;
}

Str
rules_accept_path(const RuleFacts *facts, uint32_t connector, const StateSource *source)
{
	const ModelConnector *spec = facts->state->connectors.items[connector].spec;
	const FieldItem *item;
	Str value = {0};

	if (spec == NULL || source->accept == STATE_NONE)
		return rules_path(facts, MODEL_KIND_HOST,
			facts->model->hosts[source->host].head.name, NULL, value);
	item = &spec->accepts.items[source->accept];
	if (rules_is_list(spec->accepts.span, item->span))
		value = item->text;
	return rules_path(facts, MODEL_KIND_CONNECTOR, spec->head.name, "accepts", value);
}

bool
rules_is_list(Span field, Span item)
{
	return field.file != item.file || field.start != item.start || field.end != item.end;
}

Str
rules_number(const RuleFacts *facts, uint64_t number)
{
	return net_bits_grouped(facts->arena, number);
}

Str
rules_more(const RuleFacts *facts, uint64_t more)
{
	if (more == 0)
		return STR("");
	return str_format(
		facts->arena, " and " STR_FMT " more", STR_ARG(rules_number(facts, more)));
}

Str
rules_connector_name(const RuleFacts *facts, uint32_t connector)
{
	return facts->state->connectors.items[connector].name;
}

Str
rules_connector_path(const RuleFacts *facts, const StateConnector *connector, const char *key)
{
	return rules_path(facts, MODEL_KIND_CONNECTOR, connector->name, key, (Str){0});
}

const char *
rules_method_goal(ModelMethod method)
{
	switch (method) {
	case MODEL_METHOD_CONNECTOR:
	case MODEL_METHOD_SUBMISSION:
	case MODEL_METHOD_DIRECT_SEND:
	case MODEL_METHOD_HVE: return "Exchange Online";
	case MODEL_METHOD_INTERNET: return "the Internet";
	}
	return "the Internet";
}

bool
rules_signs_in(ModelMethod method)
{
	switch (method) {
	case MODEL_METHOD_SUBMISSION:
	case MODEL_METHOD_HVE: return true;
	case MODEL_METHOD_CONNECTOR:
	case MODEL_METHOD_DIRECT_SEND:
	case MODEL_METHOD_INTERNET: return false;
	}
	return false;
}

const char *
rules_method_text(ModelMethod method)
{
	return model_method_choices.texts[method];
}
