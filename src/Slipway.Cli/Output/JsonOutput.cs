using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Slipway.Cli.Output;

/// <summary>Records as the API gives them, indented, for programs.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write<T>(CommandContext context, T value, JsonTypeInfo<T> type)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, Options))
        {
            JsonSerializer.Serialize(writer, value, type);
        }

        context.Out.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    /// <summary>One line.</summary>
    public static void WriteLine<T>(CommandContext context, T value, JsonTypeInfo<T> type) => context.Out.WriteLine(JsonSerializer.Serialize(value, type));
}
