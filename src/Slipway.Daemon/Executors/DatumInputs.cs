using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Contents;
using Slipway.Data.Inputs;
using Slipway.Data.Trees;
using Slipway.Data.Worktrees;
using Slipway.Engine;
using Slipway.Linux;
using Slipway.Pipelines.Jobs;

namespace Slipway.Daemon.Executors;

/// <summary>
/// What one try of a datum reads, without copying a byte of it: a folder is the cache's own, bound read-only; a file is a hard link to the
/// cache's. What is encrypted is unpacked for as long as a datum reads it, and bound. Disposing lets go of them, when the container is gone.
/// </summary>
internal sealed class DatumInputs(RepoContents contents, InputCache cache, InputCache sealedCache, string pfs) : IDisposable
{
    /// <summary>The longest path of a link or a mount, in bytes, that leaves room for where the kernel's callers put it (PATH_MAX is 4096).</summary>
    private const int LongestPath = 3000;

    private readonly List<HeldInput> _held = [];
    private readonly List<Mount> _mounts = [];

    /// <summary>The folders to bind, below <c>/pfs</c>.</summary>
    public IReadOnlyList<Mount> Mounts => _mounts;

    /// <summary>Makes one input appear at <c>/pfs/NAME/full/path</c>.</summary>
    public async ValueTask AddAsync(DatumMount input, CancellationToken cancellationToken)
    {
        RepoContent content = contents.Of(input.Repo);
        string folder = Path.Combine(pfs, input.Name);
        TreeEntry entry = await content.Trees.FindAsync(input.Tree, input.Path, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"the tree {input.Tree} of repo {input.Repo} has no '{input.Path}'");
        string target = input.Path.IsRoot ? folder : folder + input.Path;
        if (entry.Kind == EntryKind.Symlink || System.Text.Encoding.UTF8.GetByteCount(target) > LongestPath)
        {
            await new Checkout(content.Trees, content.Blobs).MaterializeAsync(input.Tree, input.Path, folder, cancellationToken);
            return;
        }

        HeldInput held = await (content.IsSealed ? sealedCache : cache).HoldAsync(content, entry, cancellationToken);
        _held.Add(held);
        if (entry.Kind == EntryKind.Directory)
        {
            Directory.CreateDirectory(target);
            Bind(held, target);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? folder);
        if (content.IsSealed)
        {
            await File.WriteAllBytesAsync(target, [], cancellationToken);
            Bind(held, target);
        }
        else
        {
            LinkOrCopy(held.Path, target);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.ForEach(held => held.Dispose());

    private void Bind(HeldInput held, string target) => _mounts.Add(new Mount(held.Path, "/pfs" + target[pfs.Length..], ReadOnly: true));

    private static void LinkOrCopy(string source, string target)
    {
        try
        {
            Libc.Link(source, target);
        }
        catch (LinuxException error) when (error.Errno == Errno.EMLINK)
        {
            // The file system allows no further name (ext4: 65,000) while that many datums read this one file at once.
            File.Copy(source, target);
        }
    }
}
