using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Images;

namespace Slipway.Build.Cache.Shared;

/// <summary>
/// The answers to the steps of one build: the store's own first, then those of shared caches. A layer that a shared cache answers with is fetched when something needs
/// its files, so that stages which are answered whole are never fetched. What was asked is kept, for the caches that the build writes. Safe for threads.
/// </summary>
internal sealed class StepAnswers(BuildCache cache, IBlobStore blobs, Action<string> warn)
{
    private readonly ConcurrentDictionary<Digest, SharedAnswer> _asked = [];
    private readonly Dictionary<Digest, (SharedAnswer Answer, ISharedCache Cache, bool IsHeld)> _shared = [];
    private readonly ConcurrentDictionary<Digest, bool> _awaited = [];
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _fetches = [];
    private readonly ConcurrentDictionary<Digest, bool> _lost = [];

    /// <summary>Reads what shared caches answer; of one that cannot be read a warning tells, as with BuildKit: a cache is never needed.</summary>
    public async ValueTask ImportAsync(IEnumerable<ISharedCache> caches, CancellationToken cancellationToken)
    {
        foreach (ISharedCache shared in caches)
        {
            try
            {
                SharedAnswers answers = await shared.ReadAsync(cancellationToken);
                foreach (SharedAnswer answer in answers.Steps)
                {
                    bool isHeld = answers.Held.Contains(answer.Layer);
                    if (!_shared.TryGetValue(answer.Key, out var before) || (isHeld && !before.IsHeld))
                    {
                        _shared[answer.Key] = (answer, shared, isHeld);
                    }
                }
            }
            catch (Exception fault) when (fault is SlipwayException or IOException or UnauthorizedAccessException)
            {
                warn($"the cache {shared.Name} is not used: {fault.Message}");
            }
        }
    }

    /// <summary>The layer that a step with this key made, somewhere; its blob may not be here yet.</summary>
    public async ValueTask<Layer?> FindAsync(Digest key, string instruction, CancellationToken cancellationToken)
    {
        if (await cache.FindAsync(key, cancellationToken) is { } known)
        {
            Note(key, known.ToLayer(), instruction, known.ByContent);
            return known.ToLayer();
        }

        if (!_shared.TryGetValue(key, out var shared) || _lost.ContainsKey(shared.Answer.Layer))
        {
            return null;
        }

        Layer layer = shared.Answer.ToLayer();
        if (await blobs.FindAsync(layer.Descriptor.Digest, cancellationToken) is null)
        {
            _awaited[layer.Descriptor.Digest] = true;
        }

        await RecordAsync(key, layer, instruction, shared.Answer.ByContent, cancellationToken);
        return layer;
    }

    /// <summary>Notes what a step made; in the store only where the layer is here, else when it comes.</summary>
    /// <param name="byContent">Where <paramref name="key"/> is one by layers: the step's key by what it reads from them, which has the same answer.</param>
    public async ValueTask RecordAsync(Digest key, Layer layer, string instruction, Digest? byContent, CancellationToken cancellationToken)
    {
        Note(key, layer, instruction, byContent);
        Digest digest = layer.Descriptor.Digest;
        if (!_awaited.ContainsKey(digest) || await blobs.FindAsync(digest, cancellationToken) is not null)
        {
            _awaited.TryRemove(digest, out _);
            await cache.RecordAsync(key, layer, instruction, byContent, cancellationToken);
        }
    }

    /// <summary>Brings the layers here whose files are needed now.</summary>
    /// <exception cref="LayerNotFetchedException">One is not to be had: build again, and its step runs.</exception>
    public async ValueTask EnsureAsync(IEnumerable<Layer> layers, CancellationToken cancellationToken)
    {
        LayerNotFetchedException? lost = null;
        foreach (Layer layer in layers.Where(layer => _awaited.ContainsKey(layer.Descriptor.Digest)))
        {
            try
            {
                await _fetches.GetOrAdd(layer.Descriptor.Digest, _ => new(() => FetchAsync(layer, cancellationToken))).Value.WaitAsync(cancellationToken);
            }
            catch (LayerNotFetchedException fault)
            {
                // The others are asked for first, so that the build begins again once and not for each.
                lost = fault;
            }
        }

        if (lost is not null)
        {
            throw lost;
        }
    }

    /// <summary>Writes a shared cache of all that was asked.</summary>
    /// <param name="result">The layers of what was built.</param>
    public async ValueTask ExportAsync(CacheExport export, ImmutableArray<Layer> result, CancellationToken cancellationToken)
    {
        try
        {
            ImmutableArray<SharedAnswer> steps = [.. _asked.Values.Where(step => step.IsPlain)];
            HashSet<Digest> wanted = [.. export.All ? steps.Select(step => step.Layer) : result.Select(layer => layer.Descriptor.Digest)];
            await EnsureWhatIsHeldAsync(steps.Where(step => wanted.Contains(step.Layer)), cancellationToken);
            IReadOnlyList<Digest> missing = await blobs.FindMissingAsync([.. wanted], cancellationToken);
            await export.Cache.WriteAsync(new(steps, [.. wanted.Except(missing)]), cancellationToken);
        }
        catch (Exception fault) when (fault is SlipwayException or IOException or UnauthorizedAccessException)
        {
            string message = $"the cache was not written to {export.Cache.Name}: {fault.Message}";
            if (!export.IgnoresErrors)
            {
                throw new SlipwayException((fault as SlipwayException)?.Kind ?? ErrorKind.FailedPrecondition, message, (fault as SlipwayException)?.Hint ?? "A build goes on without it with ignore-error=true.", fault);
            }

            warn(message);
        }
    }

    private async ValueTask EnsureWhatIsHeldAsync(IEnumerable<SharedAnswer> steps, CancellationToken cancellationToken)
    {
        foreach (SharedAnswer step in steps)
        {
            try
            {
                await EnsureAsync([step.ToLayer()], cancellationToken);
            }
            catch (LayerNotFetchedException)
            {
                // Nobody needed it in this build: the new cache answers with it by name, as the old one did.
            }
        }
    }

    private void Note(Digest key, Layer layer, string instruction, Digest? byContent)
    {
        SharedAnswer answer = new(key, layer.Descriptor.MediaType, layer.Descriptor.Digest, layer.Descriptor.Size, layer.DiffId, instruction, byContent);
        _asked[key] = answer;
        if (byContent is { } other)
        {
            _asked[other] = answer with { Key = other, ByContent = null };
        }
    }

    private async Task FetchAsync(Layer layer, CancellationToken cancellationToken)
    {
        Digest digest = layer.Descriptor.Digest;
        try
        {
            if (await blobs.FindAsync(digest, cancellationToken) is null && !await FetchFromAnyAsync(layer.Descriptor, cancellationToken))
            {
                _lost[digest] = true;
                _awaited.TryRemove(digest, out _);
                throw new LayerNotFetchedException(digest);
            }

            foreach (SharedAnswer answer in _asked.Values.Where(answer => answer.Layer == digest))
            {
                await RecordAsync(answer.Key, layer, answer.Instruction, answer.ByContent, cancellationToken);
            }
        }
        catch
        {
            _fetches.TryRemove(digest, out _);
            throw;
        }
    }

    private async ValueTask<bool> FetchFromAnyAsync(Descriptor layer, CancellationToken cancellationToken)
    {
        foreach (ISharedCache source in _shared.Values.Where(shared => shared.IsHeld && shared.Answer.Layer == layer.Digest).Select(shared => shared.Cache).Distinct())
        {
            try
            {
                await source.FetchAsync(layer, cancellationToken);
                return true;
            }
            catch (Exception fault) when (fault is SlipwayException or IOException or UnauthorizedAccessException)
            {
                warn($"{source.Name} does not give layer {layer.Digest.Short}, so its step runs here: {fault.Message}");
            }
        }

        return false;
    }
}
