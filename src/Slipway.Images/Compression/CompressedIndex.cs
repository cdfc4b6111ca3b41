using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Compression;

/// <summary>The index over images of which some were compressed. Pure.</summary>
internal static class CompressedIndex
{
    /// <summary>By which BuildKit's index says which of its images an entry is a statement about.</summary>
    private const string AboutAnnotation = "vnd.docker.reference.digest";

    /// <param name="index">The index over the plain images.</param>
    /// <param name="made">By a plain image's digest, the compressed one. Any other entry stays as it is, but those that are left out.</param>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is no index, or one that says a field twice.</exception>
    public static byte[] Of(ReadOnlyMemory<byte> index, IReadOnlyDictionary<Digest, ManifestRecord> made)
    {
        ManifestContent content = ManifestContent.Parse(index, null);
        HashSet<Digest> leftOut = [.. LeftOut(content, made.Keys.ToHashSet())];
        JsonObject root = ManifestNodes.Parse(index);
        JsonArray nodes = root["manifests"]!.AsArray();
        for (int entry = content.Children.Length - 1; entry >= 0; entry--)
        {
            Digest child = content.Children[entry].Digest;
            if (leftOut.Contains(child))
            {
                nodes.RemoveAt(entry);
            }
            else if (made.TryGetValue(child, out ManifestRecord? compressed))
            {
                ManifestNodes.Point(nodes[entry], compressed.Manifest, compressed.Size);
            }
        }

        return ManifestNodes.ToJson(root);
    }

    /// <summary>The entries of an index that are statements about images which will not be these any more.</summary>
    /// <param name="changing">Entries that become others.</param>
    public static ImmutableArray<Digest> LeftOut(ManifestContent index, IReadOnlySet<Digest> changing) =>
    [
        .. index.Children
            .Where(entry => !changing.Contains(entry.Digest) && entry.Annotations.TryGetValue(AboutAnnotation, out string? about)
                && Digest.TryParse(about, out Digest image) && changing.Contains(image))
            .Select(entry => entry.Digest),
    ];
}
