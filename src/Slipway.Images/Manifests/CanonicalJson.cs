using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images;

/// <summary>How manifests and configs are read leniently and written canonically.</summary>
internal static class CanonicalJson
{
    /// <summary>Compact, and escaped as little as JSON allows, so that <c>created_by</c> stays readable.</summary>
    public static JsonWriterOptions Options { get; } = new() { Indented = false, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = false };

    public static SlipwayException Missing(string field) => new(ErrorKind.InvalidArgument, $"the field '{field}' is missing or is not of its type");

    public static JsonElement Required(this JsonElement element, string field) => element.Find(field) ?? throw Missing(field);

    /// <summary>The field, or null where it is absent or null. A value that is no object has no fields.</summary>
    public static JsonElement? Find(this JsonElement element, string field) =>
        element.ValueKind != JsonValueKind.Object ? throw Missing(field)
        : element.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value
        : null;

    public static string? FindString(this JsonElement element, string field) => element.Find(field) is not { } value ? null : value.Text(field);

    public static string Text(this JsonElement value, string field)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            throw Missing(field);
        }

        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"the field '{field}' is not valid Unicode");
        }
    }

    public static IEnumerable<JsonElement> Array(this JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw Missing(field);

    public static ImmutableArray<string>? FindList(this JsonElement element, string field) =>
        element.Find(field) is not { } value ? null : [.. value.Array(field).Select(item => item.Text(field))];

    public static ImmutableSortedDictionary<string, string> FindStrings(this JsonElement element, string field)
    {
        if (element.Find(field) is not { } value)
        {
            return ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        }

        var builder = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty property in value.Properties(field))
        {
            builder[property.Name] = property.Value.Text(field);
        }

        return builder.ToImmutable();
    }

    /// <summary>The keys of an object such as <c>ExposedPorts</c>, whose values say nothing.</summary>
    public static ImmutableSortedSet<string> FindKeys(this JsonElement element, string field) => element.Find(field) is not { } value
        ? ImmutableSortedSet.Create<string>(StringComparer.Ordinal)
        : value.Properties(field).Select(property => property.Name).ToImmutableSortedSet(StringComparer.Ordinal);

    public static void WriteStrings(this Utf8JsonWriter json, string field, ImmutableSortedDictionary<string, string> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        json.WriteStartObject(field);
        foreach ((string key, string value) in values)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }

    public static void WriteList(this Utf8JsonWriter json, string field, IEnumerable<string>? values)
    {
        if (values is null)
        {
            return;
        }

        json.WriteStartArray(field);
        foreach (string value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    public static void WriteKeys(this Utf8JsonWriter json, string field, ImmutableSortedSet<string> keys)
    {
        if (keys.IsEmpty)
        {
            return;
        }

        json.WriteStartObject(field);
        foreach (string key in keys)
        {
            json.WriteStartObject(key);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static IEnumerable<JsonProperty> Properties(this JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Object ? value.EnumerateObject() : throw Missing(field);
}
