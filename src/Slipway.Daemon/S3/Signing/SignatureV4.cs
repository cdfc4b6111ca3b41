using System.Security.Cryptography;
using System.Text;

namespace Slipway.Daemon.S3.Signing;

/// <summary>The pure part of AWS Signature Version 4: from a request's parts to its signature. Both who signs and who checks stand on it.</summary>
internal static class SignatureV4
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="path">As it is sent, not decoded twice: decoded once and encoded by the rule.</param>
    /// <param name="headers">Names in lower case, sorted, each with its values joined by commas.</param>
    public static string CanonicalRequest(
        string method, string path, IEnumerable<KeyValuePair<string, string>> query, IReadOnlyList<KeyValuePair<string, string>> headers, string payloadHash)
    {
        StringBuilder text = new();
        IEnumerable<(string Name, string Value)> members = query
            .Select(member => (AwsEncoding.Encode(member.Key, keepSlash: false), AwsEncoding.Encode(member.Value, keepSlash: false)))
            .OrderBy(member => member.Item1, StringComparer.Ordinal).ThenBy(member => member.Item2, StringComparer.Ordinal);
        text.Append(method).Append('\n').Append(AwsEncoding.Encode(path, keepSlash: true)).Append('\n');
        text.AppendJoin('&', members.Select(member => $"{member.Name}={member.Value}")).Append('\n');
        foreach ((string name, string value) in headers)
        {
            text.Append(name).Append(':').Append(Squeeze(value)).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', headers.Select(header => header.Key)).Append('\n').Append(payloadHash).ToString();
    }

    /// <param name="date"><c>20130524T000000Z</c>.</param>
    public static string StringToSign(string date, string scope, string canonicalRequest) => $"{Algorithm}\n{date}\n{scope}\n{Hash(canonicalRequest)}";

    /// <summary>The key of a day, a region and a service.</summary>
    /// <param name="scope"><c>20130524/us-east-1/s3/aws4_request</c>.</param>
    public static byte[] SigningKey(string secret, string scope) =>
        scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));

    public static string Sign(byte[] key, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>In a time that does not tell how much of them is equal.</summary>
    public static bool AreEqual(string left, string right) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));

    private static string Squeeze(string value) =>
        value.Contains("  ", StringComparison.Ordinal) ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries)) : value.Trim();
}
