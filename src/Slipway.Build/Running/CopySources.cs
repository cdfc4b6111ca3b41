using System.Collections.Immutable;
using Slipway.Build.Cache;
using Slipway.Build.Contexts;
using Slipway.Build.Planning;
using Slipway.Content;

namespace Slipway.Build.Running;

/// <summary>What a COPY or ADD will read: entries of trees, in the order they are copied, and the digest of it all.</summary>
internal sealed record CopySources(ImmutableArray<CopySource> Items, Digest Content);

/// <summary>One thing to copy.</summary>
/// <param name="CanBeArchive">ADD looks whether it is a tar to unpack.</param>
internal sealed record CopySource(SourceTree Tree, SourceEntry Entry, bool CanBeArchive, bool IsForeign);

/// <summary>Finds a step's sources and digests them.</summary>
internal sealed class CopySourceFinder(Origin origin, BuildScratch scratch, IReadOnlyCollection<string> ignored, RemoteFiles remote) : IDisposable
{
    private const UnixFileMode InlineMode = (UnixFileMode)0x1A4;

    private readonly List<SourceTree> _owned = [];

    public async ValueTask<CopySources> FindAsync(CopyStep step, CancellationToken cancellationToken)
    {
        ImmutableArray<CopySource>.Builder items = ImmutableArray.CreateBuilder<CopySource>();
        using KeyHasher content = new();
        foreach (string source in step.Sources)
        {
            if (step.IsAdd && RemoteFiles.IsUrl(source))
            {
                Add(await remote.DownloadAsync(source, step.Checksum, scratch.NewFolder("url"), cancellationToken), items, content, cancellationToken);
                continue;
            }

            RefuseGit(step, source);
            IReadOnlyList<SourceEntry> found = origin.Tree.Match(source);
            if (found.Count == 0)
            {
                throw MissingSource.Describe(source, origin, ignored);
            }

            if (found.Count > 1 && !step.Destination.EndsWith('/'))
            {
                throw new SlipwayException(
                    ErrorKind.InvalidArgument, $"'{source}' matches {found.Count} entries, so the destination must be a directory", $"End it with a slash: {step.Destination}/");
            }

            foreach (SourceEntry entry in found)
            {
                content.Add(entry.Name).Add(origin.Hasher.HashOf(entry, cancellationToken));
                items.Add(new(origin.Tree, entry, step.IsAdd && entry.Status.IsRegular, !origin.IsContext));
            }
        }

        foreach (InlineFile file in step.Inline)
        {
            string path = Path.Combine(scratch.NewFolder("inline"), file.Name);
            await File.WriteAllTextAsync(path, file.Content, cancellationToken);
            File.SetUnixFileMode(path, InlineMode);
            Add(path, items, content, cancellationToken);
        }

        return new(items.ToImmutable(), content.Finish());
    }

    public void Dispose() => _owned.ForEach(tree => tree.Dispose());

    private void Add(string path, ImmutableArray<CopySource>.Builder items, KeyHasher content, CancellationToken cancellationToken)
    {
        SourceTree tree = SourceTree.Open(Path.GetDirectoryName(path)!);
        _owned.Add(tree);
        SourceEntry entry = tree.Find(Path.GetFileName(path))!;
        content.Add(entry.Name).Add(new TreeHasher(tree, withOwners: false).HashOf(entry, cancellationToken));
        items.Add(new(tree, entry, CanBeArchive: false, IsForeign: false));
    }

    private static void RefuseGit(CopyStep step, string source)
    {
        if (step.IsAdd && (source.StartsWith("git@", StringComparison.Ordinal) || source.StartsWith("git://", StringComparison.Ordinal) || source.StartsWith("ssh://", StringComparison.Ordinal)))
        {
            throw new SlipwayException(ErrorKind.InvalidArgument, $"ADD of a git repository ('{source}') is not supported yet", "Clone it by RUN git clone, or put it into the context.");
        }
    }
}
