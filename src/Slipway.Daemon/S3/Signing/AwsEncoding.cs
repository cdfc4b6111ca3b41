using System.Globalization;
using System.Text;

namespace Slipway.Daemon.S3.Signing;

/// <summary>Percent encoding as Signature Version 4 defines it: all but letters, digits, <c>-._~</c> (and, in paths, the slash), in upper-case hex.</summary>
internal static class AwsEncoding
{
    public static string Encode(string text, bool keepSlash)
    {
        StringBuilder encoded = new(text.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || (keepSlash && b == (byte)'/'))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return encoded.ToString();
    }

    /// <summary>The query's members in order of their appearance, decoded; a plus is a plus.</summary>
    public static List<KeyValuePair<string, string>> ParseQuery(string query)
    {
        List<KeyValuePair<string, string>> members = [];
        foreach (string part in query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int at = part.IndexOf('=', StringComparison.Ordinal);
            members.Add(new(Uri.UnescapeDataString(at < 0 ? part : part[..at]), at < 0 ? "" : Uri.UnescapeDataString(part[(at + 1)..])));
        }

        return members;
    }
}
