using System.Text;
using System.Text.Json;
using Slipway.Content;

namespace Slipway.Images.Referrers;

/// <summary>Puts one digest's hex in place of another's in the strings of a document of JSON. They are of one length, so every other byte stays where it was. Pure.</summary>
internal static class DigestReplacement
{
    /// <summary>The document with the other digest wherever a string or a name has the first.</summary>
    /// <returns>
    /// Null where that cannot be said for sure: it is no JSON, or not valid Unicode, it does not name the digest at all, or it spells it otherwise somewhere, with
    /// escapes or large letters.
    /// </returns>
    public static byte[]? Of(ReadOnlySpan<byte> json, Digest from, Digest to)
    {
        string old = from.Hex, made = to.Hex;
        byte[] oldBytes = Encoding.ASCII.GetBytes(old), madeBytes = Encoding.ASCII.GetBytes(made), replaced = json.ToArray();
        bool isFound = false;
        try
        {
            Utf8JsonReader reader = new(json);
            while (reader.Read())
            {
                // Escapes only make a string longer, so a shorter one cannot hold it.
                if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName) || reader.ValueSpan.Length < oldBytes.Length
                    || reader.GetString() is not { } text || !text.Contains(old, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                Span<byte> quoted = replaced.AsSpan((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2);
                for (Span<byte> rest = quoted; rest.IndexOf(oldBytes) is >= 0 and int at; rest = rest[(at + oldBytes.Length)..])
                {
                    madeBytes.CopyTo(rest[at..]);
                }

                string wanted = text.Replace(old, made, StringComparison.Ordinal);
                if (TextOf(quoted) != wanted || wanted.Contains(old, StringComparison.OrdinalIgnoreCase))
                {
                    return null;
                }

                isFound = true;
            }
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return null;
        }

        return isFound ? replaced : null;
    }

    private static string? TextOf(ReadOnlySpan<byte> quoted)
    {
        Utf8JsonReader reader = new(quoted);
        return reader.Read() ? reader.GetString() : null;
    }
}
