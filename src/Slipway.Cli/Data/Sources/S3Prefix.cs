using System.Globalization;
using System.Xml;

namespace Slipway.Cli.Data.Sources;

/// <summary>The objects beneath a prefix of a bucket, by listing version 2, page by page.</summary>
internal static class S3Prefix
{
    /// <param name="found">Told how many objects there are so far.</param>
    /// <returns>The files, and whether the prefix is itself the key of one object: then it is that file alone.</returns>
    public static async Task<(IReadOnlyList<RemoteFile> Files, bool Single)> ListAsync(WebClient client, S3Place place, Action<int> found, CancellationToken cancellationToken)
    {
        List<RemoteFile> files = [];
        long? single = null;
        string? continuation = null;
        do
        {
            S3Listing page = await ReadAsync(client, place, continuation, cancellationToken).ConfigureAwait(false);
            foreach ((string key, long size) in page.Objects)
            {
                if (key == place.Prefix && !key.EndsWith('/'))
                {
                    single = size;
                }
                else if (NameOf(key, place.Prefix) is { } name)
                {
                    files.Add(new RemoteFile(RemoteName.Check(name, place.ToString()), place.Object(key), size));
                }
            }

            found(files.Count);
            continuation = page.Next == continuation ? null : page.Next;
        }
        while (continuation is not null);

        return single is null ? (files, false)
            : files.Count == 0 ? ([new RemoteFile(place.Prefix[(place.Prefix.LastIndexOf('/') + 1)..], place.Object(place.Prefix), single)], true)
            : throw new CliException($"{place} is both an object and the prefix of {files.Count} others", $"write {place}/ for what is beneath it");
    }

    /// <summary>The key below the prefix, which ends at a slash; null for a neighbour ("photos" is no prefix of "photos2/a") and for the marker of a folder.</summary>
    internal static string? NameOf(string key, string prefix)
    {
        string folder = prefix.Length == 0 || prefix.EndsWith('/') ? prefix : prefix + "/";
        return key.Length > folder.Length && key.StartsWith(folder, StringComparison.Ordinal) && !key.EndsWith('/') ? key[folder.Length..] : null;
    }

    private static async Task<S3Listing> ReadAsync(WebClient client, S3Place place, string? continuation, CancellationToken cancellationToken)
    {
        using WebStream stream = await WebStream.OpenAsync(client, place.Page(continuation), static _ => false, null, cancellationToken).ConfigureAwait(false);
        using MemoryStream bytes = new();
        await stream.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        bytes.Position = 0;
        try
        {
            return S3Listing.Parse(bytes);
        }
        catch (Exception exception) when (exception is XmlException or FormatException)
        {
            throw new CliException($"the listing of {place} is not what S3 answers: {exception.Message}", "look at AWS_ENDPOINT_URL");
        }
    }
}
