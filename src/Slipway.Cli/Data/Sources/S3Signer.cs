using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Slipway.Cli.Data.Sources;

/// <summary>Signs requests without a body by AWS Signature Version 4, in their headers.</summary>
internal sealed class S3Signer(string id, string secret, string? token, string region, TimeProvider time)
{
    private const string EmptyBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <param name="request">Its address is encoded by <see cref="Encode"/> already, its query sorted.</param>
    public void Sign(HttpRequestMessage request)
    {
        DateTimeOffset now = time.GetUtcNow();
        string date = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string scope = $"{date[..8]}/{region}/s3/aws4_request";
        Uri address = request.RequestUri!;
        SortedDictionary<string, string> headers = new(StringComparer.Ordinal)
        {
            ["host"] = address.Authority,
            ["x-amz-content-sha256"] = EmptyBody,
            ["x-amz-date"] = date,
        };
        if (token is not null)
        {
            headers["x-amz-security-token"] = token;
        }

        string names = string.Join(';', headers.Keys);
        string canonical = $"GET\n{address.AbsolutePath}\n{address.Query.TrimStart('?')}\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{EmptyBody}";
        string toSign = $"AWS4-HMAC-SHA256\n{date}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes("AWS4" + secret), static (last, part) => HMACSHA256.HashData(last, Encoding.UTF8.GetBytes(part)));
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        foreach ((string name, string value) in headers.Where(static header => header.Key != "host"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    /// <summary>Percent encoding as the signature wants it: all but letters, digits and "-._~", in capitals.</summary>
    public static string Encode(string text, bool keepSlash)
    {
        StringBuilder encoded = new(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            bool plain = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || (keepSlash && b == (byte)'/');
            _ = plain ? encoded.Append((char)b) : encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return encoded.ToString();
    }
}
