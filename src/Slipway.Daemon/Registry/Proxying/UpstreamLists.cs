using System.Collections.Immutable;
using Slipway.Content;
using Slipway.Images;

namespace Slipway.Daemon.Registry.Proxying;

/// <summary>Lists of what is here and of what upstreams have; while one cannot be asked, or has no such repository, of what is here.</summary>
internal sealed class UpstreamLists(UpstreamRegistry upstream)
{
    /// <summary>Adds the upstream's tags to those of a repository here; null where neither has it.</summary>
    public async Task<List<string>?> WithTagsAsync(RepositoryName repository, List<string>? here, CancellationToken cancellationToken)
    {
        List<string>? there = await TryAsync(repository, () => upstream.ListTagsAsync(repository, cancellationToken));
        return there is null ? here : [.. there.Union(here ?? []).Order(StringComparer.Ordinal)];
    }

    /// <summary>Adds what refers to a manifest there to what does here.</summary>
    public async Task<ImmutableArray<Descriptor>> WithReferrersAsync(
        RepositoryName repository, Digest subject, ImmutableArray<Descriptor> here, CancellationToken cancellationToken)
    {
        ImmutableArray<Descriptor>? there = await TryAsync<ImmutableArray<Descriptor>?>(
            repository, async () => await upstream.ListReferrersAsync(repository, subject, cancellationToken));
        return [.. here.Concat(there ?? []).DistinctBy(referrer => referrer.Digest)];
    }

    private async Task<T?> TryAsync<T>(RepositoryName repository, Func<Task<T>> ask)
    {
        try
        {
            return upstream.Has(repository) ? await ask() : default;
        }
        catch (SlipwayException fault) when (fault.Kind is ErrorKind.Unavailable or ErrorKind.NotFound or ErrorKind.PermissionDenied or ErrorKind.FailedPrecondition)
        {
            return default;
        }
    }
}
