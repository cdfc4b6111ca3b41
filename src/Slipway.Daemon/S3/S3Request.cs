using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3;

/// <summary>What a request says, as it was sent: before any web framework decoded it, because its signature covers that.</summary>
/// <param name="Path">Decoded once; begins with a slash.</param>
internal sealed record S3Request(HttpContext Http, string Path, IReadOnlyList<KeyValuePair<string, string>> Query)
{
    public string Method => Http.Request.Method;

    /// <summary>Where the client is not refused, its key.</summary>
    public required Keys.AccessKey Key { get; init; }

    public static (string Path, List<KeyValuePair<string, string>> Query) Read(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int mark = target.IndexOf('?', StringComparison.Ordinal);
        string path = mark < 0 ? target : target[..mark];
        return path.StartsWith('/')
            ? (Uri.UnescapeDataString(path), AwsEncoding.ParseQuery(mark < 0 ? "" : target[mark..]))
            : throw new S3Exception(400, "InvalidURI", "the request's target is not a path");
    }

    public bool Has(string name) => Query.Any(member => member.Key == name);

    public string? Find(string name) => Query.FirstOrDefault(member => member.Key == name).Value;

    public string? Header(string name) => Http.Request.Headers[name] is { Count: > 0 } values ? values.ToString() : null;

    public CancellationToken Aborted => Http.RequestAborted;
}
