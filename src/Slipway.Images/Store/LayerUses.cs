using Slipway.Content;
using Slipway.Content.Metadata;

namespace Slipway.Images;

/// <summary>
/// Says which layers somebody besides the images still needs (the build cache), so that removing an image does not take them away.
/// </summary>
public static class LayerUses
{
    /// <summary>Where the uses are kept, by the layer's hex and the user.</summary>
    public const string TableName = "layer-uses";

    private static readonly Table<LayerUseRecord> Uses = new(TableName, ImageRecordJson.Default.LayerUseRecord);

    /// <summary>Notes that <paramref name="user"/> needs the layer blob.</summary>
    public static ValueTask AddAsync(IMetadataTransaction transaction, Digest layer, string user, CancellationToken cancellationToken) =>
        Uses.PutAsync(transaction, TableKey.Join(layer.Hex, user), new(user), cancellationToken);

    /// <summary>Ends one use.</summary>
    public static ValueTask<bool> RemoveAsync(IMetadataTransaction transaction, Digest layer, string user, CancellationToken cancellationToken) =>
        Uses.DeleteAsync(transaction, TableKey.Join(layer.Hex, user), cancellationToken);

    /// <summary>Whether anybody needs the layer.</summary>
    public static async ValueTask<bool> AnyAsync(IMetadataReader reader, Digest layer, CancellationToken cancellationToken)
    {
        await foreach (KeyValuePair<string, LayerUseRecord> use in Uses.ScanAsync(reader, layer.Hex, cancellationToken, limit: 1))
        {
            return use.Value is not null;
        }

        return false;
    }
}
