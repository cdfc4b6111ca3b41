using System.Text;

namespace Slipway.Cli.Data.Sources;

/// <summary>The rule for names that a server elsewhere chose: below where they are put, and UTF-8.</summary>
internal static class RemoteName
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A relative path of a repo, or an error that names it.</summary>
    /// <param name="where">Who says so, for the error.</param>
    public static string Check(string path, string where)
    {
        string? bad = path.Split('/').FirstOrDefault(static part => part is "" or "." or ".." || part.Contains('\0', StringComparison.Ordinal));
        return bad is null ? path : throw Refused(path, where, bad.Length == 0 ? "it has an empty part" : $"the part '{Output.TextLayout.Printable(bad)}' is not allowed");
    }

    /// <summary>Percent-encoded text of an address as a relative path.</summary>
    public static string Decode(string encoded, string where)
    {
        // A part is decoded by itself: an encoded slash is no boundary, and a name cannot hold one.
        string[] parts = encoded.Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = Text(parts[i], where);
            if (parts[i].Contains('/', StringComparison.Ordinal))
            {
                throw Refused(encoded, where, "a name holds no '/'");
            }
        }

        return Check(string.Join('/', parts), where);
    }

    private static string Text(string encoded, string where)
    {
        List<byte> bytes = [];
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == '%' && i + 2 < encoded.Length && char.IsAsciiHexDigit(encoded[i + 1]) && char.IsAsciiHexDigit(encoded[i + 2]))
            {
                bytes.AddRange(Convert.FromHexString(encoded.AsSpan(i + 1, 2)));
                i += 2;
            }
            else
            {
                int length = char.IsHighSurrogate(encoded[i]) && i + 1 < encoded.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(encoded.Substring(i, length)));
                i += length - 1;
            }
        }

        try
        {
            return Strict.GetString([.. bytes]);
        }
        catch (DecoderFallbackException)
        {
            throw Refused(encoded, where, "it is not UTF-8");
        }
    }

    private static CliException Refused(string path, string where, string why) =>
        new($"{where} has the name '{Output.TextLayout.Printable(path)}', which cannot stand in a repo: {why}; nothing was put", "put the others by their own addresses");
}
