using System.Globalization;
using System.Text;
using System.Xml;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Contents;
using Slipway.Data.Trees;
using Slipway.Daemon.S3.Buckets;
using Slipway.Daemon.S3.Objects;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3.Listing;

/// <summary>ListObjects, both versions: one page of the keys of a bucket.</summary>
internal sealed class BucketListing(RepoContents contents, FolderMarkers markers)
{
    private const int LargestPage = 1000;

    public async Task AnswerAsync(S3Request request, S3Bucket bucket)
    {
        // 1. What is asked. 2. One key more than the page holds says whether there are more. 3. The page.
        bool second = request.Find("list-type") == "2";
        string prefix = request.Find("prefix") ?? "";
        string delimiter = request.Find("delimiter") ?? "";
        string after = second ? (request.Find("continuation-token") is { } token ? Decode(token) : request.Find("start-after") ?? "") : request.Find("marker") ?? "";
        int most = Count(request.Find("max-keys"));
        List<string> marked = [.. (await markers.ListAsync(bucket, request.Aborted)).Where(key => key.StartsWith(prefix, StringComparison.Ordinal))];
        IAsyncEnumerable<ListedKey> keys = delimiter switch
        {
            "" => MergedKeys.Merge(TreeKeysAsync(bucket, prefix, after, deep: true, request.Aborted), MergedKeys.Of(marked, prefix, after, delimiter)),
            "/" => MergedKeys.Merge(TreeKeysAsync(bucket, prefix, after, deep: false, request.Aborted), MergedKeys.Of(marked, prefix, after, delimiter)),
            _ => MergedKeys.GroupAsync(
                from => MergedKeys.Merge(TreeKeysAsync(bucket, prefix, from, deep: true, request.Aborted), MergedKeys.Of(marked, prefix, from, "")), prefix, after, delimiter),
        };
        List<ListedKey> page = await keys.Take(most == 0 ? 0 : most + 1).ToListAsync(request.Aborted);
        bool more = page.Count > most;
        page = page[..Math.Min(page.Count, most)];
        await S3Xml.WriteAsync(request.Http, "ListBucketResult", xml => Write(xml, request, bucket, page, more, second, most));
    }

    private async IAsyncEnumerable<ListedKey> TreeKeysAsync(
        S3Bucket bucket, string prefix, string after, bool deep, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string folder = prefix[..(prefix.LastIndexOf('/') + 1)];
        bool past = KeyWalk.Compare(after, folder) > 0 && !after.StartsWith(folder, StringComparison.Ordinal);
        TreeStore trees = contents.Of(bucket.Repo.Name).Trees;
        bucket.Head?.ThrowIfDropped();
        if (past || bucket.Head?.Tree is not { } tree || !DataPath.TryParse("/" + folder, out DataPath path)
            || await trees.FindAsync(tree, path, cancellationToken) is not { Kind: EntryKind.Directory } directory)
        {
            yield break;
        }

        string rest = after.StartsWith(folder, StringComparison.Ordinal) ? after[folder.Length..] : "";
        await foreach (ListedKey key in new KeyWalk(trees).WalkAsync(directory.Digest, folder, prefix[folder.Length..], rest, deep, cancellationToken))
        {
            yield return key;
        }
    }

    private static void Write(XmlWriter xml, S3Request request, S3Bucket bucket, List<ListedKey> page, bool more, bool second, int most)
    {
        bool encode = request.Find("encoding-type") == "url";
        string Key(string key) => encode ? AwsEncoding.Encode(key, keepSlash: true) : key;
        xml.WriteElementString("Name", bucket.Name);
        xml.WriteElementString("Prefix", Key(request.Find("prefix") ?? ""));
        xml.WriteElementString("MaxKeys", S3Xml.Number(most));
        xml.WriteElementString("IsTruncated", more ? "true" : "false");
        Optional("Delimiter", request.Find("delimiter"));
        Optional("EncodingType", encode ? "url" : null);
        if (second)
        {
            xml.WriteElementString("KeyCount", S3Xml.Number(page.Count));
            Optional("ContinuationToken", request.Find("continuation-token"));
            Optional("StartAfter", request.Find("start-after") is { } start ? Key(start) : null);
            Optional("NextContinuationToken", more && page.Count > 0 ? Convert.ToBase64String(Encoding.UTF8.GetBytes(page[^1].Key)) : null);
        }
        else
        {
            xml.WriteElementString("Marker", Key(request.Find("marker") ?? ""));
            Optional("NextMarker", more && page.Count > 0 ? Key(page[^1].Key) : null);
        }

        foreach (ListedKey listed in page)
        {
            xml.WriteStartElement(listed.IsPrefix ? "CommonPrefixes" : "Contents");
            xml.WriteElementString(listed.IsPrefix ? "Prefix" : "Key", Key(listed.Key));
            if (!listed.IsPrefix)
            {
                xml.WriteElementString("LastModified", S3Xml.Time(bucket.Modified));
                xml.WriteElementString("ETag", S3Objects.ETag(listed.File?.Digest ?? Digest.Of("")));
                xml.WriteElementString("Size", S3Xml.Number(listed.File?.Size ?? 0));
                xml.WriteElementString("StorageClass", "STANDARD");
            }

            xml.WriteEndElement();
        }

        void Optional(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                xml.WriteElementString(name, value);
            }
        }
    }

    private static int Count(string? text) => text is null ? LargestPage
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? Math.Min(count, LargestPage)
        : throw new S3Exception(400, "InvalidArgument", "max-keys is not a number");

    private static string Decode(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw new S3Exception(400, "InvalidArgument", "the continuation token is not one of ours");
        }
    }
}
