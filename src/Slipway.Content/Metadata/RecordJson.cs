using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Content.Metadata;

/// <summary>Reads the JSON of records.</summary>
public static class RecordJson
{
    /// <summary>The record that the bytes under a key are.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.Corrupt"/>: they are none; names the table and the key.</exception>
    public static T Decode<T>(string table, string key, byte[] value, JsonTypeInfo<T> json)
    {
        try
        {
            return JsonSerializer.Deserialize(value, json) ?? throw new JsonException("it is null");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or ArgumentException or NotSupportedException)
        {
            throw new SlipwayException(
                ErrorKind.Corrupt,
                $"record '{key.Replace(TableKey.Separator, ' ')}' of table {table} cannot be read: {exception.Message}",
                "Something other than slipway wrote it, or the disk changed it. slipway verify --all lists what else is damaged.",
                exception);
        }
    }
}
