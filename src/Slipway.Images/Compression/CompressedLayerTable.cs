using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Content.Metadata;

namespace Slipway.Images.Compression;

/// <summary>What a plain layer became when it was compressed.</summary>
/// <param name="Size">Of the compressed blob, in bytes.</param>
public sealed record CompressedLayer(Digest Plain, Digest Compressed, long Size);

/// <summary>The rows that say so, so that no layer is compressed twice. Key: the plain blob's hex, then the compression.</summary>
internal sealed class CompressedLayerTable
{
    public const string Name = "compressed-layers";

    private readonly Table<CompressedLayer> _rows = new(Name, CompressedLayerJson.Default.CompressedLayer);

    public ValueTask<CompressedLayer?> FindAsync(IMetadataReader reader, Digest plain, LayerCompression compression, CancellationToken cancellationToken) =>
        _rows.FindAsync(reader, KeyOf(plain, compression), cancellationToken);

    public ValueTask PutAsync(IMetadataTransaction transaction, LayerCompression compression, CompressedLayer row, CancellationToken cancellationToken) =>
        _rows.PutAsync(transaction, KeyOf(row.Plain, compression), row, cancellationToken);

    private static string KeyOf(Digest plain, LayerCompression compression) => TableKey.Join(plain.Hex, compression == LayerCompression.Gzip ? "gzip" : "zstd");
}

[JsonSerializable(typeof(CompressedLayer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class CompressedLayerJson : JsonSerializerContext;
