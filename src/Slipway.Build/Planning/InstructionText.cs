using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Slipway.Build.Planning;

/// <summary>How instructions stand in an image's history.</summary>
internal static class InstructionText
{
    /// <summary>A list as JSON with a blank after each comma, as docker writes it.</summary>
    public static string List(IEnumerable<string> items) => "[" + string.Join(' ', items.Select(Quote)) + "]";

    private static string Quote(string text) => "\"" + Encoding.UTF8.GetString(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes) + "\"";
}
