using Microsoft.AspNetCore.Http;
using Slipway.Content;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3.Payloads;

/// <summary>A request's body, decoded; at its end every checksum that the client sent of it is compared, and a wrong one fails the read.</summary>
internal sealed class CheckedBody : ReadOnlyStream
{
    private const string Own = "x-amz-checksum-";

    private readonly Stream _source;
    private readonly ChunkedBody? _chunks;
    private readonly Dictionary<string, Checksum> _sums = new(StringComparer.OrdinalIgnoreCase);
    private readonly HttpContext _http;
    private bool _ended;

    /// <summary>The checksums that were right, by header; once the body was read to its end.</summary>
    public Dictionary<string, string> Sums { get; } = [];

    /// <param name="ofBody">False where checksums in the headers are not of this body, but of the object that it tells of.</param>
    public CheckedBody(HttpContext http, SignedRequest signed, bool ofBody = true)
    {
        _http = http;
        string[] trailers = http.Request.Headers["x-amz-trailer"].ToString().ToLowerInvariant().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        _chunks = signed.Payload.StartsWith("STREAMING-", StringComparison.Ordinal) ? new ChunkedBody(http.Request.BodyReader, signed, trailers) : null;
        _source = _chunks ?? http.Request.Body;
        foreach (string name in http.Request.Headers.Keys.Select(name => name.ToLowerInvariant()).Concat(trailers))
        {
            if ((ofBody || !name.StartsWith(Own, StringComparison.Ordinal)) && !_sums.ContainsKey(name) && Checksum.Find(name) is { } sum)
            {
                _sums[name] = sum;
            }
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int read = await _source.ReadAsync(buffer, cancellationToken);
        foreach (Checksum sum in _sums.Values)
        {
            sum.Add(buffer.Span[..read]);
        }

        if (read == 0 && buffer.Length > 0 && !_ended)
        {
            _ended = true;
            foreach ((string name, Checksum sum) in _sums)
            {
                string given = _chunks?.Trailers.GetValueOrDefault(name) ?? _http.Request.Headers[name].ToString();
                if (given != sum.Finish())
                {
                    throw new S3Exception(400, "BadDigest", $"the body does not have the checksum that {name} says");
                }

                if (name.StartsWith(Own, StringComparison.Ordinal))
                {
                    Sums[name] = given;
                }
            }
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (Checksum sum in _sums.Values)
        {
            sum.Dispose();
        }

        base.Dispose(disposing);
    }
}
