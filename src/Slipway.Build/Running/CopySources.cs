using System.Collections.Immutable;
using Slipway.Build.Contexts;
using Slipway.Build.Planning;
using Slipway.Content;
using Slipway.Content.Hashing;

namespace Slipway.Build.Running;

/// <summary>What a COPY or ADD will read: entries of trees, in the order they are copied, and the digest of it all.</summary>
internal sealed record CopySources(ImmutableArray<CopySource> Items, Digest Content);

/// <summary>One thing to copy.</summary>
/// <param name="CanBeArchive">ADD looks whether it is a tar to unpack.</param>
/// <param name="IsForeign">Owners, times and attributes are the source's: it comes from a stage or an image.</param>
internal sealed record CopySource(SourceTree Tree, SourceEntry Entry, bool CanBeArchive, bool IsForeign)
{
    /// <summary>What of a directory is taken; null is all of it.</summary>
    public Selection? Selection { get; init; }
}

/// <summary>Finds a step's sources and digests them.</summary>
internal sealed class CopySourceFinder(Origin origin, BuildScratch scratch, IReadOnlyCollection<string> ignored, RemoteFiles remote) : IDisposable
{
    private const UnixFileMode InlineMode = (UnixFileMode)0x1A4;

    private readonly List<SourceTree> _owned = [];
    private readonly ImmutableArray<CopySource>.Builder _items = ImmutableArray.CreateBuilder<CopySource>();
    private readonly CanonicalDigest _content = new("slipway-copied-1");

    public async ValueTask<CopySources> FindAsync(CopyStep step, CancellationToken cancellationToken)
    {
        PathPattern[] excludes = [.. step.Excludes.Select(PathPattern.Parse)];
        foreach (string source in step.Sources)
        {
            if (step.IsAdd && GitSource.TryParse(source) is { } repository)
            {
                AddRepository(await GitCheckout.MakeAsync(repository, step.Checksum, step.KeepsGitDirectory, scratch.NewFolder("git"), remote.Downloads, cancellationToken), excludes, cancellationToken);
            }
            else if (step.IsAdd && RemoteFiles.IsUrl(source))
            {
                string fallback = step.Destination.EndsWith('/') ? "" : ImagePath.NameOf(step.Destination);
                AddFile(await remote.DownloadAsync(source, ChecksumOf(step), fallback, scratch.NewFolder("url"), cancellationToken), step.Unpacks == true, cancellationToken);
            }
            else if (step.KeepsParents)
            {
                FindWithParents(source, excludes, cancellationToken);
            }
            else
            {
                Find(step, source, excludes, cancellationToken);
            }
        }

        foreach (InlineFile file in step.Inline)
        {
            string path = Path.Combine(scratch.NewFolder("inline"), file.Name);
            await File.WriteAllTextAsync(path, file.Content, cancellationToken);
            File.SetUnixFileMode(path, InlineMode);
            AddFile(path, canBeArchive: false, cancellationToken);
        }

        return new(_items.ToImmutable(), _content.Finish());
    }

    public void Dispose()
    {
        _owned.ForEach(tree => tree.Dispose());
        _content.Dispose();
    }

    private void Find(CopyStep step, string source, PathPattern[] excludes, CancellationToken cancellationToken)
    {
        IReadOnlyList<SourceEntry> found = origin.Tree.Match(source);
        if (found.Count == 0 && !GoGlob.IsPattern(source))
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
            bool named = !entry.Status.IsDirectory && GoGlob.IsPattern(source);
            if (!named || !(PathPattern.Excludes(excludes, entry.Name) || PathPattern.Excludes(excludes, entry.Path)))
            {
                Add(origin.Tree, origin.Hasher, entry, excludes, step.IsAdd && step.Unpacks != false && entry.Status.IsRegular, cancellationToken);
            }
        }
    }

    // "a/./b/*.txt": what b/*.txt matches below a, with its directories. Without the pivot the whole path is kept.
    private void FindWithParents(string source, PathPattern[] excludes, CancellationToken cancellationToken)
    {
        string path = "/" + source.TrimStart('/');
        path = path.StartsWith("/./", StringComparison.Ordinal) ? path[2..] : path;
        int pivot = path.IndexOf("/./", StringComparison.Ordinal);
        string root = ImagePath.Clean(pivot < 0 ? "/" : path[..pivot])[1..];
        string pattern = ImagePath.Clean(pivot < 0 ? path : path[(pivot + 2)..])[1..];
        SourceEntry top = origin.Tree.Find(root.Length == 0 ? "." : root) ?? throw MissingSource.Describe(source, origin, ignored);
        Selection selection = Selection.Of(origin.Tree, top, pattern.Length == 0 ? "**" : pattern, excludes);
        if (selection.Count == 0)
        {
            throw MissingSource.Describe(source, origin, ignored);
        }

        _content.Add("parents").Add(origin.Hasher.HashOf(top, selection, cancellationToken));
        _items.Add(new(origin.Tree, top, CanBeArchive: false, !origin.IsContext && !origin.IsNamed) { Selection = selection });
    }

    private void Add(SourceTree tree, TreeHasher hasher, SourceEntry entry, PathPattern[] excludes, bool canBeArchive, CancellationToken cancellationToken)
    {
        Selection? selection = excludes.Length > 0 && entry.Status.IsDirectory ? Selection.Without(tree, entry, excludes) : null;
        _content.Add(entry.Name).Add(hasher.HashOf(entry, selection, cancellationToken));
        _items.Add(new(tree, entry, canBeArchive, tree == origin.Tree && origin.Stack is not null) { Selection = selection });
    }

    private void AddFile(string path, bool canBeArchive, CancellationToken cancellationToken)
    {
        SourceTree tree = SourceTree.Open(Path.GetDirectoryName(path)!);
        _owned.Add(tree);
        Add(tree, new(tree, withOwners: false), tree.Find(Path.GetFileName(path))!, [], canBeArchive, cancellationToken);
    }

    private void AddRepository(string folder, PathPattern[] excludes, CancellationToken cancellationToken)
    {
        SourceTree tree = SourceTree.Open(folder);
        _owned.Add(tree);
        Add(tree, new(tree, withOwners: false), tree.Find(".")!, excludes, canBeArchive: false, cancellationToken);
    }

    private static Digest? ChecksumOf(CopyStep step) => step.Checksum is not { } text ? null : Digest.TryParse(text, out Digest digest)
        ? digest
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"--checksum={text} is not a digest", "Write sha256: and 64 hex digits.");
}
