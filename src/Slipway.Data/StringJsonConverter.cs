using System.Text.Json;
using System.Text.Json.Serialization;
using Slipway.Content;

namespace Slipway.Data;

/// <summary>Writes an identity as its one string form in JSON, also as the name of a property, and reads it back by the identity's own parser.</summary>
public abstract class StringJsonConverter<T> : JsonConverter<T>
    where T : struct
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Decode(reader.GetString());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());

    /// <inheritdoc/>
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Decode(reader.GetString());

    /// <inheritdoc/>
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value.ToString()!);

    /// <summary>Parses the string form; throws <see cref="SlipwayException"/> where it is not one.</summary>
    protected abstract T Parse(string text);

    private T Decode(string? text)
    {
        try
        {
            return Parse(text ?? throw new JsonException("a name is null"));
        }
        catch (SlipwayException e)
        {
            throw new JsonException(e.Message, e);
        }
    }
}
