using System.Runtime.CompilerServices;
using System.Text.Json;
using Slipway.Content.Blobs;
using Slipway.Content.Collection;
using Slipway.Content.Metadata;
using Slipway.Images;

namespace Slipway.Build.Cache;

/// <summary>The layers of cached build steps. A step whose layer is in no image is dropped when it is old, and so is a digest of a context's file.</summary>
public sealed class BuildCacheRoots : IRootSource
{
    private readonly ImageRoots _images = new();

    /// <inheritdoc/>
    public string Name => "cached build steps";

    /// <inheritdoc/>
    public async IAsyncEnumerable<Root> ReadAsync(
        IMetadataReader reader, CollectionRules? rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PrefixSet used = await InImagesAsync(reader, rules, cancellationToken);
        await foreach ((_, byte[] value) in reader.ScanAsync(BuildCache.TableName, null, null, cancellationToken))
        {
            BuildCacheRecord step = JsonSerializer.Deserialize(value, BuildCacheJson.Default.BuildCacheRecord)!;
            if (!IsDead(step, used, rules))
            {
                yield return new Root(RootKind.Blob, step.Layer);
            }
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<DeadRow> ReadDeadAsync(
        IMetadataReader reader, CollectionRules rules, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PrefixSet used = await InImagesAsync(reader, rules, cancellationToken);
        await foreach ((string key, byte[] value) in reader.ScanAsync(BuildCache.TableName, null, null, cancellationToken))
        {
            BuildCacheRecord step = JsonSerializer.Deserialize(value, BuildCacheJson.Default.BuildCacheRecord)!;
            if (!IsDead(step, used, rules))
            {
                continue;
            }

            yield return new DeadRow("cached build steps", BuildCache.TableName, key, value, [new Root(RootKind.Blob, step.Layer)]);
            string use = TableKey.Join(step.Layer.Hex, BuildCache.UserOf(key));
            if (await reader.GetAsync(LayerUses.TableName, use, cancellationToken) is { } mark)
            {
                yield return new DeadRow("marks of build steps", LayerUses.TableName, use, mark, []);
            }
        }

        await foreach ((string key, byte[] value) in reader.ScanAsync(RememberedDigests.TableName, null, null, cancellationToken))
        {
            if (RecordJson.Decode(RememberedDigests.TableName, key, value, RememberedDigestJson.Default.RememberedDigest).Used < rules.CachedStepsBefore)
            {
                yield return new DeadRow("digests of context files", RememberedDigests.TableName, key, value, []);
            }
        }
    }

    private static bool IsDead(BuildCacheRecord step, PrefixSet used, CollectionRules? rules) =>
        rules is not null && step.LastUsed < rules.CachedStepsBefore && (rules.ForgetsStepsOfImages || !used.Contains(step.Layer));

    private async ValueTask<PrefixSet> InImagesAsync(IMetadataReader reader, CollectionRules? rules, CancellationToken cancellationToken)
    {
        PrefixSet used = new();
        await foreach (Root root in _images.ReadAsync(reader, rules, cancellationToken))
        {
            used.Add(root.Digest);
        }

        return used;
    }
}
