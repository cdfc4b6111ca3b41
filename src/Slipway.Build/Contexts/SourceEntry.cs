using Slipway.Linux;

namespace Slipway.Build.Contexts;

/// <summary>Something that can be copied.</summary>
/// <param name="Path">From the tree's root, without a leading slash; <c>.</c> is the root.</param>
/// <param name="Status">Of what stands there; of a named source that is a symlink, of what it leads to.</param>
internal sealed record SourceEntry(string Path, FileStatus Status)
{
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}
