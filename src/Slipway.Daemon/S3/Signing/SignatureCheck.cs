using System.Globalization;
using Microsoft.AspNetCore.Http;
using Slipway.Daemon.S3.Keys;

namespace Slipway.Daemon.S3.Signing;

/// <summary>Who sent a request: by its signature in the header or in the address (presigned), within fifteen minutes of our clock.</summary>
internal sealed class SignatureCheck(AccessKeyStore keys, TimeProvider time)
{
    private const string DateForm = "yyyyMMdd'T'HHmmss'Z'";
    private const string Unsigned = "UNSIGNED-PAYLOAD";
    private const long LongestValidity = 7 * 24 * 3600;
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    /// <exception cref="S3Exception">It is not signed, by no key of ours, wrongly, too early or too late.</exception>
    public async Task<SignedRequest> CheckAsync(HttpContext http, string path, List<KeyValuePair<string, string>> query)
    {
        string? header = http.Request.Headers.Authorization.ToString() is { Length: > 0 } text ? text : null;
        bool presigned = header is null && query.Exists(member => member.Key == "X-Amz-Signature");
        if (header is null && !presigned)
        {
            throw new S3Exception(403, "AccessDenied", "the request is not signed: every request needs an access key (slipway key create)");
        }

        Dictionary<string, string> parts = presigned ? Presigned(query) : Parts(header!);
        string date = presigned ? Need(parts, "Date") : http.Request.Headers["x-amz-date"].ToString();
        string[] credential = Need(parts, "Credential").Split('/', 2);
        string scope = credential.Length == 2 ? credential[1] : "";
        if (scope.Split('/') is not [var day, _, "s3", "aws4_request"] || !date.StartsWith(day, StringComparison.Ordinal))
        {
            throw new S3Exception(400, "AuthorizationHeaderMalformed", $"the credential's scope '{scope}' is not DAY/REGION/s3/aws4_request of the request's date");
        }

        CheckTime(date, presigned ? Need(parts, "Expires") : null);
        AccessKey key = await keys.FindAsync(credential[0], http.RequestAborted)
            ?? throw new S3Exception(403, "InvalidAccessKeyId", $"there is no access key '{credential[0]}'");
        if (key.Repositories is not null)
        {
            throw new S3Exception(403, "AccessDenied", $"access key {key.Id} is for repositories of the registry, not for S3");
        }

        string payload = presigned ? Unsigned : http.Request.Headers["x-amz-content-sha256"].ToString();
        List<KeyValuePair<string, string>> headers = SignedHeaders(http, Need(parts, "SignedHeaders"));
        string canonical = SignatureV4.CanonicalRequest(
            http.Request.Method, path, query.Where(member => member.Key != "X-Amz-Signature"), headers, payload.Length > 0 ? payload : Unsigned);
        byte[] signing = SignatureV4.SigningKey(key.Secret, scope);
        string signature = SignatureV4.Sign(signing, SignatureV4.StringToSign(date, scope, canonical));
        return SignatureV4.AreEqual(signature, Need(parts, "Signature"))
            ? new SignedRequest(key, payload.Length > 0 ? payload : Unsigned, date, scope, signing, signature)
            : throw new S3Exception(403, "SignatureDoesNotMatch", "the signature is not the one that this key makes of this request: look at the secret, and at what stands between");
    }

    private static Dictionary<string, string> Parts(string header)
    {
        if (!header.StartsWith(SignatureV4.Algorithm + " ", StringComparison.Ordinal))
        {
            throw new S3Exception(400, "InvalidRequest", $"only {SignatureV4.Algorithm} is understood (Signature Version 4)");
        }

        Dictionary<string, string> parts = new(StringComparer.Ordinal);
        foreach (string part in header[SignatureV4.Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries))
        {
            int at = part.IndexOf('=', StringComparison.Ordinal);
            parts[at < 0 ? part : part[..at]] = at < 0 ? "" : part[(at + 1)..];
        }

        return parts;
    }

    private static Dictionary<string, string> Presigned(List<KeyValuePair<string, string>> query)
    {
        Dictionary<string, string> parts = new(StringComparer.Ordinal);
        foreach ((string name, string value) in query)
        {
            if (name.StartsWith("X-Amz-", StringComparison.Ordinal))
            {
                parts[name["X-Amz-".Length..]] = value;
            }
        }

        return Need(parts, "Algorithm") == SignatureV4.Algorithm ? parts
            : throw new S3Exception(400, "AuthorizationQueryParametersError", $"only {SignatureV4.Algorithm} is understood");
    }

    private static string Need(Dictionary<string, string> parts, string name) => parts.TryGetValue(name, out string? value) ? value
        : throw new S3Exception(400, "AuthorizationHeaderMalformed", $"the signature lacks {name}");

    /// <summary>The headers that the client signed. Host must be among them, and so must all of Amazon's own where the signature is in a header.</summary>
    private static List<KeyValuePair<string, string>> SignedHeaders(HttpContext http, string list)
    {
        string[] names = list.Split(';');
        string? missing = http.Request.Headers.Keys.Select(name => name.ToLowerInvariant()).Append("host")
            .FirstOrDefault(name => (name == "host" || name.StartsWith("x-amz-", StringComparison.Ordinal)) && !names.Contains(name));
        return missing is null
            ? [.. names.Select(name => new KeyValuePair<string, string>(name, http.Request.Headers[name].ToString()))]
            : throw new S3Exception(403, "AccessDenied", $"the header {missing} is not signed");
    }

    private void CheckTime(string date, string? expires)
    {
        if (!DateTimeOffset.TryParseExact(date, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset when))
        {
            throw new S3Exception(403, "AccessDenied", "the request has no x-amz-date of the form 20130524T000000Z");
        }

        TimeSpan age = time.GetUtcNow() - when;
        if (expires is null ? age.Duration() > Skew : age < -Skew)
        {
            throw new S3Exception(403, "RequestTimeTooSkewed", "the request's time is more than 15 minutes from the server's");
        }

        if (expires is not null && (!long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds is < 1 or > LongestValidity))
        {
            throw new S3Exception(400, "AuthorizationQueryParametersError", "X-Amz-Expires is a number of seconds up to a week");
        }

        if (expires is not null && age > TimeSpan.FromSeconds(long.Parse(expires, CultureInfo.InvariantCulture)))
        {
            throw new S3Exception(403, "AccessDenied", "Request has expired");
        }
    }
}

/// <summary>A request whose signature is right.</summary>
/// <param name="Payload">What <c>x-amz-content-sha256</c> says.</param>
/// <param name="SigningKey">Signs the chunks of its body, the first after <paramref name="Signature"/>.</param>
internal sealed record SignedRequest(AccessKey Key, string Payload, string Date, string Scope, byte[] SigningKey, string Signature);
