using Slipway.Content;
using Slipway.Content.Blobs;
using Slipway.Data;
using Slipway.Data.Contents;
using Slipway.Data.Repos;
using Slipway.Data.Trees;

namespace Slipway.Pipelines.Scheduling;

/// <summary>
/// The tree that a stage with <c>empty_files</c> sees: the entry at its path, each file without its bytes. Made as a tree, so that every
/// executor shows it without knowing of it.
/// </summary>
internal sealed class EmptiedTree(RepoContents contents)
{
    public async ValueTask<Digest> OfAsync(RepoName repo, Digest root, DataPath path, CancellationToken cancellationToken)
    {
        (IBlobStore blobs, TreeStore trees) = contents.Of(repo);
        Digest nothing = (await blobs.PutAsync(ReadOnlyMemory<byte>.Empty, cancellationToken)).Digest;
        Digest empty = await trees.EmptyAsync(cancellationToken);
        var edits = new List<TreeEdit>();
        TreeEntry entry = await trees.FindAsync(root, path, cancellationToken)
            ?? throw new SlipwayException(ErrorKind.NotFound, $"the tree {root} has no {path}");
        if (entry.Kind == EntryKind.Directory)
        {
            await foreach ((DataPath below, TreeEntry file) in trees.WalkAsync(entry.Digest, cancellationToken))
            {
                edits.Add(new PutEntry(below.Parts.Aggregate(path, (at, part) => at.Append(part)), Emptied(file)));
            }
        }
        else
        {
            edits.Add(new PutEntry(path, Emptied(entry)));
        }

        return await trees.ApplyAsync(empty, edits, cancellationToken);

        TreeEntry Emptied(TreeEntry file) => file.Kind == EntryKind.File ? file with { Digest = nothing, Size = 0 } : file;
    }
}
