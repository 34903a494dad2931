// JSON to what scripts work with (hashtables, arrays) and back.
#nullable enable
using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connplan.Bench;

internal static class Json
{
    private static readonly JsonSerializerOptions Compact = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static object? Read(string text)
    {
        using JsonDocument document = JsonDocument.Parse(text);
        return FromElement(document.RootElement);
    }

    public static string Write(object? value) => ToNode(value)?.ToJsonString(Compact) ?? "null";

    private static object? FromElement(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var table = new Hashtable(StringComparer.OrdinalIgnoreCase);
                foreach (JsonProperty property in element.EnumerateObject())
                    table[property.Name] = FromElement(property.Value);
                return table;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(FromElement).ToArray();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return element.TryGetInt32(out int small) ? small : element.GetInt64();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    private static JsonNode? ToNode(object? value)
    {
        if (value is PSObject wrapped)
        {
            if (wrapped.BaseObject is PSCustomObject)
            {
                var members = new JsonObject();
                foreach (PSPropertyInfo property in wrapped.Properties)
                    members[property.Name] = ToNode(property.Value);
                return members;
            }
            value = wrapped.BaseObject;
        }
        switch (value)
        {
            case null:
                return null;
            case bool flag:
                return JsonValue.Create(flag);
            case int or long or byte or short:
                return JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture));
            case string text:
                return JsonValue.Create(text);
            case IDictionary table:
                var members = new JsonObject();
                foreach (DictionaryEntry entry in table)
                    members[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = ToNode(entry.Value);
                return members;
            case IEnumerable list:
                var items = new JsonArray();
                foreach (object? item in list)
                    items.Add(ToNode(item));
                return items;
            default:
                return JsonValue.Create(Convert.ToString(value, CultureInfo.InvariantCulture));
        }
    }
}
