using System.Globalization;

namespace Slipway.Daemon.S3.Objects;

/// <summary>The conditions of a read (RFC 9110, section 13): an ETag goes before a time.</summary>
internal static class Conditions
{
    /// <summary>False: 304, the client has it.</summary>
    /// <exception cref="S3Exception">412.</exception>
    public static bool Allow(S3Request request, string etag, DateTimeOffset modified)
    {
        bool fails = request.Header("If-Match") is { } match ? !Matches(match, etag)
            : Time(request.Header("If-Unmodified-Since")) is { } unmodified && Whole(modified) > unmodified;
        if (fails)
        {
            throw new S3Exception(412, "PreconditionFailed", "the object is not the one that the condition names");
        }

        return request.Header("If-None-Match") is { } none ? !Matches(none, etag)
            : Time(request.Header("If-Modified-Since")) is not { } since || Whole(modified) > since;
    }

    private static bool Matches(string list, string etag) => list.Split(',', StringSplitOptions.TrimEntries).Any(one => one == "*" || one.Trim('"') == etag.Trim('"'));

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
