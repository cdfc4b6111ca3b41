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
    /// <param name="made">By a plain image's digest, the compressed one. Any other entry stays as it is.</param>
    /// <returns>The bytes, and the entries that are left out: statements about images that are not these any more.</returns>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: it is no index, or one that says a field twice.</exception>
    public static (byte[] Json, ImmutableArray<Digest> LeftOut) Of(ReadOnlyMemory<byte> index, IReadOnlyDictionary<Digest, ManifestRecord> made)
    {
        ImmutableArray<Descriptor> entries = ManifestContent.Parse(index, null).Children;
        JsonObject root = ManifestNodes.Parse(index);
        JsonArray nodes = root["manifests"]!.AsArray();
        List<Digest> leftOut = [];
        for (int entry = entries.Length - 1; entry >= 0; entry--)
        {
            if (made.TryGetValue(entries[entry].Digest, out ManifestRecord? compressed))
            {
                ManifestNodes.Point(nodes[entry], compressed.Manifest, compressed.Size);
            }
            else if (entries[entry].Annotations.TryGetValue(AboutAnnotation, out string? about) && Digest.TryParse(about, out Digest image) && made.ContainsKey(image))
            {
                nodes.RemoveAt(entry);
                leftOut.Insert(0, entries[entry].Digest);
            }
        }

        return (ManifestNodes.ToJson(root), [.. leftOut]);
    }
}
