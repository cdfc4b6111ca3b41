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

    /// <summary>The conditions of a copy, on what is copied.</summary>
    /// <exception cref="S3Exception">412.</exception>
    public static void CheckSource(S3Request request, string etag, DateTimeOffset modified)
    {
        bool fails = (request.Header("x-amz-copy-source-if-match") is { } match && !Matches(match, etag))
            || (request.Header("x-amz-copy-source-if-none-match") is { } none && Matches(none, etag))
            || Time(request.Header("x-amz-copy-source-if-unmodified-since")) < Whole(modified)
            || Time(request.Header("x-amz-copy-source-if-modified-since")) >= Whole(modified);
        if (fails)
        {
            throw new S3Exception(412, "PreconditionFailed", "what is to be copied is not what the condition names");
        }
    }

    /// <summary>Whether a write has a condition at all.</summary>
    public static bool OfWrite(S3Request request) => request.Header("If-None-Match") is not null || request.Header("If-Match") is not null;

    /// <summary>The conditions of a write, on what stands there when it is made.</summary>
    /// <param name="etag">Null where nothing does.</param>
    /// <exception cref="S3Exception">412, or 404 where a certain object was to be replaced and is not there.</exception>
    public static void CheckWrite(S3Request request, string key, string? etag)
    {
        if (request.Header("If-None-Match") is { } none && etag is not null && Matches(none, etag))
        {
            throw new S3Exception(412, "PreconditionFailed", $"there is a {key} already");
        }

        if (request.Header("If-Match") is { } match && (etag is null || !Matches(match, etag)))
        {
            throw etag is null
                ? new S3Exception(404, "NoSuchKey", $"there is no {key} to replace")
                : new S3Exception(412, "PreconditionFailed", $"{key} is not the object that the condition names");
        }
    }

    private static bool Matches(string list, string etag) => list.Split(',', StringSplitOptions.TrimEntries).Any(one => one == "*" || one.Trim('"') == etag.Trim('"'));

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
