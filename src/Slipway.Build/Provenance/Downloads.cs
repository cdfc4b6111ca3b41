using System.Collections.Concurrent;
using System.Collections.Immutable;
using Slipway.Content;

namespace Slipway.Build.Provenance;

/// <summary>What the ADDs of a build brought from elsewhere. Stages add to it side by side.</summary>
internal sealed class Downloads
{
    private readonly ConcurrentDictionary<(string Uri, string Value), ResolvedDependency> _found = [];

    /// <summary>In the order of their addresses, whatever came first.</summary>
    public ImmutableArray<ResolvedDependency> All =>
        [.. _found.Values.OrderBy(item => item.Uri, StringComparer.Ordinal).ThenBy(item => item.Value, StringComparer.Ordinal)];

    public void AddFile(string url, Digest content) => Add(new(null, SourceUri.WithoutSecrets(url), "sha256", content.Hex));

    public void AddCommit(string url, string? reference, string commit) =>
        Add(new(null, SourceUri.OfGit(url, reference) ?? url, ResolvedDependency.GitCommit, commit));

    private void Add(ResolvedDependency item) => _found.TryAdd((item.Uri!, item.Value), item);
}
